import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from '../../core/errors.ts';
import { GUIDE_MARK, type GuideFile } from '../../docs/tool-guides.ts';
import { withoutAnswers } from '../../docs/without-answers.ts';
import { readTextFile } from '../../documents/read.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';

/** A file that is not as it should be. */
export interface FileChange {
  /** Absolute. */
  readonly path: string;
  readonly kind: 'add' | 'update' | 'remove';
  /** What it says and should say, without answers. */
  readonly before: string;
  readonly after: string;
}

export function changesOf(
  files: readonly {
    readonly path: string;
    readonly before: string;
    readonly after: string;
    readonly format: 'markdown' | 'html';
  }[],
): FileChange[] {
  return files.map(({ path, before, after, format }) => ({
    path,
    kind: before === '' ? 'add' : after === '' ? 'remove' : 'update',
    before: withoutAnswers(before, format),
    after: withoutAnswers(after, format),
  }));
}

/**
 * Writes guides into a folder, and takes away those of the same servers whose tools are gone. Files that are as they
 * should be but for answers stay, and so does everything others wrote. With `isCheck` nothing is touched.
 */
export async function writeGuides(
  folder: string,
  files: readonly GuideFile[],
  servers: readonly string[],
  isCheck: boolean,
): Promise<FileChange[]> {
  const format = 'markdown' as const;
  const stale: { path: string; before: string; after: string; format: 'markdown' }[] = [];
  for (const { path, text } of files) {
    const at = join(folder, path);
    const { exists, text: before } = await readTextFile(at);
    if (exists && withoutAnswers(before, format) === withoutAnswers(text, format)) continue;
    stale.push({ path: at, before, after: text, format });
    if (!isCheck) await writeFileAtomic(at, text, { mode: 0o644, folderMode: 0o755 });
  }
  const wanted = new Set(files.map(({ path }) => join(folder, path)));
  for (const server of servers) {
    for (const path of await markedIn(join(folder, server))) {
      if (wanted.has(path)) continue;
      stale.push({ path, before: (await readTextFile(path)).text, after: '', format });
      if (!isCheck) await rm(path);
    }
  }
  return changesOf(stale);
}

/** Guides of ours in a folder. */
async function markedIn(folder: string): Promise<string[]> {
  const marked: string[] = [];
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    if (name.endsWith('.md') && (await readTextFile(path)).text.startsWith(GUIDE_MARK)) marked.push(path);
  }
  return marked.sort();
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder, { withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}
