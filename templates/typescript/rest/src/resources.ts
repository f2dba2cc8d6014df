import { type McpServer, ResourceNotFoundError, ResourceTemplate } from '@modelcontextprotocol/server';
import { getItem, listItems } from './api/items.ts';
import type { Api } from './api/request.ts';
import { ToolError } from './errors.ts';

const JSON_TYPE = 'application/json';

export function registerResources(server: McpServer, api: Api): void {
  server.registerResource(
    'recent',
    'items://recent',
    { title: 'Recent items', description: 'The ten newest items.', mimeType: JSON_TYPE },
    async ({ href }, { mcpReq }) => {
      const { items } = await listItems(api, { limit: 10 }, mcpReq.signal);
      return { contents: [{ uri: href, mimeType: JSON_TYPE, text: JSON.stringify(items) }] };
    },
  );
  server.registerResource(
    'item',
    new ResourceTemplate('items://item/{id}', { list: undefined }),
    { title: 'Item', description: 'One item by its identifier.', mimeType: JSON_TYPE },
    async ({ href }, { id }, { mcpReq }) => {
      try {
        const found = await getItem(api, String(id), mcpReq.signal);
        return { contents: [{ uri: href, mimeType: JSON_TYPE, text: JSON.stringify(found) }] };
      } catch (error) {
        if (error instanceof ToolError && error.code === 'NOT_FOUND') throw new ResourceNotFoundError(href);
        throw error;
      }
    },
  );
}
