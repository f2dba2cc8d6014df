from typing import Final, Literal

from .errors import ToolError

Unit = Literal["mm", "cm", "m", "km", "in", "ft", "mi"]

UNITS: Final[dict[Unit, float]] = {
    "mm": 0.001,
    "cm": 0.01,
    "m": 1,
    "km": 1000,
    "in": 0.0254,
    "ft": 0.3048,
    "mi": 1609.344,
}
"""Metres of one unit."""


def convert(value: float, from_unit: Unit, to_unit: Unit, decimals: int) -> float:
    """Convert a length.

    Raises:
        ToolError: NEGATIVE_LENGTH
    """
    if value < 0:
        raise ToolError(
            "NEGATIVE_LENGTH",
            f"A length of {value} {from_unit} does not exist.",
            hint="Give a length of zero or more.",
        )
    return round(value * UNITS[from_unit] / UNITS[to_unit], decimals)
