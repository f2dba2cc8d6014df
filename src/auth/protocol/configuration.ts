import type { ClientAuth, Configuration, ServerMetadata as LibraryMetadata } from 'openid-client';
import type { Fetch } from '../../platform/fetch.ts';
import type { OAuthClient, ServerMetadata } from '../credential.ts';
import { clientAuthOf } from './client-auth.ts';
import type { Step } from './failures.ts';
import { type EndpointKind, normalisingFetch } from './normalise.ts';

export interface ConfigurationOptions {
  readonly server: ServerMetadata;
  readonly client: OAuthClient;
  readonly fetch: Fetch;
  readonly kind: EndpointKind;
  readonly step: Step;
  /** How the client proves itself, when not as its record says. */
  readonly clientAuth?: ClientAuth;
  readonly signal?: AbortSignal | undefined;
}

export interface Configured {
  readonly library: typeof import('openid-client');
  readonly config: Configuration;
}

/** openid-client, loaded and set up for one request. The rules of the network are those of `fetch`. */
export async function configure(options: ConfigurationOptions): Promise<Configured> {
  const { server, client, fetch, kind, step, clientAuth, signal } = options;
  const library = await import('openid-client');
  const config = new library.Configuration(
    server as LibraryMetadata,
    client.id,
    {},
    clientAuth ?? clientAuthOf(client),
  );
  const secrets = [client.secret];
  config[library.customFetch] = normalisingFetch({ fetch, kind, step, secrets, signal });
  config.timeout = 0;
  // Whether http is fine is a matter of the host, which the library cannot tell.
  library.allowInsecureRequests(config);
  return { library, config };
}
