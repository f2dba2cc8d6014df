import { randomUUID } from 'node:crypto';
import type { TokenOwner } from './protected-server.ts';
import type { RecordedRequest } from './record.ts';
import type { VendorRules } from './vendor-rules.ts';
import { answerToken } from './vendor-tokens.ts';

export interface Client {
  readonly redirectUris: readonly string[];
  readonly secret?: string | undefined;
  /** Undefined: may ask for any. */
  readonly scopes?: readonly string[] | undefined;
}

export interface Grant {
  readonly client: string;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly resource: string;
  readonly scopes: readonly string[];
  readonly refreshable: boolean;
}

export interface RefreshToken {
  readonly grant: Grant;
  /** By Date.now(); set when a newer one replaced it. */
  worksUntil?: number;
}

export interface State {
  readonly rules: VendorRules;
  readonly clients: Map<string, Client>;
  readonly codes: Map<string, Grant>;
  readonly access: Map<string, { grant: Grant; expiresAt: number }>;
  readonly refresh: Map<string, RefreshToken>;
}

export interface Exchange {
  readonly request: RecordedRequest;
  readonly state: State;
  readonly issuer: string;
}

export function createState(rules: VendorRules): State {
  const state: State = {
    rules,
    clients: new Map(),
    codes: new Map(),
    access: new Map(),
    refresh: new Map(),
  };
  addOwnClient(state);
  return state;
}

/** Adds the client from the vendor's console, where there is one. */
export function addOwnClient({ rules: { client }, clients }: State): void {
  if (client) clients.set(client.id, { redirectUris: [client.redirectUri], secret: client.secret });
}

/** Whose access token it is, for the MCP server. */
export function ownerOf(token: string, { access, rules }: State): TokenOwner | undefined {
  const found = access.get(token);
  if (!found || found.expiresAt <= Date.now()) return undefined;
  if (rules.documentsAdvertisedOnly && found.grant.client.startsWith('https:')) return undefined;
  return { subject: 'ada', scopes: found.grant.scopes };
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the authorization server answers. */
export function reply(exchange: Exchange): Reply {
  const { request, state, issuer } = exchange;
  const { pathname } = new URL(issuer);
  const prefix = pathname === '/' ? '' : pathname;
  if (request.path === `/.well-known/oauth-authorization-server${prefix}`)
    return json(200, metadata(exchange));
  switch (`${request.method} ${request.path.slice(prefix.length)}`) {
    case 'POST /register':
      return register(exchange);
    case 'GET /authorize':
      return authorize(exchange);
    case 'POST /token':
      return answerToken(exchange);
    case 'POST /revoke':
      state.refresh.delete(request.form.get('token') ?? '');
      state.access.delete(request.form.get('token') ?? '');
      return json(200, {});
    default:
      return json(404, {});
  }
}

function metadata({ issuer, state: { rules } }: Exchange): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    revocation_endpoint: `${issuer}/revoke`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_post', 'client_secret_basic'],
    scopes_supported: rules.scopes ?? ['read', 'write'],
    ...(rules.registration !== false && { registration_endpoint: `${issuer}/register` }),
    ...(rules.documentsAdvertisedOnly && { client_id_metadata_document_supported: true }),
  };
}

function register({ request, state: { rules, clients } }: Exchange): Reply {
  const wanted = JSON.parse(request.text);
  if (rules.registration === false) return json(404, {});
  const id = randomUUID();
  const scopes = rules.registrationNeedsScope ? wordsOf(wanted.scope) : undefined;
  clients.set(id, { redirectUris: wanted.redirect_uris, scopes });
  return json(201, { ...wanted, client_id: id, token_endpoint_auth_method: 'none' });
}

function authorize({ request: { query }, state: { rules, clients, codes } }: Exchange): Reply {
  const id = query.get('client_id') ?? '';
  const redirectUri = query.get('redirect_uri') ?? '';
  const client: Client | undefined = id.startsWith('https:')
    ? { redirectUris: [redirectUri] }
    : clients.get(id);
  const { status, body } = rules.unknownClient ?? { status: 400, body: { error: 'invalid_client' } };
  if (!client) return json(status, body);
  if (!client.redirectUris.some((one) => fits(one, redirectUri))) {
    return json(400, { error: 'invalid_redirect_uri', redirectUri });
  }
  const scopes = wordsOf(query.get('scope'));
  const back = (fields: Record<string, string>): Reply => {
    const search = new URLSearchParams({ state: query.get('state') ?? '', ...fields });
    return { status: 302, headers: { location: `${redirectUri}?${search}` }, body: '' };
  };
  if (client.scopes && !scopes.every((scope) => client.scopes?.includes(scope))) {
    return back({ error: 'invalid_scope' });
  }
  if (query.get('code_challenge_method') !== 'S256') return back({ error: 'invalid_request' });
  const code = randomUUID();
  const challenge = query.get('code_challenge') ?? '';
  const grant = { client: id, redirectUri, challenge, resource: query.get('resource') ?? '', scopes };
  codes.set(code, { ...grant, refreshable: isRefreshable(rules, query, scopes) });
  return back({ code });
}

function wordsOf(text: unknown): string[] {
  return String(text ?? '')
    .split(' ')
    .filter((word) => word !== '');
}

function isRefreshable(rules: VendorRules, query: URLSearchParams, scopes: readonly string[]): boolean {
  const needs = Object.entries(rules.offlineNeeds ?? {});
  const hasScope = rules.offlineScope === undefined || scopes.includes(rules.offlineScope);
  return hasScope && needs.every(([name, value]) => query.get(name) === value);
}

/** The same, but for the port when the registered one names none. */
function fits(registered: string, used: string): boolean {
  if (new URL(registered).port !== '') return registered === used;
  const portless = new URL(used);
  portless.port = '';
  return portless.href === registered;
}

function json(status: number, body: object): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
