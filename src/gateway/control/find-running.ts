import { lstat, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { isSystemError } from '../../core/errors.ts';
import { livenessOf } from '../../platform/process-identity.ts';
import { FILE_NAME, parseRegistration, type Registration, removeRegistration } from './registration.ts';
import { removeSocket } from './socket-place.ts';

/** A process of this user that runs servers, as it registered. */
export interface Running extends Registration {
  readonly pid: number;
}

/** How long files without a registration may stay: their process is about to write it. */
const GRACE_MS = 60_000;
const CONNECT_MS = 1000;

/** Every `run` and `gateway` of this user, oldest first. What dead ones left behind is removed. */
export async function findRunning(folder: string, platform: NodeJS.Platform): Promise<Running[]> {
  const ids = new Set<string>();
  for (const name of await namesIn(folder)) {
    const [, id] = FILE_NAME.exec(name) ?? [];
    if (id !== undefined) ids.add(id);
  }
  const found = await Promise.all([...ids].map(async (id) => await look(folder, id, platform)));
  return found
    .filter((each) => each !== undefined)
    .sort((one, other) => one.startedAt.localeCompare(other.startedAt) || one.pid - other.pid);
}

async function look(folder: string, id: string, platform: NodeJS.Platform): Promise<Running | undefined> {
  const file = join(folder, `${id}.json`);
  const registration = (await isOurs(file)) ? parseRegistration(await textOf(file)) : undefined;
  if (!registration) {
    await removeOld(folder, id);
    return undefined;
  }
  const { process, socket } = registration;
  const liveness = await livenessOf(process, platform);
  // Where nobody can tell by the pid, an end nobody listens at does.
  if (liveness === 'alive' || (liveness === 'unknown' && (await isOpen(socket)))) {
    return { ...registration, pid: process.pid };
  }
  await removeRegistration(folder, id);
  await removeSocket(socket, folder, id);
  return undefined;
}

/** True for a file that belongs to this user; Windows keeps the folder to its user by itself. */
async function isOurs(path: string): Promise<boolean> {
  const own = process.getuid?.();
  const stats = await lstat(path).catch(() => undefined);
  if (!stats?.isFile()) return false;
  return own === undefined || stats.uid === own;
}

async function textOf(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '');
}

async function removeOld(folder: string, id: string): Promise<void> {
  for (const extension of ['json', 'sock', 'tmp']) {
    const path = join(folder, `${id}.${extension}`);
    const stats = await lstat(path).catch(() => undefined);
    if (stats && Date.now() - stats.mtimeMs > GRACE_MS) await rm(path, { force: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  });
}

function isOpen(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(CONNECT_MS, () => end(true));
    socket.once('connect', () => end(true));
    socket.once('error', (error) => end(!isSystemError(error, 'ECONNREFUSED', 'ENOENT')));
  });
}
