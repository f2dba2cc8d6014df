from collections.abc import AsyncIterator

import pytest
from item_api import TOKEN, reply
from loopback_api import open_loopback_api

from example_server.api.items import (
    Item,
    create_item,
    get_item,
    list_items,
)
from example_server.api.request import Api, open_api
from example_server.config import read_config
from example_server.errors import ToolError


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    with open_loopback_api(reply) as stand:
        env = {"API_BASE_URL": stand.url, "API_TOKEN": TOKEN, "API_AUTH": "bearer"}
        async with open_api(read_config([], env)) as opened:
            yield opened


async def test_reads_as_many_pages_as_the_limit_needs_and_says_where_to_go_on(api: Api) -> None:
    first = await list_items(api, limit=70)
    assert len(first.items) == 70
    assert first.next == "70"

    rest = await list_items(api, limit=200, cursor=first.next)
    assert len(rest.items) == 50
    assert rest.next is None


async def test_passes_a_search_on(api: Api) -> None:
    page = await list_items(api, limit=50, search="item 11")

    assert [item.id for item in page.items] == ["i11", *(f"i11{digit}" for digit in range(10))]


async def test_keeps_what_is_described_and_drops_the_rest(api: Api) -> None:
    assert await get_item(api, "i3") == Item(id="i3", name="Item 3")
    assert (await get_item(api, "i3")).model_extra is None
    assert await create_item(api, "Lamp") == Item(id="new", name="Lamp")


async def test_a_missing_item_is_not_found(api: Api) -> None:
    with pytest.raises(ToolError) as raised:
        await get_item(api, "none")

    assert raised.value.code == "NOT_FOUND"
