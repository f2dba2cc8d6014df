from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from psycopg.sql import SQL

from ..errors import ToolError
from .database import Database, Statement


@dataclass(frozen=True)
class Table:
    schema: str
    name: str
    is_view: bool
    comment: str | None


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    is_nullable: bool
    comment: str | None


@dataclass(frozen=True)
class Described:
    table: Table
    columns: Sequence[Column]


# Tables and views the role may read, in the order of their names.
TABLES: Final = SQL("""
  select n.nspname as schema, c.relname as name, c.relkind in ('v', 'm') as is_view,
    obj_description(c.oid) as comment
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f')
    and n.nspname not in ('pg_catalog', 'information_schema')
    and has_table_privilege(c.oid, 'select')
  order by 1, 2""")

COLUMNS: Final = SQL("""
  select a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
    not a.attnotnull as is_nullable, col_description(a.attrelid, a.attnum) as comment
  from pg_catalog.pg_attribute a
  join pg_catalog.pg_class c on c.oid = a.attrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = %(schema)s and c.relname = %(name)s and a.attnum > 0 and not a.attisdropped
  order by a.attnum""")


class Catalog:
    """Which tables may be read: those of the list that exist and the role may read."""

    def __init__(self, database: Database, allowed: Sequence[str]) -> None:
        self._database = database
        self._allowed = frozenset(allowed)

    async def tables(self) -> list[Table]:
        tables = [Table(**row) for row in await self._database.read(Statement(TABLES))]
        return [
            table
            for table in tables
            if self._allowed & {f"{table.schema}.{table.name}", f"{table.schema}.*"}
        ]

    async def describe(self, wanted: str) -> Described:
        """Columns of a table, named `schema.table` or, in `public`, by its name alone.

        Raises:
            ToolError: TABLE_UNKNOWN, with the same words whether it is not there or not allowed.
        """
        for table in await self.tables():
            names = [f"{table.schema}.{table.name}", *([table.name] * (table.schema == "public"))]
            if wanted in names:
                values = {"schema": table.schema, "name": table.name}
                rows = await self._database.read(Statement(COLUMNS, values))
                return Described(table, [Column(**row) for row in rows])
        raise ToolError(
            "TABLE_UNKNOWN",
            f"There is no table {wanted} that may be read.",
            hint="list_tables shows the tables.",
        )
