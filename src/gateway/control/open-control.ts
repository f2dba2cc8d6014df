import { randomBytes } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { McpctlError } from '../../core/errors.ts';
import { identifyThisProcess } from '../../platform/process-identity.ts';
import type { MetricName } from '../metrics/metrics.ts';
import { answerRequests } from './answer-requests.ts';
import { createChanges } from './changes.ts';
import {
  CONTROL_VERSION,
  type ControlHandlers,
  type ControlRequest,
  type ControlStatus,
} from './protocol.ts';
import {
  makeRunFolder,
  newId,
  type Registration,
  removeRegistration,
  writeRegistration,
} from './registration.ts';
import { socketPlace } from './socket-place.ts';

export interface ControlOptions {
  /** Folder of sockets and registrations. */
  readonly folder: string;
  readonly platform: NodeJS.Platform;
  readonly kind: Registration['kind'];
  readonly servers: readonly string[];
  readonly version: string;
  readonly cwd: string;
  readonly startedAt: Date;
  readonly handlers: ControlHandlers;
  /** Takes secrets out of what is told. */
  redact(text: string): string;
}

export interface Control {
  /** Tells which servers it stands for now. */
  update(servers: readonly string[]): Promise<void>;
  /** Removes what tells of this process. Safe to call again. */
  close(): Promise<void>;
}

const MOST_CONNECTIONS = 16;

/**
 * Lets other processes of this user find this one and ask it: a socket that its user alone may open, and beside it a
 * file that says whose it is. It keeps no process alive. Rejects with the system's error where no socket can be.
 */
export async function openControl(options: ControlOptions): Promise<Control> {
  const { folder, platform, kind, version, cwd, startedAt, redact } = options;
  const id = newId(process.pid);
  const key = randomBytes(16).toString('hex');
  await makeRunFolder(folder);
  const place = await socketPlace(folder, id, platform);
  const connections = new Set<Socket>();
  const changes = createChanges(() => statusOf(options));
  const server = createServer((socket) => {
    socket.unref();
    connections.add(socket.on('close', () => connections.delete(socket)));
    answerRequests(socket, {
      key,
      redact,
      answer: async (request) => await answer(request, options),
      follow: changes.follow,
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await removeRegistration(folder, id);
    for (const socket of connections) socket.destroy();
    await new Promise<void>((resolve) => void server.close(() => resolve()));
    await place.remove();
  };
  const tell = async (servers: readonly string[]): Promise<void> => {
    if (closing) return;
    const started = {
      v: CONTROL_VERSION,
      process: await identifyThisProcess(),
      startedAt: startedAt.toISOString(),
    };
    await writeRegistration(folder, id, { ...started, kind, servers, version, cwd, socket: place.path, key });
  };
  try {
    await listen(server, place.path);
    server.unref();
    if (platform !== 'win32') await chmod(place.path, 0o600);
    await tell(options.servers);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    update: tell,
    close() {
      closing ??= close();
      return closing;
    },
  };
}

function listen(server: ReturnType<typeof createServer>, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      // Later ones concern single connections.
      server.off('error', reject).on('error', () => {});
      resolve();
    });
  });
}

async function answer(request: ControlRequest, options: ControlOptions): Promise<unknown> {
  const { handlers } = options;
  if (request.ask === 'metrics') return handlers.metrics();
  if (request.ask === 'cache') return await cached(request, handlers);
  if (request.ask === 'status' || request.ask === 'follow') return statusOf(options);
  if (request.ask === 'probe') return await handlers.probe(request.server, request);
  if (request.ask === 'restart') await handlers.restart(request.server, request.reason ?? 'asked');
  // After the answer is on its way.
  if (request.ask === 'stop') setImmediate(() => handlers.stop());
  return {};
}

function statusOf({ handlers, kind, version, startedAt }: ControlOptions): ControlStatus {
  const servers = handlers.servers().map((server) => {
    const recent = handlers.recent(server.name);
    return recent ? { ...server, recent } : server;
  });
  const { series } = handlers.metrics();
  const counted = (metric: MetricName, result?: string): number =>
    series
      .filter(({ name, labels }) => name === metric && (result === undefined || labels.result === result))
      .reduce((sum, { value }) => sum + value, 0);
  return {
    pid: process.pid,
    kind,
    version,
    startedAt: startedAt.toISOString(),
    rssBytes: process.memoryUsage.rss(),
    servers,
    auditFailures: counted('mcpctl_audit_write_failures_total'),
    signIns: {
      succeeded: counted('mcpctl_token_refreshes_total', 'ok'),
      failed: counted('mcpctl_token_refreshes_total', 'failed'),
    },
  };
}

async function cached(
  { action, server }: Extract<ControlRequest, { ask: 'cache' }>,
  { cache }: ControlHandlers,
): Promise<unknown> {
  if (cache) return await cache(action, server);
  throw new McpctlError('USAGE', 'This process of mcpctl caches nothing.');
}
