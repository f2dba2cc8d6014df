from typing import Annotated

from pydantic import Field

from .setting_types import SettingsModel


class Settings(SettingsModel):
    """What this server alone understands. Each variable is explained in .env.example."""

    decimals: Annotated[int, Field(ge=0, le=10)] = 3
    """Digits after the point in answers."""
