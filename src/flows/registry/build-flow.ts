import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { runTasks } from '../../cli/tasks.ts';
import { isSystemError, McpctlError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { artifactPath } from '../../marketplace/api/entry.ts';
import type { HostedFile } from '../../marketplace/events.ts';
import { type StaticFile, staticFiles } from '../../marketplace/static-files.ts';
import type { RegistryStore } from '../../marketplace/store/store.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';
import { readSettings } from '../../settings/read.ts';
import { readAssets } from '../../watch/web/assets.ts';
import { readStore } from './open-store-here.ts';
import type { DataFlags } from './registry-place.ts';

export interface BuildFlags extends DataFlags {
  readonly out: string;
  readonly url: string;
  readonly dryRun?: boolean;
}

export interface BuiltRegistry {
  /** Absolute. */
  readonly folder: string;
  readonly servers: number;
  readonly files: readonly string[];
  /** Files of an earlier build that are gone. */
  readonly removed: readonly string[];
  readonly written: boolean;
}

/** Lists what a build wrote, so that the next one removes what is gone and nothing else. */
const RECORD = '.mcpctl-registry.json';

/** Writes a registry as files. Of what is in the folder only files of earlier builds are touched. */
export async function buildFlow(flags: BuildFlags, context: Context): Promise<BuiltRegistry> {
  const { settings } = await readSettings(context);
  const folder = resolve(context.cwd, flags.out);
  const { store } = await readStore({ ...flags, settings }, context);
  try {
    const known = await store.read();
    const base = baseOf(flags.url);
    const assets = await readAssets(context.program.script);
    const { files, hosted } = staticFiles({ known, assets, base });
    const paths = [
      ...files.map(({ path }) => path),
      ...hosted.map((file) => artifactPath(file).slice(1)),
    ].sort();
    const before = await recordedFiles(folder);
    await refuseForeign(folder, before);
    const removed = before.filter((path) => !paths.includes(path));
    if (!flags.dryRun) {
      await runTasks(
        [
          {
            title: `Write ${paths.length} files`,
            run: () => writeAll(folder, { files, hosted, paths, removed }, store),
          },
        ],
        context,
      );
    }
    const servers = known.all().filter(({ latest }) => !latest.isDeleted).length;
    return { folder, servers, files: paths, removed, written: !flags.dryRun };
  } finally {
    await store.close();
  }
}

/** @throws USAGE */
function baseOf(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url.replace(/\/+$/, '');
  throw new McpctlError('USAGE', `--url ${JSON.stringify(url)} is no web address.`, {
    hint: '--url https://registry.acme.example',
  });
}

interface Build {
  readonly files: readonly StaticFile[];
  readonly hosted: readonly HostedFile[];
  readonly paths: readonly string[];
  readonly removed: readonly string[];
}

async function writeAll(
  folder: string,
  { files, hosted, paths, removed }: Build,
  store: RegistryStore,
): Promise<void> {
  const modes = { mode: 0o644, folderMode: 0o755 };
  await mkdir(folder, { recursive: true });
  // Files first, then what names them: whoever reads meanwhile finds everything.
  for (const file of hosted) {
    const bytes = await store.artifacts.read(file.sha256);
    if (!bytes || createHash('sha256').update(bytes).digest('hex') !== file.sha256) {
      throw new McpctlError(
        'REGISTRY_DATA_BROKEN',
        `The file ${file.file} of the registry is missing or damaged.`,
        {
          hint: 'Publish a new version of its server, or put the data folder back from a backup.',
          data: { sha256: file.sha256 },
        },
      );
    }
    await writeFileAtomic(join(folder, artifactPath(file)), bytes, modes);
  }
  for (const { path, content } of files) await writeFileAtomic(join(folder, path), content, modes);
  await writeFileAtomic(join(folder, RECORD), `${JSON.stringify({ files: paths }, null, 2)}\n`, modes);
  for (const path of removed) await removeWithFolders(folder, path);
}

async function removeWithFolders(folder: string, path: string): Promise<void> {
  await rm(join(folder, path), { force: true });
  for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) {
    const left = await readdir(join(folder, parent)).catch(() => ['?']);
    if (left.length > 0) return;
    await rm(join(folder, parent), { recursive: true });
  }
}

async function recordedFiles(folder: string): Promise<string[]> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, RECORD), 'utf8'));
    const files = isRecord(value) && Array.isArray(value.files) ? value.files : [];
    // The file may have been written by anybody: nothing outside the folder is removed.
    return files.filter((path): path is string => typeof path === 'string' && isBelow(folder, path));
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR') || error instanceof SyntaxError) return [];
    throw error;
  }
}

function isBelow(folder: string, path: string): boolean {
  return resolve(folder, path).startsWith(join(folder, '/'));
}

/** @throws FILES_EXIST where a page of somebody else would be replaced. */
async function refuseForeign(folder: string, before: readonly string[]): Promise<void> {
  if (before.length > 0) return;
  const there = await readdir(folder).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  });
  const clash = there.find((name) => ['index.html', 'servers', 'v0.1', 'v0', 'artifacts'].includes(name));
  if (clash === undefined) return;
  throw new McpctlError('FILES_EXIST', `${folder} has a ${clash} that no build of a registry made.`, {
    hint: 'Choose another folder: --out <folder>',
    data: { folder },
  });
}
