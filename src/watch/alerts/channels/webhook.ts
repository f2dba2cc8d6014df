import { createHmac } from 'node:crypto';
import type { Channel } from './channel.ts';
import { describeAll } from './description.ts';
import { judgeHttp } from './judge-http.ts';

/** Any address that takes JSON, signed by the rules of Standard Webhooks when there is a key. */
export const webhook: Channel<'webhook'> = {
  type: 'webhook',
  title: 'a webhook',
  digests: true,
  paceMs: 200,
  pausesMs: [10_000, 30_000, 60_000, 300_000, 900_000],
  references: ({ url, secret }) => ({ url, ...(secret !== undefined && { secret }) }),
  compose: (messages, { secrets: { url = '', secret }, source, now }) => {
    const body = JSON.stringify(describeAll(messages, source));
    // The same at each attempt, so that a receiver knows what it has already.
    const id = messages[0]?.id ?? '';
    const timestamp = String(Math.floor(now / 1000));
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      ...(secret !== undefined && { 'webhook-signature': signature(secret, `${id}.${timestamp}.${body}`) }),
    };
    return { kind: 'post', url, headers, body };
  },
  judge: judgeHttp,
};

function signature(secret: string, signed: string): string {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}
