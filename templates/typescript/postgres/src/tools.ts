import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Database } from './database/database.ts';
import { filter, order, selectStatement } from './database/select.ts';
import type { Catalog } from './database/tables.ts';
import { answer, guard } from './errors.ts';
import type { Log } from './log.ts';

const READS = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };

interface Parts {
  readonly database: Database;
  readonly catalog: Catalog;
  readonly log: Log;
  readonly maxRows: number;
}

const tableName = z.string().min(1).max(130).describe('schema.table, or the name alone in the schema public');

export function registerTools(server: McpServer, parts: Parts): void {
  registerListTables(server, parts);
  registerDescribeTable(server, parts);
  registerSelectRows(server, parts);
}

function registerListTables(server: McpServer, { catalog, log }: Parts): void {
  server.registerTool(
    'list_tables',
    {
      title: 'List tables',
      description: 'Lists the tables and views that may be read.',
      inputSchema: z.object({}),
      outputSchema: z.object({
        tables: z.array(z.object({ name: z.string(), isView: z.boolean(), comment: z.string().optional() })),
      }),
      annotations: READS,
    },
    () =>
      guard({ tool: 'list_tables', log }, async () => {
        const tables = await catalog.tables();
        return answer({
          tables: tables.map(({ schema, name, isView, comment }) => ({
            name: `${schema}.${name}`,
            isView,
            ...(comment && { comment }),
          })),
        });
      }),
  );
}

function registerDescribeTable(server: McpServer, { catalog, log }: Parts): void {
  server.registerTool(
    'describe_table',
    {
      title: 'Describe a table',
      description: 'Shows the columns of a table or view.',
      inputSchema: z.object({ table: tableName }),
      outputSchema: z.object({
        table: z.string(),
        columns: z.array(
          z.object({
            name: z.string(),
            type: z.string(),
            isNullable: z.boolean(),
            comment: z.string().optional(),
          }),
        ),
      }),
      annotations: READS,
    },
    ({ table }) =>
      guard({ tool: 'describe_table', log }, async () => {
        const { schema, name, columns } = await catalog.describe(table);
        return answer({
          table: `${schema}.${name}`,
          columns: columns.map(({ comment, ...column }) => ({ ...column, ...(comment && { comment }) })),
        });
      }),
  );
}

function registerSelectRows(server: McpServer, { database, catalog, log, maxRows }: Parts): void {
  server.registerTool(
    'select_rows',
    {
      title: 'Select rows',
      description: 'Reads rows of one table, filtered and ordered. Filters have to hold all at once.',
      inputSchema: z.object({
        table: tableName,
        columns: z.array(z.string()).max(200).optional().describe('All columns when left out'),
        filters: z.array(filter).max(20).default([]).describe('Conditions; all of them have to hold'),
        order: z
          .array(order)
          .max(5)
          .default([])
          .describe('Columns the rows are sorted by, the first before the others'),
        limit: z.int().min(1).max(maxRows).default(Math.min(50, maxRows)).describe('Most rows of the answer'),
        offset: z.int().min(0).max(1_000_000).default(0).describe('Rows to leave out before the first'),
      }),
      outputSchema: z.object({
        rows: z.array(z.record(z.string(), z.unknown())),
        hasMore: z.boolean().describe('True when a larger offset would show more'),
      }),
      annotations: READS,
    },
    ({ table, limit, ...wanted }) =>
      guard({ tool: 'select_rows', log }, async () => {
        const described = await catalog.describe(table);
        const rows = await database.read(selectStatement({ ...wanted, table: described, limit: limit + 1 }));
        return answer({ rows: rows.slice(0, limit).map(({ row }) => row), hasMore: rows.length > limit });
      }),
  );
}
