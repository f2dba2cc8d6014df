import type { AlertSettings, Severity } from '../../settings/alert-settings.ts';
import { SEVERITIES } from '../../settings/alert-settings.ts';
import type { Alert, NewMessage } from './alert.ts';
import type { AlertBook, AlertRecord, Mute, ResolvedAlert } from './book.ts';
import { isOn, type Judged } from './judge.ts';
import { enqueue } from './outbox.ts';
import { quietUntil } from './quiet-hours.ts';
import { RULES, tellOf } from './rules.ts';

/** Nobody looked for so long: what was pending before begins anew. */
const GAP_MS = 15 * 60_000;
/** What nobody looks at any more (a server that was removed) ends after so long. */
const FORGOTTEN_MS = 10 * 60_000;
/** How often it is written down that somebody still looks. */
const SIGN_MS = 60_000;
/** One that fires again within this time flaps. */
const FLAP_MS = 30 * 60_000;
const FIRST_DAMPING_MS = 60_000;
const LONGEST_DAMPING_MS = 15 * 60_000;
const KEPT_RESOLVED = 100;
const DAY_MS = 86_400_000;

/**
 * The book after a look: what is true for long enough fires, what is not true any more is resolved, and whoever is to
 * be told of it has a message waiting. The same book when there is nothing to write down.
 */
export function evaluate(
  book: AlertBook,
  judged: readonly Judged[],
  settings: AlertSettings,
  now: number,
): AlertBook {
  const look: Look = { book, settings, now, resolved: [], isChanged: false, messages: [] };
  const known = new Map(book.alerts.map((record) => [record.key, record]));
  const alerts: AlertRecord[] = [];
  for (const each of judged) {
    const record = known.get(each.key);
    known.delete(each.key);
    const next = afterLook(record, each, look);
    if (next) alerts.push(announced(next, look));
    if (next?.state !== record?.state || next?.clearSince !== record?.clearSince) look.isChanged = true;
    if (record && now - record.seenAt >= SIGN_MS) look.isChanged = true;
  }
  for (const record of known.values()) {
    if (isWatched(record, look)) alerts.push(record);
    else {
      look.isChanged = true;
      if (record.state === 'firing') resolve(record, look);
    }
  }
  if (!look.isChanged) return book;
  const kept = [...look.resolved, ...book.resolved].filter(({ resolvedAt }) => now - resolvedAt < DAY_MS);
  const next = {
    ...book,
    alerts,
    resolved: kept.slice(0, KEPT_RESOLVED),
    mutes: book.mutes.filter((mute) => isInForce(mute, now)),
  };
  return enqueue(next, look.messages, now);
}

interface Look {
  readonly book: AlertBook;
  readonly settings: AlertSettings;
  readonly now: number;
  readonly resolved: ResolvedAlert[];
  readonly messages: NewMessage[];
  isChanged: boolean;
}

/** The record after a verdict; undefined when there is nothing to remember. */
function afterLook(record: AlertRecord | undefined, each: Judged, look: Look): AlertRecord | undefined {
  const { now } = look;
  const { verdict } = each;
  if (verdict.holds === undefined && (record?.firedAt ?? 0) < verdict.since)
    return record && { ...record, seenAt: now };
  if (verdict.holds) return holding(record, { ...each, detail: verdict.detail }, look);
  if (record?.state !== 'firing') return undefined;
  const clearSince = record.clearSince ?? now;
  if (now - clearSince >= dampingOf(record, look)) {
    resolve(record, look);
    return undefined;
  }
  return { ...record, seenAt: now, clearSince };
}

function holding(
  record: AlertRecord | undefined,
  { key, rule, subject, detail }: Judged & { readonly detail: string },
  { settings, now }: Look,
): AlertRecord {
  const own = settings.rules[rule.name];
  const { clearSince: _, ...known } = record ?? { state: 'pending' as const, since: now, told: [] };
  const isAnew = known.state === 'pending' && record !== undefined && now - record.seenAt > GAP_MS;
  const since = isAnew ? now : known.since;
  const fires = known.state === 'firing' || now - since >= (own?.forMs ?? rule.forSeconds * 1000);
  return {
    ...known,
    key,
    rule: rule.name,
    subject,
    severity: own?.severity ?? rule.severity,
    summary: tellOf(rule.summary, subject),
    runbook: tellOf(rule.runbook, subject),
    detail,
    since,
    seenAt: now,
    ...(fires && { state: 'firing' as const, firedAt: record?.firedAt ?? now }),
  };
}

/** How long one has to be over: longer each time it came again within half an hour. */
function dampingOf(record: AlertRecord, look: Look): number {
  const again = timesOf(record, look) - 1;
  return again === 0 ? 0 : Math.min(FIRST_DAMPING_MS * 2 ** (again - 1), LONGEST_DAMPING_MS);
}

/** How often it fired within half an hour, this time included. */
function timesOf({ key, firedAt = 0 }: AlertRecord, { book }: Look): number {
  return 1 + book.resolved.filter((each) => each.key === key && firedAt - each.firedAt < FLAP_MS).length;
}

/** A firing alert, with messages to those who were not told and may be told now. */
function announced(record: AlertRecord, look: Look): AlertRecord {
  const { settings, now, book } = look;
  if (record.state !== 'firing' || isMuted(record, book.mutes, now)) return record;
  if (record.severity !== 'critical' && quietUntil(settings.quietHours, now) !== undefined) return record;
  const untold = Object.entries(settings.channels).flatMap(([name, { atLeast = 'info' }]) =>
    !record.told.includes(name) && rank(record.severity) <= rank(atLeast) ? name : [],
  );
  if (untold.length === 0) return record;
  look.isChanged = true;
  const alert = alertOf(record, look);
  look.messages.push(
    ...untold.map((channel) => ({ channel, change: 'trigger' as const, alert, notBefore: now })),
  );
  return { ...record, told: [...record.told, ...untold] };
}

function resolve(record: AlertRecord, look: Look): void {
  const { settings, now } = look;
  const alert = { ...alertOf(record, look), resolvedAt: now };
  look.resolved.push(alert);
  const quiet = record.severity === 'critical' ? undefined : quietUntil(settings.quietHours, now);
  for (const channel of record.told.filter((name) => Object.hasOwn(settings.channels, name))) {
    look.messages.push({ channel, change: 'resolve', alert, notBefore: quiet ?? now });
  }
}

function alertOf(record: AlertRecord, look: Look): Alert {
  const { key, rule, subject, severity, summary, detail, runbook, firedAt = look.now } = record;
  const times = timesOf(record, look);
  return { key, rule, subject, severity, summary, detail, runbook, firedAt, ...(times > 1 && { times }) };
}

/** Another watcher may look at what this one does not see, so it stays for a while. */
function isWatched({ rule: name, seenAt }: AlertRecord, { settings, now }: Look): boolean {
  const rule = RULES.find((each) => each.name === name);
  return rule !== undefined && isOn(rule, settings) && now - seenAt < FORGOTTEN_MS;
}

export function isMuted(
  { rule, subject }: Pick<AlertRecord, 'rule' | 'subject'>,
  mutes: readonly Mute[],
  now: number,
): boolean {
  return mutes.some((mute) => [rule, subject].includes(mute.name) && isInForce(mute, now));
}

function isInForce({ until }: Mute, now: number): boolean {
  return until === null || until > now;
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
