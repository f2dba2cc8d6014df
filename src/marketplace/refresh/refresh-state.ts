import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../../core/json.ts';
import type { RefreshedSource } from './row.ts';

/** How far registries were read, beside the servers themselves. */
export interface RefreshState {
  /** Of the catalog file it belongs to. */
  readonly id: string;
  /** Digest of what names were judged by. */
  readonly rules: string;
  readonly sources: readonly RefreshedSource[];
}

export const STATE_VERSION = 1;

export function stateFileIn(cache: string): string {
  return join(cache, 'catalog', 'registries.json');
}

/** Undefined where nothing usable was kept. */
export async function readRefreshState(cache: string): Promise<RefreshState | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(stateFileIn(cache), 'utf8'));
    const isUsable = isRecord(value) && value.version === STATE_VERSION && Array.isArray(value.sources);
    return isUsable ? (value as unknown as RefreshState) : undefined;
  } catch {
    return undefined;
  }
}
