import { z } from 'zod';

/** What this server alone understands, as environment variables. Each is explained in .env.example. */
export const settings = {
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Tables that may be read, as `schema.table` or `schema.*`. */
  ALLOWED_TABLES: z
    .string()
    .default('public.*')
    .transform((text) => text.split(/[\s,]+/).filter((name) => name !== ''))
    .refine((names) => names.every((name) => /^[^.*]+\.([^.*]+|\*)$/.test(name)), {
      error: 'has to be a list of schema.table or schema.*',
    }),
  /** Milliseconds a statement may take. */
  STATEMENT_TIMEOUT_MS: z.coerce.number().int().min(100).max(300_000).default(5_000),
  /** Most rows of one answer. */
  MAX_ROWS: z.coerce.number().int().min(1).max(10_000).default(200),
  /** Most connections to the database. */
  POOL_SIZE: z.coerce.number().int().min(1).max(100).default(4),
};
