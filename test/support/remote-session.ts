import type { ServerResponse } from 'node:http';
import { expect, onTestFinished } from 'vitest';
import type { McpctlError } from '../../src/core/errors.ts';
import { createRedactor } from '../../src/core/redaction.ts';
import { createTransport } from '../../src/mcp/connect.ts';
import { envelopeOf } from '../../src/mcp/envelope.ts';
import type { Authorize } from '../../src/mcp/http/authorize.ts';
import { createServerLog } from '../../src/mcp/server-log.ts';
import { openSession, type Session } from '../../src/mcp/session.ts';
import type { Transport } from '../../src/mcp/transport.ts';
import { json, type Received, type Respond } from './http-servers.ts';

/** How a test reaches a server. */
export interface Opening {
  readonly headers?: Record<string, string>;
  readonly authorize?: Authorize;
  readonly transport?: 'http' | 'sse';
  readonly first?: 'discover';
  readonly notified?: (method: string) => void;
  /** Gets what is said besides messages. */
  readonly tell?: (line: string) => void;
  /** What must not be quoted. */
  readonly secrets?: readonly string[];
}

/** The transport to an HTTP server, not started. */
async function transportTo(url: string, opening: Opening): Promise<Transport> {
  const { headers = {}, transport: kind, authorize, tell, secrets = [] } = opening;
  return await createTransport({
    server: 'remote',
    target: { kind: 'remote', url, headers, ...(kind && { transport: kind }) },
    platform: process.platform,
    env: {},
    log: createServerLog({ redact: createRedactor(secrets), ...(tell && { write: tell }) }),
    ...(authorize && { authorize }),
  });
}

/** A session with an HTTP server, closed with the test. */
export async function open(url: string, opening: Opening = {}): Promise<Session> {
  const { first = 'initialize', notified } = opening;
  const session = await openSession({
    server: 'remote',
    transport: await transportTo(url, opening),
    client: { name: 'test', version: '0' },
    cwd: '/tmp',
    first,
    ...(notified && { handlers: { notified } }),
  });
  onTestFinished(() => session.close());
  return session;
}

export interface Wire {
  readonly transport: Transport;
  /** What came from the server. */
  readonly messages: unknown[];
  /** Sends without waiting; settles as the transport does. */
  send(message: object): Promise<void> | undefined;
  /** Settles when the connection is over, with the reason. */
  readonly closed: Promise<McpctlError | undefined>;
  /** Settles with the first message, past or future, that has the id. */
  answer(id: number): Promise<unknown>;
}

/** A started transport to an HTTP server without anybody above it, closed with the test. */
export async function wire(url: string, opening: Opening = {}): Promise<Wire> {
  const transport = await transportTo(url, opening);
  onTestFinished(() => transport.close());
  const messages: unknown[] = [];
  let over = (_reason: McpctlError | undefined): void => {};
  const closed = new Promise<McpctlError | undefined>((resolve) => {
    over = resolve;
  });
  await transport.start({
    message: (bytes) => void messages.push(JSON.parse(bytes.toString('utf8'))),
    closed: (reason) => over(reason),
  });
  const find = (id: number): unknown => messages.find((message) => (message as { id?: unknown }).id === id);
  return {
    transport,
    messages,
    closed,
    send(message) {
      const whole = { jsonrpc: '2.0', ...message };
      return transport.send(Buffer.from(JSON.stringify(whole)), envelopeOf(whole));
    },
    async answer(id) {
      await expect.poll(() => find(id), { timeout: 60_000 }).toBeDefined();
      return find(id);
    },
  };
}

export const HELLO = {
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '0' } },
};

const INITIALIZED = {
  protocolVersion: '2025-06-18',
  capabilities: { tools: {} },
  serverInfo: { name: 'x' },
};

/** Answers the handshake of a legacy server with the session `id`; everything else is the test's. */
export function legacy(id: () => string, rest: Respond): Respond {
  return (received, response) => {
    const { method, body } = received;
    if (body?.method === 'initialize') {
      const result = { jsonrpc: '2.0', id: body.id, result: INITIALIZED };
      json(response, result, 200, { 'mcp-session-id': id() });
    } else if (body?.method === 'notifications/initialized') response.writeHead(202).end();
    else if (method === 'GET' && !received.headers['last-event-id']) response.writeHead(405).end();
    else if (method === 'DELETE') response.writeHead(200).end();
    else rest(received, response);
  };
}

export const answer = ({ body }: Received, response: ServerResponse, result: object = {}): void =>
  json(response, { jsonrpc: '2.0', id: body.id, result });
