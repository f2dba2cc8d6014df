import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** macOS takes 103 bytes, Linux 107; longer paths are cut or refused. */
const LONGEST_PATH = 100;
const OWN_FOLDER = /^mcpctl-[A-Za-z0-9]{6}$/;

export interface SocketPlace {
  readonly path: string;
  /** Removes the folder made for it, if one was. */
  remove(): Promise<void>;
}

/** Where the socket of a process goes: beside its registration, or in a folder of its own where that path is too long. */
export async function socketPlace(
  folder: string,
  id: string,
  platform: NodeJS.Platform,
): Promise<SocketPlace> {
  if (platform === 'win32') {
    const path = `\\\\.\\pipe\\mcpctl-${id}-${randomBytes(16).toString('hex')}`;
    return { path, remove: async () => {} };
  }
  const path = join(folder, `${id}.sock`);
  if (fits(path)) return { path, remove: async () => await rm(path, { force: true }) };
  const base = [tmpdir(), '/tmp'].find((each) => fits(join(each, 'mcpctl-123456', 's'))) ?? '/tmp';
  // Made with mode 0700 and a name nobody can know before.
  const own = await mkdtemp(join(base, 'mcpctl-'));
  return { path: join(own, 's'), remove: async () => await rm(own, { recursive: true, force: true }) };
}

/** Removes the socket a dead process left; anything else its registration may name stays. */
export async function removeSocket(path: string, folder: string, id: string): Promise<void> {
  if (path === join(folder, `${id}.sock`)) await rm(path, { force: true });
  else if (basename(path) === 's' && OWN_FOLDER.test(basename(dirname(path)))) {
    await rm(dirname(path), { recursive: true, force: true });
  }
}

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= LONGEST_PATH;
}
