import { readFileSync, statSync } from 'node:fs';
import { lockPath } from './lock.ts';
import type { Lock } from './lock-schema.ts';
import { flawOfLock } from './structure.ts';

const LOOK_AGAIN_MS = 1000;

/**
 * The lock of a manifest for those who run for long: read anew, at most once a second, when the file is another. What
 * cannot be read does not count: then the last one does. Undefined before there was any.
 */
export function createLockView(manifestPath: string, now: () => number): () => Lock | undefined {
  const path = lockPath(manifestPath);
  let lock: Lock | undefined;
  let seen: string | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (now() - lookedAt < LOOK_AGAIN_MS) return lock;
    lookedAt = now();
    const state = stateOf(path);
    if (state === seen) return lock;
    seen = state;
    lock = state === undefined ? undefined : (read(path) ?? lock);
    return lock;
  };
}

function stateOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && `${found.ino} ${found.size} ${found.mtimeMs}`;
}

function read(path: string): Lock | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return flawOfLock(value) === undefined ? (value as Lock) : undefined;
  } catch {
    return undefined;
  }
}
