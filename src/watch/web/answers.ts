import type { IncomingMessage } from 'node:http';
import { asKnown } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { readBody } from '../../gateway/front/http-body.ts';
import { reply } from '../../gateway/front/http-reply.ts';
import type { Reply } from '../../gateway/front/reply.ts';
import { pageHeaders } from '../../platform/page-headers.ts';

/** Of answers that are no pages. */
export const DATA_HEADERS = pageHeaders("default-src 'none'; frame-ancestors 'none'");

/** What a request needs that is refused: the envelope is that of `--json`. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

export function answer(response: Reply, data: object): void {
  reply(response, 200, Buffer.from(JSON.stringify({ ok: true, data })), DATA_HEADERS);
}

export function refuseWith(
  response: Reply,
  status: number,
  error: Refusal,
  headers: Readonly<Record<string, string>> = {},
): void {
  const line = Buffer.from(JSON.stringify({ ok: false, error }));
  reply(response, status, line, { ...DATA_HEADERS, ...headers });
}

/** What was thrown, as an answer: a mistake of whoever asked, or something that did not work. */
export function answerFailure(response: Reply, error: unknown): void {
  const { code, message, hint } = asKnown(error);
  const status = code === 'USAGE' ? 400 : code === 'SERVER_UNKNOWN' ? 404 : 502;
  refuseWith(response, status, { code, message, ...(hint !== undefined && { hint }) });
}

export function refuseMethod(response: Reply, allow: string): void {
  refuseWith(response, 405, { code: 'USAGE', message: `Use ${allow}.` }, { allow });
}

const LONGEST_BODY = 4096;

/** The texts of a body, JSON or form. Undefined after a refusal. */
export async function readFields(
  request: IncomingMessage,
  response: Reply,
): Promise<Readonly<Record<string, string>> | undefined> {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  const body = await readBody(request, LONGEST_BODY);
  if (body === 'cut-off') return undefined;
  if (body === 'too-large') {
    refuseWith(response, 413, { code: 'USAGE', message: 'That is too long.' }, { connection: 'close' });
    return undefined;
  }
  const text = body.toString('utf8');
  const fields =
    type === FORM_TYPE
      ? Object.fromEntries(new URLSearchParams(text))
      : type === 'application/json'
        ? parsed(text)
        : undefined;
  if (fields) return fields;
  refuseWith(response, 400, { code: 'USAGE', message: 'The body is not understood.' });
  return undefined;
}

export const FORM_TYPE = 'application/x-www-form-urlencoded';

function parsed(text: string): Record<string, string> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value)) return undefined;
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, field]) => (typeof field === 'string' ? [[name, field]] : [])),
    );
  } catch {
    return undefined;
  }
}
