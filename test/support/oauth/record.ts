import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/** One request as it arrived, secrets included, and what it was answered. */
export interface RecordedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The fields of a form; empty for every other body. */
  readonly form: URLSearchParams;
  /** By Date.now(). */
  readonly at: number;
  /** Absent until answered, and for ever when the connection was cut. */
  answer?: Answer;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[]>;
  body: string;
}

/** Changes an answer in place, or returns another one. */
export type Alter = (answer: Answer, request: RecordedRequest) => Answer | undefined;

/** True when it took care of the response itself. */
export type Intercept = (request: RecordedRequest, response: ServerResponse) => boolean;

/** Reads the whole body and leaves it as `request.body`, where oidc-provider and we find it. */
export async function recordRequest(request: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  Object.assign(request, { body });
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://here');
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  return {
    method: request.method ?? '',
    path: pathname,
    query: searchParams,
    headers: request.headers,
    text: body.toString('utf8'),
    form: new URLSearchParams(isForm ? body.toString('utf8') : ''),
    at: Date.now(),
  };
}

/** Notes the answer of a handler that sets headers and ends with one chunk, and lets `alter` change it first. */
export function recordAnswer(record: RecordedRequest, response: ServerResponse, alter: Alter): void {
  const end = response.end.bind(response);
  response.end = ((chunk?: unknown) => {
    const body = typeof chunk === 'string' || Buffer.isBuffer(chunk) ? chunk.toString() : '';
    const headers = { ...response.getHeaders() } as Answer['headers'];
    const answer: Answer = { status: response.statusCode, headers, body };
    const changed = alter(answer, record) ?? answer;
    record.answer = changed;
    if (response.headersSent) return end(body);
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    for (const [name, value] of Object.entries(changed.headers)) response.setHeader(name, value);
    response.removeHeader('transfer-encoding');
    response.setHeader('content-length', Buffer.byteLength(changed.body));
    response.statusCode = changed.status;
    return end(changed.body);
  }) as ServerResponse['end'];
}

/** A listener that records everything, and asks `intercept` and `alter` about each request. */
export function recording(
  requests: RecordedRequest[],
  hooks: { intercept: Intercept; alter: Alter },
  handle: (request: IncomingMessage, response: ServerResponse, record: RecordedRequest) => void,
): RequestListener {
  return async (request, response) => {
    const record = await recordRequest(request);
    requests.push(record);
    recordAnswer(record, response, hooks.alter);
    if (!hooks.intercept(record, response)) handle(request, response, record);
  };
}
