import sys
from collections.abc import Iterator
from contextlib import contextmanager

from example_type import Example


@contextmanager
def open_example() -> Iterator[Example]:
    """Python itself is the program: the tests need no other."""
    yield Example(
        env={"PROGRAM": sys.executable},
        tool="show_help",
        arguments={},
        structured={"status": 0, "stderr": ""},
        wrong={"command": "--eval=evil"},
        resource="program://commands",
    )
