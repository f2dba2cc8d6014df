import { readFile } from 'node:fs/promises';
import { isSystemError } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import { writeFileAtomic } from '../platform/atomic-write.ts';
import type { Generation, Journal } from './keychain-layout.ts';

/**
 * What mcpctl put into the keychain: names and unfinished writes, never a value. Listing the keychain itself would
 * hand over every password in it.
 */
export interface KeychainIndex extends Journal {
  /** Sorted. */
  names(): Promise<string[]>;
  add(name: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** Changes are not locked here; the caller holds the keychain's lock. */
export function createKeychainIndex(file: string): KeychainIndex {
  const change = async (edit: (content: Content) => void): Promise<void> => {
    const content = await readContent(file);
    const before = JSON.stringify(content);
    edit(content);
    if (JSON.stringify(content) === before) return;
    await writeFileAtomic(file, `${JSON.stringify(content, null, 2)}\n`);
  };
  return {
    names: async () => [...(await readContent(file)).names].sort(),
    add: async (name) =>
      await change((content) => {
        if (!content.names.includes(name)) content.names.push(name);
      }),
    remove: async (name) =>
      await change((content) => {
        content.names = content.names.filter((known) => known !== name);
      }),
    begin: async (account, generations) =>
      await change((content) => {
        const known = content.unfinished[account] ?? [];
        const fresh = generations.filter(
          ({ generation }) => !known.some((one) => one.generation === generation),
        );
        content.unfinished[account] = [...known, ...fresh];
      }),
    remembered: async (account) => (await readContent(file)).unfinished[account] ?? [],
    end: async (account) =>
      await change((content) => {
        delete content.unfinished[account];
      }),
  };
}

interface Content {
  version: 1;
  names: string[];
  unfinished: Record<string, Generation[]>;
}

/** A missing or unreadable list counts as empty: the keychain still has the values. */
async function readContent(file: string): Promise<Content> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (!isSystemError(error, 'ENOENT') && !(error instanceof SyntaxError)) throw error;
  }
  const names = isRecord(content) && Array.isArray(content.names) ? content.names : [];
  const unfinished = isRecord(content) && isRecord(content.unfinished) ? content.unfinished : {};
  return {
    version: 1,
    names: names.filter((name) => typeof name === 'string'),
    unfinished: Object.fromEntries(
      Object.entries(unfinished).map(([name, list]) => [name, generationsIn(list)]),
    ),
  };
}

function generationsIn(list: unknown): Generation[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown) =>
    isRecord(item) && typeof item.generation === 'string' && typeof item.chunks === 'number'
      ? [{ generation: item.generation, chunks: item.chunks }]
      : [],
  );
}
