import type { Socket } from 'node:net';
import { isSystemError, messageOf } from '../core/errors.ts';

export interface ReachOptions {
  readonly method?: 'GET' | 'HEAD' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds for the whole way. */
  readonly timeoutMs: number;
  readonly proxy?: URL;
  /** PEM certificates trusted besides the usual ones. */
  readonly certificates?: string;
  /** False trusts any certificate (npm's `strict-ssl=false`). */
  readonly verifiesCertificates?: boolean;
}

/** How far a request came. `stage` names the step that failed, in the order they are taken. */
export type Reach =
  | { readonly ok: true; readonly status: number; readonly date: Date | undefined }
  | {
      readonly ok: false;
      readonly stage: 'dns' | 'tcp' | 'proxy' | 'tls' | 'http' | 'timeout';
      /** The system's or TLS library's code, e.g. `ECONNREFUSED`. */
      readonly code: string;
      readonly message: string;
    };

type Stage = Extract<Reach, { ok: false }>['stage'];

/** Sends one request step by step (name, connection, proxy, TLS, HTTP), so that a failure has a place. */
export async function reach(url: URL, options: ReachOptions): Promise<Reach> {
  const state: State = { stage: 'dns', sockets: [] };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${options.timeoutMs} ms`)),
      options.timeoutMs,
    );
  });
  try {
    return await Promise.race([attempt(url, options, state), late.catch(timedOut(state))]);
  } catch (error) {
    const code = isSystemError(error) || hasCode(error) ? String(error.code) : '';
    return { ok: false, stage: state.stage, code, message: messageOf(error) };
  } finally {
    clearTimeout(timer);
    for (const socket of state.sockets) socket.destroy();
  }
}

interface State {
  stage: Stage;
  readonly sockets: Socket[];
}

const timedOut = (state: State) => (error: unknown) => {
  // A name or a port that never answers is a matter of the network; a silent peer is a timeout.
  if (state.stage !== 'dns' && state.stage !== 'tcp') state.stage = 'timeout';
  throw error;
};

const hasCode = (error: unknown): error is { code: unknown } =>
  typeof error === 'object' && error !== null && 'code' in error;

async function attempt(url: URL, options: ReachOptions, state: State): Promise<Reach> {
  const isSecure = url.protocol === 'https:';
  const { proxy } = options;
  let socket = await connect(proxy ?? url, state);
  if (proxy?.protocol === 'https:') socket = await secure(socket, proxy.hostname, options, state);
  if (proxy && isSecure) socket = await tunnel(socket, url, proxy, state);
  if (isSecure) socket = await secure(socket, url.hostname, options, state);
  return await request(socket, url, options, state);
}

async function connect(target: URL, state: State): Promise<Socket> {
  const [{ lookup }, net] = await Promise.all([import('node:dns/promises'), import('node:net')]);
  const host = target.hostname.replace(/^\[|\]$/g, '');
  state.stage = 'dns';
  await lookup(host);
  state.stage = 'tcp';
  const port = Number(target.port || (target.protocol === 'https:' ? 443 : 80));
  return await new Promise((resolve, reject) => {
    const socket = net.connect({ host, port });
    state.sockets.push(socket);
    socket.once('error', reject).once('connect', () => resolve(socket));
  });
}

async function secure(
  socket: Socket,
  hostname: string,
  options: ReachOptions,
  state: State,
): Promise<Socket> {
  state.stage = 'tls';
  const tls = await import('node:tls');
  const isAddress = /^[\d.]+$|:/.test(hostname);
  return await new Promise((resolve, reject) => {
    const secured = tls.connect({
      socket,
      ...(!isAddress && { servername: hostname }),
      host: hostname,
      rejectUnauthorized: options.verifiesCertificates ?? true,
      ...(options.certificates && { ca: [...tls.rootCertificates, options.certificates] }),
    });
    state.sockets.push(secured);
    secured.once('error', reject).once('secureConnect', () => resolve(secured));
  });
}

async function tunnel(socket: Socket, url: URL, proxy: URL, state: State): Promise<Socket> {
  state.stage = 'proxy';
  const http = await import('node:http');
  const target = `${url.hostname}:${url.port || 443}`;
  return await new Promise((resolve, reject) => {
    const request = http.request({
      createConnection: () => socket,
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...proxyAuthorization(proxy) },
    });
    request.once('error', reject).once('connect', (response) => {
      if (response.statusCode === 200) resolve(socket);
      else
        reject(
          Object.assign(new Error(`the proxy answered ${response.statusCode}`), {
            code: `HTTP_${response.statusCode}`,
          }),
        );
    });
    request.once('response', (response) => {
      reject(
        Object.assign(new Error(`the proxy answered ${response.statusCode}`), {
          code: `HTTP_${response.statusCode}`,
        }),
      );
    });
    request.end();
  });
}

async function request(socket: Socket, url: URL, options: ReachOptions, state: State): Promise<Reach> {
  state.stage = 'http';
  const http = await import('node:http');
  const viaProxy = options.proxy && url.protocol === 'http:';
  return await new Promise((resolve, reject) => {
    const sent = http.request({
      createConnection: () => socket,
      method: options.method ?? 'GET',
      path: viaProxy ? url.href : `${url.pathname}${url.search}`,
      headers: {
        host: url.host,
        'user-agent': 'mcpctl-doctor',
        connection: 'close',
        ...(viaProxy && options.proxy && proxyAuthorization(options.proxy)),
        ...options.headers,
      },
    });
    sent.once('error', reject).once('response', (response) => {
      const { date } = response.headers;
      response.resume();
      resolve({
        ok: true,
        status: response.statusCode ?? 0,
        date: date === undefined || Number.isNaN(Date.parse(date)) ? undefined : new Date(date),
      });
    });
    sent.end(options.body);
  });
}

function proxyAuthorization(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {};
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** True for an address of this machine itself. */
export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}
