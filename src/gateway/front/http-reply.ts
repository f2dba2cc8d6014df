import { errorLine } from './error-line.ts';
import type { Reply } from './reply.ts';

const ONE_WRITE_UP_TO_BYTES = 16 * 1024;

/** Answers with one JSON document. */
export function reply(
  response: Reply,
  status: number,
  line: Buffer,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  response.begin(status, {
    'content-type': 'application/json',
    'content-length': line.length,
    ...headers,
  });
  // Text leaves together with the headers, in one write.
  if (line.length <= ONE_WRITE_UP_TO_BYTES) response.end(line.toString('latin1'), 'latin1');
  else response.end(line);
}

/** Refuses a request as a whole: a JSON-RPC error without an id, under an HTTP status. */
export function refuse(
  response: Reply,
  status: number,
  message: string,
  { code = -32000, id = 'null', headers = {} }: Refusal = {},
): void {
  reply(response, status, errorLine(id, code, message), headers);
}

export function refuseWhileStopping(response: Reply, id = 'null'): void {
  const headers = { connection: 'close', 'retry-after': '5' };
  refuse(response, 503, 'The gateway is stopping.', { id, headers });
}

interface Refusal {
  /** Of JSON-RPC. */
  readonly code?: number;
  /** JSON text. */
  readonly id?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function accept(response: Reply): void {
  if (!response.headersSent) response.begin(202, { 'content-length': 0 }).end();
}

/** The protocol's own errors that have an HTTP status of their own in the stateless era. */
const STATUS_OF: Readonly<Record<number, number>> = {
  '-32601': 404,
  '-32020': 400,
  '-32021': 400,
  '-32022': 400,
};

/** Longer answers are results. */
const LONGEST_ERROR_BYTES = 16 * 1024;

/** The HTTP status of an answer of the stateless era. */
export function statusOf(line: Buffer): number {
  if (line.length > LONGEST_ERROR_BYTES || !line.includes('"error"')) return 200;
  const { error } = JSON.parse(line.toString('utf8')) as { error?: { code?: number } };
  return STATUS_OF[error?.code ?? 0] ?? 200;
}

export function plain(
  response: Reply,
  status: number,
  text: string,
  type = 'text/plain; charset=utf-8',
  headers: Readonly<Record<string, string>> = {},
): void {
  const usual = {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  };
  response.begin(status, { ...usual, ...headers }).end(text);
}
