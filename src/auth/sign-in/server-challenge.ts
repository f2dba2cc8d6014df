import type { Fetch } from '../../platform/fetch.ts';
import { type BearerChallenge, bearerChallenge } from '../protocol/challenges.ts';

/** How a server receives somebody without a token. */
export type Reception =
  /** It serves everybody. */
  | { readonly kind: 'open' }
  | { readonly kind: 'challenge'; readonly challenge: BearerChallenge }
  /** Anything else: its metadata has to tell. */
  | { readonly kind: 'unclear'; readonly status: number };

/** Asks a server without a token, to learn what its challenge says. Throws what the network throws. */
export async function receptionOf(url: string, fetch: Fetch, signal?: AbortSignal): Promise<Reception> {
  const posted = await ask(url, fetch, {
    method: 'POST',
    headers: POST,
    body: INITIALIZE,
    signal: signal ?? null,
  });
  if (posted.kind !== 'unclear' || !OLDER.has(posted.status)) return posted;
  return await ask(url, fetch, {
    method: 'GET',
    headers: { accept: 'text/event-stream' },
    signal: signal ?? null,
  });
}

/** How servers of HTTP+SSE answer a POST to their address. */
const OLDER = new Set([404, 405]);

const POST = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

const INITIALIZE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'mcpctl', version: '1' },
  },
});

async function ask(url: string, fetch: Fetch, init: RequestInit): Promise<Reception> {
  const response = await fetch(url, { ...init, maxBytes: Number.POSITIVE_INFINITY });
  await response.body?.cancel();
  if (response.status === 401) {
    return {
      kind: 'challenge',
      challenge: bearerChallenge(response.headers.get('www-authenticate') ?? undefined),
    };
  }
  return response.ok ? { kind: 'open' } : { kind: 'unclear', status: response.status };
}
