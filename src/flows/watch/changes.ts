import type { Observation, ObservedServer, Remark } from '../../watch/observation.ts';

/** Something about a server, or about all of them, that is not as it was. */
export interface Change {
  /** ISO 8601. */
  readonly at: string;
  readonly server?: string;
  /** What changed, in a few words. */
  readonly what: string;
  /** The state it came into, where that changed. */
  readonly state?: ObservedServer['state'];
  /** Why. */
  readonly remark?: Remark;
}

/** What an observation tells that the one before did not; everything of the first. */
export function changesSince(before: Observation | undefined, now: Observation): Change[] {
  const { at, servers, warnings } = now;
  const known = new Map(before?.servers.map((server) => [server.name, server]));
  const gone = before?.servers.filter(({ name }) => !servers.some((server) => server.name === name)) ?? [];
  const told = new Set(before?.warnings.map(({ code }) => code));
  return [
    ...servers.flatMap((server) => changesOf(known.get(server.name), server, at)),
    ...gone.map(({ name }) => ({ at, server: name, what: 'is gone from the manifest' })),
    ...warnings.filter(({ code }) => !told.has(code)).map((remark) => ({ at, what: 'warning', remark })),
  ];
}

function changesOf(before: ObservedServer | undefined, server: ObservedServer, at: string): Change[] {
  const { name, state, reason, restarts, warnings } = server;
  const changes: Change[] = [];
  if (before?.state !== state || before.reason?.code !== reason?.code) {
    const what = before && before.state !== state ? `${before.state} → ${state}` : state;
    changes.push({ at, server: name, what, state, ...(reason && { remark: reason }) });
  }
  if (before && restarts > before.restarts) {
    changes.push({ at, server: name, what: `was started again (${restarts} times so far)` });
  }
  for (const remark of warnings) {
    if (before?.warnings.some(({ code }) => code === remark.code)) continue;
    changes.push({ at, server: name, what: 'warning', remark });
  }
  return changes;
}
