import { createHash, randomUUID } from 'node:crypto';
import type { Client, Exchange, Grant, RefreshToken, Reply } from './vendor-endpoints.ts';

/** The token endpoint. */
export function answerToken(exchange: Exchange): Reply {
  const { request, state } = exchange;
  const { errorsWithStatus200 = false } = state.rules;
  const body = tokensOrError(exchange);
  const isForm = errorsWithStatus200 && !/json/.test(request.headers.accept ?? '');
  return {
    status: body.error === undefined || errorsWithStatus200 ? 200 : statusOf(body.error),
    headers: { 'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json' },
    body: isForm ? new URLSearchParams(body).toString() : JSON.stringify(body),
  };
}

type Body = Record<string, string>;

function tokensOrError(exchange: Exchange): Body {
  const { form } = exchange.request;
  const client = authenticated(exchange);
  if (!client) return { error: 'invalid_client' };
  if (form.get('grant_type') === 'authorization_code') return exchangeCode(exchange, client);
  if (form.get('grant_type') === 'refresh_token') return refresh(exchange, client);
  return { error: 'unsupported_grant_type' };
}

/** The id of a client that proved itself as it has to. */
function authenticated({ request: { form, headers }, state: { clients } }: Exchange): string | undefined {
  const basic = /^Basic (.+)$/.exec(headers.authorization ?? '')?.[1];
  const [basicId, basicSecret] = basic
    ? Buffer.from(basic, 'base64').toString().split(':').map(decodeURIComponent)
    : [];
  const id = basicId ?? form.get('client_id') ?? '';
  const client: Client | undefined = id.startsWith('https:') ? { redirectUris: [] } : clients.get(id);
  const secret = basicSecret ?? form.get('client_secret') ?? undefined;
  return client && client.secret === secret ? id : undefined;
}

function exchangeCode({ request: { form }, state }: Exchange, client: string): Body {
  const code = form.get('code') ?? '';
  const grant = state.codes.get(code);
  state.codes.delete(code);
  const isGood =
    grant?.client === client &&
    grant.redirectUri === form.get('redirect_uri') &&
    grant.challenge === s256(form.get('code_verifier') ?? '');
  if (!grant || !isGood) {
    return { error: state.rules.errorsWithStatus200 ? 'bad_verification_code' : 'invalid_grant' };
  }
  return issue(state, grant);
}

function refresh({ request: { form }, state }: Exchange, client: string): Body {
  const { rules } = state;
  const token = form.get('refresh_token') ?? '';
  const found = state.refresh.get(token);
  const isOver = found?.worksUntil !== undefined && found.worksUntil <= Date.now();
  if (!found || found.grant.client !== client || isOver) return { error: 'invalid_grant' };
  if (rules.resourceOnRefresh === 'required' && form.get('resource') !== found.grant.resource) {
    return { error: 'invalid_target' };
  }
  if (rules.resourceOnRefresh === 'refused' && form.has('resource')) {
    const text = "AADSTS9010010: The resource parameter provided in the request doesn't match the scopes.";
    return { error: 'invalid_target', error_description: text };
  }
  if (rules.scopeOnRefresh === 'required' && !form.has('scope')) {
    return { error: 'invalid_request', error_description: 'AADSTS90014: scope is missing' };
  }
  if (rules.rotation) found.worksUntil ??= Date.now() + rules.rotation.leeway;
  return issue(state, found.grant, rules.rotation ? undefined : token);
}

/** New tokens; the refresh token given stays when there is one. */
function issue(state: Exchange['state'], grant: Grant, kept?: string): Body {
  const { lifetime = 3600 } = state.rules;
  const seconds = lifetime === 'none' ? Number.POSITIVE_INFINITY : lifetime;
  const access = `access-${randomUUID()}`;
  state.access.set(access, { grant, expiresAt: Date.now() + seconds * 1000 });
  const body: Body = { access_token: access, token_type: 'bearer', scope: grant.scopes.join(' ') };
  if (lifetime !== 'none') Object.assign(body, { expires_in: lifetime });
  const isForever = lifetime === 'none';
  if (kept || !grant.refreshable || isForever) return body;
  const token: RefreshToken = { grant };
  body.refresh_token = `refresh-${randomUUID()}`;
  state.refresh.set(body.refresh_token, token);
  return body;
}

function statusOf(error: string): number {
  return error === 'invalid_client' ? 401 : 400;
}

function s256(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}
