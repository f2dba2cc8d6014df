import { stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { writeFileAtomic } from '../../platform/atomic-write.ts';
import { type Attachment, extensionOf } from './tool-result-view.ts';

export interface SaveOptions {
  /** A file, or a folder when it exists, ends with a slash, or several things are saved. */
  readonly output: string;
  readonly cwd: string;
  /** Beginning of the file names in a folder. */
  readonly name: string;
}

/** Saves binary content; returns it with the paths it has now. */
export async function saveAttachments(
  attachments: readonly Attachment[],
  { output, cwd, name }: SaveOptions,
): Promise<Attachment[]> {
  const target = resolve(cwd, output);
  const isFolder =
    attachments.length > 1 || output.endsWith('/') || output.endsWith(sep) || (await isThere(target));
  const saved: Attachment[] = [];
  for (const [index, attachment] of attachments.entries()) {
    const number = attachments.length > 1 ? `-${index + 1}` : '';
    const path = isFolder ? join(target, `${name}${number}.${extensionOf(attachment.mimeType)}`) : target;
    await writeFileAtomic(path, attachment.bytes, { mode: 0o644, folderMode: 0o755 });
    saved.push({ ...attachment, path });
  }
  return saved;
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
