import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { McpctlError } from '../../../core/errors.ts';
import type { IsIgnored } from './ignored.ts';

/** One file of a bundle. */
export interface BundleFile {
  /** Relative, with forward slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly isExecutable: boolean;
}

export interface Collected {
  readonly files: BundleFile[];
  /** Files and folders left out by the patterns. */
  readonly ignored: number;
}

/**
 * Reads the files below `start` of a folder that are not ignored. Links to files within the folder are read as the
 * files they lead to.
 * @throws BUNDLE_INVALID for a link that leads out of the folder: a bundle would carry what nobody meant to give away.
 */
export async function collectFiles(
  folder: string,
  isIgnored: IsIgnored,
  { start = '', skip = [] }: { readonly start?: string; readonly skip?: readonly string[] } = {},
): Promise<Collected> {
  const root = await realpath(folder);
  const files: BundleFile[] = [];
  let ignored = 0;
  const open = [start];
  for (let current = open.pop(); current !== undefined; current = open.pop()) {
    for (const entry of await readdir(join(root, current), { withFileTypes: true })) {
      const path = current === '' ? entry.name : `${current}/${entry.name}`;
      if (skip.includes(path)) continue;
      if (isIgnored(entry.isDirectory() ? `${path}/` : path)) ignored += 1;
      else if (entry.isDirectory()) open.push(path);
      else files.push(...(await filesAt(root, path, entry.isSymbolicLink())));
    }
  }
  return { files, ignored };
}

/** One file, or none where it is something else, such as a link to a folder. */
async function filesAt(root: string, path: string, isLink: boolean): Promise<BundleFile[]> {
  if (isLink) await refuseOutside(root, path);
  const at = join(root, path);
  const found = await stat(at);
  if (!found.isFile()) return [];
  return [{ path, bytes: await readFile(at), isExecutable: (found.mode & 0o111) !== 0 }];
}

async function refuseOutside(root: string, path: string): Promise<void> {
  const target = await realpath(join(root, path));
  if (target.startsWith(`${root}${sep}`)) return;
  throw new McpctlError('BUNDLE_INVALID', `${path} is a link that leads out of ${root}, to ${target}.`, {
    hint: 'Copy the file into the folder, or name the link in .mcpbignore.',
    data: { path, target },
  });
}
