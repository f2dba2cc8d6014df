from collections.abc import Iterator
from contextlib import contextmanager

TOKEN = "only-for-tests-0123456789-abcdef"


@contextmanager
def access_env() -> Iterator[dict[str, str]]:
    """What the tests have to set to be let in."""
    yield {"MCP_TOKEN": TOKEN}


def caller_headers() -> dict[str, str]:
    """What the tests have to send to be let in."""
    return {"authorization": f"Bearer {TOKEN}"}
