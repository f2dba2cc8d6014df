import { createHmac } from 'node:crypto';
import { expect } from 'vitest';
import { serveHttp } from '../http-server.ts';
import { answer, bodyOf } from './scripted-answers.ts';

/** What a webhook is told of one change. */
export interface ToldAlert {
  readonly status: 'firing' | 'resolved';
  readonly key: string;
  readonly rule: string;
  readonly subject: string;
  readonly firedAt: string;
  readonly resolvedAt?: string;
}

export interface WebhookStandIn {
  /** The secret address, and the key that signs. */
  readonly url: string;
  readonly key: string;
  /** Every change it was told, in order; a message that came twice counts once. */
  readonly alerts: readonly ToldAlert[];
  /** Why it refused requests. */
  readonly refusals: readonly string[];
}

const PATH = '/in/of-nobody-else';
const KEY = 'a key nobody knows';
const LATE_S = 300;

/** A receiver that takes what the guide promises and nothing else, signed as Standard Webhooks has it. */
export async function startWebhook(): Promise<WebhookStandIn> {
  const alerts: ToldAlert[] = [];
  const refusals: string[] = [];
  const taken = new Set<string>();
  const { port } = await serveHttp(async (request, response) => {
    const { method, url, headers } = request;
    const body = await bodyOf(request);
    try {
      expect({ method, url }).toEqual({ method: 'POST', url: PATH });
      expect(headers['content-type']).toMatch(/^application\/json\b/);
      const [id, time] = [String(headers['webhook-id']), String(headers['webhook-timestamp'])];
      expect(Math.abs(Date.now() / 1000 - Number(time))).toBeLessThan(LATE_S);
      const signed = createHmac('sha256', KEY).update(`${id}.${time}.${body}`).digest('base64');
      expect(headers['webhook-signature']).toBe(`v1,${signed}`);
      const told = alertsIn(body);
      if (!taken.has(id)) alerts.push(...told);
      taken.add(id);
      answer(response, { status: 204 });
    } catch (error) {
      refusals.push(String(error));
      answer(response, { status: 400 });
    }
  });
  return { url: `http://127.0.0.1:${port}${PATH}`, key: KEY, alerts, refusals };
}

function alertsIn(body: string): ToldAlert[] {
  const { version, source, alerts } = JSON.parse(body);
  expect({ version, source }).toEqual({ version: 1, source: expect.any(String) });
  expect(alerts.length).toBeGreaterThan(0);
  for (const alert of alerts) {
    expect(alert).toMatchObject({
      status: expect.stringMatching(/^(firing|resolved)$/),
      key: `mcpctl:${alert.rule}:${alert.subject}`,
      severity: expect.stringMatching(/^(critical|warning|info)$/),
      summary: expect.any(String),
      detail: expect.any(String),
      runbook: expect.any(String),
      firedAt: expect.any(String),
    });
    expect(alert.resolvedAt === undefined).toBe(alert.status === 'firing');
  }
  return alerts;
}
