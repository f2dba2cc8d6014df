import type { McpServer } from '@modelcontextprotocol/server';
import { COMMANDS } from './commands.ts';

export function registerResources(server: McpServer): void {
  server.registerResource(
    'commands',
    'program://commands',
    { title: 'Commands', description: 'What the program may be asked.', mimeType: 'application/json' },
    ({ href }) => {
      const list = COMMANDS.map(({ name, title, isReading }) => ({ name, title, isReading }));
      return { contents: [{ uri: href, mimeType: 'application/json', text: JSON.stringify(list) }] };
    },
  );
}
