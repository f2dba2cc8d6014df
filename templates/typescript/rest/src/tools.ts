import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { createItem, getItem, item, listItems } from './api/items.ts';
import type { Api } from './api/request.ts';
import { answer, guard } from './errors.ts';
import type { Log } from './log.ts';

const READS = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true };
const ADDS = { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true };

export function registerTools(server: McpServer, { api, log }: { api: Api; log: Log }): void {
  server.registerTool(
    'list_items',
    {
      title: 'List items',
      description: 'Lists items, newest first. Go on with next_cursor when there are more.',
      inputSchema: z.object({
        search: z.string().max(200).optional().describe('Only items whose name contains this'),
        cursor: z.string().max(500).optional().describe('next_cursor of the answer before'),
        limit: z.int().min(1).max(200).default(20).describe('Most items of one answer'),
      }),
      outputSchema: z.object({
        items: z.array(item),
        next_cursor: z.string().optional().describe('Missing at the end'),
      }),
      annotations: READS,
    },
    (wanted, { mcpReq }) =>
      guard({ tool: 'list_items', log }, async () => {
        const { items, next } = await listItems(api, wanted, mcpReq.signal);
        return answer({ items, ...(next !== undefined && { next_cursor: next }) });
      }),
  );
  server.registerTool(
    'get_item',
    {
      title: 'Get an item',
      description: 'Reads one item.',
      inputSchema: z.object({ id: z.string().min(1).max(200).describe('Identifier from list_items') }),
      outputSchema: z.object({ item }),
      annotations: READS,
    },
    ({ id }, { mcpReq }) =>
      guard({ tool: 'get_item', log }, async () => answer({ item: await getItem(api, id, mcpReq.signal) })),
  );
  server.registerTool(
    'create_item',
    {
      title: 'Create an item',
      description: 'Creates an item. Calling twice creates two.',
      inputSchema: z.object({ name: z.string().min(1).max(200).describe('What it is called') }),
      outputSchema: z.object({ item }),
      annotations: ADDS,
    },
    ({ name }, { mcpReq }) =>
      guard({ tool: 'create_item', log }, async () =>
        answer({ item: await createItem(api, name, mcpReq.signal) }),
      ),
  );
}
