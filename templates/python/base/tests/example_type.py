from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Example:
    """What the tests of the protocol call."""

    env: Mapping[str, str]
    tool: str
    arguments: dict[str, Any]
    wrong: dict[str, Any]
    """Arguments that do not fit the schema."""
    structured: dict[str, Any] | None = None
    """What the answer holds; None when the call is refused."""
    refusal: str | None = None
    """Code of the refusal."""
    resource: str | None = None
