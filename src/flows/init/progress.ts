import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isSystemError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';
import type { Paths } from '../../platform/paths.ts';

/** What a person chose, kept until everything chosen is set up, so that an interrupted `init` asks nothing twice. */
export interface InitProgress {
  readonly servers: readonly string[];
  /** True once servers of the clients were adopted, or that was declined. */
  readonly isImportDone: boolean;
}

/** The choices of an unfinished `init`; undefined when there is none or its file cannot be read as such. */
export async function readProgress({ state }: Paths): Promise<InitProgress | undefined> {
  let text: string;
  try {
    text = await readFile(join(state, FILE), 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
  return parse(text);
}

export async function writeProgress({ state }: Paths, progress: InitProgress): Promise<void> {
  const path = join(state, FILE);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFileAtomic(path, `${JSON.stringify(progress)}\n`);
}

export async function clearProgress({ state }: Paths): Promise<void> {
  await rm(join(state, FILE), { force: true });
}

const FILE = 'init.json';

/** A broken file costs a person two questions, so it is not worth an error. */
function parse(text: string): InitProgress | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value) || !Array.isArray(value.servers)) return undefined;
    return { servers: value.servers.map(String), isImportDone: value.isImportDone === true };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
