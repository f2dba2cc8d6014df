import { type McpServer, ResourceNotFoundError, ResourceTemplate } from '@modelcontextprotocol/server';
import type { Catalog } from './database/tables.ts';
import { ToolError } from './errors.ts';

const JSON_TYPE = 'application/json';

export function registerResources(server: McpServer, catalog: Catalog): void {
  server.registerResource(
    'tables',
    'database://tables',
    { title: 'Tables', description: 'Every table and view that may be read.', mimeType: JSON_TYPE },
    async ({ href }) => {
      const tables = await catalog.tables();
      return { contents: [{ uri: href, mimeType: JSON_TYPE, text: JSON.stringify(tables) }] };
    },
  );
  server.registerResource(
    'table',
    new ResourceTemplate('database://tables/{name}', { list: undefined }),
    { title: 'Table', description: 'Columns of one table, named schema.table.', mimeType: JSON_TYPE },
    async ({ href }, { name }) => {
      try {
        const table = await catalog.describe(String(name));
        return { contents: [{ uri: href, mimeType: JSON_TYPE, text: JSON.stringify(table) }] };
      } catch (error) {
        if (error instanceof ToolError && error.code === 'TABLE_UNKNOWN')
          throw new ResourceNotFoundError(href);
        throw error;
      }
    },
  );
}
