import { writeFileAtomic } from '../platform/atomic-write.ts';
import { withFileLock } from '../platform/file-lock.ts';
import { followLinks } from '../platform/follow-links.ts';
import type { Paths } from '../platform/paths.ts';
import type { ConfigDocument, Dialect } from './document.ts';
import { readTextFile } from './read.ts';

/** What writing a file takes from the machine; a command's context has it. */
export interface FileEditing {
  readonly paths: Pick<Paths, 'locks' | 'backups'>;
  readonly now: () => Date;
  readonly signal?: AbortSignal;
}

export interface FileEdit extends FileEditing {
  readonly path: string;
  readonly dialect: Dialect;
  /** Permissions of a file that does not exist yet; 0600 by default. */
  readonly mode?: number;
  /** Permissions of missing folders above it; 0700 by default. */
  readonly folderMode?: number;
  /** Gives the new text. Called under the file's lock, with what is in the file at that moment. */
  change(document: ConfigDocument): string;
}

export interface FileChange {
  readonly path: string;
  /** Empty when the file did not exist. */
  readonly before: string;
  readonly after: string;
  readonly changed: boolean;
}

/**
 * Changes one configuration file: lock, read, edit, back up, replace atomically. An edit that changes nothing
 * writes nothing.
 * @throws DOCUMENT_INVALID, DOCUMENT_EDIT_FAILED, FILE_CHANGED, FILE_UNREADABLE, FILE_UNWRITABLE, LOCK_TIMEOUT.
 */
export async function editFile(edit: FileEdit): Promise<FileChange> {
  const { path, dialect, paths, signal, mode, folderMode } = edit;
  const { openDocument } = await import('./open.ts');
  // Two links to one file are one file, so they share a lock.
  const name = await followLinks(path).catch(() => path);
  return await withFileLock({ folder: paths.locks, name, ...(signal && { signal }) }, async () => {
    const { text, sha256 } = await readTextFile(path);
    const after = edit.change(await openDocument(text, dialect, path));
    if (after === text) return { path, before: text, after, changed: false };
    const { createBackups } = await import('../platform/backups.ts');
    await createBackups({ folder: paths.backups, now: edit.now }).save(path);
    await writeFileAtomic(path, after, {
      expectedSha256: sha256,
      ...(mode !== undefined && { mode }),
      ...(folderMode !== undefined && { folderMode }),
    });
    return { path, before: text, after, changed: true };
  });
}

/** What `editFile` would do, without lock, backup or write. */
export async function previewEdit({
  path,
  dialect,
  change,
}: Pick<FileEdit, 'path' | 'dialect' | 'change'>): Promise<FileChange> {
  const { openDocument } = await import('./open.ts');
  const { text } = await readTextFile(path);
  const after = change(await openDocument(text, dialect, path));
  return { path, before: text, after, changed: after !== text };
}
