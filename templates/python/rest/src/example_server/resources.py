import json
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError

from .api.items import get_item, list_items
from .api.request import Api
from .errors import ToolError

JSON_TYPE = "application/json"


def register_resources(server: MCPServer[Any], api: Api) -> None:
    """Add what a client may read."""

    @server.resource(
        "items://recent",
        name="recent",
        title="Recent items",
        description="The ten newest items.",
        mime_type=JSON_TYPE,
    )
    async def recent() -> str:
        try:
            page = await list_items(api, limit=10)
        except ToolError as error:
            raise ResourceError(error.message) from error
        return json.dumps([item.model_dump() for item in page.items])

    @server.resource(
        "items://item/{item_id}",
        name="item",
        title="Item",
        description="One item by its identifier.",
        mime_type=JSON_TYPE,
    )
    async def item(item_id: str) -> str:
        try:
            return (await get_item(api, item_id)).model_dump_json()
        except ToolError as error:
            kind = ResourceNotFoundError if error.code == "NOT_FOUND" else ResourceError
            raise kind(error.message) from error
