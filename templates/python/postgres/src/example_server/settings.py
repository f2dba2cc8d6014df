import re
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from .setting_types import SettingsModel, Words


def _is_address(value: SecretStr) -> SecretStr:
    if not re.match(r"postgres(ql)?://", value.get_secret_value()):
        raise ValueError("has to begin with postgres://")
    return value


def _are_tables(names: tuple[str, ...]) -> tuple[str, ...]:
    if not all(re.fullmatch(r"[^.*]+\.([^.*]+|\*)", name) for name in names):
        raise ValueError("has to be a list of schema.table or schema.*")
    return names


class Settings(SettingsModel):
    """What this server alone understands. Each variable is explained in .env.example."""

    database_url: Annotated[SecretStr, AfterValidator(_is_address)]
    allowed_tables: Annotated[Words, AfterValidator(_are_tables)] = ("public.*",)
    """Tables that may be read, as `schema.table` or `schema.*`."""
    statement_timeout_ms: Annotated[int, Field(ge=100, le=300_000)] = 5_000
    """Milliseconds a statement may take."""
    max_rows: Annotated[int, Field(ge=1, le=10_000)] = 200
    """Most rows of one answer."""
    pool_size: Annotated[int, Field(ge=1, le=100)] = 4
    """Most connections to the database."""
