from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def access_env() -> Iterator[dict[str, str]]:
    """What the tests have to set to be let in: nothing."""
    yield {}


def caller_headers() -> dict[str, str]:
    """What the tests have to send to be let in: nothing."""
    return {}
