import { findCalls } from '../../audit/query.ts';
import type { Context } from '../../cli/context.ts';
import { parseMoment } from '../../cli/moment.ts';
import { progressLine } from '../../cli/progress-line.ts';
import { McpctlError } from '../../core/errors.ts';
import { auditHere } from '../audit/audit-here.ts';
import { namesOf, pseudonymOf } from '../audit/query-flow.ts';
import { createTally, type UsageRow } from './tally.ts';

export interface UsageFlags {
  readonly since: string;
  readonly server?: string;
  readonly user?: string;
}

export interface UsageWeek {
  /** Its Monday, as a date in UTC. */
  readonly week: string;
  readonly users: number;
  readonly servers: number;
  readonly tools: number;
  readonly calls: number;
}

export interface UsageAnswer {
  /** Midnight UTC of its week's Monday at the earliest, ISO 8601. */
  readonly since: string;
  /** Weeks with calls, the earliest first. */
  readonly weeks: readonly UsageWeek[];
  readonly rows: readonly UsageRow[];
  /** Calls beyond what is told apart. */
  readonly leftOff: number;
  /** Lines of the log that are no whole, unchanged rows. */
  readonly damaged: number;
}

/**
 * Who used which servers and tools, week by week, from the audit log. Names are shown where `audit query` shows them.
 * @throws USAGE, SETTINGS_INVALID
 */
export async function usageFlow(
  { since: text, server, user }: UsageFlags,
  context: Context,
): Promise<UsageAnswer> {
  const since = parseMoment(text, '--since', context.now());
  const here = await auditHere(context);
  const found = await here.keys();
  const keys = 'mac' in found ? found : undefined;
  const sub = user === undefined ? undefined : await pseudonymOf(user, here, keys);
  const tally = createTally();
  const progress = progressLine(context.output);
  let damaged = 0;
  let read = 0;
  for await (const call of findCalls(here.place, {
    since,
    ...(server !== undefined && { server }),
    ...(sub !== undefined && { sub }),
  })) {
    read += 1;
    if (read % 5000 === 0) {
      progress.show(`${read} calls read`);
      if (context.signal.aborted) throw new McpctlError('CANCELLED', 'Cancelled while the log was read.');
    }
    context.signal.throwIfAborted();
    if (!call) damaged += 1;
    else tally.add({ ...call, tool: call.tool ?? call.method, isOk: call.outcome === 'ok' });
  }
  progress.clear();
  const names = keys ? await namesOf(here, keys) : new Map<string, string>();
  const rows = tally.rows().map((row) => {
    const name = names.get(row.user ?? '');
    return name === undefined ? row : { ...row, user: name };
  });
  return { since: since.toISOString(), weeks: weeksOf(rows), rows, leftOff: tally.leftOff, damaged };
}

function weeksOf(rows: readonly UsageRow[]): UsageWeek[] {
  const weeks = [...new Set(rows.map(({ week }) => week))];
  return weeks.map((week) => {
    const own = rows.filter((row) => row.week === week);
    return {
      week,
      users: new Set(own.flatMap(({ user }) => user ?? [])).size,
      servers: new Set(own.map((row) => row.server)).size,
      tools: new Set(own.map((row) => JSON.stringify([row.server, row.tool]))).size,
      calls: own.reduce((sum, { calls }) => sum + calls, 0),
    };
  });
}
