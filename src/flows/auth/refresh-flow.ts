import type { SignInSettings } from '../../auth/sign-in-settings.ts';
import type { CredentialRow } from '../../auth/store/credential-row.ts';
import { openCredentials } from '../../auth/store/credentials.ts';
import type { Context } from '../../cli/context.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import { McpctlError } from '../../core/errors.ts';
import { refreshNow } from '../../gateway/servers/refresh-now.ts';
import { settingsForEntry, signInSettings } from '../../gateway/servers/sign-in-settings.ts';
import { serverHere } from '../../manifest/choose.ts';
import type { Style } from '../../platform/style.ts';
import { chosenRows } from './rows-of.ts';

export interface Refreshed {
  readonly server: string;
  readonly issuer: string;
  readonly renewed: boolean;
  /** ISO 8601; absent where the server does not say. */
  readonly expiresAt?: string;
  readonly error?: McpctlError;
}

/** Renews sign-ins that may have been idle for long. One that fails stops no other. */
export async function refreshFlow(
  server: string | undefined,
  { all }: { readonly all?: boolean },
  context: Context,
): Promise<readonly Refreshed[]> {
  const rows = await chosenRows({ server, all }, openCredentials(context), context);
  if (server !== undefined && rows.length === 0) {
    throw new McpctlError('SIGN_IN_NEEDED', `Nobody is signed in to ${server}.`, {
      hint: `mcpctl auth login ${server}`,
      data: { server },
    });
  }
  const done: Refreshed[] = [];
  for (const row of rows) done.push(await refresh(row, context));
  return done;
}

async function refresh(row: CredentialRow, context: Context): Promise<Refreshed> {
  const { server, issuer } = row;
  try {
    const { credential, isNew } = await refreshNow({
      row,
      force: true,
      machine: context,
      settings: () => settingsFor(row, context),
      note: (line) => context.output.warn(line),
    });
    const expiresAt = credential.tokens?.expiresAt;
    return {
      server,
      issuer,
      renewed: isNew,
      ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt).toISOString() }),
    };
  } catch (error) {
    if (!(error instanceof McpctlError) || error.code === 'CANCELLED') throw error;
    return { server, issuer, renewed: false, error };
  }
}

/** Of its entry; of the address alone for a sign-in whose server is in no manifest here. */
async function settingsFor(
  { server, url, profile }: CredentialRow,
  context: Context,
): Promise<SignInSettings> {
  try {
    return await signInSettings(await serverHere(server, context), context);
  } catch (error) {
    if (!(error instanceof McpctlError) || error.code !== 'SERVER_UNKNOWN') throw error;
    return await settingsForEntry({ name: server, entry: { url, profile }, scope: 'user' }, context);
  }
}

export function renderRefreshed(all: readonly Refreshed[], style: Style): string {
  if (all.length === 0) return 'Nobody is signed in anywhere.';
  return all
    .map(({ server, renewed, expiresAt, error }) => {
      if (error) {
        const next = error.hint === undefined ? [] : [`  ${style.cyan('next')} ${error.hint}`];
        return [
          `${style.red('✗')} ${server} ${style.dim(error.code)} ${plainLine(error.message)}`,
          ...next,
        ].join('\n');
      }
      const until = expiresAt === undefined ? '' : `, good until ${expiresAt}`;
      return `${style.green('✓')} ${server} ${renewed ? 'renewed' : 'was renewed by another process'}${until}`;
    })
    .join('\n');
}
