import { randomBytes } from 'node:crypto';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../../core/json.ts';
import type { ProcessIdentity } from '../../platform/process-identity.ts';

/** What a running process says of itself in `<id>.json` of the run folder, which its user alone can read. */
export interface Registration {
  readonly v: number;
  readonly process: ProcessIdentity;
  readonly kind: 'run' | 'gateway';
  /** Names in the manifest. */
  readonly servers: readonly string[];
  /** ISO 8601. */
  readonly startedAt: string;
  readonly version: string;
  readonly cwd: string;
  /** Path of its socket, or name of its pipe. */
  readonly socket: string;
  /** Who knows it has read this file: pipes of Windows can be opened by other users. */
  readonly key: string;
}

/** Files of one process: `<pid>-<random>` and an extension. */
export const FILE_NAME = /^(\d{1,10}-[0-9a-f]{6})\.(json|sock|tmp)$/;

export function newId(pid: number): string {
  return `${pid}-${randomBytes(3).toString('hex')}`;
}

export async function makeRunFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // It may have been there before, made by something else.
  if (process.platform !== 'win32') await chmod(folder, 0o700);
}

/** Readers see the old content or the new. It need not survive the machine, so nothing waits for the disk. */
export async function writeRegistration(
  folder: string,
  id: string,
  registration: Registration,
): Promise<void> {
  const temporary = join(folder, `${id}.tmp`);
  await writeFile(temporary, JSON.stringify(registration), { mode: 0o600 });
  await rename(temporary, join(folder, `${id}.json`));
}

export async function removeRegistration(folder: string, id: string): Promise<void> {
  await Promise.all(
    ['json', 'tmp'].map((extension) => rm(join(folder, `${id}.${extension}`), { force: true })),
  );
}

/** Undefined for what is none, or one of a version that is not known. */
export function parseRegistration(text: string): Registration | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || !isRecord(value.process)) return undefined;
  const { kind, servers, process } = value;
  const isWhole =
    typeof value.v === 'number' &&
    ['startedAt', 'version', 'cwd', 'socket', 'key'].every((name) => typeof value[name] === 'string') &&
    ['start', 'boot', 'pidNamespace', 'host'].every((name) => typeof process[name] === 'string') &&
    typeof process.pid === 'number' &&
    (kind === 'run' || kind === 'gateway') &&
    Array.isArray(servers) &&
    servers.every((server) => typeof server === 'string');
  return isWhole ? (value as unknown as Registration) : undefined;
}
