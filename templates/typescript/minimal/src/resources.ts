import type { McpServer } from '@modelcontextprotocol/server';
import { UNITS } from './lengths.ts';

export function registerResources(server: McpServer): void {
  server.registerResource(
    'units',
    'lengths://units',
    { title: 'Units of length', description: 'Each unit in metres.', mimeType: 'application/json' },
    ({ href }) => ({ contents: [{ uri: href, mimeType: 'application/json', text: JSON.stringify(UNITS) }] }),
  );
}
