import { existsSync, readFileSync } from 'node:fs';
import type { Outcome } from './clients.ts';
import type { ChaosServer } from './servers.ts';

/** What the clients got. */
export interface Tally {
  read(server: string, outcome: Outcome, expected: string): boolean;
  write(key: string, outcome: Outcome): void;
  list(outcome: Outcome): void;
  figures(servers: readonly ChaosServer[]): Figures;
}

export interface Figures {
  readonly reads: number;
  /** Answered with something else than what was asked for. */
  readonly wrongReads: number;
  /** Never answered, or with an error: what was said, how often. */
  readonly failedReads: Readonly<Record<string, number>>;
  readonly writes: number;
  /** Writes answered with an error: its code, how often. */
  readonly unsureWrites: Readonly<Record<string, number>>;
  /** Keys the servers got more than once. */
  readonly duplicates: readonly string[];
  /** Answered with success, and no server got them. */
  readonly missing: readonly string[];
  /** Answered as if nothing had been done, and a server got them; or never answered. */
  readonly untold: readonly string[];
  readonly lists: number;
  readonly failedLists: Readonly<Record<string, number>>;
  /** Lists with fewer tools than the largest. */
  readonly shortLists: number;
}

export function createTally(): Tally {
  let reads = 0;
  let wrongReads = 0;
  const lists: number[] = [];
  const failedReads: Record<string, number> = {};
  const failedLists: Record<string, number> = {};
  const unsureWrites: Record<string, number> = {};
  const writes = new Map<string, string>();
  return {
    read(server, outcome, expected) {
      reads += 1;
      const reason = failureIn(outcome);
      if (reason !== undefined) add(failedReads, `${server}: ${reason}`);
      const isRight = reason === undefined && textOf(outcome).includes(expected);
      if (reason === undefined && !isRight) wrongReads += 1;
      return isRight;
    },
    write(key, outcome) {
      const reason = failureIn(outcome);
      writes.set(key, reason ?? 'ok');
      if (reason !== undefined) add(unsureWrites, reason);
    },
    list(outcome) {
      const reason = failureIn(outcome);
      if (reason !== undefined) add(failedLists, reason);
      lists.push('result' in outcome ? (outcome.result.tools as unknown[]).length : 0);
    },
    figures(servers) {
      const got = servers.flatMap(({ diary }) => (diary === undefined ? [] : keysIn(diary)));
      const times = new Map<string, number>();
      for (const key of got) times.set(key, (times.get(key) ?? 0) + 1);
      const answered = [...writes];
      const whole = lists.reduce((most, size) => Math.max(most, size), 0);
      return {
        reads,
        wrongReads,
        failedReads,
        writes: writes.size,
        unsureWrites,
        duplicates: [...times].filter(([, count]) => count > 1).map(([key]) => key),
        missing: answered.filter(([key, said]) => said === 'ok' && !times.has(key)).map(([key]) => key),
        untold: answered.filter(([key, said]) => isUntold(said, times.has(key))).map(([key]) => key),
        lists: lists.length,
        failedLists,
        shortLists: lists.filter((size) => size < whole).length,
      };
    },
  };
}

function isUntold(said: string, wasGot: boolean): boolean {
  if (said === 'ok' || said === 'OUTCOME_UNKNOWN') return false;
  return wasGot || said.startsWith('lost');
}

function failureIn(outcome: Outcome): string | undefined {
  if ('lost' in outcome) return `lost: ${outcome.lost}`;
  if ('error' in outcome) return String(outcome.error.data?.code ?? outcome.error.message);
  return outcome.result.isError === true ? `isError: ${textOf(outcome).slice(0, 80)}` : undefined;
}

const textOf = (outcome: Outcome): string => JSON.stringify('result' in outcome ? outcome.result : undefined);

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

function keysIn(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}
