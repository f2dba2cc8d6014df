import { readFile } from 'node:fs/promises';
import type { SecureContext } from 'node:tls';
import type { EnvHttpProxyAgent, RequestInit as UndiciInit, Response as UndiciResponse } from 'undici';
import { McpctlError } from '../core/errors.ts';
import type { Env } from './env.ts';
import { createAddressGuard } from './fetch-addresses.ts';
import { explainFailure, type FailureContext, timedOut } from './fetch-errors.ts';

export interface FetchPolicy {
  /** Read for HTTPS_PROXY, HTTP_PROXY, NO_PROXY (either case) and NODE_EXTRA_CA_CERTS. */
  readonly env: Env;
  /** Where else than to public addresses a request may go: `loopback`, host names, addresses, ranges. */
  readonly allowPrivate?: readonly string[];
  /** Largest response body in bytes, after decompression; 1 MiB by default. `Infinity` for streams. */
  readonly maxBytes?: number;
  /** Milliseconds until the answer's headers, and for limited bodies until its end; 30 000 by default. */
  readonly timeoutMs?: number;
}

/** `maxBytes` and `timeoutMs` take precedence over the policy's. */
export type FetchInit = RequestInit & Pick<FetchPolicy, 'maxBytes' | 'timeoutMs'>;

/**
 * Like the global fetch, with rules: https except to allowed loopback, public addresses only, bounded size and time,
 * no redirect that takes credentials or a body to another origin.
 * @throws NETWORK_UNREACHABLE, NETWORK_TIMEOUT, TLS_UNTRUSTED, ADDRESS_REFUSED, URL_REFUSED, RESPONSE_TOO_LARGE (the
 * last three also while the body is read) and CANCELLED. An answer of any status is not an error.
 */
export type Fetch = (url: string | URL, init?: FetchInit) => Promise<Response>;

const MEBIBYTE = 1_048_576;
const MOST_REDIRECTS = 5;
const CREDENTIAL_HEADER = /auth|cookie|token|key|secret|session/i;

/** The one way to the network. Proxy, certificates and undici are loaded by the first request. */
export function createFetch(policy: FetchPolicy): Fetch {
  const guard = createAddressGuard(policy.allowPrivate ?? []);
  const proxies = proxiesOf(policy.env);
  let loading: Promise<Engine> | undefined;

  return async (input, init = {}) => {
    const { maxBytes = policy.maxBytes ?? MEBIBYTE, timeoutMs = policy.timeoutMs ?? 30_000, ...rest } = init;
    loading ??= loadEngine(policy.env, proxies, guard.lookup);
    const { undici, dispatcher } = await loading;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), timeoutMs).unref();
    const signal = rest.signal ? AbortSignal.any([rest.signal, deadline.signal]) : deadline.signal;
    let request: UndiciInit = { ...(rest as UndiciInit), signal, redirect: 'manual', dispatcher };
    let url = new URL(input);
    for (let hop = 0; ; hop += 1) {
      checkUrl(url, guard);
      const failure = failureFor(url, { signal: rest.signal, env: policy.env, proxies, deadline });
      const response = await undici.fetch(url, request).catch((error: unknown) => {
        clearTimeout(timer);
        throw failure(error);
      });
      const location = rest.redirect === 'manual' ? null : redirectOf(response);
      if (location === null) {
        if (maxBytes === Number.POSITIVE_INFINITY || !response.body) clearTimeout(timer);
        const body =
          response.body && bounded(response, { url, maxBytes, failure, done: () => clearTimeout(timer) });
        return withBody(undici.Response, response, body) as unknown as Response;
      }
      await response.body?.cancel();
      const next = new URL(location, url);
      request = followed({ from: url, to: next, status: response.status, request, hop, mode: rest.redirect });
      url = next;
    }
  };
}

type Library = typeof import('./fetch-library.ts').undici;

interface Engine {
  readonly undici: Library;
  readonly dispatcher: EnvHttpProxyAgent;
}

interface Proxies {
  readonly http: string;
  readonly https: string;
  readonly none: string;
}

function proxiesOf(env: Env): Proxies {
  const none = env.no_proxy ?? env.NO_PROXY ?? '';
  return {
    http: env.http_proxy ?? env.HTTP_PROXY ?? '',
    https: env.https_proxy ?? env.HTTPS_PROXY ?? '',
    // A proxy would look for our loopback on its own machine.
    none: none.trim() === '*' ? '*' : `${none} localhost 127.0.0.1 [::1]`.trim(),
  };
}

async function loadEngine(
  env: Env,
  proxies: Proxies,
  lookup: ReturnType<typeof createAddressGuard>['lookup'],
): Promise<Engine> {
  const [{ undici }, secureContext] = await Promise.all([
    import('./fetch-library.ts'),
    extraCertificates(env),
  ]);
  const tls = secureContext && { secureContext };
  const dispatcher = new undici.EnvHttpProxyAgent({
    httpProxy: proxies.http,
    httpsProxy: proxies.https,
    noProxy: proxies.none,
    connect: { lookup, timeout: 15_000, ...tls },
    ...(tls && { requestTls: tls, proxyTls: tls }),
  });
  return { undici, dispatcher };
}

