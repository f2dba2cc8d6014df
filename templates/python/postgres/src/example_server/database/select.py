from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from psycopg.sql import SQL, Composable, Identifier, Placeholder
from pydantic import BaseModel, Field, StrictBool, StrictFloat, StrictInt, StrictStr

from ..errors import ToolError
from .database import Statement
from .tables import Described

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "like", "ilike", "is null", "is not null"]


class Filter(BaseModel):
    column: Annotated[str, Field(description="Name of a column")]
    operator: Operator
    value: Annotated[
        StrictBool | StrictInt | StrictFloat | StrictStr | None,
        Field(description='Left out for "is null" and "is not null"'),
    ] = None


class Order(BaseModel):
    column: str
    direction: Literal["asc", "desc"] = "asc"


@dataclass(frozen=True)
class Selection:
    table: Described
    columns: Sequence[str] = ()
    """All columns when empty."""
    filters: Sequence[Filter] = ()
    order: Sequence[Order] = ()
    limit: int = 50
    offset: int = 0


def select_statement(selection: Selection) -> Statement:
    """The statement of a selection.

    Names come from the table's own columns and are quoted; values are parameters.

    Raises:
        ToolError: COLUMN_UNKNOWN, BAD_ARGUMENT
    """
    table = selection.table.table
    known = [column.name for column in selection.table.columns]
    values: dict[str, Any] = {}

    def column(name: str) -> Identifier:
        if name in known:
            return Identifier(name)
        raise ToolError(
            "COLUMN_UNKNOWN",
            f"{table.schema}.{table.name} has no column {name}.",
            hint=f"It has: {', '.join(known)}",
        )

    def parameter(value: object) -> Placeholder:
        name = f"p{len(values) + 1}"
        values[name] = value
        return Placeholder(name)

    def condition(one: Filter) -> Composable:
        if one.operator in ("is null", "is not null"):
            return SQL("{} {}").format(column(one.column), SQL(one.operator))
        if one.value is None:
            raise ToolError("BAD_ARGUMENT", f"The filter on {one.column} needs a value.")
        return SQL("{} {} {}").format(column(one.column), SQL(one.operator), parameter(one.value))

    named = [column(name) for name in selection.columns]
    wanted = SQL(", ").join(named) if named else SQL("*")
    parts: list[Composable] = [
        SQL("select {} from {}").format(wanted, Identifier(table.schema, table.name))
    ]
    if selection.filters:
        conditions = [condition(one) for one in selection.filters]
        parts.append(SQL("where {}").format(SQL(" and ").join(conditions)))
    if selection.order:
        terms = [
            SQL("{} {}").format(column(by.column), SQL(by.direction)) for by in selection.order
        ]
        parts.append(SQL("order by {}").format(SQL(", ").join(terms)))
    limits = parameter(selection.limit), parameter(selection.offset)
    parts.append(SQL("limit {} offset {}").format(*limits))
    # The database turns rows into JSON: dates, big numbers and bytes come as its users know them.
    text = SQL("select to_jsonb(selected) as row from ({}) selected").format(SQL(" ").join(parts))
    return Statement(text, values)
