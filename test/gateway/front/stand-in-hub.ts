import { onTestFinished } from 'vitest';
import { refusalLine } from '../../../src/calls/refusal-line.ts';
import { McpctlError } from '../../../src/core/errors.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { type HttpFront, listenHttp } from '../../../src/gateway/front/http-front.ts';
import type { HttpFrontOptions } from '../../../src/gateway/front/http-options.ts';
import type { ClientRequest, GatewayClient } from '../../../src/gateway/hub/client.ts';
import type { Hub } from '../../../src/gateway/hub/hub.ts';
import type { Message } from '../../support/gateway-client.ts';

/** A hub with one server, `demo`, whose tools try what fronts carry. */
export interface StandInHub extends Hub {
  /** Every request, as it came. */
  readonly requests: ClientRequest[];
  readonly notified: { client: GatewayClient; message: Message }[];
  readonly left: GatewayClient[];
  /** Lets the calls of `wait` end. */
  release(): void;
  /** Settles once so many calls of `wait` are under way. */
  waiting(count: number): Promise<void>;
}

export function standInHub(): StandInHub {
  const requests: ClientRequest[] = [];
  const waits = new Set<() => void>();
  const watchers = new Set<() => void>();
  const notified: StandInHub['notified'] = [];
  const left: GatewayClient[] = [];
  const wait = ({ signal }: ClientRequest): Promise<JsonObject> =>
    new Promise((resolve, reject) => {
      const end = (): void => {
        waits.delete(end);
        resolve(text('released'));
      };
      waits.add(end);
      for (const watch of watchers) watch();
      signal.addEventListener('abort', () => {
        waits.delete(end);
        reject(new McpctlError('CANCELLED', 'aborted'));
      });
    });
  const answer = async (request: ClientRequest): Promise<JsonObject> => {
    const { client, method } = request;
    const params = (request.message.params ?? {}) as Message;
    if (method === 'initialize') {
      client.hello = { protocolVersion: params.protocolVersion, capabilities: params.capabilities };
      const { protocolVersion } = params;
      return { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'hub', version: '1' } };
    }
    if (method === 'tools/list') return { tools: TOOLS };
    if (method === 'subscriptions/listen') return await listening(request);
    if (method === 'tools/call') return await call(request, params, wait);
    throw Object.assign(new Error(`Method not found: ${method}`), { rpcCode: -32601 });
  };
  return {
    requests,
    notified,
    left,
    release() {
      for (const end of [...waits]) end();
    },
    waiting: (count) =>
      new Promise((resolve) => {
        const watch = (): void => {
          if (waits.size < count) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
        watch();
      }),
    probe: async () => ({ by: 'none', at: 0, ms: 0 }),
    async request(request) {
      requests.push(request);
      try {
        return line({ id: JSON.parse(request.id), result: await answer(request) });
      } catch (error) {
        const { rpcCode, message } = error as { rpcCode?: number; message: string };
        if (error instanceof McpctlError) return refusalLine(request.id, error);
        if (rpcCode === undefined) return refusalLine(request.id, message);
        return line({ id: JSON.parse(request.id), error: { code: rpcCode, message } });
      }
    },
    notification: (client, bytes) =>
      void notified.push({ client, message: JSON.parse(bytes.toString('utf8')) }),
    gone: (client) => void left.push(client),
    servers: () => [{ name: 'demo', state: 'healthy', pids: [], restarts: 0 }],
    restart: async () => {},
    close: async () => {},
  };
}

const TOOLS: JsonObject[] = [
  { name: 'echo', inputSchema: { type: 'object' } },
  {
    name: 'region',
    inputSchema: { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } },
  },
];

async function call(
  request: ClientRequest,
  { name, arguments: args = {} }: Message,
  wait: (request: ClientRequest) => Promise<JsonObject>,
): Promise<JsonObject> {
  const { client, notify, id } = request;
  if (name === 'wait') return await wait(request);
  if (name === 'steps') {
    for (let progress = 1; progress <= args.count; progress += 1) {
      notify(line({ method: 'notifications/progress', params: { progressToken: 't', progress } }));
    }
    return args.waits ? await wait(request) : text(args.text ?? 'done');
  }
  if (name === 'ask') {
    const params = { message: 'Name?', requestedSchema: {} };
    const during = args.unasked ? {} : { during: id };
    return text(JSON.stringify(await client.ask({ method: 'elicitation/create', params, ...during })));
  }
  if (name === 'tell') {
    client.notify(line({ method: 'notifications/tools/list_changed' }));
    return text('told');
  }
  return text(JSON.stringify(args));
}

async function listening({ id, notify, signal }: ClientRequest): Promise<JsonObject> {
  const _meta = { 'io.modelcontextprotocol/subscriptionId': JSON.parse(id) };
  notify(line({ method: 'notifications/subscriptions/acknowledged', params: { _meta } }));
  await new Promise<void>((resolve) => signal.addEventListener('abort', resolve));
  return { resultType: 'complete', _meta };
}

function text(value: string): JsonObject {
  return { content: [{ type: 'text', text: value }] };
}

function line(message: object): Buffer {
  return Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}

export interface Served {
  readonly hub: StandInHub;
  readonly front: HttpFront;
  /** Without a path. */
  readonly origin: string;
  /** Of `/mcp`. */
  readonly url: string;
  readonly failures: unknown[];
}

/** Serves a stand-in over HTTP. Tokens are names of principals with `-token` behind. */
export async function serveStandIn({
  limits,
  ...changes
}: Partial<Omit<HttpFrontOptions, 'limits'>> & {
  limits?: Partial<HttpFrontOptions['limits']>;
} = {}): Promise<Served> {
  const hub = standInHub();
  const failures: unknown[] = [];
  const front = await listenHttp({
    hub,
    host: '127.0.0.1',
    port: 0,
    limits: { sessionIdleMs: 600_000, maxBodyBytes: 100_000, maxConnections: 50, ...limits },
    principalOf: async (authorization) => /^Bearer (\w+)-token$/.exec(authorization ?? '')?.[1],
    failed: (error) => void failures.push(error),
    ...changes,
  });
  onTestFinished(async () => {
    hub.release();
    await front.drain(0);
  });
  const origin = `http://127.0.0.1:${front.port}`;
  return { hub, front, origin, url: `${origin}/mcp`, failures };
}

/** Waits until something holds. */
export async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 60_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`Never true: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
