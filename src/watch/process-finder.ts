import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Running } from '../gateway/control/find-running.ts';

/** Even when no file changed, somebody looks again: a process that was killed leaves its files. */
const LONGEST_MS = 10_000;

/** Finds running processes; looks closely only when files in their folder came, went or changed. */
export function createProcessFinder(
  find: () => Promise<readonly Running[]>,
  folder: string,
): () => Promise<readonly Running[]> {
  let seen: string | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let found: readonly Running[] = [];
  return async () => {
    const state = stateOf(folder);
    const now = performance.now();
    if (state === seen && now - lookedAt < LONGEST_MS) return found;
    found = await find();
    seen = state;
    lookedAt = now;
    return found;
  };
}

function stateOf(folder: string): string {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
    return names.map((name) => `${name} ${statSync(join(folder, name)).mtimeMs}`).join('|');
  } catch {
    return 'unreadable';
  }
}
