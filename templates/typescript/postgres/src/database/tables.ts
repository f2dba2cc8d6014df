import { ToolError } from '../errors.ts';
import type { Database } from './database.ts';

export interface Table {
  readonly schema: string;
  readonly name: string;
  /** True for views. */
  readonly isView: boolean;
  readonly comment: string | undefined;
}

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly isNullable: boolean;
  readonly comment: string | undefined;
}

/** Tables and views the role may read, in the order of their names. */
const TABLES = `
  select n.nspname as schema, c.relname as name, c.relkind in ('v', 'm') as view, obj_description(c.oid) as comment
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f')
    and n.nspname not in ('pg_catalog', 'information_schema')
    and has_table_privilege(c.oid, 'select')
  order by 1, 2`;

const COLUMNS = `
  select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable,
    col_description(a.attrelid, a.attnum) as comment
  from pg_catalog.pg_attribute a
  join pg_catalog.pg_class c on c.oid = a.attrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relname = $2 and a.attnum > 0 and not a.attisdropped
  order by a.attnum`;

/** Which tables may be read: those of the list that exist and the role may read. */
export function createCatalog(database: Database, allowed: readonly string[]) {
  const isAllowed = (schema: string, name: string): boolean =>
    allowed.includes(`${schema}.${name}`) || allowed.includes(`${schema}.*`);

  const tables = async (): Promise<Table[]> => {
    const rows = await database.read({ text: TABLES, values: [] });
    return rows.flatMap(({ schema, name, view, comment }) =>
      isAllowed(String(schema), String(name))
        ? [{ schema: String(schema), name: String(name), isView: view === true, comment: textOf(comment) }]
        : [],
    );
  };

  return {
    tables,
    /**
     * Columns of a table, named `schema.table` or, in `public`, by its name alone.
     * @throws ToolError TABLE_UNKNOWN, with the same words whether it is not there or not allowed
     */
    async describe(wanted: string): Promise<Table & { readonly columns: readonly Column[] }> {
      const table = (await tables()).find(({ schema, name }) => {
        return `${schema}.${name}` === wanted || (schema === 'public' && name === wanted);
      });
      if (!table)
        throw new ToolError('TABLE_UNKNOWN', `There is no table ${wanted} that may be read.`, {
          hint: 'list_tables shows the tables.',
        });
      const rows = await database.read({ text: COLUMNS, values: [table.schema, table.name] });
      const columns = rows.map(({ name, type, nullable, comment }) => ({
        name: String(name),
        type: String(type),
        isNullable: nullable === true,
        comment: textOf(comment),
      }));
      return { ...table, columns };
    },
  };
}

export type Catalog = ReturnType<typeof createCatalog>;

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
