import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { freePort } from './free-port.ts';
import { EVERYTHING } from './servers.ts';

/** Starts server-everything over HTTP; settles with its origin once it listens. */
export async function startEverything(mode: 'sse' | 'streamableHttp', port?: number): Promise<string> {
  const chosen = port ?? (await freePort());
  const { child } = await spawnEverything(mode, chosen);
  onTestFinished(() => void child.kill('SIGKILL'));
  return `http://localhost:${chosen}`;
}

export async function spawnEverything(mode: string, port: number): Promise<{ child: ChildProcess }> {
  const env = { ...process.env, PORT: String(port) };
  const child = spawn(process.execPath, [EVERYTHING, mode], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
      if (/port \d+/.test(said)) resolve();
    });
    child.once('close', () => reject(new Error(`server-everything ended: ${said}`)));
  });
  return { child };
}

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** The parsed body, if any. */
  // biome-ignore lint/suspicious/noExplicitAny: tests know what they sent.
  readonly body: any;
}

export type Respond = (received: Received, response: ServerResponse) => void;

export interface ScriptedServer {
  readonly origin: string;
  readonly received: Received[];
}

/** An HTTP server on loopback whose answers the test gives. */
export async function scriptedServer(respond: Respond): Promise<ScriptedServer> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    const { method = '', url = '', headers } = request;
    const one = { method, path: url, headers, body: text === '' ? undefined : JSON.parse(text) };
    received.push(one);
    respond(one, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

export function json(response: ServerResponse, body: unknown, status = 200, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body, null, 2));
}
