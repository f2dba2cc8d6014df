import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Observation, ObservedServer } from '../../src/watch/observation.ts';
import { type Home, start } from './cli.ts';
import { initialize, type LineClient, lineClient } from './line-client.ts';

export interface WatchProcess {
  /** Every observation so far. */
  seen(): Observation[];
  /** The first observation, past or future, in which a server is so. */
  until(server: string, is: (server: ObservedServer) => boolean): Promise<ObservedServer>;
  /** The same among those after the ones that were seen already. */
  next(server: string, is: (server: ObservedServer) => boolean): Promise<ObservedServer>;
  /** States a server was in, in order, each change once. */
  states(server: string): string[];
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
    states: (name) => {
      const all = client.lines.map((line) => serverIn(line, name)?.state ?? 'unknown');
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

export async function callText(client: LineClient, id: string, name: string): Promise<string> {
  client.send({ id, method: 'tools/call', params: { name, arguments: {} } });
  return JSON.parse(await client.answer(id)).result.content[0].text;
}

/** A file that says how the fixture server `moody` behaves. */
export function moodIn({ home }: Home): { file: string; become(mood: object): Promise<void> } {
  const file = join(home, 'mood.json');
  return { file, become: async (mood) => await writeFile(file, JSON.stringify(mood)) };
}
