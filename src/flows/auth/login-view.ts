import { plainLine } from '../../cli/terminal-text.ts';
import type { Style } from '../../platform/style.ts';
import type { SignedIn } from './login-flow.ts';

/** The receipt of a sign-in. */
export function renderSignedIn(signedIn: SignedIn, style: Style): string {
  const { server, account, issuer, scopes, store, renews, expiresAt } = signedIn;
  const who = account === undefined ? '' : ` as ${plainLine(account)}`;
  return [
    `${style.green('✓')} Signed in to ${style.bold(server)}${who} at ${issuer}`,
    ...(scopes.length > 0 ? [`  allowed: ${scopes.map(plainLine).join(', ')}`] : []),
    ...(store === 'memory' ? [FORGOTTEN] : [`  kept in: ${store}`, `  ${lasting(renews, expiresAt)}`]),
  ].join('\n');
}

const FORGOTTEN =
  '  kept nowhere: memory ends with this command, which only tried the sign-in; run --sign-in --store memory uses one';

function lasting(renews: boolean, expiresAt: string | undefined): string {
  if (renews) return 'mcpctl renews it by itself';
  const end = expiresAt === undefined ? 'lasts until the server ends it' : `ends at ${expiresAt}`;
  return `${end}; it cannot be renewed without you`;
}
