import { readFile, rm } from 'node:fs/promises';
import { isSystemError, McpctlError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { problemWithServerName } from '../core/server-name.ts';
import { OWN_DIALECT } from '../documents/dialects.ts';
import type { ConfigDocument } from '../documents/document.ts';
import { editFile, type FileChange, type FileEditing } from '../documents/edit-file.ts';
import type { ServerEntry } from './entry.ts';
import type { Scope } from './scopes.ts';
import { flawOf } from './structure.ts';

export interface ServerEdit extends FileEditing {
  /** Absolute path of the manifest, created when missing. */
  readonly path: string;
  readonly scope: Scope;
  readonly name: string;
}

/**
 * Adds or replaces one server. A new name must be one every client accepts; an existing one may be unusual.
 * @throws SERVER_NAME_INVALID, MANIFEST_INVALID and what `editFile` throws.
 */
export async function setServer(edit: ServerEdit & { readonly entry: ServerEntry }): Promise<FileChange> {
  const { path, name, entry } = edit;
  const flaw = flawOf(entry);
  if (flaw) {
    throw new McpctlError('MANIFEST_INVALID', `The entry of ${name} was not written to ${path}: ${flaw}.`, {
      data: { server: name, file: path },
    });
  }
  return await editManifest(edit, (document) => {
    if (document.positionOf(['mcpServers', name]) === undefined) refuseName(name);
    return document.set(['mcpServers', name], entry as Json);
  });
}

/** Takes one server out; `changed` is false when it was not there. Throws what `editFile` throws. */
export async function removeServer(edit: ServerEdit): Promise<FileChange> {
  return await editManifest(edit, (document) => document.remove(['mcpServers', edit.name]));
}

/** Deletes a manifest that holds nothing but an empty list: it is one mcpctl made. */
export async function removeBareManifest(path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return '';
    throw error;
  });
  if (/^\s*\{\s*"mcpServers"\s*:\s*\{\s*\}\s*\}\s*$/.test(text)) await rm(path, { force: true });
}

async function editManifest(
  { path, scope, paths, now, signal }: FileEditing & Pick<ServerEdit, 'path' | 'scope'>,
  change: (document: ConfigDocument) => string,
): Promise<FileChange> {
  // The project's manifest is committed to git, so it gets the permissions of any source file.
  const modes = scope === 'project' ? { mode: 0o644, folderMode: 0o755 } : {};
  return await editFile({
    path,
    dialect: OWN_DIALECT,
    paths,
    now,
    ...(signal && { signal }),
    ...modes,
    change,
  });
}

function refuseName(name: string): void {
  const problem = problemWithServerName(name);
  if (!problem) return;
  throw new McpctlError('SERVER_NAME_INVALID', `A server cannot be called that: ${problem}.`, {
    hint: 'Choose another name with --name.',
    data: { server: name },
  });
}
