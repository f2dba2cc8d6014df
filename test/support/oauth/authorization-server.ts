import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLocalJWKSet, jwtVerify } from 'jose';
import type { ClientMetadata, Configuration } from 'oidc-provider';
import { type ClientStorage, clientStorage } from './provider-storage.ts';
import { type Alter, type Answer, type Intercept, type RecordedRequest, recording } from './record.ts';
import { failToken, isToken, type TokenFailure } from './token-failures.ts';

export interface AuthorizationServerOptions {
  /** Path of the issuer, e.g. `/tenant1`; none by default. */
  readonly path?: string;
  /** Seconds an access token lives; 3600 by default. */
  readonly lifetime?: number;
  /** Every refresh replaces the refresh token and kills the family on reuse; true by default. */
  readonly rotation?: boolean;
  /** False: clients cannot register by themselves. */
  readonly registration?: boolean;
  readonly deviceFlow?: boolean;
  /** Client ID metadata documents by their URL; advertised when given. */
  readonly documents?: Readonly<Record<string, object>>;
  /** False: neither advertises nor sends `iss` with the redirect. */
  readonly iss?: boolean;
  /** `read write admin` beside the ones of OpenID by default. */
  readonly scopes?: readonly string[];
  /** Clients that are there from the start. */
  readonly clients?: readonly ClientMetadata[];
  /** Which resources it knows; all by default. */
  readonly knowsResource?: (resource: string) => boolean;
  readonly port?: number;
  /** Where the world sees it, e.g. `https://login.example.com`, through a `startInternet`; loopback by default. */
  readonly origin?: string;
}

export interface AuthorizationServer {
  readonly issuer: string;
  /** Where it listens on this machine. */
  readonly port: number;
  /** Everything that arrived, in order, secrets included. */
  readonly requests: readonly RecordedRequest[];
  /** Requests by what they are for; a refusal counts too. */
  readonly seen: {
    registrations(): RecordedRequest[];
    authorizations(): RecordedRequest[];
    exchanges(): RecordedRequest[];
    refreshes(): RecordedRequest[];
    revocations(): RecordedRequest[];
    /** Answers of the token endpoint that say `invalid_grant`. */
    invalidGrants(): RecordedRequest[];
  };
  /** Forgets every client that registered itself. */
  purgeClients(): void;
  /** Makes the token endpoint fail this way from now on; undefined: works again. */
  fail(failure: TokenFailure | undefined): void;
  /** Takes requests over from now on where it returns true; undefined: answers all itself. */
  intercept(takeOver: Intercept | undefined): void;
  /** Changes answers from now on, metadata and redirects too; undefined: as they are. */
  alter(change: Alter | undefined): void;
  /** Who a token belongs to and what it may, or undefined when it is none of ours or has expired. */
  verify(token: string): Promise<VerifiedToken | undefined>;
  readonly close: () => Promise<void>;
}

export interface VerifiedToken {
  readonly subject: string;
  readonly client: string;
  readonly audience: readonly string[];
  readonly scopes: readonly string[];
}

