import type { LogKeys } from '../../audit/log-keys.ts';
import { personalOf } from '../../audit/protection.ts';
import { queryLog } from '../../audit/query.ts';
import type { CallRow, Outcome } from '../../audit/row.ts';
import { createSubjects, type Subject } from '../../audit/subjects.ts';
import type { Context } from '../../cli/context.ts';
import { parseMoment } from '../../cli/moment.ts';
import { table } from '../../cli/table.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import { McpctlError } from '../../core/errors.ts';
import type { Style } from '../../platform/style.ts';
import { type AuditHere, auditHere } from './audit-here.ts';

export interface QueryOptions {
  readonly since?: string;
  readonly until?: string;
  readonly server?: string;
  readonly tool?: string;
  readonly user?: string;
  readonly outcome?: Outcome;
  readonly limit: string;
}

/** A call as it is shown: what was sealed is opened where the key is there. */
export interface ShownCall extends CallRow {
  readonly user?: string;
  readonly args?: unknown;
  readonly result?: unknown;
}

export interface QueryAnswer {
  readonly calls: readonly ShownCall[];
  /** Lines that are no whole, unchanged rows. */
  readonly damaged: number;
}

export async function findCalls(options: QueryOptions, context: Context): Promise<QueryAnswer> {
  const { since, until, server, tool, user, outcome } = options;
  const now = context.now();
  const here = await auditHere(context);
  const keys = await here.keys();
  const sealing = 'mac' in keys ? keys : undefined;
  const found = await queryLog(here.place, {
    ...(since !== undefined && { since: parseMoment(since, '--since', now) }),
    ...(until !== undefined && { until: parseMoment(until, '--until', now) }),
    ...(server !== undefined && { server }),
    ...(tool !== undefined && { tool }),
    ...(outcome !== undefined && { outcome }),
    ...(user !== undefined && { sub: await pseudonymOf(user, here, sealing) }),
    limit: parseLimit(options.limit),
  });
  return { ...found, calls: sealing ? await reveal(found.calls, here, sealing) : found.calls };
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit > 0) return limit;
  throw new McpctlError('USAGE', `--limit ${JSON.stringify(text)} is no count.`, { hint: '--limit 100' });
}

/** What rows call a user; what was given where nobody of that name is known. */
export async function pseudonymOf(
  user: string,
  { place }: AuditHere,
  keys: LogKeys | undefined,
): Promise<string> {
  const subject = keys && (await createSubjects(place, keys).find(user));
  // One that was forgotten still has rows, under a pseudonym that leads nowhere.
  return subject?.pseudonym ?? user;
}

async function reveal(calls: readonly CallRow[], { place }: AuditHere, keys: LogKeys): Promise<ShownCall[]> {
  const subjects = new Map<string, Subject>();
  for (const subject of await createSubjects(place, keys).all()) subjects.set(subject.pseudonym, subject);
  return calls.map((call) => {
    const subject = subjects.get(call.sub ?? '');
    const text = subject && personalOf(subject, call);
    return text ? { ...call, ...(JSON.parse(text) as object) } : call;
  });
}

/** Names of the users that can be read, by their pseudonyms. */
export async function namesOf({ place }: AuditHere, keys: LogKeys): Promise<Map<string, string>> {
  const subjects = await createSubjects(place, keys).all();
  return new Map(subjects.map(({ pseudonym, name }) => [pseudonym, name]));
}

export function renderCalls({ calls, damaged }: QueryAnswer, style: Style, width: number): string {
  if (calls.length === 0) return damaged > 0 ? '' : 'No recorded call fits.';
  return table({
    head: ['TIME', 'SERVER', 'TOOL', 'OUTCOME', 'MS', 'CLIENT', 'USER'],
    rows: calls.map((call) => [
      call.ts.replace(/\.\d+Z$/, 'Z'),
      plainLine(call.server),
      plainLine(call.tool ?? call.method),
      colourOf(call, style),
      call.ms.toFixed(1),
      plainLine(call.client ?? '-'),
      plainLine(call.user ?? call.sub ?? '-'),
    ]),
    width,
  });
}

function colourOf({ outcome, errorType }: CallRow, style: Style): string {
  if (outcome === 'ok') return outcome;
  const text =
    errorType !== undefined && errorType !== outcome ? `${outcome} (${plainLine(errorType)})` : outcome;
  return outcome === 'denied' || outcome === 'cancelled' ? style.yellow(text) : style.red(text);
}
