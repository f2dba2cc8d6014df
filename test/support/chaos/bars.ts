import type { ChaosReport } from './run-chaos.ts';

export interface Bar {
  readonly what: string;
  readonly value: number;
  readonly atMost: number;
}

/** What must hold, as figures. `steady` adds the bars that only a run of many minutes can judge. */
export function barsOf(report: ChaosReport, { steady }: { readonly steady: boolean }): Bar[] {
  const { crashes, resident } = report;
  const failed = sum(report.failedReads);
  const recovered = crashes.map(({ recoveredMs }) => recoveredMs);
  const beyond = crashes.map(({ recoveredMs, startUpMs }) => recoveredMs - startUpMs);
  const quarter = Math.floor(resident.length / 4);
  const growth =
    quantile(resident.slice(-quarter), 0.5) - quantile(resident.slice(quarter, 2 * quarter), 0.5);
  return [
    { what: `reads answered wrongly (of ${report.reads})`, value: report.wrongReads, atMost: 0 },
    { what: 'reads not answered, or with an error', value: failed, atMost: 0 },
    { what: `writes done twice (of ${report.writes})`, value: report.duplicates.length, atMost: 0 },
    { what: 'writes answered, and not done', value: report.missing.length, atMost: 0 },
    { what: 'writes done, and told as not done', value: report.untold.length, atMost: 0 },
    { what: `lists of tools that failed (of ${report.lists})`, value: sum(report.failedLists), atMost: 0 },
    { what: 'lists of tools that lacked some', value: report.shortLists, atMost: 0 },
    { what: 'orphans', value: report.orphans.length, atMost: 0 },
    { what: 'gateway still there 15 s after SIGTERM', value: report.endedInTime ? 0 : 1, atMost: 0 },
    { what: 'gateway, largest resident memory (MiB)', value: Math.max(...resident), atMost: 120 },
    ...(steady
      ? [
          {
            what: `after a crash (of ${crashes.length}), p95 (ms)`,
            value: quantile(recovered, 0.95),
            atMost: 3000,
          },
          {
            what: 'after a crash, median beyond the own start-up (ms)',
            value: quantile(beyond, 0.5),
            atMost: 300,
          },
          { what: 'gateway, growth of memory from 2nd to 4th quarter (MiB)', value: growth, atMost: 10 },
        ]
      : []),
  ];
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((first, second) => first - second);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);
