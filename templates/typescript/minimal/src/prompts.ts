import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

export function registerPrompts(server: McpServer): void {
  server.registerPrompt(
    'compare_lengths',
    {
      title: 'Compare two lengths',
      description: 'Asks which of two lengths is the longer one.',
      argsSchema: z.object({
        first: z.string().describe('For example 3 ft'),
        second: z.string().describe('For example 1 m'),
      }),
    },
    ({ first, second }) => ({
      messages: [
        {
          role: 'user',
          content: {
            type: 'text',
            text: `Which is longer, ${first} or ${second}? Convert both to metres with convert_length, then say by how much.`,
          },
        },
      ],
    }),
  );
}
