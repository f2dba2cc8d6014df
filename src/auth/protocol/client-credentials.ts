import type { Fetch } from '../../platform/fetch.ts';
import type { OAuthClient, ServerMetadata, Tokens } from '../credential.ts';
import { keyAuth } from './client-auth.ts';
import { configure } from './configuration.ts';
import { protocolStep, type Step } from './failures.ts';
import { tokensOf } from './tokens-of.ts';

export interface ClientCredentialsOptions {
  readonly server: ServerMetadata;
  readonly client: OAuthClient;
  /** A private key in PEM form: the client then proves itself by a signed assertion (RFC 7523). */
  readonly clientKey?: string | undefined;
  readonly resource: string | null;
  readonly scopes: readonly string[];
  readonly fetch: Fetch;
  readonly now?: () => number;
  readonly signal?: AbortSignal;
}

/** Tokens of the client itself, for machines without a person. */
export async function clientCredentials(options: ClientCredentialsOptions): Promise<Tokens> {
  const { server, client, clientKey, resource, scopes, fetch, signal } = options;
  const step: Step = { doing: `sign in as ${client.id}`, issuer: server.issuer };
  const clientAuth = clientKey === undefined ? undefined : await keyAuth(clientKey);
  const { library, config } = await configure({
    server,
    client,
    fetch,
    kind: 'token',
    step,
    signal,
    ...(clientAuth && { clientAuth }),
  });
  const parameters = new URLSearchParams(resource === null ? {} : { resource });
  if (scopes.length > 0) parameters.set('scope', scopes.join(' '));
  const result = await protocolStep(step, () => library.clientCredentialsGrant(config, parameters));
  return tokensOf(result, scopes, (options.now ?? Date.now)());
}
