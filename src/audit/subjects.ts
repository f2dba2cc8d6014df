import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isSystemError, McpctlError } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import { writeFileAtomic } from '../platform/atomic-write.ts';
import { syncFolder } from '../platform/sync-folder.ts';
import type { AuditPlace } from './log-files.ts';
import type { LogKeys } from './log-keys.ts';
import { seal, unseal } from './sealing.ts';

/** Somebody whose calls are recorded, and the key that alone makes their fields readable. */
export interface Subject {
  readonly name: string;
  /** What rows call them. */
  readonly pseudonym: string;
  /** The file of the key; without it nothing of theirs can be read. */
  readonly file: string;
  seal(text: string, bound: string): string;
  unseal(sealed: string, bound: string): string | undefined;
  /** HMAC that nobody can repeat once the key is gone. */
  digest(text: string): string;
}

/** The keys of subjects: one small file each, wrapped with the master key. */
export interface Subjects {
  /** The subject of that name, made at the first use. */
  of(name: string): Promise<Subject>;
  find(nameOrPseudonym: string): Promise<Subject | undefined>;
  all(): Promise<Subject[]>;
  /** Deletes the key for good. */
  forget(subject: Subject): Promise<void>;
  isForgotten(subject: Subject): Promise<boolean>;
}

const KEY_BYTES = 32;

export function createSubjects({ folder }: AuditPlace, keys: LogKeys): Subjects {
  const home = join(folder, 'subjects');
  const pathOf = (name: string): string => join(home, `${keys.fileOf(name)}.key`);
  const read = async (path: string): Promise<Subject | undefined> => {
    const sealed = await readFile(path, 'utf8').catch(unlessAbsent);
    const text = sealed === undefined ? undefined : unseal(keys.wrapping, sealed, 'subject');
    return text === undefined ? undefined : subjectFrom(text, path);
  };
  const all = async (): Promise<Subject[]> => {
    const names = (await readdir(home).catch(unlessAbsent)) ?? [];
    const found = await Promise.all(
      names.filter((name) => name.endsWith('.key')).map((name) => read(join(home, name))),
    );
    return found.filter((subject) => subject !== undefined);
  };
  return {
    all,
    async of(name) {
      const path = pathOf(name);
      const known = await read(path);
      if (known) return known;
      const text = JSON.stringify({ name, key: randomBytes(KEY_BYTES).toString('base64') });
      await writeFileAtomic(path, seal(keys.wrapping, text, 'subject'), { expectedSha256: null }).catch(
        unlessMadeMeanwhile,
      );
      const made = await read(path);
      if (made) return made;
      throw new McpctlError('SECRET_CORRUPT', `${path} does not open with the key of the audit log.`, {
        hint: `If that key was lost, so was what this file protects: move it away. ${path}`,
        data: { path },
      });
    },
    async find(nameOrPseudonym) {
      const byName = await read(pathOf(nameOrPseudonym));
      return byName ?? (await all()).find(({ pseudonym }) => pseudonym === nameOrPseudonym);
    },
    async forget({ file }) {
      await overwrite(file);
      // Also what a killed writer of the file may have left beside it.
      const left = (await readdir(home)).filter((name) => name.includes(basename(file)));
      await Promise.all(left.map((name) => rm(join(home, name), { force: true })));
      await syncFolder(home);
    },
    isForgotten: async ({ file }) => (await stat(file).catch(unlessAbsent)) === undefined,
  };
}

function subjectFrom(text: string, file: string): Subject | undefined {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value) || typeof value.name !== 'string' || typeof value.key !== 'string') return undefined;
  const key = Buffer.from(value.key, 'base64');
  const part = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', key, '', `mcpctl audit subject ${purpose}`, KEY_BYTES));
  const [sealing, digesting] = [part('sealing'), part('digests')];
  const digest = (words: string): string => createHmac('sha256', digesting).update(words).digest('hex');
  return {
    name: value.name,
    file,
    pseudonym: digest('pseudonym').slice(0, 20),
    seal: (words, bound) => seal(sealing, words, bound),
    unseal: (sealed, bound) => unseal(sealing, sealed, bound),
    digest,
  };
}

/** Some file systems keep a deleted file's blocks for long; these no longer hold the key. */
async function overwrite(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    const { size } = await handle.stat();
    await handle.write(randomBytes(Math.max(1, size)), 0, size, 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unlessMadeMeanwhile(error: unknown): void {
  if (!(error instanceof McpctlError) || error.code !== 'FILE_CHANGED') throw error;
}

function unlessAbsent(error: unknown): undefined {
  if (isSystemError(error, 'ENOENT')) return undefined;
  throw error;
}
