from collections.abc import Iterator

import pytest
from caller import access_env
from example import open_example
from example_type import Example
from running import HttpServer, start_http


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def example() -> Iterator[Example]:
    with open_example() as opened:
        yield opened


@pytest.fixture(scope="session")
def http(example: Example) -> Iterator[HttpServer]:
    """The server over HTTP, one for all tests."""
    with access_env() as env:
        server = start_http({**example.env, **env})
        yield server
        assert server.stop() == 0
