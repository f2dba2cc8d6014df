import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';
import { withFileLock } from '../../platform/file-lock.ts';
import { whenChanged } from '../../platform/file-stamp.ts';
import type { Paths } from '../../platform/paths.ts';
import type { CredentialRow } from './credential-row.ts';

/**
 * The list of sign-ins: a file in the state folder, readable by its owner alone. Rows of what is kept in memory stay
 * in memory, and hide written ones of the same id.
 */
export interface SignInIndex {
  /** `damaged` when rows may be lacking; those that can be read count. */
  state(): Promise<'whole' | 'missing' | 'damaged'>;
  list(): Promise<CredentialRow[]>;
  find(id: string): Promise<CredentialRow | undefined>;
  /**
   * Unless `isAll` says that no other row is missing, a list that was not whole stays known as damaged.
   * @throws FILE_UNWRITABLE, LOCK_TIMEOUT.
   */
  put(row: CredentialRow, isAll?: boolean): Promise<void>;
  /** Adds those it does not know, and leaves the file whole. Throws as `put` does. */
  restore(rows: readonly CredentialRow[]): Promise<void>;
  /** Writes nothing when there is nothing to drop: the disk may be read-only. Throws as `put` does. */
  drop(id: string): Promise<void>;
}

export function createSignInIndex({ state, locks }: Pick<Paths, 'state' | 'locks'>): SignInIndex {
  const file = join(state, 'sign-ins.json');
  const inMemory = new Map<string, CredentialRow>();

  const change = async (edit: (rows: CredentialRow[]) => CredentialRow[], mends = false): Promise<void> =>
    await withFileLock({ folder: locks, name: file }, async () => {
      const { rows, state } = await readIndex(file);
      const isWhole = mends || state === 'whole';
      const content = { version: 1, isWhole, signIns: edit(rows) };
      await writeFileAtomic(file, `${JSON.stringify(content, null, 2)}\n`, {
        exactMode: 0o600,
      });
    });

  const written = whenChanged(file, async () => (await readIndex(file)).rows);
  const list = async (): Promise<CredentialRow[]> => {
    return [...(await written()).filter(({ id }) => !inMemory.has(id)), ...inMemory.values()];
  };

  return {
    list,
    state: async () => (await readIndex(file)).state,
    find: async (id) => (await list()).find((row) => row.id === id),
    async put(row, isAll) {
      if (row.store === 'memory') {
        inMemory.set(row.id, row);
        return;
      }
      await change((rows) => [...rows.filter(({ id }) => id !== row.id), row], isAll);
      inMemory.delete(row.id);
    },
    restore: async (found) =>
      await change((rows) => {
        const known = new Set(rows.map(({ id }) => id));
        return [...rows, ...found.filter(({ id }) => !known.has(id))];
      }, true),
    async drop(id) {
      inMemory.delete(id);
      const isWritten = (await readIndex(file)).rows.some((row) => row.id === id);
      if (isWritten) await change((rows) => rows.filter((row) => row.id !== id));
    },
  };
}

interface IndexContent {
  readonly rows: CredentialRow[];
  readonly state: 'whole' | 'missing' | 'damaged';
}

async function readIndex(file: string): Promise<IndexContent> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return { rows: [], state: 'missing' };
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (!isRecord(content) || !Array.isArray(content.signIns)) return { rows: [], state: 'damaged' };
  const rows = content.signIns.filter(isRow);
  const isWhole = content.isWhole === true && rows.length === content.signIns.length;
  return { rows, state: isWhole ? 'whole' : 'damaged' };
}

const TEXTS = ['id', 'place', 'url', 'issuer', 'profile', 'store', 'server'] as const;
const OPTIONAL = {
  refreshedAt: 'number',
  expiresAt: 'number',
  grant: 'string',
  clientEndsAt: 'number',
  account: 'string',
  needsSignIn: 'string',
};

/** By hand: the schema library would cost more than everything else `auth status` does. */
function isRow(value: unknown): value is CredentialRow {
  if (!isRecord(value)) return false;
  return (
    TEXTS.every((key) => typeof value[key] === 'string') &&
    Number.isInteger(value.generation) &&
    typeof value.signedInAt === 'number' &&
    typeof value.hasRefreshToken === 'boolean' &&
    isTexts(value.scopes) &&
    (value.formerStores === undefined || isTexts(value.formerStores)) &&
    Object.entries(OPTIONAL).every(([key, type]) => ['undefined', type].includes(typeof value[key]))
  );
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
