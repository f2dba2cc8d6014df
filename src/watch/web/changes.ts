import type { Observation, ObservedServer } from '../observation.ts';
import type { Change } from './wire.ts';

/** What one observation has that the one before had not, and keeps what was found. */
export interface ChangeBook {
  note(observation: Observation): void;
  /** The latest first. */
  latest(): readonly Change[];
}

const KEPT_EACH = 12;

export function createChangeBook(): ChangeBook {
  let before: Observation | undefined;
  let kept: Change[] = [];
  return {
    note(observation) {
      const known = before;
      before = observation;
      if (!known) return;
      const fresh = observation.servers.flatMap((server) => {
        const old = known.servers.find(({ name }) => name === server.name);
        return changesOf(old, server).map((change) => ({
          ...change,
          at: observation.at,
          server: server.name,
        }));
      });
      const gone = known.servers.filter(
        ({ name }) => !observation.servers.some((each) => each.name === name),
      );
      const removed = gone.map(({ name }) => ({
        at: observation.at,
        server: name,
        tone: 'plain' as const,
        text: 'Not in the manifest any more',
      }));
      if (fresh.length + removed.length > 0) kept = bounded([...fresh, ...removed, ...kept]);
    },
    latest: () => kept,
  };
}

const TONES: Readonly<Record<ObservedServer['state'], Change['tone']>> = {
  healthy: 'good',
  degraded: 'bad',
  starting: 'plain',
  dormant: 'plain',
  'needs-auth': 'bad',
  failed: 'bad',
  stopped: 'plain',
};

function changesOf(old: ObservedServer | undefined, now: ObservedServer): Omit<Change, 'at' | 'server'>[] {
  if (!old) return [{ tone: 'plain', text: 'New in the manifest' }];
  const changes: Omit<Change, 'at' | 'server'>[] = [];
  if (now.restarts > old.restarts) {
    const times = now.restarts - old.restarts;
    changes.push({ tone: 'plain', text: times === 1 ? 'Started again' : `Started again ${times} times` });
  }
  if (old.state !== now.state) {
    const why = now.reason ? `: ${now.reason.message}` : '';
    changes.push({ tone: TONES[now.state], text: `${old.state} → ${now.state}${why}` });
  }
  const drifted = now.tools.changed.filter((tool) => !old.tools.changed.includes(tool));
  if (drifted.length > 0) changes.push({ tone: 'bad', text: `Tools not as locked: ${drifted.join(', ')}` });
  if (old.version !== now.version && now.version !== undefined) {
    changes.push({ tone: 'plain', text: `Version ${old.version ?? 'unknown'} → ${now.version}` });
  }
  return changes;
}

function bounded(changes: readonly Change[]): Change[] {
  const counts = new Map<string, number>();
  return changes.filter(({ server }) => {
    const count = (counts.get(server) ?? 0) + 1;
    counts.set(server, count);
    return count <= KEPT_EACH;
  });
}
