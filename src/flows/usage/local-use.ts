import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../../core/json.ts';
import { tieBreaker } from '../../routing/standing.ts';

/** How a server did for this user, over the last ninety days. */
export interface LocalUse {
  /** Names it has in the manifests. */
  readonly servers: readonly string[];
  readonly calls: number;
  /** Share of calls that worked, 0 to 1. */
  readonly successRate: number;
  /** Half of the calls took less. */
  readonly p50Ms: number | null;
}

export const USE_VERSION = 1;

/** Where what was counted last is kept for searches, which have no time to count. */
export function useFileIn(cache: string): string {
  return join(cache, 'local-use.json');
}

/** By slugs of the catalog and full names of registries; empty where nothing was counted yet. */
export async function readLocalUse(cache: string): Promise<ReadonlyMap<string, LocalUse>> {
  try {
    const value: unknown = JSON.parse(await readFile(useFileIn(cache), 'utf8'));
    if (!isRecord(value) || value.version !== USE_VERSION || !isRecord(value.uses)) return new Map();
    return new Map(
      Object.entries(value.uses).filter((entry): entry is [string, LocalUse] => isUse(entry[1])),
    );
  } catch {
    return new Map();
  }
}

function isUse(value: unknown): value is LocalUse {
  return (
    isRecord(value) &&
    Array.isArray(value.servers) &&
    typeof value.calls === 'number' &&
    typeof value.successRate === 'number' &&
    (value.p50Ms === null || typeof value.p50Ms === 'number')
  );
}

/** At most this much of a score, up or down: what was asked for comes first. */
const LARGEST = 0.05;
const USED = 0.04;
/** Calls after which more say no more. */
const MANY = 1000;
/** Fewer say little of how well it works. */
const ENOUGH = 5;

/** What experience adds to a score. */
export function useBonus({ calls, successRate, p50Ms }: LocalUse): number {
  const used = USED * Math.min(1, Math.log10(1 + calls) / Math.log10(1 + MANY));
  const works = calls < ENOUGH ? 0 : tieBreaker({ successRate, ...(p50Ms !== null && { p50Ms }) });
  return Math.max(-LARGEST, Math.min(LARGEST, used + works));
}

/** `used here: 120 calls, 98 % worked, half within 210 ms`. */
export function describeUse({ calls, successRate, p50Ms }: LocalUse): string {
  const parts = [
    `${calls} ${calls === 1 ? 'call' : 'calls'}`,
    `${Math.floor(successRate * 100)} % worked`,
    ...(p50Ms === null ? [] : [`half within ${Math.round(p50Ms)} ms`]),
  ];
  return `used here: ${parts.join(', ')}`;
}
