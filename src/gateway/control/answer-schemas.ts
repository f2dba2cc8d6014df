import { z } from 'zod';

const nothing = z.object({});
const error = z.object({ code: z.string(), message: z.string(), hint: z.string().optional() });

/** The line itself, parsed and checked. */
const envelope = z
  .string()
  .transform((line, context) => {
    try {
      return JSON.parse(line) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'no JSON' });
      return z.NEVER;
    }
  })
  .pipe(
    z.discriminatedUnion('ok', [
      z.object({ v: z.literal(1), ok: z.literal(true), data: z.unknown() }),
      z.object({ v: z.literal(1), ok: z.literal(false), error }),
    ]),
  );

const server = z.looseObject({
  name: z.string(),
  state: z.enum(['healthy', 'degraded', 'starting', 'dormant', 'needs-auth', 'failed', 'stopped']),
  reason: z.string().optional(),
  code: z.string().optional(),
  hint: z.string().optional(),
  era: z.enum(['legacy', 'modern']).optional(),
  tools: z.int().nonnegative().optional(),
  changed: z.array(z.string()).optional(),
  pids: z.array(z.int().positive()),
  restarts: z.int().nonnegative(),
  answeredAt: z.number().optional(),
  recent: z
    .object({
      seconds: z.number().positive(),
      calls: z.number(),
      errors: z.number(),
      rateLimited: z.number(),
      cacheAsked: z.number(),
      cacheHits: z.number(),
      counts: z.array(z.number()),
    })
    .optional(),
});

const labels = z.record(z.string(), z.string());
const durations = { sum: z.number(), counts: z.array(z.number()) };
const calls = z.array(z.object({ server: z.string(), tool: z.string(), error: z.string(), ...durations }));

const snapshot = z.object({
  calls,
  // Earlier versions do not count these.
  attempts: calls.default([]),
  durations: z.array(z.object({ name: z.string(), labels, ...durations })).default([]),
  series: z.array(z.object({ name: z.string(), labels, value: z.number() })),
});

const status = z.object({
  pid: z.int().positive(),
  kind: z.enum(['run', 'gateway']),
  version: z.string(),
  startedAt: z.string(),
  rssBytes: z.number().nonnegative(),
  servers: z.array(server),
  auditFailures: z.number().optional(),
  signIns: z.object({ succeeded: z.number(), failed: z.number() }).optional(),
});

/** What a process may answer, by what it was asked. */
export const answerSchemas = {
  envelope,
  ping: nothing,
  stop: nothing,
  restart: nothing,
  cache: z.json(),
  metrics: snapshot,
  status,
  follow: status,
  probe: z.object({
    by: z.enum(['ping', 'discover', 'call', 'none']),
    at: z.number(),
    ms: z.number().nonnegative(),
    isStalled: z.boolean().optional(),
    called: z
      .object({
        outcome: z.enum(['ok', 'failed', 'refused']),
        ms: z.number().nonnegative(),
        message: z.string().optional(),
      })
      .optional(),
  }),
};
