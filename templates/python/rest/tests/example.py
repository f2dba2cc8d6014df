from collections.abc import Iterator
from contextlib import contextmanager

from example_type import Example
from item_api import TOKEN, reply
from loopback_api import open_loopback_api


@contextmanager
def open_example() -> Iterator[Example]:
    with open_loopback_api(reply) as api:
        yield Example(
            env={"API_BASE_URL": api.url, "API_TOKEN": TOKEN, "API_AUTH": "bearer"},
            tool="get_item",
            arguments={"id": "i7"},
            structured={"item": {"id": "i7", "name": "Item 7", "updated_at": None}},
            wrong={"id": 7},
            resource="items://recent",
        )