/** Node reads the variable only at its own start; here it also counts when it comes from a settings or .env file. */
async function extraCertificates(env: Env): Promise<SecureContext | undefined> {
  if (!env.NODE_EXTRA_CA_CERTS) return undefined;
  // Node ignores a file it cannot use as well; a failing connection then names it in its hint.
  try {
    const extra = await readFile(env.NODE_EXTRA_CA_CERTS, 'utf8');
    const { createSecureContext, rootCertificates } = await import('node:tls');
    return createSecureContext({ ca: [...rootCertificates, extra] });
  } catch {
    return undefined;
  }
}

function checkUrl(url: URL, guard: ReturnType<typeof createAddressGuard>): void {
  const refuse = (why: string, hint: string): never => {
    throw new McpctlError('URL_REFUSED', `${url.protocol}//${url.host} ${why}.`, {
      hint,
      data: { host: url.host },
    });
  };
  if (url.username || url.password) {
    refuse(
      'was given with a user name in the URL, which logs and proxies would show',
      'Send it in a header instead.',
    );
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    refuse('is not a web address', 'Use an https:// URL.');
  guard.checkLiteral(url.hostname);
  if (url.protocol === 'http:' && !guard.isAllowedLoopback(url.hostname)) {
    refuse('is not encrypted', `Use https://${url.host} instead.`);
  }
}

interface FailureOptions {
  readonly signal: AbortSignal | null | undefined;
  readonly env: Env;
  readonly proxies: Proxies;
  readonly deadline: AbortController;
}

function failureFor(
  url: URL,
  { signal, env, proxies, deadline }: FailureOptions,
): (error: unknown) => McpctlError {
  const proxy = url.protocol === 'https:' ? proxies.https || proxies.http : proxies.http;
  const context: FailureContext = {
    host: url.host,
    signal,
    proxy: proxy && URL.canParse(proxy) ? new URL(proxy).host : proxy && 'that is set',
    certificates: env.NODE_EXTRA_CA_CERTS ?? '',
  };
  return (error) =>
    deadline.signal.aborted && !signal?.aborted ? timedOut(url.host, error) : explainFailure(error, context);
}

function redirectOf({ status, headers }: UndiciResponse): string | null {
  return [301, 302, 303, 307, 308].includes(status) ? headers.get('location') : null;
}

interface Redirect {
  readonly from: URL;
  readonly to: URL;
  readonly status: number;
  readonly request: UndiciInit;
  readonly hop: number;
  readonly mode: RequestInit['redirect'];
}

/** The request to repeat at the new place. */
function followed({ from, to, status, request, hop, mode }: Redirect): UndiciInit {
  const refuse = (why: string): never => {
    throw new McpctlError('URL_REFUSED', `${from.host} redirects to ${to.host}${why}.`, {
      hint: `If that is right, use the new address directly: ${to.protocol}//${to.host}`,
      data: { host: from.host, to: to.host },
    });
  };
  if (mode === 'error') refuse('');
  if (hop >= MOST_REDIRECTS) refuse(` after ${hop} other redirects`);
  const method = (request.method ?? 'GET').toUpperCase();
  const becomesGet = status === 303 || ((status === 301 || status === 302) && method === 'POST');
  if (from.origin !== to.origin) {
    const names = [...headersOf(request).keys()];
    if (names.some((name) => CREDENTIAL_HEADER.test(name))) refuse(', and credentials are not sent on');
    if (request.body && !becomesGet) refuse(', and the request is not sent on');
  }
  if (!becomesGet || method === 'HEAD') return request;
  const headers = headersOf(request);
  for (const name of ['content-type', 'content-length', 'content-encoding']) headers.delete(name);
  const { body: _, ...bare } = request;
  return { ...bare, method: 'GET', headers: [...headers] };
}

interface Bounds {
  readonly url: URL;
  readonly maxBytes: number;
  readonly failure: (error: unknown) => McpctlError;
  readonly done: () => void;
}

/** The body, ending in an error when it grows over the limit: the announced length may lie and gzip expands. */
function bounded(
  response: UndiciResponse,
  { url, maxBytes, failure, done }: Bounds,
): ReadableStream<Uint8Array> {
  const tooLarge = new McpctlError('RESPONSE_TOO_LARGE', `${url.host} sent more than ${maxBytes} bytes.`, {
    hint: 'This is not the answer that was expected; check the URL.',
    data: { host: url.host, maxBytes },
  });
  const reader = response.body?.getReader();
  let total = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done: isOver = true, value } = (await reader?.read()) ?? {};
        if (isOver || !value) {
          done();
          return controller.close();
        }
        total += value.byteLength;
        if (total > maxBytes) throw tooLarge;
        controller.enqueue(value);
      } catch (error) {
        done();
        await reader?.cancel().catch(() => {});
        controller.error(failure(error));
      }
    },
    async cancel(reason) {
      done();
      await reader?.cancel(reason);
    },
  });
}

function withBody(
  type: Library['Response'],
  response: UndiciResponse,
  body: ReadableStream<Uint8Array> | null,
): UndiciResponse {
  const { status, statusText, headers, url } = response;
  const copy = new type(body as ConstructorParameters<typeof type>[0], { status, statusText, headers });
  return Object.defineProperty(copy, 'url', { value: url });
}

function headersOf({ headers }: UndiciInit): Headers {
  return new Headers(headers as ConstructorParameters<typeof Headers>[0]);
}
