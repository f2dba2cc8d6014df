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
    `  kept in: ${store}`,
    renews
      ? '  mcpctl renews it by itself'
      : `  ${expiresAt === undefined ? 'lasts until the server ends it' : `ends at ${expiresAt}`}; it cannot be renewed without you`,
  ].join('\n');
}
