from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from mcp.types import ToolAnnotations
from pydantic import BaseModel, Field

from .database.database import Database
from .database.select import Filter, Order, Selection, select_statement
from .database.tables import Catalog
from .errors import guarded

READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)

TableName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=130,
        description="schema.table, or the name alone in the schema public",
    ),
]


class TableSummary(BaseModel):
    name: str
    is_view: bool
    comment: str | None = None


class TableList(BaseModel):
    tables: list[TableSummary]


class ColumnSummary(BaseModel):
    name: str
    type: str
    is_nullable: bool
    comment: str | None = None


class TableDescription(BaseModel):
    table: str
    columns: list[ColumnSummary]


class Rows(BaseModel):
    rows: list[dict[str, Any]]
    has_more: Annotated[bool, Field(description="True when a larger offset would show more")]


def register_tools(
    server: MCPServer[Any], database: Database, catalog: Catalog, max_rows: int
) -> None:
    """Add what a model may call."""

    @server.tool(title="List tables", annotations=READS)
    @guarded
    async def list_tables() -> TableList:
        """Lists the tables and views that may be read."""
        tables = [
            TableSummary(
                name=f"{table.schema}.{table.name}", is_view=table.is_view, comment=table.comment
            )
            for table in await catalog.tables()
        ]
        return TableList(tables=tables)

    @server.tool(title="Describe a table", annotations=READS)
    @guarded
    async def describe_table(table: TableName) -> TableDescription:
        """Shows the columns of a table or view."""
        found = await catalog.describe(table)
        columns = [ColumnSummary(**vars(column)) for column in found.columns]
        return TableDescription(table=f"{found.table.schema}.{found.table.name}", columns=columns)

    @server.tool(title="Select rows", annotations=READS)
    @guarded
    async def select_rows(
        table: TableName,
        columns: Annotated[
            list[str], Field(max_length=200, description="All columns when left out")
        ] = [],  # noqa: B006
        filters: Annotated[
            list[Filter], Field(max_length=20, description="Conditions; all of them have to hold")
        ] = [],  # noqa: B006
        order: Annotated[
            list[Order],
            Field(
                max_length=5,
                description="Columns the rows are sorted by, the first before the others",
            ),
        ] = [],  # noqa: B006
        limit: Annotated[
            int, Field(ge=1, le=max_rows, description="Most rows of the answer")
        ] = min(50, max_rows),
        offset: Annotated[
            int, Field(ge=0, le=1_000_000, description="Rows to leave out before the first")
        ] = 0,
    ) -> Rows:
        """Reads rows of one table, filtered and ordered. Filters have to hold all at once."""
        described = await catalog.describe(table)
        selection = Selection(described, columns, filters, order, limit + 1, offset)
        rows = [found["row"] for found in await database.read(select_statement(selection))]
        return Rows(rows=rows[:limit], has_more=len(rows) > limit)
