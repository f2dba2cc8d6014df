import type { IncomingMessage } from 'node:http';
import type { HttpFrontOptions } from './http-options.ts';
import { plain, refuse } from './http-reply.ts';
import type { Reply } from './reply.ts';

/** Asks for a bearer token. */
export function challenge(response: Reply, authorization: string | undefined): void {
  const reason = authorization === undefined ? '' : ', error="invalid_token"';
  refuse(response, 401, 'This gateway wants a bearer token: mcpctl gateway token makes one.', {
    headers: { 'www-authenticate': `Bearer realm="mcpctl"${reason}` },
  });
}

/** `/metrics`, for whoever may ask. */
export async function showMetrics(
  { method }: IncomingMessage,
  response: Reply,
  metrics: HttpFrontOptions['metrics'],
): Promise<void> {
  if (!metrics) return refuse(response, 404, 'There are no metrics.');
  if (method !== 'GET') return refuse(response, 405, 'Use GET.', { headers: { allow: 'GET' } });
  const { contentType, text } = await metrics();
  plain(response, 200, text, contentType);
}
