from typing import Annotated

from pydantic import Field, SecretStr

from .setting_types import SettingsModel


class Settings(SettingsModel):
    """What this server alone understands. Each variable is explained in .env.example."""

    api_base_url: Annotated[str, Field(pattern=r"^https?://[^\s/]+")] = "https://api.example.com/v1"
    """Where every path begins."""
    api_token: Annotated[SecretStr, Field(min_length=1)] | None = None
    """Never logged, never sent to another address."""
    api_auth: Annotated[str, Field(pattern=r"^(bearer|basic|(header|query):[A-Za-z0-9_.-]+)$")] = (
        "bearer"
    )
    """How the token is sent: bearer, basic, header:<name> or query:<name>."""
    api_timeout_ms: Annotated[int, Field(ge=100, le=300_000)] = 10_000
    """Milliseconds for one attempt."""
    api_retries: Annotated[int, Field(ge=0, le=10)] = 2
    """Further attempts after a failure that may pass."""
    api_per_minute: Annotated[int, Field(ge=1, le=100_000)] = 120
    """Requests a minute; more wait for their turn."""
