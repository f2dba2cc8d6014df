import { z } from 'zod';

const key = z.string().min(1).max(200);
const time = z.iso.datetime();
const process = z.strictObject({
  pid: z.int(),
  start: z.string(),
  boot: z.string(),
  pidNamespace: z.string(),
  host: z.string(),
});

/** `unknown`: the call was sent, and nobody knows what became of it. */
const CALL_ENDS = ['ok', 'failed', 'unknown'] as const;

export const RUN_ENDS = ['done', 'failed', 'in-doubt', 'stopped'] as const;

/** What one line of a journal says. Everything a person or a tool said is in a sealed text. */
export const journalLine = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('began'),
    v: z.literal(1),
    at: time,
    run: z.string(),
    pipeline: z.string(),
    /** Absolute path of the file. */
    file: z.string(),
    /** SHA-256 of the file's text. */
    digest: z.string(),
    process,
    /** Random; part of every digest of arguments where there is no key. */
    salt: z.string(),
    /** Why nothing is sealed, and so neither inputs nor outputs are kept. */
    unsealed: z.string().optional(),
    inputs: z.string().optional(),
  }),
  z.strictObject({
    kind: z.literal('resumed'),
    at: time,
    process,
    digest: z.string(),
    retried: z.array(key),
    skipped: z.array(key),
  }),
  /** On the disk before the call leaves. */
  z.strictObject({
    kind: z.literal('started'),
    at: time,
    call: key,
    attempt: z.int().positive(),
    server: z.string(),
    tool: z.string(),
    intent: z.enum(['read', 'write', 'destructive', 'unknown']),
    /** Of server, tool and arguments. */
    digest: z.string(),
  }),
  z.strictObject({
    kind: z.literal('finished'),
    at: time,
    call: key,
    status: z.enum(CALL_ENDS),
    /** Of the error. */
    code: z.string().optional(),
    ms: z.number().nonnegative(),
    /** What was answered, sealed; absent where it is not kept. */
    answer: z.string().optional(),
    /** Length of the answer, in characters, where it was too long to be kept. */
    tooLong: z.int().optional(),
  }),
  /** A person says that a call in doubt counts as done, and what it answered. */
  z.strictObject({ kind: z.literal('settled'), at: time, call: key, answer: z.string().optional() }),
  /** From here on the run takes back what it did. */
  z.strictObject({ kind: z.literal('aborting'), at: time, step: z.string() }),
  z.strictObject({
    kind: z.literal('ended'),
    at: time,
    status: z.enum(RUN_ENDS),
    code: z.string().optional(),
  }),
]);

export type JournalLine = z.infer<typeof journalLine>;
export type CallEnd = (typeof CALL_ENDS)[number];
export type RunEnd = (typeof RUN_ENDS)[number];