/** Starts oidc-provider on loopback, with RFC 7591/7592, 7009, 8414, 8628, 8707 and 9207. Its logins are pages with forms. */
export async function startAuthorizationServer(
  options: AuthorizationServerOptions = {},
): Promise<AuthorizationServer> {
  const { path = '' } = options;
  const requests: RecordedRequest[] = [];
  let failure: TokenFailure | undefined;
  let change: Alter | undefined;
  let takeOver: Intercept | undefined;
  let handle: RequestListener = (_, response) => void response.writeHead(503).end();
  const listener = recording(
    requests,
    {
      intercept(request, response) {
        if (takeOver?.(request, response)) return true;
        if (failure === undefined || !isToken(request)) return false;
        failToken(failure, response);
        return true;
      },
      alter(answer, request) {
        if (options.iss === false) withoutIss(answer);
        return change?.(answer, request);
      },
    },
    (request, response) => handle(request, response),
  );
  const server = createServer(listener).listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const origin = options.origin ?? `http://127.0.0.1:${port}`;
  const issuer = `${origin}${path}`;
  const storage = clientStorage();
  const key = signingKey();
  handle = mounted(path, await createProvider({ options, issuer, storage, jwk: key.private }));
  const keys = createLocalJWKSet({ keys: [key.public] });
  const where = (fits: (request: RecordedRequest) => boolean) => () => requests.filter(fits);
  const grant = (type: string) => where((one) => isToken(one) && one.form.get('grant_type') === type);
  return {
    issuer,
    port,
    requests,
    seen: {
      registrations: where(({ method, path: at }) => method === 'POST' && at === `${path}/reg`),
      authorizations: where(({ path: at }) => at === `${path}/auth`),
      exchanges: grant('authorization_code'),
      refreshes: grant('refresh_token'),
      revocations: where(({ path: at }) => at === `${path}/token/revocation`),
      invalidGrants: where((one) => isToken(one) && /"invalid_grant"/.test(one.answer?.body ?? '')),
    },
    purgeClients: storage.purgeClients,
    fail: (next) => {
      failure = next;
    },
    alter: (next) => {
      change = next;
    },
    intercept: (next) => {
      takeOver = next;
    },
    async verify(token) {
      const verified = await jwtVerify(token, keys, { issuer }).catch(() => undefined);
      if (!verified) return undefined;
      const { sub = '', aud = [], client_id, scope } = verified.payload;
      const scopes = String(scope ?? '').split(' ');
      return { subject: sub, client: String(client_id), audience: [aud].flat(), scopes };
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

interface ProviderParts {
  readonly options: AuthorizationServerOptions;
  readonly issuer: string;
  readonly storage: ClientStorage;
  readonly jwk: object;
}

async function createProvider({ options, issuer, storage, jwk }: ProviderParts): Promise<RequestListener> {
  const { scopes = ['read', 'write', 'admin'], documents, lifetime = 3600 } = options;
  const { Provider, errors } = await import('oidc-provider');
  const configuration: Configuration = {
    adapter: storage.adapter,
    clients: [...(options.clients ?? [])],
    jwks: { keys: [jwk] },
    cookies: { keys: ['of the test'] },
    scopes: ['openid', 'offline_access', ...scopes],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    clockTolerance: 0,
    pkce: { required: () => true },
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    rotateRefreshToken: options.rotation ?? true,
    issueRefreshToken: async (_, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: () => false,
    ttl: { AccessToken: lifetime, ClientCredentials: lifetime, RefreshToken: 90 * 86_400, Session: 86_400 },
    fetch: async (url) => {
      const document = documents?.[String(url)];
      return new Response(JSON.stringify(document), {
        status: document ? 200 : 404,
        headers: { 'content-type': 'application/json' },
      });
    },
    features: {
      devInteractions: { enabled: true },
      registration: { enabled: options.registration ?? true },
      registrationManagement: { enabled: options.registration ?? true, rotateRegistrationAccessToken: false },
      revocation: { enabled: true },
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: options.deviceFlow ?? false },
      clientIdMetadataDocument: { enabled: documents !== undefined, ack: 'draft-02' },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_, resource) => {
          if (options.knowsResource?.(resource) === false) throw new errors.InvalidTarget();
          return {
            scope: scopes.join(' '),
            audience: resource,
            accessTokenFormat: 'jwt',
            accessTokenTTL: lifetime,
            jwt: { sign: { alg: 'ES256' } },
          };
        },
      },
    },
  };
  const provider = new Provider(issuer, configuration);
  // It believes X-Forwarded-Proto then.
  provider.proxy = options.origin !== undefined;
  return provider.callback();
}

/** Takes `iss` out of redirects and its promise out of the metadata. */
function withoutIss(answer: Answer): void {
  const { location } = answer.headers;
  if (typeof location === 'string') answer.headers.location = location.replace(/&iss=[^&]*/, '');
  answer.body = answer.body.replace('"authorization_response_iss_parameter_supported":true,', '');
}

/** Serves under a path, and the metadata at all three places a client may look for it. */
function mounted(path: string, handle: RequestListener): RequestListener {
  const wellKnown = '/.well-known/openid-configuration';
  const metadata = [
    `${path}${wellKnown}`,
    `${wellKnown}${path}`,
    `/.well-known/oauth-authorization-server${path}`,
  ];
  return (request, response) => {
    const asked = request.url ?? '/';
    const url = metadata.includes(asked) ? `${path}${wellKnown}` : asked;
    if (!url.startsWith(path)) return void response.writeHead(404).end();
    // oidc-provider learns its mount path by comparing these two.
    Object.assign(request, { originalUrl: url });
    request.url = withScope(url.slice(path.length));
    handle(request, response);
  };
}

/** Asked for no scope, it grants `read`; oidc-provider grants nothing and calls that a refusal. */
function withScope(url: string): string {
  return url.startsWith('/auth?') && !url.includes('scope=') ? `${url}&scope=read` : url;
}

function signingKey(): { private: object; public: Record<string, string> & { kty: string } } {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const named = { use: 'sig', alg: 'ES256', kid: 'test' };
  return {
    private: { ...pair.privateKey.export({ format: 'jwk' }), ...named },
    public: { ...(pair.publicKey.export({ format: 'jwk' }) as { kty: string }), ...named },
  };
}
