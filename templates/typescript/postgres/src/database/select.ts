import { z } from 'zod';
import { ToolError } from '../errors.ts';
import type { Statement } from './database.ts';

const OPERATORS = ['=', '!=', '<', '<=', '>', '>=', 'like', 'ilike', 'is null', 'is not null'] as const;

export const filter = z.object({
  column: z.string().describe('Name of a column'),
  operator: z.enum(OPERATORS),
  value: z
    .union([z.string().max(10_000), z.number(), z.boolean()])
    .optional()
    .describe('Left out for "is null" and "is not null"'),
});

export const order = z.object({ column: z.string(), direction: z.enum(['asc', 'desc']).default('asc') });

export interface Selection {
  readonly table: {
    readonly schema: string;
    readonly name: string;
    readonly columns: readonly { name: string }[];
  };
  /** All columns when undefined. */
  readonly columns?: readonly string[] | undefined;
  readonly filters: readonly z.infer<typeof filter>[];
  readonly order: readonly z.infer<typeof order>[];
  readonly limit: number;
  readonly offset: number;
}

/**
 * The statement of a selection. Names come from the table's own columns and are quoted; values are parameters.
 * @throws ToolError COLUMN_UNKNOWN, BAD_ARGUMENT
 */
export function selectStatement({ table, columns, filters, order, limit, offset }: Selection): Statement {
  const known = new Set(table.columns.map(({ name }) => name));
  const column = (name: string): string => {
    if (known.has(name)) return quote(name);
    throw new ToolError('COLUMN_UNKNOWN', `${table.schema}.${table.name} has no column ${name}.`, {
      hint: `It has: ${[...known].join(', ')}`,
    });
  };
  const values: unknown[] = [];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const conditions = filters.map(({ column: name, operator, value }) => {
    if (operator.endsWith('null')) return `${column(name)} ${operator}`;
    if (value === undefined) throw new ToolError('BAD_ARGUMENT', `The filter on ${name} needs a value.`);
    return `${column(name)} ${operator} ${parameter(value)}`;
  });
  const wanted = columns && columns.length > 0 ? columns.map(column).join(', ') : '*';
  const inner = [
    `select ${wanted} from ${quote(table.schema)}.${quote(table.name)}`,
    ...(conditions.length > 0 ? [`where ${conditions.join(' and ')}`] : []),
    ...(order.length > 0
      ? [`order by ${order.map((by) => `${column(by.column)} ${by.direction}`).join(', ')}`]
      : []),
    `limit ${parameter(limit)} offset ${parameter(offset)}`,
  ].join(' ');
  // The database turns rows into JSON: dates, big numbers and bytes come out as its users know them.
  return { text: `select to_jsonb(selected) as row from (${inner}) selected`, values };
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
