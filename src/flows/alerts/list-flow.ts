import type { Context } from '../../cli/context.ts';
import { readSettings } from '../../settings/read.ts';
import type { AlertRecord, Mute, ResolvedAlert } from '../../watch/alerts/book.ts';
import { NEW_CHANNEL } from '../../watch/alerts/book.ts';
import { openBookFile } from '../../watch/alerts/book-file.ts';
import { isMuted } from '../../watch/alerts/evaluate.ts';

export interface AlertList {
  readonly firing: readonly ListedAlert[];
  readonly pending: readonly ListedAlert[];
  /** Of the last day, the newest first. */
  readonly resolved: readonly ListedAlert[];
  readonly mutes: readonly { readonly name: string; readonly until: string | null }[];
  readonly channels: readonly ListedChannel[];
}

/** Times are ISO 8601. */
export interface ListedAlert
  extends Pick<AlertRecord, 'rule' | 'subject' | 'severity' | 'summary' | 'detail' | 'runbook' | 'key'> {
  readonly since: string;
  readonly resolvedAt?: string;
  /** When a watcher last looked. */
  readonly seenAt?: string;
  readonly muted?: boolean;
  /** Channels that were told. */
  readonly told?: readonly string[];
}

export interface ListedChannel {
  readonly name: string;
  readonly type: string;
  /** Messages that wait to be sent. */
  readonly waiting: number;
  /** Messages that were given up. */
  readonly lost: number;
  /** Why the last attempt failed. */
  readonly fault?: { readonly at: string; readonly message: string };
}

/** What is known of alerts, without looking anew. */
export async function listAlerts(context: Context): Promise<AlertList> {
  const { settings } = await readSettings(context);
  const book = await openBookFile(context.paths).read();
  const now = context.now().getTime();
  const recorded = (state: AlertRecord['state']): ListedAlert[] =>
    book.alerts.filter((record) => record.state === state).map((record) => listed(record, book.mutes, now));
  return {
    firing: recorded('firing'),
    pending: recorded('pending'),
    resolved: book.resolved.map(ended),
    mutes: book.mutes.flatMap(({ name, until }) =>
      until !== null && until <= now ? [] : { name, until: until === null ? null : iso(until) },
    ),
    channels: Object.entries(settings.alerts.channels).map(([name, { type }]) => {
      const { lost, fault } = book.channels[name] ?? NEW_CHANNEL;
      const waiting = book.outbox.filter(({ channel }) => channel === name).length;
      return { name, type, waiting, lost, ...(fault && { fault: { ...fault, at: iso(fault.at) } }) };
    }),
  };
}

function listed(record: AlertRecord, mutes: readonly Mute[], now: number): ListedAlert {
  const { key, rule, subject, severity, summary, detail, runbook, since, firedAt, seenAt, told } = record;
  return {
    key,
    rule,
    subject,
    severity,
    summary,
    detail,
    runbook,
    since: iso(firedAt ?? since),
    seenAt: iso(seenAt),
    muted: isMuted(record, mutes, now),
    told,
  };
}

function ended({ firedAt, resolvedAt, times: _, ...rest }: ResolvedAlert): ListedAlert {
  return { ...rest, since: iso(firedAt), resolvedAt: iso(resolvedAt) };
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
