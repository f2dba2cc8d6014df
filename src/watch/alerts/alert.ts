import { createHash } from 'node:crypto';
import type { AlertRuleName, Severity } from '../../settings/alert-settings.ts';

/** What is told of an alert. Times are milliseconds since 1970. */
export interface Alert {
  /** The same from its beginning to its end, and for the same trouble next time. */
  readonly key: string;
  readonly rule: AlertRuleName | 'test';
  /** The server or secret; `all` where it is about all together. */
  readonly subject: string;
  readonly severity: Severity;
  readonly summary: string;
  readonly detail: string;
  readonly runbook: string;
  readonly firedAt: number;
  readonly resolvedAt?: number;
  /** How often it fired within half an hour, this time included; given from the second time on. */
  readonly times?: number;
}

export type Change = 'trigger' | 'resolve';

/** One state change that a channel is to be told. */
export interface Message {
  readonly id: string;
  readonly channel: string;
  readonly change: Change;
  readonly alert: Alert;
  readonly madeAt: number;
  readonly attempts: number;
  /** Not to be told earlier. */
  readonly notBefore: number;
}

/** A message before it is in the queue. */
export type NewMessage = Pick<Message, 'channel' | 'change' | 'alert' | 'notBefore'>;

/** Subject of alerts about all servers together. */
export const ALL = 'all';

const LONGEST_KEY = 255;

/** `mcpctl:{rule}:{subject}`, with the tenant before the rule where there is one; 255 characters at most. */
export function alertKey(rule: string, subject: string, tenant: string | undefined): string {
  const key = ['mcpctl', ...(tenant === undefined ? [] : [tenant]), rule, subject].join(':');
  if (key.length <= LONGEST_KEY) return key;
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 32);
  return `${key.slice(0, LONGEST_KEY - digest.length - 1)}-${digest}`;
}
