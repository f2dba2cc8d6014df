import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError, messageOf } from '../../../core/errors.ts';
import type { Pipeline } from '../../../pipelines/format/pipeline.ts';
import { type ReadPipeline, readPipeline } from '../../../pipelines/format/read-pipeline.ts';
import type { Paths } from '../../../platform/paths.ts';

export type PublishedPipeline = ReadPipeline & {
  readonly pipeline: Pipeline & { readonly published: NonNullable<Pipeline['published']> };
};

export interface FoundPipelines {
  /** By the names of their tools, each another. */
  readonly pipelines: readonly PublishedPipeline[];
  /** Files and folders a change of which may change them. */
  readonly files: readonly string[];
  /** Why files are not offered. */
  readonly notes: readonly string[];
}

/** Where published pipelines are looked for without any setting. */
export function pipelinesFolder({ settings }: Pick<Paths, 'settings'>): string {
  return join(settings, 'pipelines');
}

const PIPELINE_FILE = /\.(ya?ml|jsonc?)$/i;

/** The pipelines whose files say that they are published. What cannot be used is told, and hinders no other. */
export async function findPublished(
  places: readonly string[],
  paths: Pick<Paths, 'settings' | 'home'>,
): Promise<FoundPipelines> {
  const own = pipelinesFolder(paths);
  const wanted = places.map((place) => (place.startsWith('~/') ? join(paths.home, place.slice(2)) : place));
  const pipelines = new Map<string, PublishedPipeline>();
  const notes: string[] = [];
  const found = new Set<string>();
  for (const place of [own, ...wanted]) {
    const files = await filesAt(place);
    for (const path of files ?? []) found.add(path);
    if (!files && place !== own) {
      notes.push(`No pipelines are offered of ${place}: there is no such file or folder.`);
    }
  }
  for (const path of found) {
    const read = await readPipeline(path).catch((error: unknown) => messageOf(error));
    const flaw = flawOf(read);
    if (flaw !== undefined) notes.push(`${path} is not offered: ${flaw}`);
    if (typeof read === 'string' || !isPublished(read)) continue;
    const { name } = read.pipeline.published;
    const other = pipelines.get(name);
    if (other) notes.push(`${path} is not offered: ${other.path} is published as ${name}, too.`);
    else pipelines.set(name, read);
  }
  return { pipelines: [...pipelines.values()], files: [own, ...wanted, ...found], notes };
}

function isPublished(read: ReadPipeline): read is PublishedPipeline {
  return read.pipeline?.published !== undefined;
}

function flawOf(read: ReadPipeline | string): string | undefined {
  if (typeof read === 'string') return read;
  const first = read.problems.find(({ severity }) => severity === 'error');
  return first && `line ${first.line}, column ${first.column}: ${first.message}.`;
}

/** Undefined when there is nothing at the place. */
async function filesAt(place: string): Promise<readonly string[] | undefined> {
  try {
    if (!(await stat(place)).isDirectory()) return [place];
    const names = await readdir(place);
    return names
      .filter((name) => PIPELINE_FILE.test(name))
      .sort()
      .map((name) => join(place, name));
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
}
