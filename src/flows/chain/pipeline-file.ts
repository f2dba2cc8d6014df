import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { pipelinesFolder } from './published/find-published.ts';

const ENDINGS = ['.yaml', '.yml', '.json'];

/** The file a word means: itself, or with an ending, here or among the published ones. Absolute, there or not. */
export async function pipelineFile(
  word: string,
  { cwd, paths }: Pick<Context, 'cwd' | 'paths'>,
): Promise<string> {
  const path = resolve(cwd, word);
  const isName = !/[/\\.]/.test(word);
  const folders = isName ? [path, join(pipelinesFolder(paths), word)] : [];
  for (const candidate of [path, ...folders.flatMap((base) => ENDINGS.map((ending) => base + ending))]) {
    const found = await stat(candidate).catch(() => undefined);
    if (found?.isFile()) return candidate;
  }
  return path;
}
