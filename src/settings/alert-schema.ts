import { z } from 'zod';
import { parseReferences } from '../core/reference.ts';
import { ALERT_RULES, SEVERITIES } from './alert-settings.ts';
import { secret } from './secret-reference.ts';

const ratio = (text: string) => z.number().min(0).max(1).describe(`${text}, from 0 to 1`);
const milliseconds = (text: string) => z.int().min(0).max(86_400_000).describe(`${text}, in milliseconds`);
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 22:00');

const atLeast = z.enum(SEVERITIES).optional().describe('Alerts of less are not told here');

const channel = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('slack'),
    url: secret('address of the webhook', 'SLACK_WEBHOOK'),
    atLeast,
  }),
  z.strictObject({
    type: z.literal('pagerduty'),
    routingKey: secret('integration key', 'PAGERDUTY_KEY'),
    region: z.enum(['us', 'eu']).optional().describe('Where the account is'),
    atLeast,
  }),
  z.strictObject({
    type: z.literal('webhook'),
    url: secret('address', 'ALERT_WEBHOOK'),
    secret: secret('key that signs each message', 'ALERT_WEBHOOK_KEY').optional(),
    atLeast,
  }),
  z.strictObject({ type: z.literal('desktop'), atLeast }),
  z.strictObject({
    type: z.literal('command'),
    command: z
      .array(
        z.string().refine((word) => parseReferences(word).every(({ kind }) => kind === 'text'), {
          error: 'must hold no reference: everybody on the machine can read arguments',
        }),
      )
      .min(1)
      .describe('Program and arguments; the alert comes as JSON on its standard input'),
    atLeast,
  }),
]);

const rule = z.strictObject({
  enabled: z.boolean().optional().describe('Whether the rule counts'),
  severity: z.enum(SEVERITIES).optional().describe('Instead of its own severity'),
  forMs: milliseconds('How long it has to be true').optional(),
});

const limits = z.strictObject({
  restarts: z.int().min(1).optional().describe('Restarts of a server in ten minutes'),
  signInFailureRatio: ratio('Share of sign-ins and renewals that fail, in 15 minutes').optional(),
  errorRatio: ratio('Share of calls that fail, in five minutes').optional(),
  minimumCalls: z
    .int()
    .min(1)
    .optional()
    .describe('Calls in five minutes that make their errors and durations count'),
  p95Ms: milliseconds('Duration that 95 of 100 calls stay under').optional(),
  rateLimitedPerMinute: z.number().min(0).optional().describe('Calls a minute that a limit refuses'),
  secretDueDays: z.number().min(0).max(365).optional().describe('Days before a key or a sign-in ends'),
  probeStaleMs: milliseconds('How much later than meant a probe may be').optional(),
  cacheHitRatio: ratio('Share of answers from the cache that is too small below').optional(),
});

export const alertSchema = z
  .strictObject({
    enabled: z.boolean().optional().describe('Whether alerts are raised at all'),
    rules: z.partialRecord(z.enum(ALERT_RULES), rule).optional().describe('What counts, by rule'),
    limits: limits.optional().describe('What is too much'),
    due: z
      .record(z.string().min(1), z.iso.date())
      .optional()
      .describe('Day on which a key expires or has to be replaced, by the name of its secret'),
    channels: z
      .record(z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/), channel)
      .optional()
      .describe('Who is told, each under a name of your own'),
    quietHours: z
      .strictObject({
        from: timeOfDay,
        to: timeOfDay,
        timeZone: z
          .string()
          .refine(isTimeZone, 'must be a time zone such as Europe/Berlin')
          .optional()
          .describe('Time zone of both; that of the machine when left out'),
      })
      .optional()
      .describe('When only critical alerts are told; the others wait'),
    tenant: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,64}$/)
      .optional()
      .describe('Part of the key of each alert, where several machines tell one account'),
  })
  .optional()
  .describe("When alerts are raised and who is told; counts in the user's settings only");

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
