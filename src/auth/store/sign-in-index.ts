import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';
import { withFileLock } from '../../platform/file-lock.ts';
import type { Paths } from '../../platform/paths.ts';
import type { CredentialRow } from './credential-row.ts';

/**
 * The list of sign-ins: a file in the state folder, readable by its owner alone. Rows of what is kept in memory stay
 * in memory, and hide written ones of the same id.
 */
export interface SignInIndex {
  list(): Promise<CredentialRow[]>;
  find(id: string): Promise<CredentialRow | undefined>;
  /** @throws FILE_UNWRITABLE, LOCK_TIMEOUT. */
  put(row: CredentialRow): Promise<void>;
  /** Writes nothing when there is nothing to drop: the disk may be read-only. Throws as `put` does. */
  drop(id: string): Promise<void>;
}

export function createSignInIndex({ state, locks }: Pick<Paths, 'state' | 'locks'>): SignInIndex {
  const file = join(state, 'sign-ins.json');
  const inMemory = new Map<string, CredentialRow>();

  const change = async (id: string, row?: CredentialRow): Promise<void> =>
    await withFileLock({ folder: locks, name: file }, async () => {
      const others = (await readRows(file)).filter((one) => one.id !== id);
      const signIns = row ? [...others, row] : others;
      await writeFileAtomic(file, `${JSON.stringify({ version: 1, signIns }, null, 2)}\n`, {
        exactMode: 0o600,
      });
    });

  const list = async (): Promise<CredentialRow[]> => {
    const written = await readRows(file);
    return [...written.filter(({ id }) => !inMemory.has(id)), ...inMemory.values()];
  };

  return {
    list,
    find: async (id) => (await list()).find((row) => row.id === id),
    async put(row) {
      if (row.store === 'memory') {
        inMemory.set(row.id, row);
        return;
      }
      await change(row.id, row);
      inMemory.delete(row.id);
    },
    async drop(id) {
      inMemory.delete(id);
      if ((await readRows(file)).some((row) => row.id === id)) await change(id);
    },
  };
}

/** A missing or unreadable list counts as empty: the stores still have the sign-ins. */
async function readRows(file: string): Promise<CredentialRow[]> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (!isSystemError(error, 'ENOENT', 'ENOTDIR') && !(error instanceof SyntaxError)) throw error;
  }
  return isRecord(content) && Array.isArray(content.signIns) ? content.signIns.filter(isRow) : [];
}

const TEXTS = ['id', 'place', 'url', 'issuer', 'profile', 'store', 'server'] as const;
const OPTIONAL = { refreshedAt: 'number', expiresAt: 'number', account: 'string', needsSignIn: 'string' };

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
