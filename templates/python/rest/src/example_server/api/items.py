"""What the API offers and what of its answers is kept: the part to change."""

from typing import Annotated, TypeVar

from pydantic import AliasChoices, BaseModel, Field, ValidationError

from ..errors import ToolError
from .request import Api, ApiRequest

PAGE_SIZE = 50
"""Most items of one request to the API."""


class Item(BaseModel):
    """One thing of the API. What else it sends is dropped, so that answers stay small."""

    id: str
    name: str
    updated_at: Annotated[
        str | None,
        Field(
            validation_alias=AliasChoices("updatedAt", "updated_at"),
            description="When it last changed, ISO 8601",
        ),
    ] = None


class ItemPage(BaseModel):
    items: list[Item]
    next: str | None = None
    """Where to go on; None at the end."""


Answer = TypeVar("Answer", bound=BaseModel)


async def list_items(
    api: Api, *, limit: int, search: str | None = None, cursor: str | None = None
) -> ItemPage:
    """Read pages until there are `limit` items or no more."""
    items: list[Item] = []
    while True:
        query = {"search": search, "cursor": cursor, "limit": min(PAGE_SIZE, limit - len(items))}
        answer = await api.send(ApiRequest("GET", ["items"], query=query))
        page = _parse(ItemPage, answer.body)
        items += page.items
        cursor = page.next
        if cursor is None or len(items) >= limit:
            return ItemPage(items=items, next=cursor)


async def get_item(api: Api, item_id: str) -> Item:
    answer = await api.send(ApiRequest("GET", ["items", item_id]))
    return _parse(Item, answer.body)


async def create_item(api: Api, name: str) -> Item:
    answer = await api.send(ApiRequest("POST", ["items"], body={"name": name}))
    return _parse(Item, answer.body)


def _parse(model: type[Answer], body: object) -> Answer:
    """An API changes without notice: better a clear error than a wrong answer."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        why = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in found)
    raise ToolError("API_ANSWER_BROKEN", f"The API's answer is not what it should be: {why}")
