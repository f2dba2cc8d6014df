from collections.abc import Iterator
from contextlib import contextmanager

from example_type import Example


@contextmanager
def open_example() -> Iterator[Example]:
    yield Example(
        env={},
        tool="convert_length",
        arguments={"value": 1, "from_unit": "mi", "to_unit": "km"},
        structured={"value": 1.609, "unit": "km"},
        wrong={"value": "one", "from_unit": "mi", "to_unit": "parsec"},
        resource="lengths://units",
    )
