import { z } from 'zod';

/** What this server alone understands, as environment variables. Each is explained in .env.example. */
export const settings = {
  /** Where every path begins. */
  API_BASE_URL: z.url({ protocol: /^https?$/ }).default('https://api.example.com/v1'),
  /** Never logged, never sent to another address. */
  API_TOKEN: z.string().min(1).optional(),
  /** How the token is sent. */
  API_AUTH: z
    .string()
    .regex(/^(bearer|basic|(header|query):[A-Za-z0-9_.-]+)$/, {
      error: 'has to be bearer, basic, header:<name> or query:<name>',
    })
    .default('bearer'),
  /** Milliseconds for one attempt. */
  API_TIMEOUT_MS: z.coerce.number().int().min(100).max(300_000).default(10_000),
  /** Further attempts after a failure that may pass. */
  API_RETRIES: z.coerce.number().int().min(0).max(10).default(2),
  /** Requests a minute; more wait for their turn. */
  API_PER_MINUTE: z.coerce.number().int().min(1).max(100_000).default(120),
};
