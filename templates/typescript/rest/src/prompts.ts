import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

export function registerPrompts(server: McpServer): void {
  server.registerPrompt(
    'summarize_items',
    {
      title: 'Summarize items',
      description: 'Asks for a short overview of the items about a subject.',
      argsSchema: z.object({ subject: z.string().describe('What the items are about') }),
    },
    ({ subject }) => ({
      messages: [
        {
          role: 'user',
          content: {
            type: 'text',
            text: `Find the items about ${subject} with list_items and summarize them in five lines, newest first.`,
          },
        },
      ],
    }),
  );
}
