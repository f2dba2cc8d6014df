import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { COMMANDS } from './commands.ts';
import { answer, guard } from './errors.ts';
import type { Log } from './log.ts';
import type { Program } from './program.ts';

const finished = z.object({
  status: z.int().describe('Exit status; zero means that it went well'),
  stdout: z.string(),
  stderr: z.string(),
});

export function registerTools(server: McpServer, { program, log }: { program: Program; log: Log }): void {
  for (const { name, title, description, input, isReading, args } of COMMANDS) {
    server.registerTool(
      name,
      {
        title,
        description,
        inputSchema: input as z.ZodObject,
        outputSchema: finished,
        annotations: {
          readOnlyHint: isReading,
          destructiveHint: !isReading,
          idempotentHint: isReading,
          openWorldHint: false,
        },
      },
      (given, { mcpReq }) =>
        guard({ tool: name, log }, async () =>
          answer({ ...(await program.run(args(given), mcpReq.signal)) }),
        ),
    );
  }
}
