import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { serveHttp } from './http-server.ts';

/** JSON of OTLP as its protocol files have it: ids in hex, 64-bit numbers as text, enums as numbers, no other members. */
const int64 = z.string().regex(/^\d+$/);
const value = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ boolValue: z.boolean() }),
  z.strictObject({ intValue: z.string().regex(/^-?\d+$/) }),
  z.strictObject({ doubleValue: z.number() }),
]);
const attributes = z.array(z.strictObject({ key: z.string().min(1), value }));
const resource = z.strictObject({ attributes });
const scope = z.strictObject({ name: z.string(), version: z.string() });
const traceId = z.string().regex(/^(?!0{32})[0-9a-f]{32}$/);
const spanId = z.string().regex(/^(?!0{16})[0-9a-f]{16}$/);
const span = z
  .strictObject({
    traceId,
    spanId,
    parentSpanId: spanId.optional(),
    traceState: z.string().optional(),
    name: z.string().min(1),
    kind: z.int().min(1).max(5),
    startTimeUnixNano: int64,
    endTimeUnixNano: int64,
    attributes,
    status: z.strictObject({ code: z.int().min(0).max(2).optional(), message: z.string().optional() }),
  })
  .refine((one) => BigInt(one.endTimeUnixNano) >= BigInt(one.startTimeUnixNano), 'ends before it starts');
const times = { startTimeUnixNano: int64, timeUnixNano: int64 };
const numbers = z.array(z.strictObject({ ...times, asDouble: z.number(), attributes }));
const temporality = z.literal(2);
const histogram = z
  .strictObject({
    ...times,
    count: int64,
    sum: z.number(),
    explicitBounds: z.array(z.number()),
    bucketCounts: z.array(int64),
    attributes,
  })
  .refine((one) => one.bucketCounts.length === one.explicitBounds.length + 1, 'one bucket more than bounds')
  .refine(
    (one) => one.bucketCounts.reduce((sum, count) => sum + Number(count), 0) === Number(one.count),
    'count',
  );
const described = { name: z.string().min(1), description: z.string(), unit: z.string() };
const metric = z.union([
  z.strictObject({ ...described, gauge: z.strictObject({ dataPoints: numbers }) }),
  z.strictObject({
    ...described,
    sum: z.strictObject({
      aggregationTemporality: temporality,
      isMonotonic: z.boolean(),
      dataPoints: numbers,
    }),
  }),
  z.strictObject({
    ...described,
    histogram: z.strictObject({ aggregationTemporality: temporality, dataPoints: z.array(histogram) }),
  }),
]);
const logRecord = z.strictObject({
  timeUnixNano: int64,
  observedTimeUnixNano: int64,
  severityNumber: z.int().min(1).max(24),
  severityText: z.string(),
  eventName: z.string().optional(),
  body: value,
  attributes,
  traceId: traceId.optional(),
  spanId: spanId.optional(),
});

const REQUESTS = {
  '/v1/traces': z.strictObject({
    resourceSpans: z.array(
      z.strictObject({
        resource,
        scopeSpans: z.array(z.strictObject({ scope, spans: z.array(span).min(1) })),
      }),
    ),
  }),
  '/v1/metrics': z.strictObject({
    resourceMetrics: z.array(
      z.strictObject({
        resource,
        scopeMetrics: z.array(z.strictObject({ scope, metrics: z.array(metric).min(1) })),
      }),
    ),
  }),
  '/v1/logs': z.strictObject({
    resourceLogs: z.array(
      z.strictObject({
        resource,
        scopeLogs: z.array(z.strictObject({ scope, logRecords: z.array(logRecord).min(1) })),
      }),
    ),
  }),
} as const;

export type Span = z.infer<typeof span>;
export type Metric = z.infer<typeof metric>;
export type LogRecord = z.infer<typeof logRecord>;

export interface Collector {
  readonly endpoint: string;
  readonly spans: Span[];
  readonly metrics: Metric[];
  readonly logs: LogRecord[];
  /** What was wrong with requests; they were refused. */
  readonly faults: string[];
  requests(): number;
}

export interface CollectorOptions {
  /** `Authorization` each request must have. */
  readonly authorization?: string;
  /** Answers instead; true when it did. */
  instead?(response: ServerResponse): boolean;
}

/** A collector on loopback that refuses whatever is no OTLP over HTTP in JSON. */
export async function startCollector({ authorization, instead }: CollectorOptions = {}): Promise<Collector> {
  const [spans, metrics, logs, faults] = [[] as Span[], [] as Metric[], [] as LogRecord[], [] as string[]];
  let requests = 0;
  const take = (path: string, text: string): void => {
    if (path === '/v1/traces') {
      const { resourceSpans } = REQUESTS[path].parse(JSON.parse(text));
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((each) => each.spans)));
    } else if (path === '/v1/metrics') {
      const { resourceMetrics } = REQUESTS[path].parse(JSON.parse(text));
      metrics.push(
        ...resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((each) => each.metrics)),
      );
    } else if (path === '/v1/logs') {
      const { resourceLogs } = REQUESTS[path].parse(JSON.parse(text));
      logs.push(...resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap((each) => each.logRecords)));
    } else throw new Error(`no such path: ${path}`);
  };
  const { port } = await serveHttp(async (request: IncomingMessage, response: ServerResponse) => {
    requests += 1;
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    if (instead?.(response)) return;
    try {
      const { method, url = '', headers } = request;
      if (method !== 'POST') throw new Error(`method ${method}`);
      if (headers['content-type'] !== 'application/json') throw new Error(`type ${headers['content-type']}`);
      if (authorization !== undefined && headers.authorization !== authorization)
        throw new Error('authorization');
      take(url, text);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"partialSuccess":{}}');
    } catch (error) {
      faults.push(`${request.url}: ${String(error)}`);
      response.writeHead(400).end();
    }
  });
  return { endpoint: `http://127.0.0.1:${port}`, spans, metrics, logs, faults, requests: () => requests };
}
