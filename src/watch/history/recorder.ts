import type { Observation, ObservedServer } from '../observation.ts';
import { dayOf, type HistoryFiles } from './files.ts';
import type { StateLine } from './line.ts';

/** Without a change there is a line all the same, so often. */
export const BEAT_MS = 60_000;

/** Writes what changes from one observation to the next. */
export interface Recorder {
  /** @throws the system's error when it cannot be written. */
  observed(observation: Observation): void;
}

export function createRecorder(files: Pick<HistoryFiles, 'append'>): Recorder {
  let known = new Map<string, ObservedServer>();
  let writtenAt: number | undefined;
  let day = '';
  return {
    observed({ at: time, servers }) {
      const at = Date.parse(time);
      const isFirst = writtenAt === undefined;
      // Each day begins with everything, so that days before it can be removed.
      const isNewDay = dayOf(at) !== day;
      const before = isNewDay ? new Map<string, ObservedServer>() : known;
      const lines = [
        ...servers.flatMap((server) => changeOf(at, before.get(server.name), known.get(server.name), server)),
        ...[...before.keys()].flatMap((name) =>
          servers.some((server) => server.name === name)
            ? []
            : [{ kind: 'state', at, server: name, state: undefined } as const],
        ),
      ];
      known = new Map(servers.map((server) => [server.name, server]));
      day = dayOf(at);
      if (isFirst) files.append({ kind: 'begin', at });
      for (const line of lines) files.append(line);
      if (lines.length === 0 && at - (writtenAt ?? at) >= BEAT_MS) files.append({ kind: 'beat', at });
      else if (lines.length === 0 && !isFirst) return;
      writtenAt = at;
    },
  };
}

function changeOf(
  at: number,
  written: ObservedServer | undefined,
  before: ObservedServer | undefined,
  { name, state, reason }: ObservedServer,
): StateLine[] {
  if (written?.state === state && written.reason?.code === reason?.code) return [];
  const goodAt = reason && goodTime(at, before, reason.code);
  return [
    {
      kind: 'state',
      at,
      server: name,
      state,
      ...(reason && { code: reason.code }),
      ...(goodAt !== undefined && { goodAt }),
    },
  ];
}

/** Processes tell at once what became of a program; what a probe found may have begun after the one before. */
const TOLD_AT_ONCE = new Set(['SERVER_EXITED', 'SERVER_CRASH_LOOP', 'SERVER_NO_TOOLS', 'SERVER_PROTOCOL']);

function goodTime(at: number, before: ObservedServer | undefined, code: string): number | undefined {
  if (before?.state !== 'healthy') return undefined;
  if (TOLD_AT_ONCE.has(code)) return at;
  return before.probe?.ok ? Date.parse(before.probe.at) : undefined;
}
