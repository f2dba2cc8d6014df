from dataclasses import dataclass

import psycopg

from ..errors import ToolError


@dataclass(frozen=True)
class Meaning:
    starts: str
    """SQLSTATE, or the first characters of a class."""
    code: str
    message: str
    hint: str | None = None
    is_passing: bool = False


MEANINGS = (
    Meaning(
        "57014",
        "QUERY_TIMEOUT",
        "The query took too long and was stopped.",
        hint="Filter on an indexed column, or ask for fewer rows.",
    ),
    Meaning("42501", "NOT_ALLOWED", "The role of this server may not read that."),
    Meaning("22", "BAD_VALUE", "A value does not fit the type of its column."),
    Meaning("42883", "BAD_VALUE", "The operator does not fit the type of the column."),
    Meaning(
        "28",
        "DATABASE_UNAUTHORIZED",
        "The database refuses the sign-in.",
        hint="Check DATABASE_URL.",
    ),
    Meaning("3D000", "DATABASE_UNKNOWN", "There is no such database.", hint="Check DATABASE_URL."),
    Meaning("53", "DATABASE_BUSY", "The database takes no more connections.", is_passing=True),
    Meaning("08", "DATABASE_UNREACHABLE", "The connection was lost.", is_passing=True),
    Meaning(
        "57P", "DATABASE_UNREACHABLE", "The database is going down or coming up.", is_passing=True
    ),
)


def failure_of(error: Exception) -> ToolError | None:
    """What a failure of the driver means; None when it is a bug."""
    state = error.sqlstate if isinstance(error, psycopg.Error) else None
    if state is None and isinstance(error, psycopg.OperationalError | TimeoutError):
        return ToolError(
            "DATABASE_UNREACHABLE",
            "The database cannot be reached.",
            hint="Check that it runs and that DATABASE_URL names its address.",
            is_passing=True,
        )
    for meaning in MEANINGS:
        if state is not None and state.startswith(meaning.starts):
            return ToolError(
                meaning.code, meaning.message, hint=meaning.hint, is_passing=meaning.is_passing
            )
    return None
