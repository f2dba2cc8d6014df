from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from mcp.types import ToolAnnotations
from pydantic import BaseModel, Field

from .api.items import Item, create_item, get_item, list_items
from .api.request import Api
from .errors import guarded

READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=True
)
ADDS = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=True
)


class Items(BaseModel):
    items: list[Item]
    next_cursor: Annotated[str | None, Field(description="Missing at the end")] = None


class OneItem(BaseModel):
    item: Item


def register_tools(server: MCPServer[Any], api: Api) -> None:
    """Add what a model may call."""

    @server.tool(name="list_items", title="List items", annotations=READS)
    @guarded
    async def find(
        search: Annotated[
            str | None,
            Field(max_length=200, description="Only items whose name contains this"),
        ] = None,
        cursor: Annotated[
            str | None, Field(max_length=500, description="next_cursor of the answer before")
        ] = None,
        limit: Annotated[int, Field(ge=1, le=200, description="Most items of one answer")] = 20,
    ) -> Items:
        """Lists items, newest first. Go on with next_cursor when there are more."""
        page = await list_items(api, limit=limit, search=search, cursor=cursor)
        return Items(items=page.items, next_cursor=page.next)

    @server.tool(name="get_item", title="Get an item", annotations=READS)
    @guarded
    async def get(
        id: Annotated[
            str, Field(min_length=1, max_length=200, description="Identifier from list_items")
        ],
    ) -> OneItem:
        """Reads one item."""
        return OneItem(item=await get_item(api, id))

    @server.tool(name="create_item", title="Create an item", annotations=ADDS)
    @guarded
    async def create(
        name: Annotated[str, Field(min_length=1, max_length=200, description="What it is called")],
    ) -> OneItem:
        """Creates an item. Calling twice creates two."""
        return OneItem(item=await create_item(api, name))
