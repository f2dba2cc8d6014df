import type { CredentialRow } from '../../auth/store/credential-row.ts';
import { placeOf } from '../../auth/store/credential-row.ts';
import type { Credentials } from '../../auth/store/credentials.ts';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { signInSettings } from '../../gateway/servers/sign-in-settings.ts';
import { serverHere } from '../../manifest/choose.ts';
import { isRemote } from '../../manifest/entry.ts';

/**
 * The sign-ins of one server: by the address and profile of its entry, and by its name, so that those of a server that
 * was removed or moved are found too.
 * @throws SERVER_UNKNOWN when there is neither an entry nor a sign-in.
 */
export async function rowsOf(
  server: string,
  credentials: Credentials,
  context: Context,
): Promise<readonly CredentialRow[]> {
  const all = await credentials.list();
  const named = all.filter((row) => row.server === server);
  try {
    const chosen = await serverHere(server, context);
    if (!isRemote(chosen.server.entry)) return named;
    const place = placeOf(await signInSettings(chosen, context));
    return all.filter((row) => row.place === place || row.server === server);
  } catch (error) {
    // What the entry refers to may be gone; its name still finds the sign-in.
    if (error instanceof McpctlError && named.length > 0) return named;
    throw error;
  }
}

/** Those of one server, or with `all` every one of this machine. @throws USAGE when it must be one or the other. */
export async function chosenRows(
  { server, all }: { readonly server?: string | undefined; readonly all?: boolean | undefined },
  credentials: Credentials,
  context: Context,
): Promise<readonly CredentialRow[]> {
  if ((server === undefined) === (all !== true)) {
    throw new McpctlError('USAGE', 'Name one server, or all of them with --all.', {
      hint: 'mcpctl auth status lists them.',
    });
  }
  return server === undefined ? await credentials.list() : await rowsOf(server, credentials, context);
}
