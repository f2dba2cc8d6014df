import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Config } from './config.ts';
import { answer, guard } from './errors.ts';
import { convert, UNIT_NAMES } from './lengths.ts';
import type { Log } from './log.ts';

/** Nothing is changed, nothing outside is asked, and the same call has the same answer. */
const PURE = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };

export function registerTools(server: McpServer, { config, log }: { config: Config; log: Log }): void {
  server.registerTool(
    'list_units',
    {
      title: 'List units',
      description: 'Lists the units of length this server knows.',
      inputSchema: z.object({}),
      outputSchema: z.object({ units: z.array(z.string()).describe('Symbols, shortest unit first') }),
      annotations: PURE,
    },
    () => guard({ tool: 'list_units', log }, () => answer({ units: UNIT_NAMES })),
  );
  server.registerTool(
    'convert_length',
    {
      title: 'Convert a length',
      description: 'Converts a length from one unit to another.',
      inputSchema: z.object({
        value: z.number().describe('The length, zero or more'),
        from: z.enum(UNIT_NAMES).describe('Unit of the given length'),
        to: z.enum(UNIT_NAMES).describe('Unit of the answer'),
      }),
      outputSchema: z.object({
        value: z.number().describe('The length in the wanted unit'),
        unit: z.enum(UNIT_NAMES),
      }),
      annotations: PURE,
    },
    (wanted) =>
      guard({ tool: 'convert_length', log }, () =>
        answer({ value: convert(wanted, config.DECIMALS), unit: wanted.to }),
      ),
  );
}
