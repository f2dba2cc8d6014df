import { z } from 'zod';
import { secret } from './secret-reference.ts';

const embeddings = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe(
        "Address of a service that speaks OpenAI's /v1/embeddings, up to the version; tasks and descriptions of tools are sent there",
      ),
    model: z.string().min(1).max(200).optional().describe('The model it is asked for'),
    key: secret('key of the service', 'EMBEDDINGS_KEY').optional(),
    timeoutMs: z
      .int()
      .min(100)
      .max(60_000)
      .optional()
      .describe('How long a task may take there, in milliseconds; without an answer its words decide'),
  })
  .optional()
  .describe('A service that compares meanings; asked by route when it has an address and a model');

export const routingSchema = z
  .strictObject({
    learnFromCalls: z
      .boolean()
      .optional()
      .describe('Whether tools that were called after route suggested them are remembered for such tasks'),
    embeddings,
  })
  .optional()
  .describe("How route finds tools; counts in the user's settings only");
