import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { ToolError } from '../errors.ts';
import type { Log } from '../log.ts';
import { addCredential } from './credential.ts';
import { failureOf, unreachable } from './failure.ts';
import { createRateLimit } from './rate-limit.ts';
import { readBody } from './read-body.ts';

export type Query = Readonly<Record<string, unknown>>;

export interface ApiRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  /** Below the base address, each segment encoded when it is sent. */
  readonly path: readonly string[];
  /** Undefined values are left out, lists repeat their name. */
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON, else text; undefined when empty. */
  readonly body: unknown;
}

export interface Api {
  /**
   * Sends a request, within the rate limit and time, and again where that is safe.
   * @throws ToolError with a code that begins with API_, NOT_FOUND or TOO_MANY_CALLS
   */
  send(request: ApiRequest): Promise<ApiAnswer>;
}

/** Sending these twice is the same as sending them once. */
const REPEATABLE = ['GET', 'HEAD', 'OPTIONS'];

/** Longest pause before another attempt, in milliseconds. */
const LONGEST_PAUSE_MS = 20_000;

export function createApi(config: Config, log: Log): Api {
  const { turn } = createRateLimit(config.API_PER_MINUTE);
  return {
    async send(request) {
      for (let attempt = 0; ; attempt += 1) {
        await turn(request.signal);
        const outcome = await attemptOnce(request, config, log);
        if (!(outcome instanceof Failed)) return outcome;
        if (attempt >= config.API_RETRIES || !mayRepeat(request, outcome)) throw outcome.error;
        await pause(outcome.pauseMs ?? 200 * 2 ** attempt, undefined, {
          ...(request.signal && { signal: request.signal }),
        });
      }
    },
  };
}

class Failed {
  readonly error: ToolError;
  readonly status: number | undefined;
  /** What the API asked for. */
  readonly pauseMs: number | undefined;

  constructor(error: ToolError, status?: number, pauseMs?: number) {
    this.error = error;
    this.status = status;
    this.pauseMs = pauseMs;
  }
}

async function attemptOnce(request: ApiRequest, config: Config, log: Log): Promise<ApiAnswer | Failed> {
  const { method, body, signal } = request;
  const url = addressOf(request, config.API_BASE_URL);
  const { pathname } = url;
  const headers = new Headers({ accept: 'application/json', ...request.headers });
  if (body !== undefined) headers.set('content-type', 'application/json');
  addCredential(url, headers, config);
  const timeout = AbortSignal.timeout(config.API_TIMEOUT_MS);
  const begun = performance.now();
  try {
    const response = await fetch(url, {
      method,
      headers,
      // A redirect would take the token along.
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = { status: response.status, headers: response.headers, body: await readBody(response) };
    log.debug('api', { method, path: pathname, status: answer.status, ms: since(begun) });
    if (response.ok) return answer;
    return new Failed(failureOf(answer), answer.status, retryAfter(response.headers));
  } catch (error) {
    if (error instanceof ToolError || signal?.aborted) throw error;
    log.debug('api', { method, path: pathname, error: String(error), ms: since(begun) });
    return new Failed(unreachable(url, timeout.aborted, error));
  }
}

/** What may have changed something is sent again only when the API says that it did not take it. */
function mayRepeat({ method }: ApiRequest, { status, pauseMs = 0 }: Failed): boolean {
  if (pauseMs > LONGEST_PAUSE_MS) return false;
  if (status === 429) return true;
  return REPEATABLE.includes(method) && (status === undefined || [502, 503, 504].includes(status));
}

/** @throws ToolError BAD_ARGUMENT when a segment would lead elsewhere */
export function addressOf({ path, query = {} }: Pick<ApiRequest, 'path' | 'query'>, base: string): URL {
  const wrong = path.find((segment) => segment === '' || segment === '.' || segment === '..');
  if (wrong !== undefined)
    throw new ToolError('BAD_ARGUMENT', `${JSON.stringify(wrong)} cannot be part of an address.`);
  const url = new URL(base);
  url.pathname = [url.pathname.replace(/\/+$/, ''), ...path.map(encodeURIComponent)].join('/');
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== null) url.searchParams.append(name, String(item));
    }
  }
  return url;
}

/** Milliseconds a `Retry-After` header asks for. */
function retryAfter(headers: Headers): number | undefined {
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  const seconds = Number(text);
  const ms = Number.isNaN(seconds) ? Date.parse(text) - Date.now() : seconds * 1000;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function since(begun: number): number {
  return Math.round(performance.now() - begun);
}
