import type { Context } from '../../cli/context.ts';
import { clientsNamed } from '../../clients/all.ts';
import { McpctlError } from '../../core/errors.ts';
import { readSettings } from '../../settings/read.ts';

/**
 * Ids of the clients to write: those named with `--client`, else those of the settings; undefined for every one found.
 * @throws SETTINGS_INVALID when the settings name a client that does not exist, and what `readSettings` throws.
 */
export async function chosenClients(
  named: readonly string[] | undefined,
  context: Pick<Context, 'paths' | 'cwd'>,
): Promise<readonly string[] | undefined> {
  if (named) return named;
  const { settings, sources } = await readSettings(context);
  if (!settings.clients) return undefined;
  try {
    clientsNamed(settings.clients);
  } catch (error) {
    if (!(error instanceof McpctlError)) throw error;
    throw new McpctlError(
      'SETTINGS_INVALID',
      `The setting clients in ${sources.clients} cannot be used: ${lowerFirst(error.message)}`,
      {
        ...(error.hint !== undefined && { hint: error.hint }),
        cause: error,
      },
    );
  }
  return settings.clients;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
