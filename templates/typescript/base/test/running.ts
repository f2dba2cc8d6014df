import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { callerHeaders } from './caller.ts';

/** The built server. `npm test` builds it first. */
export const PROGRAM = fileURLToPath(new URL('../dist/main.js', import.meta.url));

export const ERAS = ['2025-11-25', '2026-07-28'] as const;

export type Era = (typeof ERAS)[number];

type Env = Readonly<Record<string, string>>;

/** A client that speaks one revision of the protocol only. */
export function createClient(era: Era): Client {
  const mode = era === '2025-11-25' ? 'legacy' : { pin: era };
  return new Client({ name: 'test', version: '0.0.0' }, { versionNegotiation: { mode } });
}

export async function connectStdio(era: Era, env: Env): Promise<Client> {
  const client = createClient(era);
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [PROGRAM, '--stdio'],
      env: { ...env, PATH: process.env.PATH ?? '' },
      stderr: 'ignore',
    }),
  );
  return client;
}

export async function connectHttp(era: Era, url: string): Promise<Client> {
  const client = createClient(era);
  const headers = await callerHeaders();
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  return client;
}

/** Starts the built server. */
export function startProgram(args: readonly string[], env: Env): ChildProcess {
  return spawn(process.execPath, [PROGRAM, ...args], { env: { ...env, PATH: process.env.PATH ?? '' } });
}

/** Starts the built server on a free port; settles once it listens. */
export async function startHttp(env: Env): Promise<{ url: string; stop(): Promise<number | null> }> {
  const child = startProgram(['--http'], { ...env, MCP_PORT: '0' });
  const url = await listeningAt(child);
  return {
    url,
    stop: async () => {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      const [status] = (await closed) as [number | null];
      return status;
    },
  };
}

async function listeningAt(child: ChildProcess): Promise<string> {
  if (!child.stderr) throw new Error('The server has no stderr.');
  const lines = createInterface({ input: child.stderr });
  for await (const line of lines) {
    const { url } = (line.startsWith('{') ? JSON.parse(line) : {}) as { url?: string };
    if (url) return url;
  }
  throw new Error('The server ended before it listened.');
}
