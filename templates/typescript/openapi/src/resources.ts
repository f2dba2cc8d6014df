import type { McpServer } from '@modelcontextprotocol/server';
import { operations } from './operations.ts';

export function registerResources(server: McpServer): void {
  server.registerResource(
    'operations',
    'api://operations',
    {
      title: 'Operations of the API',
      description: 'Each tool with its HTTP method and path.',
      mimeType: 'application/json',
    },
    ({ href }) => {
      const list = operations.map(({ name, method, path, title }) => ({ name, method, path, title }));
      return { contents: [{ uri: href, mimeType: 'application/json', text: JSON.stringify(list) }] };
    },
  );
}
