import { signInFetch } from '../../auth/sign-in/sign-in-fetch.ts';
import type { SignInSettings } from '../../auth/sign-in-settings.ts';
import { type Credentials, openCredentials } from '../../auth/store/credentials.ts';
import type { Context } from '../../cli/context.ts';
import { signInSettings } from '../../gateway/servers/sign-in-settings.ts';
import { type ChosenServer, serverHere } from '../../manifest/choose.ts';
import type { Fetch } from '../../platform/fetch.ts';

/** One server and all that a sign-in to it needs. */
export interface OpenSignIn {
  readonly chosen: ChosenServer;
  readonly settings: SignInSettings;
  readonly credentials: Credentials;
  readonly fetch: Fetch;
}

/** For a server of the manifests here, the project's before the user's. */
export async function openSignIn(server: string, context: Context): Promise<OpenSignIn> {
  const chosen = await serverHere(server, context);
  for (const note of chosen.notes) context.output.note(note);
  const settings = await signInSettings(chosen, context);
  return { chosen, settings, credentials: openCredentials(context), fetch: authFetch(settings.url, context) };
}

/** The way to the authorization server of an MCP server. */
export function authFetch(url: string, { env, paths, output, now }: Context): Fetch {
  return signInFetch(url, { env, paths, now, warn: (line) => output.warn(line) });
}
