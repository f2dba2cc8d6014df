import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Observation, ObservedServer } from '../../src/watch/observation.ts';
import { type Home, start } from './cli.ts';
import { json, type Respond } from './http-servers.ts';
import { initialize, type LineClient, lineClient } from './line-client.ts';

export interface WatchProcess {
  /** Every observation so far. */
  seen(): Observation[];
  /** The first observation, past or future, in which a server is so. */
  until(server: string, is: (server: ObservedServer) => boolean): Promise<ObservedServer>;
  /** The same among those after the ones that were seen already. */
  next(server: string, is: (server: ObservedServer) => boolean): Promise<ObservedServer>;
  /** States a server was in, in order, each change once; of the observations from that one on. */
  states(server: string, from?: number): string[];
  stop(): Promise<number | null>;
}

/** `watch --json` of the built CLI; killed when the test ends. */
export function startWatch(home: Home, args: readonly string[] = []): WatchProcess {
  const client = lineClient(start(['watch', '--json', ...args], home));
  onTestFinished(() => void client.child.kill('SIGKILL'));
  const serverIn = (line: string, name: string): ObservedServer | undefined =>
    (JSON.parse(line) as Observation).servers.find((server) => server.name === name);
  const find = async (from: number, name: string, is: (server: ObservedServer) => boolean) => {
    const fits = (line: string): boolean => {
      const server = client.lines.indexOf(line) >= from ? serverIn(line, name) : undefined;
      return server !== undefined && is(server);
    };
    return serverIn(await client.line(fits), name) as ObservedServer;
  };
  return {
    seen: () => client.lines.map((line) => JSON.parse(line)),
    until: async (name, is) => await find(0, name, is),
    next: async (name, is) => await find(client.lines.length, name, is),
    states: (name, from = 0) => {
      const all = client.lines.slice(from).map((line) => serverIn(line, name)?.state ?? 'unknown');
      return all.filter((state, index) => state !== all[index - 1]);
    },
    async stop() {
      client.child.kill('SIGTERM');
      return await client.closed;
    },
  };
}

/** A client that began a session through `run` and listed the tools. */
export async function beginRun(home: Home, server: string): Promise<LineClient> {
  const client = lineClient(start(['run', server], home));
  onTestFinished(() => void client.child.kill('SIGKILL'));
  client.send(initialize());
  await client.answer(0);
  client.send({ method: 'notifications/initialized' });
  client.send({ id: 'tools', method: 'tools/list' });
  await client.answer('tools');
  return client;
}

/** Answers as a server of the legacy era over HTTP with one tool would. */
export const answerAsServer: Respond = ({ body }, response) => {
  if (body?.id === undefined) {
    response.writeHead(202).end();
    return;
  }
  const result = {
    initialize: { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 's' } },
    'tools/list': { tools: [{ name: 'look', inputSchema: { type: 'object' } }] },
    ping: {},
  }[String(body.method)];
  const answer = result ? { result } : { error: { code: -32601, message: 'Method not found' } };
  json(response, { jsonrpc: '2.0', id: body.id, ...answer });
};

export async function callText(client: LineClient, id: string, name: string): Promise<string> {
  client.send({ id, method: 'tools/call', params: { name, arguments: {} } });
  return JSON.parse(await client.answer(id)).result.content[0].text;
}

/** How the fixture server `moody` behaves. */
export interface Mood {
  readonly delayMs?: number;
  readonly version?: string;
  readonly exits?: boolean;
  readonly bare?: boolean;
  readonly blocksMs?: number;
  readonly fails?: string;
}

/** A file with the mood of a server. */
export function moodIn(
  { home }: Home,
  name = 'subject',
): { file: string; become(mood: Mood): Promise<void> } {
  const file = join(home, `${name}.mood.json`);
  return { file, become: async (mood) => await writeFile(file, JSON.stringify(mood)) };
}
