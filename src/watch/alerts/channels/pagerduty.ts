import { McpctlError } from '../../../core/errors.ts';
import type { Channel } from './channel.ts';
import { judgeHttp } from './judge-http.ts';
import { cut } from './words.ts';

const HOSTS = { us: 'events.pagerduty.com', eu: 'events.eu.pagerduty.com' } as const;
const LONGEST_SUMMARY = 1024;
const LONGEST_SOURCE = 255;
const LONGEST_DETAIL = 10_000;

/** Events API v2: an incident opens with a trigger and ends with the resolve of the same key. */
export const pagerduty: Channel<'pagerduty'> = {
  type: 'pagerduty',
  title: 'PagerDuty',
  // Each incident has to end by itself, so each change is an event; PagerDuty groups them.
  digests: false,
  paceMs: 200,
  pausesMs: [60_000, 120_000, 300_000, 600_000, 900_000],
  references: ({ routingKey }) => ({ routingKey }),
  compose: ([message], { settings, secrets: { routingKey = '' }, source }) => {
    const url = `https://${HOSTS[settings.region ?? 'us']}/v2/enqueue`;
    const alert = message?.alert;
    const isReference = routingKey === settings.routingKey;
    if (!isReference && !/^[A-Za-z0-9]{32}$/.test(routingKey)) throw unsuitable(settings.routingKey);
    const end = { routing_key: routingKey, event_action: 'resolve', dedup_key: alert?.key };
    if (message?.change === 'resolve' || !alert)
      return { kind: 'post', url, headers: {}, body: JSON.stringify(end) };
    const { key, summary, severity, detail, runbook, rule, subject, firedAt, times } = alert;
    const event = {
      routing_key: routingKey,
      event_action: 'trigger',
      dedup_key: key,
      client: 'mcpctl',
      payload: {
        summary: cut(`${summary}: ${detail}`, LONGEST_SUMMARY),
        source: cut(source, LONGEST_SOURCE),
        severity,
        timestamp: new Date(firedAt).toISOString(),
        component: cut(subject, LONGEST_SOURCE),
        class: rule,
        custom_details: {
          detail: cut(detail, LONGEST_DETAIL),
          runbook,
          ...(times !== undefined && { times }),
        },
      },
    };
    return { kind: 'post', url, headers: {}, body: JSON.stringify(event) };
  },
  judge: judgeHttp,
};

function unsuitable(reference: string): McpctlError {
  return new McpctlError(
    'SECRET_UNSUITABLE',
    `What ${reference} refers to is no integration key of PagerDuty.`,
    {
      hint: 'It has 32 letters and digits: Integrations of the service, Events API v2.',
    },
  );
}
