import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError, McpctlError } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';

/** File beside an installed server that says what was installed and how its files looked then. */
export const RECORD = 'mcpctl-install.json';

export interface TreeRecord {
  readonly format: 1;
  /** Same text as in the lock entry: ties the folder to the lock. */
  readonly integrity: string;
  /** Program to start, relative to the folder, with forward slashes. */
  readonly entry: string;
  /** Node executable installed beside the server, relative to the folder. */
  readonly runtime?: string;
  /** Paths whose size and time of change stand for the tree, relative to the folder. */
  readonly watched: readonly string[];
  /** Digest of the sizes and times of `watched`. */
  readonly stamp: string;
  /** True when the packages' own `node_modules` count as their files. */
  readonly isWhole?: boolean;
  /** Folder of a package, relative → digest of its own files. */
  readonly packages: Readonly<Record<string, string>>;
}

export interface TreeToRecord {
  readonly folder: string;
  readonly integrity: string;
  readonly entry: string;
  readonly runtime?: string;
  /** Folders of the packages that must not change, relative, the server's own first. */
  readonly packages: readonly string[];
  /** True when nested `node_modules` belong to the package, as in a bundle. */
  readonly isWhole?: boolean;
  /** Packages read before, by location: several servers may share one. */
  readonly known?: Map<string, PackageFiles>;
}

export interface PackageFiles {
  /** Over the paths and contents of the package's own files. */
  readonly digest: string;
  /** Relative to the folder of the tree. */
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/**
 * Notes every file of an installed server, so that a changed tree is found at start-up. Nested `node_modules`
 * belong to their own packages.
 */
export function recordTree(tree: TreeToRecord): void {
  const { folder, integrity, entry, runtime, packages, isWhole = false, known } = tree;
  const watched = [...(runtime === undefined ? [] : [runtime])];
  const digests: Record<string, string> = {};
  for (const [index, location] of packages.entries()) {
    const read = known?.get(location) ?? readPackage(folder, location, isWhole);
    known?.set(location, read);
    const { digest, files, folders } = read;
    digests[location] = digest;
    if (index === 0) watched.push(...folders, ...files);
    else watched.push(...folders.slice(0, 1), ...files.filter((file) => file === `${location}/package.json`));
  }
  const record: TreeRecord = {
    format: 1,
    integrity,
    entry,
    ...(runtime !== undefined && { runtime }),
    watched,
    ...(isWhole && { isWhole }),
    stamp: stampOf(folder, watched),
    packages: digests,
  };
  writeRecord(folder, record);
}

/** The record of an installed server; undefined when nothing complete is installed there. */
export function readRecord(folder: string): TreeRecord | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(join(folder, RECORD), 'utf8'));
    if (isRecord(value) && value.format === 1) return value as unknown as TreeRecord;
    return undefined;
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export interface TreeCheck {
  readonly name: string;
  readonly folder: string;
  readonly record: TreeRecord;
  /** The lock's word on the server's own package. */
  readonly integrity: string;
  /** True to read every file even when sizes and times are as they were. */
  readonly isFull?: boolean;
}

/**
 * Refuses a tree that is not the one installed, with INTEGRITY_MISMATCH. Costs a few hundred `stat` calls; only when
 * those differ are all files read, and when their content proves right the new times are noted.
 */
export function checkTree({ name, folder, record, integrity, isFull = false }: TreeCheck): void {
  if (record.integrity !== integrity)
    throw mismatch(name, `${folder} holds another build than the lock names`);
  const stamp = stampOf(folder, record.watched);
  if (stamp === record.stamp && !isFull) return;
  for (const [location, digest] of Object.entries(record.packages)) {
    if (readPackage(folder, location, record.isWhole ?? false).digest !== digest) {
      throw mismatch(name, `files below ${join(folder, location)} changed since they were installed`);
    }
  }
  if (stamp === record.stamp) return;
  try {
    writeRecord(folder, { ...record, stamp });
  } catch (error) {
    // A read-only store is no reason not to start: the files were just proven right.
    if (!isSystemError(error, 'EACCES', 'EPERM', 'EROFS', 'ENOSPC')) throw error;
  }
}

function mismatch(name: string, what: string): McpctlError {
  return new McpctlError('INTEGRITY_MISMATCH', `The server ${name} was not started: ${what}.`, {
    hint: `If you did not change them, look who did; then install it again as it is locked: mcpctl add ${name}`,
  });
}

function writeRecord(folder: string, record: TreeRecord): void {
  writeFileSync(join(folder, RECORD), `${JSON.stringify(record)}\n`, { mode: 0o600 });
}

function stampOf(folder: string, watched: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of watched) {
    const found = statSync(join(folder, path), { throwIfNoEntry: false });
    // A folder's size differs between file systems, its time does not say less.
    hash.update(found ? `${found.mtimeMs}:${found.isDirectory() ? '' : found.size}\n` : 'gone\n');
  }
  return hash.digest('hex');
}

function readPackage(folder: string, location: string, isWhole: boolean): PackageFiles {
  const hash = createHash('sha256');
  const files: string[] = [];
  const folders: string[] = [];
  const open = [location];
  for (let current = open.pop(); current !== undefined; current = open.pop()) {
    folders.push(current);
    for (const entry of entriesOf(join(folder, current))) {
      const path = `${current}/${entry.name}`;
      if (entry.isDirectory()) {
        if (isWhole || entry.name !== 'node_modules') open.push(path);
        continue;
      }
      if (path === `./${RECORD}`) continue;
      files.push(path);
      const content = entry.isSymbolicLink()
        ? readlinkSync(join(folder, path))
        : readFileSync(join(folder, path));
      hash.update(`${path.slice(location.length)}\0${content.length}\0`);
      hash.update(content);
    }
  }
  return { digest: hash.digest('hex'), files, folders };
}

function entriesOf(path: string): import('node:fs').Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}
