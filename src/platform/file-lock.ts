import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, link, mkdir, open, readdir, rename, rm, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isSystemError, McpctlError } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import { identifyThisProcess, livenessOf, type ProcessIdentity } from './process-identity.ts';

export interface FileLockOptions {
  /** Where lock files live, usually `paths.locks`; created when missing. Never the folder of a synced configuration. */
  readonly folder: string;
  /** What is locked: any text, usually the absolute path of a file. */
  readonly name: string;
  readonly signal?: AbortSignal;
  /** Milliseconds to wait for another holder; 10 000 by default. */
  readonly timeoutMs?: number;
  /** Replaced in tests to act like a file system without hard links. */
  readonly linkFile?: typeof link;
}

/** A holder nobody can look at (another host, another container) counts as gone after this long without a sign. */
const SILENT_MS = 120_000;
const SIGN_OF_LIFE_MS = 20_000;
/** Where hard links are missing a lock may be seen before its content is. */
const UNREADABLE_MS = 10_000;

interface Holder extends ProcessIdentity {
  readonly nonce: string;
}

interface Found {
  readonly nonce: string;
  readonly holder: Holder | undefined;
  readonly age: number;
}

/**
 * Runs `body` while no other process, and no other caller in this one, holds the lock of that name.
 * A lock whose holder died is taken over at once. Not reentrant.
 * @throws LOCK_TIMEOUT naming the holder's pid and the lock file; CANCELLED when `signal` aborts the wait.
 */
export async function withFileLock<T>(options: FileLockOptions, body: () => Promise<T> | T): Promise<T> {
  const lock = new FileLock(options);
  await lock.acquire();
  const signOfLife = setInterval(() => void lock.touch(), SIGN_OF_LIFE_MS).unref();
  try {
    return await body();
  } finally {
    clearInterval(signOfLife);
    await lock.release();
  }
}

class FileLock {
  readonly #options: FileLockOptions;
  readonly #file: string;
  readonly #nonce = randomBytes(12).toString('hex');
  readonly #mine: string;
  readonly #link: typeof link;
  #content = '';

  constructor(options: FileLockOptions) {
    this.#options = options;
    this.#file = join(options.folder, `${fileNameOf(options.name)}.lock`);
    this.#mine = `${this.#file}.${this.#nonce}.own`;
    this.#link = options.linkFile ?? link;
  }

