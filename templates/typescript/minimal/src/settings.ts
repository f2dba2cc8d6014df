import { z } from 'zod';

/** What this server alone understands, as environment variables. Each is explained in .env.example. */
export const settings = {
  /** Digits after the point in answers. */
  DECIMALS: z.coerce.number().int().min(0).max(10).default(3),
};
