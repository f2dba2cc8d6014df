import type { Fetch } from '../../platform/fetch.ts';
import type { Credential, OAuthClient, Tokens } from '../credential.ts';
import type { SignInSettings } from '../sign-in-settings.ts';

/** What an authorization server is asked for without a person. Failures as in `protocol/failures.ts`. */
export interface Grants {
  /** New tokens for the refresh token; at many servers the old one is worth nothing afterwards. */
  refresh(credential: Credential): Promise<Pick<Credential, 'learnt'> & { readonly tokens: Tokens }>;
  /** Tokens of the client itself. */
  clientCredentials(credential: Credential): Promise<Tokens>;
  /** Registers a client like the one the server forgot. */
  register(credential: Credential): Promise<OAuthClient>;
}

export interface GrantsOptions {
  readonly settings: () => Promise<SignInSettings>;
  readonly fetch: Fetch;
  readonly now: () => Date;
}

/** Over the network; everything it needs is loaded by its first use. */
export function createGrants({ settings, fetch, now }: GrantsOptions): Grants {
  const time = (): number => now().getTime();
  return {
    async refresh(credential) {
      const { refreshTokens } = await import('../protocol/refresh.ts');
      const { quirks } = await settings();
      const client = await currentClient(credential);
      return await refreshTokens({ credential: { ...credential, client }, fetch, quirks, now: time });
    },
    async clientCredentials({ server, resource, requestedScopes: scopes }) {
      const { clientCredentials } = await import('../protocol/client-credentials.ts');
      // Not the client of the record: its secret may have been exchanged since.
      const client = await registered(server, [], scopes);
      const { clientKey } = await settings();
      return await clientCredentials({ server, client, clientKey, resource, scopes, fetch, now: time });
    },
    register: ({ server, client, requestedScopes }) =>
      registered(server, client.redirectUris ?? [], requestedScopes),
  };

  /** The secret of a client of one's own may have been exchanged since the sign-in. */
  async function currentClient({ client, server }: Credential): Promise<OAuthClient> {
    const isConfigured = client.kind === 'pre-registered' && (await settings()).clientId === client.id;
    return isConfigured ? await registered(server, [], []) : client;
  }

  async function registered(
    server: Credential['server'],
    redirectUris: readonly string[],
    scopes: readonly string[],
  ): Promise<OAuthClient> {
    const { register } = await import('../protocol/registration.ts');
    return await register({ settings: await settings(), server, redirectUris, scopes, fetch });
  }
}
