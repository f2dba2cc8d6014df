/** What is counted of calls with one server's tool, by one user in one week. */
export interface UsageRow {
  /** Its Monday, as a date in UTC. */
  readonly week: string;
  /** Name where it can be read, else pseudonym; absent where nobody is named. */
  readonly user?: string;
  readonly server: string;
  readonly tool: string;
  readonly calls: number;
  readonly failed: number;
}

export interface CountedCall {
  readonly ts: string;
  readonly sub?: string | undefined;
  readonly server: string;
  readonly tool: string;
  readonly isOk: boolean;
}

export interface Tally {
  add(call: CountedCall): void;
  /** By week, then user, server and tool; users as they were given. */
  rows(): UsageRow[];
  /** Calls that were not told apart, because there were too many kinds of them. */
  readonly leftOff: number;
}

const MOST_GROUPS = 50_000;
const DAY_MS = 86_400_000;

/** Counts calls in bounded memory, however many there are. */
export function createTally(most = MOST_GROUPS): Tally {
  const groups = new Map<string, { -readonly [Key in keyof UsageRow]: UsageRow[Key] }>();
  let leftOff = 0;
  return {
    add({ ts, sub, server, tool, isOk }) {
      const week = weekOf(ts);
      const key = JSON.stringify([week, sub, server, tool]);
      let group = groups.get(key);
      if (!group) {
        if (groups.size >= most) {
          leftOff += 1;
          return;
        }
        group = { week, ...(sub !== undefined && { user: sub }), server, tool, calls: 0, failed: 0 };
        groups.set(key, group);
      }
      group.calls += 1;
      if (!isOk) group.failed += 1;
    },
    rows: () => [...groups.values()].sort(compare),
    get leftOff() {
      return leftOff;
    },
  };
}

/** The Monday of a moment's week. */
export function weekOf(ts: string): string {
  const day = new Date(`${ts.slice(0, 10)}T00:00:00Z`);
  const sinceMonday = (day.getUTCDay() + 6) % 7;
  return new Date(day.getTime() - sinceMonday * DAY_MS).toISOString().slice(0, 10);
}

function compare(one: UsageRow, other: UsageRow): number {
  return (
    order(one.week, other.week) ||
    order(one.user ?? '', other.user ?? '') ||
    order(one.server, other.server) ||
    other.calls - one.calls ||
    order(one.tool, other.tool)
  );
}

function order(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
