from typing import Annotated

from pydantic import Field

from .setting_types import SettingsModel


class Settings(SettingsModel):
    """What this server alone understands. Each variable is explained in .env.example."""

    program: Annotated[str, Field(min_length=1)] = "git"
    """Name of the program on PATH, or its absolute path."""
    program_folder: Annotated[str, Field(min_length=1)] = "."
    """Where it runs."""
    program_timeout_ms: Annotated[int, Field(ge=100, le=600_000)] = 30_000
    """Milliseconds a run may take."""
    program_max_output: Annotated[int, Field(ge=1_000, le=10_000_000)] = 200_000
    """Most bytes of what it prints."""
