import { z } from 'zod';

/** What this server alone understands, as environment variables. Each is explained in .env.example. */
export const settings = {
  /** Name of the program on PATH, or its absolute path. */
  PROGRAM: z.string().min(1).default('git'),
  /** Where it runs. */
  PROGRAM_FOLDER: z.string().min(1).default('.'),
  /** Milliseconds a run may take. */
  PROGRAM_TIMEOUT_MS: z.coerce.number().int().min(100).max(600_000).default(30_000),
  /** Most bytes of what it prints. */
  PROGRAM_MAX_OUTPUT: z.coerce.number().int().min(1_000).max(10_000_000).default(200_000),
};
