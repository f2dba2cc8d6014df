import type { Message } from '../alert.ts';

/** Alerts for programs: one object a state change, in the order they came. */
export function describeAll(messages: readonly Message[], source: string): object {
  return {
    version: 1,
    source,
    alerts: messages.map(({ change, alert }) => ({
      status: change === 'trigger' ? 'firing' : 'resolved',
      key: alert.key,
      rule: alert.rule,
      subject: alert.subject,
      severity: alert.severity,
      summary: alert.summary,
      detail: alert.detail,
      runbook: alert.runbook,
      firedAt: new Date(alert.firedAt).toISOString(),
      ...(alert.resolvedAt !== undefined && { resolvedAt: new Date(alert.resolvedAt).toISOString() }),
      ...(alert.times !== undefined && { times: alert.times }),
    })),
  };
}
