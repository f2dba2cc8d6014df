import { Agent, type IncomingMessage, request as requestHttp } from 'node:http';
import { McpctlError, messageOf } from '../../core/errors.ts';
import type { Env } from '../../platform/env.ts';
import { proxyFor } from './proxy-choice.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** True when it may reach the server twice. It is sent again when a kept connection turns out to be closed. */
  readonly isRepeatable?: boolean;
  readonly signal?: AbortSignal;
}

/** Requests over kept connections. */
export interface Exchange {
  /** Settles with the head of the answer, of any status. @throws SERVER_UNREACHABLE. */
  request(request: HttpRequest): Promise<IncomingMessage>;
  close(): void;
}

export interface ExchangeOptions {
  readonly server: string;
  readonly env: Env;
}

const MAX_REDIRECTS = 3;
const CONNECT_MS = 20_000;
const STALE_ATTEMPTS = 3;
const REDIRECTS = new Set([301, 302, 307, 308]);

/**
 * HTTP by node:http with keep-alive, through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name. Follows
 * redirects within the origin only: credentials never travel to another one.
 */
export function createExchange({ server, env }: ExchangeOptions): Exchange {
  const origins = new Map<string, Promise<Origin>>();
  const originOf = (url: URL): Promise<Origin> => {
    const origin = origins.get(url.origin) ?? openOrigin(url, env);
    origins.set(url.origin, origin);
    return origin;
  };
  const once = async (request: HttpRequest): Promise<IncomingMessage> => {
    const origin = await originOf(request.url);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await exchange(request, origin);
      } catch (error) {
        const isStale = error instanceof StaleConnection;
        if (isStale && request.isRepeatable && attempt < STALE_ATTEMPTS) continue;
        throw unreachable(server, request.url, error);
      }
    }
  };
  return {
    async request(request) {
      let { url } = request;
      for (let hop = 0; ; hop += 1) {
        const response = await once({ ...request, url });
        const { location } = response.headers;
        if (!REDIRECTS.has(response.statusCode ?? 0) || location === undefined) return response;
        response.resume();
        const next = new URL(location, url);
        if (next.origin !== url.origin || hop === MAX_REDIRECTS) throw redirected(server, url, next);
        url = next;
      }
    },
    close() {
      for (const origin of origins.values()) void origin.then(({ agent }) => agent.destroy());
      origins.clear();
    },
  };
}

/**
 * Idle connections are closed after so many milliseconds, or a second before the server says it would: a call on a
 * connection that is closed at that moment would be lost, and a call must not be repeated.
 */
const IDLE_MS = 30_000;
const KEEP = {
  keepAlive: true,
  maxSockets: Number.POSITIVE_INFINITY,
  scheduling: 'lifo',
  timeout: IDLE_MS,
} as const;

interface Origin {
  readonly agent: Agent;
  readonly send: typeof requestHttp;
}

/** TLS is loaded for those who need it: it takes memory in every process that stands in for a local server. */
async function openOrigin(url: URL, env: Env): Promise<Origin> {
  const secure = url.protocol === 'https:' ? await import('node:https') : undefined;
  const send = secure?.request ?? requestHttp;
  const proxy = proxyFor(url, env);
  if (!proxy) return { send, agent: secure ? new secure.Agent(KEEP) : new Agent(KEEP) };
  const { createProxyAgent } = await import('./proxy-agent.ts');
  return { send, agent: createProxyAgent(proxy, url) };
}

/** A connection that had served before was closed when the next request came: the server may never have seen it. */
class StaleConnection extends Error {}

/** There never was a connection: nothing of the request can have arrived. */
class NoConnection extends Error {}

function exchange(request: HttpRequest, { agent, send }: Origin): Promise<IncomingMessage> {
  const { method, url, headers, body, signal } = request;
  return new Promise((resolve, reject) => {
    const length = body ? { 'content-length': String(body.length) } : {};
    const outgoing = send(url, {
      method,
      agent,
      headers: { ...headers, ...length },
      ...(signal && { signal }),
    });
    let isConnected = true;
    outgoing.on('socket', (socket) => {
      if (!socket.connecting) return;
      isConnected = false;
      socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
        isConnected = true;
      });
      const timer = setTimeout(() => {
        outgoing.destroy(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' }));
      }, CONNECT_MS);
      const stop = (): void => clearTimeout(timer);
      socket.once('connect', stop).once('close', stop);
    });
    outgoing.on('response', resolve);
    outgoing.on('error', (error) => {
      const isCut = ['ECONNRESET', 'EPIPE'].includes(codeOf(error) ?? '');
      if (outgoing.reusedSocket && isCut) reject(new StaleConnection('closed', { cause: error }));
      else if (!isConnected && error.name !== 'AbortError')
        reject(new NoConnection('none', { cause: error }));
      else reject(error);
    });
    outgoing.end(body);
  });
}

function unreachable(server: string, url: URL, failure: unknown): unknown {
  const isUnsent = failure instanceof NoConnection;
  const error = isUnsent || failure instanceof StaleConnection ? failure.cause : failure;
  if (error instanceof McpctlError || (error instanceof Error && error.name === 'AbortError')) return error;
  const { reason, hint } = explain(url, error);
  return new McpctlError('SERVER_UNREACHABLE', `${server} cannot be reached at ${url.origin}: ${reason}.`, {
    cause: error,
    hint,
    data: { server, origin: url.origin, reason: codeOf(error), ...(isUnsent && { sent: false }) },
  });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function explain(url: URL, error: unknown): { reason: string; hint: string } {
  const code = codeOf(error) ?? '';
  if (code === 'ECONNREFUSED')
    return { reason: 'nothing listens there', hint: 'Start the server, or check its URL.' };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return {
      reason: `the name ${url.hostname} is not known`,
      hint: 'Check the URL and the network: mcpctl doctor',
    };
  }
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    return { reason: 'the connection was cut', hint: 'Try again; the server may be restarting.' };
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return { reason: 'its certificate is for another name', hint: 'Check the host name in the "url".' };
  }
  if (code === 'CERT_HAS_EXPIRED') {
    return { reason: 'its certificate has expired', hint: 'Check the clock of this machine: mcpctl doctor' };
  }
  if (/CERT|SIGNATURE|ISSUER/.test(code)) {
    return {
      reason: `its certificate is not trusted (${code})`,
      hint: 'Behind a company proxy, set NODE_EXTRA_CA_CERTS to its certificate file.',
    };
  }
  return { reason: messageOf(error), hint: 'mcpctl doctor shows what is wrong with the network.' };
}

function redirected(server: string, from: URL, to: URL): McpctlError {
  return new McpctlError(
    'SERVER_UNREACHABLE',
    `${server} redirects from ${from.origin} to ${to.origin}${to.pathname}, which mcpctl does not follow with credentials.`,
    {
      hint: `If that is right, write the new address as "url" in the manifest: ${to.origin}${to.pathname}`,
      data: { server, from: from.href, to: to.href },
    },
  );
}
