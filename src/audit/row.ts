import { z } from 'zod';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();
const chainName = z.string().regex(/^[so]\d{2,}$/);

/** The last row of a chain, as others saw it. */
const headSchema = z.strictObject({ seq: count, hash: digest });

/** What every row has. */
const place = {
  v: z.literal(1),
  chain: chainName,
  /** Counts from 1 through the whole chain. */
  seq: z.int().positive(),
  id: z.uuid(),
  ts: z.iso.datetime(),
  /** Hash of the row before; zeros at the beginning of a chain. */
  prev: digest,
  /** SHA-256 over the canonical JSON of the row without this member. */
  hash: digest,
};

export const INTENTS = ['read', 'write', 'destructive', 'unknown'] as const;

export const OUTCOMES = [
  'ok',
  'tool_error',
  'error',
  'timeout',
  'denied',
  'rate_limited',
  'cancelled',
  'outcome_unknown',
] as const;

const callFacts = {
  /** Which command carried the call. */
  via: z.enum(['run', 'call', 'chain', 'gateway']),
  tenant: z.string().optional(),
  region: z.string().optional(),
  client: z.string().optional(),
  clientVersion: z.string().optional(),
  method: z.string(),
  server: z.string(),
  serverVersion: z.string().optional(),
  tool: z.string().optional(),
  /** What the server says of the tool; `unknown` when it says nothing. */
  intent: z.enum(INTENTS),
  outcome: z.enum(OUTCOMES),
  /** `tool_error`, a JSON-RPC code, or a code of mcpctl. */
  errorType: z.string().optional(),
  ms: z.number().nonnegative(),
  attempt: z.int().positive(),
  cache: z.enum(['hit', 'miss', 'stale', 'bypass']).optional(),
  bytesIn: count,
  bytesOut: count,
  /** Why policy let it pass or not. */
  policy: z.string().optional(),
  /** `server/tool` that was meant, in the row of the call that stood in for it. */
  fallbackFor: z.string().optional(),
  /** `server/tool` that answered, in the row of the call that was meant. */
  answeredBy: z.string().optional(),
  traceId: z.string().optional(),
  spanId: z.string().optional(),
  /** Correlation id: the trace id when there is one. */
  corr: z.string(),
  /** The run of a pipeline it is a step of. */
  parent: z.string().optional(),
};

const callRow = z.strictObject({
  ...place,
  kind: z.literal('call'),
  ...callFacts,
  /** Pseudonym of who called; made with the subject's key. */
  sub: z.string().optional(),
  /** HMAC of the arguments with the subject's key. */
  argsMac: z.string().optional(),
  /** Personal fields, sealed with the subject's key. */
  pii: z.string().optional(),
});

const segmentRow = z.strictObject({
  ...place,
  kind: z.literal('segment'),
  day: z.iso.date(),
  /** HMAC over chain, seq and prev with the key of the log; absent in an open chain. */
  checkpoint: z.string().optional(),
});

const openedRow = z.strictObject({
  ...place,
  kind: z.literal('opened'),
  version: z.string(),
  pid: count,
  /** Why nothing is sealed. */
  unsealed: z.string().optional(),
  /** The other chains as they were then. */
  seen: z.record(chainName, headSchema),
  /** Chains left alone because something is wrong with them. */
  skipped: z.array(chainName).optional(),
  /** Rows found behind the head: written by a process that was killed. */
  unheaded: count.optional(),
});

const eventRows = [
  z.strictObject({
    ...place,
    kind: z.literal('recovered'),
    segment: z.string(),
    bytes: count,
    sha256: digest,
  }),
  z.strictObject({ ...place, kind: z.literal('forgotten'), sub: z.string() }),
  z.strictObject({
    ...place,
    kind: z.literal('pruned'),
    before: z.iso.date(),
    segments: z.array(z.string()),
  }),
  z.strictObject({ ...place, kind: z.literal('hold'), on: z.boolean() }),
] as const;

/** Every row there is. The one description of the format. */
export const rowSchema = z.discriminatedUnion('kind', [callRow, segmentRow, openedRow, ...eventRows]);

export type Row = z.infer<typeof rowSchema>;
export type CallRow = z.infer<typeof callRow>;
export type Outcome = CallRow['outcome'];
export type Intent = CallRow['intent'];

/** What a writer gives; the chain adds the rest. */
type Body<T> = T extends unknown ? Omit<T, 'v' | 'chain' | 'seq' | 'id' | 'ts' | 'prev' | 'hash'> : never;
export type RowBody = Body<Row> & { readonly id?: string; readonly ts?: string };
export type CallFacts = Omit<Body<CallRow>, 'kind' | 'sub' | 'argsMac' | 'pii'>;
