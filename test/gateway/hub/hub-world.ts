import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endGenerations } from '../../../src/calls/cache/generations.ts';
import { createResourceCache } from '../../../src/calls/cache/resource-cache.ts';
import { createMemoryStore } from '../../../src/calls/stores/memory-store.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { GatewayClient, Question } from '../../../src/gateway/hub/client.ts';
import { createHub, type HubOptions, type PlannedHub } from '../../../src/gateway/hub/create-hub.ts';
import type { Hub } from '../../../src/gateway/hub/hub.ts';
import { createOfferings } from '../../../src/gateway/hub/offerings.ts';
import type { OpenRequest, OpenUpstream } from '../../../src/gateway/hub/open-upstream.ts';
import type { HubPlan } from '../../../src/gateway/hub/plan.ts';
import type { ServerHere } from '../../../src/gateway/hub/servers-here.ts';
import type { Upstream, UpstreamEvents, UpstreamRequest } from '../../../src/gateway/upstream/upstream.ts';
import { DEFAULT_GATEWAY_SETTINGS, type GatewaySettings } from '../../../src/settings/call-settings.ts';

/** A server in memory: what it lists, and what it does. */
export interface PlayedServer {
  readonly era?: 'legacy' | 'modern';
  readonly capabilities?: JsonObject;
  tools?: readonly JsonObject[];
  lists?: Record<string, readonly JsonObject[]>;
  readonly instructions?: string;
  /** Settles before it is ready; rejects when it cannot be started. */
  start?(): Promise<void>;
  answer?(request: UpstreamRequest, played: Played): Promise<JsonObject>;
}

/** One conversation with it. */
export interface Played {
  readonly open: OpenRequest;
  readonly events: UpstreamEvents;
  readonly requests: UpstreamRequest[];
  isClosed: boolean;
  end(reason?: Error): void;
}

export interface World {
  readonly hub: PlannedHub;
  readonly plan: HubPlan;
  readonly played: ReadonlyMap<string, Played[]>;
  client(options?: Partial<GatewayClient>): TestClient;
  here(...names: string[]): ServerHere[];
}

export interface TestClient {
  readonly client: GatewayClient;
  readonly notes: JsonObject[];
  readonly questions: Question[];
  request(method: string, params?: JsonObject, signal?: AbortSignal): Promise<JsonObject>;
  result(method: string, params?: JsonObject): Promise<JsonObject>;
}

export function world(
  servers: Record<string, PlayedServer>,
  options: Partial<HubOptions> & {
    readonly shows?: (server: string, tool: JsonObject) => boolean;
    readonly gateway?: Partial<GatewaySettings>;
  } = {},
): World {
  const played = new Map<string, Played[]>();
  const openUpstream: OpenUpstream = async (open) => {
    const server = servers[open.here.name] as PlayedServer;
    await server.start?.();
    return play(open, server, played);
  };
  const here = (...names: string[]): ServerHere[] =>
    names.map((name) => ({
      name,
      digest: 'same',
      chosen: { server: { name, entry: { command: 'x' }, scope: 'user', manifest: 'm' }, notes: [] },
    }));
  const settings = { lists: true, maxResultBytes: 100_000 };
  const store = createMemoryStore({ maxEntries: 100, maxBytes: 1_000_000 });
  const plan: HubPlan = {
    servers: here(...Object.keys(servers)),
    idleStopMs: 0,
    calls: {
      stack: (_, innermost) => innermost,
      resources: createResourceCache({ settings, store, tenant: 'test', now: () => new Date() }),
      forget: (server, changes) => void endGenerations(store, server, changes),
      shows: (_, server, tool) => options.shows?.(server, tool) ?? true,
      isWebSearch: ({ tool }) => tool === 'web_search',
    },
    offerings: createOfferings({ ...DEFAULT_GATEWAY_SETTINGS, ...options.gateway }),
  };
  const hub = createHub({
    version: '1.2.3',
    folder: mkdtempSync(join(tmpdir(), 'hub-')),
    now: Date.now,
    openUpstream,
    plan,
    ...options,
  });
  let count = 0;
  return {
    hub,
    plan,
    played,
    here,
    client(given = {}) {
      count += 1;
      return testClient(hub, `client-${count}`, given);
    },
  };
}

function play(open: OpenRequest, server: PlayedServer, played: Map<string, Played[]>): Upstream {
  const { name } = open.here;
  let end: (reason?: Error) => void = () => {};
  const ended = new Promise<Error | undefined>((resolve) => {
    end = resolve;
  });
  const one: Played = { open, events: open.events, requests: [], isClosed: false, end };
  played.set(name, [...(played.get(name) ?? []), one]);
  const lists = (): Record<string, readonly JsonObject[]> => ({
    tools: server.tools ?? [],
    prompts: [],
    resources: [],
    resourceTemplates: [],
    ...server.lists,
  });
  return {
    server: name,
    about: {
      era: server.era ?? 'legacy',
      protocolVersion: '2025-11-25',
      capabilities: server.capabilities ?? { tools: { listChanged: true } },
      serverInfo: { name, version: '9' },
      ...(server.instructions !== undefined && { instructions: server.instructions }),
    },
    pids: [4242],
    async request(request) {
      one.requests.push(request);
      const [, list] = /^(?:(\w+)\/)?(?:templates\/)?list$/.exec(request.method) ?? [];
      const key = request.method === 'resources/templates/list' ? 'resourceTemplates' : list;
      const result =
        key !== undefined
          ? { [key]: lists()[key] as JsonObject[] }
          : ((await server.answer?.(request, one)) ?? {});
      const body = 'error' in result ? { error: result.error } : { result };
      const line = Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', id: 77, ...body })}\n`);
      return { line, isError: 'error' in result };
    },
    notify: () => {},
    ended,
    async close() {
      one.isClosed = true;
      end();
    },
  };
}

export function testClient(hub: Hub, id: string, given: Partial<GatewayClient>): TestClient {
  const notes: JsonObject[] = [];
  const questions: Question[] = [];
  const hear = (line: Buffer): void => {
    notes.push(JSON.parse(line.toString('utf8')));
  };
  const client: GatewayClient = {
    id,
    era: 'legacy',
    principal: 'local',
    hello: { capabilities: {} },
    notify: hear,
    async ask(question) {
      questions.push(question);
      return { answered: id };
    },
    ...given,
  };
  let last = 0;
  const request: TestClient['request'] = async (
    method,
    params = {},
    signal = new AbortController().signal,
  ) => {
    last += 1;
    const id = last;
    const message = { jsonrpc: '2.0', id, method, params };
    const line = Buffer.from(`${JSON.stringify(message)}\n`);
    const answer = await hub.request({
      client,
      line,
      message,
      id: String(last),
      method,
      signal,
      notify: hear,
    });
    const parsed = JSON.parse(answer.toString('utf8')) as JsonObject;
    if (parsed.id !== id) throw new Error(`Answered ${JSON.stringify(parsed.id)} instead of ${id}.`);
    return parsed;
  };
  return {
    client,
    notes,
    questions,
    request,
    async result(method, params) {
      const { result, error } = await request(method, params);
      if (error) throw new Error(JSON.stringify(error));
      return result as JsonObject;
    },
  };
}

/** Settles when it is true. */
export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error(`Never true: ${isTrue.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export function tool(name: string, annotations: JsonObject = {}): JsonObject {
  return { name, inputSchema: { type: 'object' }, annotations };
}

export function modernMeta(capabilities: JsonObject = {}): JsonObject {
  return {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': capabilities,
  };
}
