import { Redis } from 'ioredis';
import { McpctlError } from '../../core/errors.ts';

/** The way to one Redis: it reconnects by itself, and no question waits longer than its deadline. */
export interface RedisConnection {
  /** @throws STORE_UNREACHABLE, which tells the address and nothing else of the URL. */
  ask<T>(question: (redis: Redis, server: RedisServer) => Promise<T>): Promise<T>;
  close(): void;
}

/** What is known of the Redis that is connected to. */
export interface RedisServer {
  /** Changes whenever Redis starts. */
  readonly runId: string;
}

export interface RedisConnectionOptions {
  /** `redis://` or `rediss://`, every reference resolved. */
  readonly url: string;
  /** For each question, in milliseconds. */
  readonly timeoutMs: number;
}

const OLDEST = 7;
const SOON_MS = 100;
const LATEST_MS = 5000;

export function connectRedis({ url, timeoutMs }: RedisConnectionOptions): RedisConnection {
  const address = addressOf(url);
  let fault: unknown;
  let server: Promise<RedisServer> | undefined;
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 2000,
    commandTimeout: timeoutMs,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    disableClientInfo: true,
    connectionName: 'mcpctl',
    retryStrategy: (attempt) => Math.min(SOON_MS * 2 ** (attempt - 1), LATEST_MS),
  });
  redis.on('error', (error) => {
    fault = error;
  });
  redis.on('close', () => {
    server = undefined;
  });
  // The first questions come before the connection is there; they wait for it, the later ones never.
  let connecting: Promise<unknown> | undefined = within(timeoutMs, redis.connect()).finally(() => {
    connecting = undefined;
  });
  connecting.catch(() => {});

  return {
    async ask(question) {
      try {
        await connecting;
        server ??= recognise(redis);
        return await question(redis, await server);
      } catch (error) {
        if (error instanceof McpctlError) throw error;
        if (redis.status !== 'ready') server = undefined;
        throw unreachable(address, redis.status === 'ready' ? error : (fault ?? error));
      }
    },
    close: () => redis.disconnect(),
  };

  async function recognise(connected: Redis): Promise<RedisServer> {
    const about = connected.info('server').then((text) => {
      const version = /^redis_version:(.+?)\r?$/m.exec(text)?.[1] ?? 'unknown';
      if (!(Number.parseInt(version, 10) >= OLDEST)) throw tooOld(address, version);
      return { runId: /^run_id:(\w+)/m.exec(text)?.[1] ?? 'unknown' };
    });
    about.catch(() => {
      server = undefined;
    });
    return await about;
  }
}

/** Host and port, never the user and password a URL may hold. */
function addressOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^rediss?:$/.test(parsed.protocol) || parsed.hostname === '') {
    throw new McpctlError('SETTINGS_INVALID', 'store.url is no address of a Redis.', {
      hint: 'Write it as redis://host:6379 or rediss://user:${REDIS_PASSWORD}@host:6379/0.',
      data: { setting: 'store.url' },
    });
  }
  return `${parsed.hostname}:${parsed.port || '6379'}`;
}

function unreachable(address: string, error: unknown): McpctlError {
  const reason = reasonOf(error);
  return new McpctlError('STORE_UNREACHABLE', `Redis at ${address} could not be used: ${reason}.`, {
    hint: 'Start it, or correct store.url in your settings.',
    data: { address, reason },
  });
}

function tooOld(address: string, version: string): McpctlError {
  return new McpctlError(
    'STORE_UNREACHABLE',
    `Redis at ${address} is version ${version}; ${OLDEST} is needed.`,
    {
      hint: `Upgrade it to ${OLDEST} or newer, or go without: mcpctl config set store.kind memory`,
      data: { address, version },
    },
  );
}

/** A system's code, or the word Redis begins its refusals with; whole messages may repeat what was sent. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return /^[A-Z]{3,}\b/.exec(error.message)?.[0] ?? 'no answer in time';
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, milliseconds, undefined);
  });
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
