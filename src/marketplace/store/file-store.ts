import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from '../../core/errors.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';
import { openFileJournal } from './file-journal.ts';
import { type Artifacts, createStore, type RegistryStore } from './store.ts';

/** A registry in a folder. @throws REGISTRY_DATA_BROKEN, FILE_UNREADABLE, FILE_UNWRITABLE. */
export async function openFileStore(
  folder: string,
  { isReadOnly = false }: { readonly isReadOnly?: boolean } = {},
): Promise<RegistryStore> {
  const journal = await openFileJournal({ path: join(folder, 'journal.jsonl'), isReadOnly });
  return createStore(journal, fileArtifacts(join(folder, 'artifacts')));
}

function fileArtifacts(folder: string): Artifacts {
  const place = (sha256: string): string => join(folder, sha256.slice(0, 2), sha256);
  return {
    async has(sha256) {
      try {
        return (await stat(place(sha256))).isFile();
      } catch (error) {
        if (isSystemError(error, 'ENOENT')) return false;
        throw error;
      }
    },
    async read(sha256) {
      try {
        return await readFile(place(sha256));
      } catch (error) {
        if (isSystemError(error, 'ENOENT')) return undefined;
        throw error;
      }
    },
    // Replaced also when it is there: that mends a file which was damaged.
    save: async (sha256, bytes) => await writeFileAtomic(place(sha256), bytes),
  };
}
