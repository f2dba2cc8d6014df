import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

export function registerPrompts(server: McpServer): void {
  server.registerPrompt(
    'answer_from_data',
    {
      title: 'Answer from the data',
      description: 'Asks a question that the database can answer.',
      argsSchema: z.object({ question: z.string().describe('In plain words') }),
    },
    ({ question }) => ({
      messages: [
        {
          role: 'user',
          content: {
            type: 'text',
            text: `${question}\nUse list_tables and describe_table first, then select_rows. Say which table the answer is from.`,
          },
        },
      ],
    }),
  );
}
