import { z } from 'zod';
import { secret } from './secret-reference.ts';

const otlp = z
  .strictObject({
    endpoint: z
      .string()
      .regex(/^(https?:\/\/|\$\{)/, 'must be an address such as http://127.0.0.1:4318')
      .describe('Address of a collector that takes OTLP over HTTP as JSON, without /v1/traces'),
    headers: z
      .record(z.string().regex(/^[A-Za-z0-9-]+$/), secret('value of the header', 'OTLP_TOKEN'))
      .optional()
      .describe('Headers the collector wants, as references'),
    traces: z.boolean().optional().describe('Whether spans of calls are sent'),
    metrics: z.boolean().optional().describe('Whether numbers are sent'),
    logs: z.boolean().optional().describe('Whether what happens to gateways and servers is sent'),
    metricsEveryMs: z
      .int()
      .min(1000)
      .max(3_600_000)
      .optional()
      .describe('Between numbers, in milliseconds; a minute when left out'),
  })
  .optional();

export const telemetrySchema = z
  .strictObject({ otlp })
  .optional()
  .describe("Where traces, metrics and logs are sent; counts in the user's settings only");
