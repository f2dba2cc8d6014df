import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

export function registerPrompts(server: McpServer): void {
  server.registerPrompt(
    'use_api',
    {
      title: 'Use the API',
      description: 'Asks for something the API can do.',
      argsSchema: z.object({ task: z.string().describe('In plain words') }),
    },
    ({ task }) => ({
      messages: [
        {
          role: 'user',
          content: {
            type: 'text',
            text: `${task}\nRead before you write. Ask me before you call a tool that changes something.`,
          },
        },
      ],
    }),
  );
}
