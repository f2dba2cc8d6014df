import type { Alert, Change, Message } from '../../../src/watch/alerts/alert.ts';
import { NOON } from '../observations.ts';

/** A message about a server that is down, but for what is given. */
export function message(change: Change, but: Partial<Alert> = {}, id = `id-${change}`): Message {
  const alert: Alert = {
    key: 'mcpctl:server-down:github',
    rule: 'server-down',
    subject: 'github',
    severity: 'critical',
    summary: 'github is down',
    detail: 'It ended with 1.',
    runbook: 'See why: mcpctl logs github.',
    firedAt: NOON,
    ...(change === 'resolve' && { resolvedAt: NOON + 300_000 }),
    ...but,
  };
  return { id, channel: 'ops', change, alert, madeAt: NOON, attempts: 0, notBefore: NOON };
}

/** What a hostile or merely verbose server may bring into an alert. */
export const NASTY = `<!channel> & "quotes" $(touch /tmp/owned) \`id\` -e --flag \u0000\u0007 ${'ein sehr langer Grund ✗ '.repeat(400)}`;
