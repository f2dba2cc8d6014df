import { z } from 'zod';

const milliseconds = (text: string, least: number, most: number) =>
  z.int().min(least).max(most).describe(`${text}, in milliseconds`);
const bytes = (text: string) =>
  z
    .int()
    .min(1024 * 1024)
    .describe(`${text}, in bytes`);

export const watchSchema = z
  .strictObject({
    intervalMs: milliseconds('Time between two probes of a server that runs', 1000, 3_600_000).optional(),
    idleIntervalMs: milliseconds(
      'The same for programs nobody runs, which are started for it',
      1000,
      86_400_000,
    ).optional(),
    timeoutMs: milliseconds('Longest wait for the answer to a probe', 100, 60_000).optional(),
    failures: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe('Failed probes in a row after which a server is restarted'),
    deep: z
      .boolean()
      .optional()
      .describe('Whether a harmless call the catalog knows is made as well, as with --deep'),
    deepIntervalMs: milliseconds(
      'Time between two such calls; at least that between two probes',
      1000,
      86_400_000,
    ).optional(),
    slowMs: milliseconds('An answer that takes longer is slow', 1, 60_000).optional(),
    serverMemoryBytes: bytes('Memory above which a server is reported').optional(),
    totalMemoryBytes: bytes('Memory of all servers together above which they are reported').optional(),
    historyDays: z.int().min(1).max(3650).optional().describe('Days for which states are remembered'),
  })
  .optional()
  .describe("How servers are watched; counts in the user's settings only");
