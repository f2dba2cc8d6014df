import { z } from 'zod';
import { ALERT_RULES, SEVERITIES } from '../../settings/alert-settings.ts';

const time = z.number();
const alert = {
  key: z.string(),
  rule: z.enum([...ALERT_RULES, 'test']),
  subject: z.string(),
  severity: z.enum(SEVERITIES),
  summary: z.string(),
  detail: z.string(),
  runbook: z.string(),
};

const record = z.object({
  ...alert,
  state: z.enum(['pending', 'firing']),
  /** Since when it is true. */
  since: time,
  firedAt: time.optional(),
  /** When a watcher last looked. */
  seenAt: time,
  /** Since when a firing one is not true any more. */
  clearSince: time.optional(),
  /** Channels that were told. */
  told: z.array(z.string()),
});

const told = z.object({
  ...alert,
  firedAt: time,
  resolvedAt: time.optional(),
  times: z.number().optional(),
});

const message = z.object({
  id: z.string(),
  channel: z.string(),
  change: z.enum(['trigger', 'resolve']),
  alert: told,
  madeAt: time,
  attempts: z.int().nonnegative(),
  notBefore: time,
});

const mute = z.object({
  /** Of a server or a rule. */
  name: z.string(),
  /** Milliseconds since 1970; null: until it is taken back. */
  until: time.nullable(),
});

const channel = z.object({
  /** Messages of the last minute. */
  sentAt: z.array(time),
  /** Nothing is sent before. */
  pausedUntil: time,
  /** Why the last attempt failed; gone with the next that works. */
  fault: z.object({ at: time, message: z.string() }).optional(),
  /** Messages given up. */
  lost: z.int().nonnegative(),
});

export const bookSchema = z.object({
  version: z.literal(1),
  alerts: z.array(record),
  resolved: z.array(told.extend({ resolvedAt: time })),
  outbox: z.array(message),
  mutes: z.array(mute),
  channels: z.record(z.string(), channel),
});

/** All that is known of alerts: the state folder has it, and every watcher of this user shares it. */
export type AlertBook = z.infer<typeof bookSchema>;
export type AlertRecord = z.infer<typeof record>;
export type ResolvedAlert = AlertBook['resolved'][number];
export type Mute = z.infer<typeof mute>;
export type ChannelRecord = z.infer<typeof channel>;

export const EMPTY_BOOK: AlertBook = {
  version: 1,
  alerts: [],
  resolved: [],
  outbox: [],
  mutes: [],
  channels: {},
};

export const NEW_CHANNEL: ChannelRecord = { sentAt: [], pausedUntil: 0, lost: 0 };
