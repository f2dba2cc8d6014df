import dataclasses
import json
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError

from .database.tables import Catalog
from .errors import ToolError

JSON_TYPE = "application/json"


def register_resources(server: MCPServer[Any], catalog: Catalog) -> None:
    """Add what a client may read."""

    @server.resource(
        "database://tables",
        name="tables",
        title="Tables",
        description="Every table and view that may be read.",
        mime_type=JSON_TYPE,
    )
    async def tables() -> str:
        try:
            found = await catalog.tables()
        except ToolError as error:
            raise ResourceError(error.message) from error
        return json.dumps([dataclasses.asdict(table) for table in found])

    @server.resource(
        "database://tables/{name}",
        name="table",
        title="Table",
        description="Columns of one table, named schema.table.",
        mime_type=JSON_TYPE,
    )
    async def table(name: str) -> str:
        try:
            return json.dumps(dataclasses.asdict(await catalog.describe(name)))
        except ToolError as error:
            kind = ResourceNotFoundError if error.code == "TABLE_UNKNOWN" else ResourceError
            raise kind(error.message) from error
