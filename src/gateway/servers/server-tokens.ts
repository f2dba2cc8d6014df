import { takesTokens } from '../../auth/takes-tokens.ts';
import type { TokenSource } from '../../auth/tokens/token-source.ts';
import type { ChosenServer } from '../../manifest/choose.ts';
import type { ServerTokensOptions, TokenMachine } from './open-server-tokens.ts';
import type { ServerMachine } from './server-target.ts';

export interface ChosenServerTokens
  extends Pick<ServerTokensOptions, 'target' | 'note' | 'known' | 'tokens' | 'signIn'> {
  readonly chosen: Pick<ChosenServer, 'server' | 'project'>;
  readonly machine: ServerMachine & TokenMachine;
}

/**
 * Where the tokens for a server come from; undefined for one that is a program, needs none, or gets a key in a
 * header. The code for it is loaded here and not before.
 */
export async function serverTokens(options: ChosenServerTokens): Promise<TokenSource | undefined> {
  const { chosen, target, machine } = options;
  const { name: server, entry } = chosen.server;
  if (!takesTokens(entry, target)) return undefined;
  const { openServerTokens, settingsOf } = await import('./open-server-tokens.ts');
  return openServerTokens({ ...options, server, entry, settings: () => settingsOf(chosen, machine) });
}
