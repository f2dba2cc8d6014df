import type { IncomingMessage } from 'node:http';
import { McpctlError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { readRetryAfter } from '../../core/retry-after.ts';
import type { Envelope } from '../envelope.ts';
import { onOneLine } from './http-link.ts';

/**
 * The JSON-RPC error in the body of a failed request, as the answer to it. Servers write `id: null` there; a client
 * on a stream would wait for ever, so the request's own id takes its place.
 */
export function answerTo({ kind, id }: Envelope, body: Buffer): Buffer | undefined {
  if (kind !== 'request' || id === undefined) return undefined;
  const message = parse(body);
  if (!isRecord(message) || !isRecord(message.error)) return undefined;
  if (JSON.stringify(message.id) === id) return onOneLine(body);
  return Buffer.from(`{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify(message.error)}}`);
}

/** The code of the JSON-RPC error in a body, when there is one. */
export function errorCodeOf(body: Buffer): unknown {
  const message = parse(body);
  return isRecord(message) && isRecord(message.error) ? message.error.code : undefined;
}

export interface Quoting {
  readonly server: string;
  /** Takes secrets out before the text is cut: a half of one would not be recognised. */
  redact(text: string): string;
}

export function httpFailure(
  { server, redact }: Quoting,
  response: IncomingMessage,
  body: Buffer,
): McpctlError {
  const { statusCode: status, statusMessage = '' } = response;
  const text = quoteBody(response, body, redact);
  const name = statusMessage === '' ? '' : ` ${statusMessage}`;
  return new McpctlError('SERVER_UNREACHABLE', `${server} answered HTTP ${status}${name}${text}.`, {
    hint: status === 404 ? 'Check the path of the "url" in the manifest.' : `mcpctl doctor ${server}`,
    data: { server, status, ...refusalFacts(response) },
  });
}

/** A server that is asked too often did nothing; how long it wants to be left alone. */
function refusalFacts({ statusCode, headers }: IncomingMessage): { sent?: false; retryAfterMs?: number } {
  if (statusCode !== 429 && statusCode !== 503) return {};
  const wait = readRetryAfter(headers['retry-after']);
  return { ...(statusCode === 429 && { sent: false }), ...(wait !== undefined && { retryAfterMs: wait }) };
}

export function lostAnswer(server: string, method: string | undefined): McpctlError {
  const what = method ?? 'a request';
  return new McpctlError(
    'SERVER_UNREACHABLE',
    `${server} closed the connection before it answered ${what}.`,
    {
      hint: 'Try again; whether the server acted on the request is not known.',
      data: { server },
    },
  );
}

const QUOTED_CHARACTERS = 200;

function quoteBody({ headers }: IncomingMessage, body: Buffer, redact: (text: string) => string): string {
  const message = parse(body);
  const error = isRecord(message) && isRecord(message.error) ? message.error.message : undefined;
  if (typeof error === 'string') return `: ${redact(error).slice(0, QUOTED_CHARACTERS)}`;
  if (!headers['content-type']?.startsWith('text/plain')) return '';
  const text = body.toString('utf8').replaceAll(/\s+/g, ' ').trim();
  return text === '' ? '' : `: ${redact(text).slice(0, QUOTED_CHARACTERS)}`;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