  async acquire(): Promise<void> {
    const { folder, timeoutMs = 10_000, signal } = this.#options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    this.#content = `${JSON.stringify({ nonce: this.#nonce, ...(await identifyThisProcess()) })}\n`;
    const deadline = Date.now() + timeoutMs;
    try {
      await this.#create(this.#mine);
      for (;;) {
        if (signal?.aborted) throw this.#cancelled();
        if (await this.#publish(this.#file)) return;
        const found = await inspect(this.#file);
        if (!found) continue;
        if ((await isGone(found)) && (await this.#takeOver(this.#file, found.nonce))) return;
        if (Date.now() >= deadline) throw this.#timedOut(found, timeoutMs);
        await this.#wait(Math.min(10 + Math.random() * 40, Math.max(1, deadline - Date.now())));
      }
    } finally {
      await rm(this.#mine, { force: true });
    }
  }

  async release(): Promise<void> {
    const found = await inspect(this.#file);
    if (found?.nonce === this.#nonce) await rm(this.#file, { force: true });
  }

  /** Shows holders on other hosts that this one is still there. */
  async touch(): Promise<void> {
    const now = new Date();
    // The folder may be gone with the home it belonged to; then nobody waits either.
    await utimes(this.#file, now, now).catch(() => {});
  }

  /** True when `file` did not exist and now carries this lock's content, complete from its first moment on. */
  async #publish(file: string): Promise<boolean> {
    try {
      await this.#link(this.#mine, file);
      return true;
    } catch (error) {
      if (isSystemError(error, 'EEXIST')) return false;
      if (!isSystemError(error, 'EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error;
    }
    try {
      await this.#create(file);
      return true;
    } catch (error) {
      if (isSystemError(error, 'EEXIST')) return false;
      throw error;
    }
  }

  async #create(file: string): Promise<void> {
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(this.#content);
    } finally {
      await handle.close();
    }
  }

  /**
   * Replaces `file`, left by the dead `nonce`, with this lock's content. Only the holder of the ticket named after
   * that nonce may, so there is one winner; the file is never absent meanwhile, so nobody can slip in. A dead
   * ticket holder is replaced the same way.
   */
  async #takeOver(file: string, nonce: string, depth = 0): Promise<boolean> {
    const ticket = `${this.#file}.${nonce}.ticket`;
    if (!(await this.#publish(ticket))) {
      const found = await inspect(ticket);
      if (!found || depth > 8 || !(await isGone(found))) return false;
      if (!(await this.#takeOver(ticket, found.nonce, depth + 1))) return false;
    }
    try {
      const seen = await inspect(file);
      if (seen?.nonce !== nonce || !(await isGone(seen))) return false;
      const copy = `${this.#mine}.${depth}`;
      await this.#create(copy);
      await rename(copy, file);
      if (depth === 0) await this.#sweep();
      return true;
    } finally {
      await rm(ticket, { force: true });
    }
  }

  /** Removes what killed processes left beside the lock; safe because a dead nonce never comes back. */
  async #sweep(): Promise<void> {
    const prefix = `${fileNameOf(this.#options.name)}.lock.`;
    for (const name of await readdir(this.#options.folder)) {
      if (!name.startsWith(prefix) || name.includes(this.#nonce)) continue;
      const path = join(this.#options.folder, name);
      const found = await inspect(path);
      if (found && (await isGone(found))) await rm(path, { force: true });
    }
  }

  async #wait(milliseconds: number): Promise<void> {
    const { signal } = this.#options;
    await pause(milliseconds, undefined, signal && { signal }).catch(() => {
      throw this.#cancelled();
    });
  }

  #cancelled(): McpctlError {
    return new McpctlError('CANCELLED', `Cancelled while waiting for the lock on ${this.#options.name}.`);
  }

  #timedOut({ holder }: Found, timeoutMs: number): McpctlError {
    const who = holder
      ? `process ${holder.pid}${holder.host === hostname() ? '' : ` on ${holder.host}`}`
      : 'another process';
    return new McpctlError(
      'LOCK_TIMEOUT',
      `${who[0]?.toUpperCase()}${who.slice(1)} held the lock on ${this.#options.name} for over ${timeoutMs / 1000} s.`,
      {
        hint: `Wait for it to finish, or stop it, then try again. The lock file is ${this.#file}.`,
        data: {
          file: this.#file,
          name: this.#options.name,
          ...(holder && { pid: holder.pid, host: holder.host }),
        },
      },
    );
  }
}

/** Reads content and age through one handle: by path they could belong to two successive locks. */
async function inspect(file: string): Promise<Found | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    const text = await handle.readFile('utf8');
    const { mtimeMs } = await handle.stat();
    const holder = parseHolder(text);
    // Half-written content has no nonce yet, so the content itself tells one such lock from the next.
    const nonce =
      holder?.nonce ?? createHash('sha256').update(`${mtimeMs} ${text}`).digest('hex').slice(0, 24);
    return { nonce, holder, age: Date.now() - mtimeMs };
  } finally {
    await handle.close();
  }
}

async function isGone({ holder, age }: Found): Promise<boolean> {
  if (!holder) return age > UNREADABLE_MS;
  const liveness = await livenessOf(holder);
  return liveness === 'dead' || (liveness === 'unknown' && age > SILENT_MS);
}

function parseHolder(text: string): Holder | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const { nonce, pid, start, boot, pidNamespace, host } = value;
  if (typeof nonce !== 'string' || !/^[0-9a-f]{24}$/.test(nonce) || !Number.isSafeInteger(pid))
    return undefined;
  return {
    nonce,
    pid: Number(pid),
    start: String(start),
    boot: String(boot),
    pidNamespace: String(pidNamespace),
    host: String(host),
  };
}

function fileNameOf(name: string): string {
  const readable = name.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(-60);
  return readable === name
    ? name
    : `${readable}.${createHash('sha256').update(name).digest('hex').slice(0, 12)}`;
}
