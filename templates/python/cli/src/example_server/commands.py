"""Everything the program may be asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

Word = Annotated[str, Field(max_length=200, pattern=r"^[^-\s][^\x00\r\n]*$")]
"""What a caller may put on the command line: never an option, which could change what it does."""


@dataclass(frozen=True)
class Command:
    name: str
    title: str
    description: str
    is_reading: bool
    """True when nothing is changed."""
    args: Callable[..., Sequence[str]]
    """The command line after the program's name. Its parameters are those of the tool."""


def _version() -> Sequence[str]:
    return ["--version"]


def _help(
    command: Annotated[Word | None, Field(description="Only the help of this command")] = None,
) -> Sequence[str]:
    return [*([command] if command else []), "--help"]


COMMANDS = (
    Command(
        name="show_version",
        title="Show the version",
        description="Shows which version of the program is installed.",
        is_reading=True,
        args=_version,
    ),
    Command(
        name="show_help",
        title="Show the help",
        description="Shows what the program, or one of its commands, can do.",
        is_reading=True,
        args=_help,
    ),
)
