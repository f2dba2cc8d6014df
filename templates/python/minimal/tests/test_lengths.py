import pytest

from example_server.errors import ToolError
from example_server.lengths import convert


def test_converts_and_rounds_to_the_wanted_digits() -> None:
    assert convert(1, "mi", "km", 3) == 1.609
    assert convert(1, "mi", "km", 0) == 2
    assert convert(0, "in", "ft", 3) == 0


def test_refuses_lengths_below_zero() -> None:
    with pytest.raises(ToolError) as raised:
        convert(-1, "m", "km", 3)

    assert raised.value.code == "NEGATIVE_LENGTH"
