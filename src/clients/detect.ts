import { access, readdir } from 'node:fs/promises';
import { delimiter, win32 } from 'node:path';
import { isSystemError } from '../core/errors.ts';
import type { ClientAdapter } from './adapter.ts';
import { localAppData, type Place } from './place.ts';

export interface Detection {
  readonly client: ClientAdapter;
  readonly isInstalled: boolean;
  /** The file, folder or executable that showed it. */
  readonly sign?: string;
}

/** Looks for each client's files, folders and executables; reads nothing of their content. */
export async function detectClients(clients: readonly ClientAdapter[], place: Place): Promise<Detection[]> {
  return await Promise.all(
    clients.map(async (client) => {
      const sign = await findSign(client, place);
      return { client, isInstalled: sign !== undefined, ...(sign !== undefined && { sign }) };
    }),
  );
}

/** Names in `%LOCALAPPDATA%\Packages`, where packaged Windows apps keep redirected files; empty elsewhere. */
export async function readPackages(place: Place): Promise<string[]> {
  if (place.platform !== 'win32') return [];
  try {
    return await readdir(place.join(localAppData(place), 'Packages'));
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM')) return [];
    throw error;
  }
}

/** True when something is at the path, whatever it is. */
export async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

async function findSign(client: ClientAdapter, place: Place): Promise<string | undefined> {
  const { paths, executables } = client.signs(place);
  for (const path of [...paths, ...executables.flatMap((name) => onPath(name, place))]) {
    if (await exists(path)) return path;
  }
  return undefined;
}

function onPath(name: string, { platform, env, join }: Place): string[] {
  const folders = (env.PATH ?? env.Path ?? '').split(platform === 'win32' ? win32.delimiter : delimiter);
  const names = platform === 'win32' ? ['.exe', '.cmd', '.bat'].map((extension) => name + extension) : [name];
  return folders
    .filter((folder) => folder !== '')
    .flatMap((folder) => names.map((file) => join(folder, file)));
}
