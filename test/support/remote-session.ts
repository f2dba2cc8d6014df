import type { ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { createRedactor } from '../../src/core/redaction.ts';
import { createTransport } from '../../src/mcp/connect.ts';
import type { Authorize } from '../../src/mcp/http/authorize.ts';
import { createServerLog } from '../../src/mcp/server-log.ts';
import { openSession, type Session } from '../../src/mcp/session.ts';
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

/** A session with an HTTP server, closed with the test. */
export async function open(url: string, opening: Opening = {}): Promise<Session> {
  const {
    headers = {},
    transport: kind,
    authorize,
    first = 'initialize',
    notified,
    tell,
    secrets = [],
  } = opening;
  const transport = await createTransport({
    server: 'remote',
    target: { kind: 'remote', url, headers, ...(kind && { transport: kind }) },
    platform: process.platform,
    env: {},
    log: createServerLog({ redact: createRedactor(secrets), ...(tell && { write: tell }) }),
    ...(authorize && { authorize }),
  });
  const session = await openSession({
    server: 'remote',
    transport,
    client: { name: 'test', version: '0' },
    cwd: '/tmp',
    first,
    ...(notified && { handlers: { notified } }),
  });
  onTestFinished(() => session.close());
  return session;
}

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
