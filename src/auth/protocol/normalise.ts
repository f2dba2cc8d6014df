import { McpctlError } from '../../core/errors.ts';
import { createRedactor, type Redactor } from '../../core/redaction.ts';
import { readRetryAfter } from '../../core/retry-after.ts';
import type { Fetch } from '../../platform/fetch.ts';
import type { Step } from './failures.ts';
import { type Answer, isOAuthError, readAnswer } from './token-answer.ts';

export type EndpointKind = 'token' | 'device' | 'registration' | 'revocation';

/** As openid-client calls a fetch. */
type ProtocolFetch = (url: string, init: ProtocolInit) => Promise<Response>;
interface ProtocolInit {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

export interface NormaliserOptions {
  readonly fetch: Fetch;
  readonly kind: EndpointKind;
  readonly step: Step;
  /** Hidden, as is what a request carries, when the server repeats it in its words. */
  readonly secrets?: readonly (string | undefined)[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * A fetch that speaks plain OAuth to openid-client, whatever the server's dialect: a result with the status and the
 * members the library insists on, an error as HTTP 400 with its code, and OAUTH_UNAVAILABLE for all that is neither.
 * The library refuses a rotated token over a `null` beside it; the old one is gone by then.
 */
export function normalisingFetch({
  fetch,
  kind,
  step,
  secrets = [],
  signal,
}: NormaliserOptions): ProtocolFetch {
  return async (url, { method, headers, body }) => {
    const response = await fetch(url, {
      method,
      headers,
      ...(body !== undefined && body !== null && { body: body as string }),
      signal: signal ?? null,
    });
    const text = await response.text();
    const answer = readAnswer(text, response.headers.get('content-type') ?? '');
    const accept = response.ok ? accepted(answer, kind) : undefined;
    return (
      accept ??
      refused(answer, response, step, createRedactor([...secrets.filter(isText), ...secretsIn(body)]))
    );
  };
}

function accepted(answer: Answer, kind: EndpointKind): Response | undefined {
  if (kind === 'revocation' && answer.kind !== 'error') return new Response(null, { status: 200 });
  if (answer.kind !== 'result') return undefined;
  if (kind === 'token') return json(tokenResult(answer.body), 200);
  if (kind === 'registration') return json(registrationResult(answer.body), 201);
  return json(deviceResult(answer.body), 200);
}

function tokenResult(body: Record<string, unknown>): Record<string, unknown> {
  const { access_token, refresh_token, scope, token_type } = body;
  const expiresIn = seconds(body.expires_in);
  return {
    ...(isSendable(access_token) && { access_token }),
    token_type: needsProof(token_type) ? token_type : 'bearer',
    ...(typeof refresh_token === 'string' && { refresh_token }),
    ...(expiresIn !== undefined && { expires_in: expiresIn }),
    ...(typeof scope === 'string' && { scope }),
    ...(Array.isArray(scope) && { scope: scope.filter((item) => typeof item === 'string').join(' ') }),
  };
}

/** Whether a header can carry it: a line break or a letter beyond ASCII would only fail at the MCP server. */
function isSendable(token: unknown): boolean {
  return typeof token === 'string' && /^[\x21-\x7e]+$/.test(token);
}

/** Types that a bare header cannot carry. Other words vendors write there ("user", "jwt") mean a bearer token. */
function needsProof(type: unknown): boolean {
  return typeof type === 'string' && ['dpop', 'mac', 'pop', 'n_a'].includes(type.toLowerCase());
}

function registrationResult(body: Record<string, unknown>): Record<string, unknown> {
  const { client_secret_expires_at: expires, ...rest } = body;
  return { ...rest, ...('client_secret' in rest && { client_secret_expires_at: seconds(expires) ?? 0 }) };
}

function deviceResult(body: Record<string, unknown>): Record<string, unknown> {
  const { interval, expires_in, verification_url, ...rest } = body;
  const pause = seconds(interval);
  return {
    // Google's spelling, older than the standard.
    ...(verification_url !== undefined && { verification_uri: verification_url }),
    ...rest,
    expires_in: seconds(expires_in) || 600,
    ...(pause && { interval: pause }),
  };
}

function seconds(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined;
}

/** The error as the library wants it. Throws when the answer does not say one. */
function refused(answer: Answer, response: Response, step: Step, redact: Redactor): Response {
  const { status } = response;
  if (answer.kind === 'error' && saysSo(answer.error, status)) {
    const error = redact(answer.error);
    const description = answer.description && redact(onOneLine(answer.description)).slice(0, 200).trim();
    return json({ error, ...(description && { error_description: description }) }, 400);
  }
  const retryAfterMs = readRetryAfter(response.headers.get('retry-after'));
  throw new McpctlError(
    'OAUTH_UNAVAILABLE',
    `Could not ${step.doing}: ${step.issuer} answered HTTP ${status}${response.ok ? ' without an answer' : ''}.`,
    { data: { issuer: step.issuer, status, ...(retryAfterMs !== undefined && { retryAfterMs }) } },
  );
}

const LATER = ['server_error', 'temporarily_unavailable'];

/** Whether a status leaves room for the code: an overloaded server judges nothing. */
function saysSo(error: string, status: number): boolean {
  if (status === 408 || status === 429 || status === 503 || LATER.includes(error)) return false;
  if (status >= 500) return isOAuthError(error);
  return status < 300 || status >= 400;
}

function onOneLine(text: string): string {
  return text.replaceAll(/[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+/g, ' ');
}

const SECRET_PARAMETERS =
  /^(?:code|code_verifier|client_secret|client_assertion|device_code|refresh_token|token)$/;

function secretsIn(body: unknown): string[] {
  if (!(body instanceof URLSearchParams)) return [];
  return [...body].filter(([name]) => SECRET_PARAMETERS.test(name)).map(([, value]) => value);
}

function isText(value: string | undefined): value is string {
  return value !== undefined;
}

function json(body: unknown, status: number): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
}
