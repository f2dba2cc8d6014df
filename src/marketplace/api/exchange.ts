import { createHash } from 'node:crypto';
import type { Json } from '../../core/json.ts';

/** A request, as far as a registry cares. */
export interface ApiRequest {
  readonly method: string;
  /** As it came, still encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly ifNoneMatch?: string | undefined;
  /** Where clients reach this registry, without a slash at the end. */
  readonly base: string;
  /** Whose token was shown; undefined when none was, or nobody's. */
  principal(): Promise<Principal | undefined>;
  /** The whole body up to a length, or why there is none. */
  body(maxBytes: number): Promise<Uint8Array | 'too-large' | 'cut-off'>;
}

/** Whoever a token belongs to. */
export interface Principal {
  readonly name: string;
  /** What it may publish, as patterns such as `io.acme/*`. */
  readonly namespaces: readonly string[];
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Thrown by whatever answers; becomes `{"error": …}`, the shape of the API. */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

export function json(value: Json | object, status = 200): ApiAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(value)),
  };
}

export function refused({ status, message, headers }: Refusal): ApiAnswer {
  const answer = json({ error: message }, status);
  return { ...answer, headers: { ...answer.headers, 'cache-control': 'no-store', ...headers } };
}

/** Lets whoever has the very same answer keep it. */
export function withTag(answer: ApiAnswer, ifNoneMatch: string | undefined): ApiAnswer {
  if (answer.status !== 200) return answer;
  const tag = `"${createHash('sha256').update(answer.body).digest('base64url').slice(0, 27)}"`;
  const headers = { 'cache-control': 'no-cache', ...answer.headers, etag: tag };
  const known = (ifNoneMatch ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  return known.includes(tag) || known.includes('*')
    ? { status: 304, headers, body: new Uint8Array() }
    : { ...answer, headers };
}
