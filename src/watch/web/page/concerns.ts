import type { ObservedServer, Remark } from '../../observation.ts';
import type { DashboardState } from '../wire.ts';

/** Something a person should look at. */
export interface Concern {
  readonly key: string;
  readonly tone: 'bad' | 'warn';
  readonly title: string;
  readonly text: string;
  readonly advice?: string;
  readonly server?: string;
  /** ISO 8601. */
  readonly since?: string;
  /** Alerts that fire for it. */
  readonly rules: readonly string[];
}

/** What is wrong now, the worst first: each server once, with the alerts that fire for it. */
export function concernsIn({ observation, alerts }: DashboardState): Concern[] {
  const concerns = observation.servers.flatMap(concernsOf);
  const known = new Set(concerns.map(({ server }) => server));
  const firing = alerts.filter(({ server }) => server === undefined || !known.has(server));
  const all: Concern[] = [
    ...concerns.map((concern) => ({
      ...concern,
      rules: alerts.filter(({ server }) => server === concern.server).map(({ rule }) => rule),
    })),
    ...firing.map(({ rule, server, severity, summary, since, hint }) => ({
      key: `${rule} ${server ?? ''}`,
      tone: severity === 'critical' ? ('bad' as const) : ('warn' as const),
      title: server ?? 'This machine',
      text: summary,
      since,
      rules: [rule],
      ...(hint !== undefined && { advice: hint }),
      ...(server !== undefined && { server }),
    })),
    ...observation.warnings.map(remarkConcern),
    ...auditConcern(observation.auditFailures),
  ];
  return all.sort((one, other) => Number(one.tone === 'warn') - Number(other.tone === 'warn'));
}

function concernsOf(server: ObservedServer): Concern[] {
  const { name, state, since, reason, tools, warnings } = server;
  const own = { title: name, server: name, rules: [] };
  if (state === 'needs-auth') {
    const text = reason?.message ?? 'It wants a sign-in.';
    return [{ ...own, key: name, tone: 'warn', text, since, advice: `mcpctl auth login ${name}` }];
  }
  if (state === 'failed' || state === 'degraded') {
    const text = reason?.message ?? 'It does not work.';
    return [{ ...own, key: name, tone: 'bad', text, since, advice: reason?.hint ?? `mcpctl logs ${name}` }];
  }
  if (tools.changed.length > 0) {
    const text = `Tools are not what was locked: ${tools.changed.join(', ')}.`;
    return [{ ...own, key: name, tone: 'warn', text, advice: `mcpctl approve ${name}` }];
  }
  const [first, ...more] = warnings;
  if (!first) return [];
  const text = [first, ...more].map(({ message }) => message).join(' ');
  return [{ ...own, key: name, tone: 'warn', text, ...(first.hint !== undefined && { advice: first.hint }) }];
}

function remarkConcern({ code, message, hint }: Remark): Concern {
  const advice = hint === undefined ? {} : { advice: hint };
  return { key: code, tone: 'warn', title: 'All servers', text: message, ...advice, rules: [] };
}

function auditConcern(failures: number): Concern[] {
  if (failures === 0) return [];
  const text = `${failures} calls could not be recorded in the audit log.`;
  return [{ key: 'audit', tone: 'bad', title: 'Audit log', text, advice: 'mcpctl audit verify', rules: [] }];
}
