import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

export function registerPrompts(server: McpServer): void {
  server.registerPrompt(
    'explain_command',
    {
      title: 'Explain a command',
      description: 'Asks how a command of the program is used.',
      argsSchema: z.object({ command: z.string().describe('Name of the command') }),
    },
    ({ command }) => ({
      messages: [
        {
          role: 'user',
          content: { type: 'text', text: `Read show_help for ${command} and explain it with one example.` },
        },
      ],
    }),
  );
}
