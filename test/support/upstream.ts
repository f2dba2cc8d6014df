import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { RawAnswer } from '../../src/calls/raw-answer.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { type OpenUpstreamOptions, openUpstream } from '../../src/gateway/upstream/open-upstream.ts';
import type { Upstream, UpstreamEvents, UpstreamRequest } from '../../src/gateway/upstream/upstream.ts';
import type { ServerEntry } from '../../src/manifest/entry.ts';
import type { Era } from '../../src/mcp/greeting.ts';
import { createCriticalSection } from '../../src/platform/critical-section.ts';
import { realMachine } from './machine.ts';
import { fixturePath } from './servers.ts';

export type Way = 'stdio' | 'http';

/** What an upstream said unasked. */
export interface Heard {
  readonly notified: [method: string, params: JsonObject][];
  readonly asked: string[];
  readonly said: string[];
  restarts: number;
}

export interface OpenedUpstream {
  readonly upstream: Upstream;
  readonly heard: Heard;
}

export interface OpeningUpstream
  extends Partial<Pick<OpenUpstreamOptions, 'capabilities' | 'eras' | 'signal'>> {
  /** Added to the environment, for references in the entry. */
  readonly env?: Record<string, string>;
  /** Answers what is asked during no request. */
  readonly asked?: UpstreamEvents['asked'];
}

/** A conversation with a server of an entry as people write it; closed with the test. */
export async function upstreamTo(entry: object, opening: OpeningUpstream = {}): Promise<OpenedUpstream> {
  const { capabilities = {}, eras = new Map<string, Era>(), env, signal, asked } = opening;
  const heard: Heard = { notified: [], asked: [], said: [], restarts: 0 };
  const machine = await realMachine();
  const { signal: _, ...quiet } = machine;
  const upstream = await openUpstream({
    chosen: {
      server: {
        name: 'fixture',
        entry: entry as ServerEntry,
        scope: 'user',
        manifest: machine.paths.manifest,
      },
      notes: [],
    },
    machine: {
      ...quiet,
      env: { ...quiet.env, ...env },
      program: { version: '0.0.0', node: process.execPath, script: '/nowhere' },
      prompt: { canAsk: false },
      critical: createCriticalSection(),
    },
    capabilities,
    eras,
    note: (line) => heard.said.push(line),
    write: (line) => heard.said.push(line),
    events: {
      notified: (...notified) => heard.notified.push(notified),
      async asked(method, params) {
        heard.asked.push(method);
        return (await asked?.(method, params)) ?? {};
      },
      restarted() {
        heard.restarts += 1;
      },
    },
    ...(signal && { signal }),
  });
  onTestFinished(() => upstream.close());
  return { upstream, heard };
}

/** The entry of a fixture server, reached that way. */
export async function entryOf(name: string, way: Way, args: readonly string[] = []): Promise<object> {
  const command = [fixturePath(name), ...args];
  if (way === 'stdio') return { command: process.execPath, args: command };
  const front = fileURLToPath(new URL('../fixtures/http-front.mjs', import.meta.url));
  const child = spawn(process.execPath, [front, process.execPath, ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [port] = await once(child.stdout, 'data');
  return { url: `http://localhost:${String(port).trim()}/mcp` };
}

/** What a request is when a test says no more. */
export function request(
  method: string,
  params: JsonObject = {},
  more: Partial<UpstreamRequest> = {},
): UpstreamRequest {
  return { method, params, capabilities: {}, signal: new AbortController().signal, ...more };
}

export function callOf(
  name: string,
  args: JsonObject = {},
  more: Partial<UpstreamRequest> = {},
): UpstreamRequest {
  return request('tools/call', { name, arguments: args }, more);
}

/** The parsed line of an answer. */
// biome-ignore lint/suspicious/noExplicitAny: tests know what they asked for.
export function message({ line }: RawAnswer): any {
  return JSON.parse(line.toString('utf8'));
}

/** The text of the only content of a call's result. */
export function textOf(answer: RawAnswer): string {
  return message(answer).result.content[0].text;
}
