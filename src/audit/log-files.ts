import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from '../core/errors.ts';
import type { Paths } from '../platform/paths.ts';

/** Where one audit log is: all of its files, and the folder of the machine's locks. */
export interface AuditPlace {
  readonly folder: string;
  readonly locks: string;
  /** Keeps the locks and keys of two regions apart; empty without one. */
  readonly suffix: string;
}

/** The place of a region's log; logs of different regions share nothing. */
export function auditPlace({ audit, locks }: Pick<Paths, 'audit' | 'locks'>, region?: string): AuditPlace {
  return region === undefined
    ? { folder: audit, locks, suffix: '' }
    : { folder: join(audit, `region-${region}`), locks, suffix: `.${region}` };
}

/** One day of one chain. */
export interface Segment {
  readonly chain: string;
  /** `2026-11-22`, UTC. */
  readonly day: string;
  readonly name: string;
  readonly path: string;
}

const SEGMENT = /^(\d{4}-\d{2}-\d{2})\.([so]\d{2,})\.jsonl$/;
const HEAD = /^([so]\d{2,})\.head$/;

export function segmentOf({ folder }: AuditPlace, chain: string, day: string): Segment {
  const name = `${day}.${chain}.jsonl`;
  return { chain, day, name, path: join(folder, name) };
}

export interface LogFiles {
  /** By day, then by chain. */
  readonly segments: readonly Segment[];
  /** Every chain that has a segment, a head or a checkpoint, sorted. */
  readonly chains: readonly string[];
}

/** What is in the folder; nothing when it does not exist. */
export async function listLogFiles(place: AuditPlace): Promise<LogFiles> {
  const names = await readdir(place.folder).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  });
  const segments: Segment[] = [];
  const chains = new Set<string>();
  for (const name of names.sort()) {
    const [, day, inSegment] = SEGMENT.exec(name) ?? [];
    if (day !== undefined && inSegment !== undefined) segments.push(segmentOf(place, inSegment, day));
    const chain = inSegment ?? HEAD.exec(name)?.[1] ?? CHECKPOINT.exec(name)?.[1];
    if (chain !== undefined) chains.add(chain);
  }
  return { segments, chains: [...chains].sort() };
}

const CHECKPOINT = /^([so]\d{2,})\.pruned$/;

/** Name of a chain: `s` for one sealed with a key, `o` for an open one. */
export function chainNamed(isSealed: boolean, number: number): string {
  return `${isSealed ? 's' : 'o'}${String(number).padStart(2, '0')}`;
}

export function headPath({ folder }: AuditPlace, chain: string): string {
  return join(folder, `${chain}.head`);
}

/** What says how far a chain was pruned. */
export function checkpointPath({ folder }: AuditPlace, chain: string): string {
  return join(folder, `${chain}.pruned`);
}
