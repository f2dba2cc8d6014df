"""What the environment and the arguments say, checked before anything starts."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from .access import AccessSettings
from .config_error import ConfigError
from .setting_types import Words
from .settings import Settings


class Config(Settings, AccessSettings):
    """Every variable the server reads: its own, those of its access, and these."""

    mcp_transport: Literal["stdio", "http"] = "stdio"
    mcp_host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    mcp_port: Annotated[int, Field(ge=0, le=65_535)] = 3000
    mcp_allowed_hosts: Words = ()
    """Host names, besides those of this machine, under which the HTTP endpoint may be reached."""
    log_level: Literal["debug", "info", "warn", "error"] = "info"


VARIABLES = tuple(name.upper() for name in Config.model_fields)
"""Every environment variable the server reads."""


def read_config(args: Sequence[str], env: Mapping[str, str]) -> Config:
    """Read the configuration; an empty variable counts as not set.

    `--stdio` and `--http` take precedence over `MCP_TRANSPORT`.

    Raises:
        ConfigError: Something is missing or does not fit.
    """
    unknown = [word for word in args if word not in ("--stdio", "--http")]
    if unknown:
        raise ConfigError(f"Unknown arguments: {' '.join(unknown)}. Use --stdio or --http.")
    given = {name.lower(): env[name] for name in VARIABLES if env.get(name)}
    if args:
        given["mcp_transport"] = args[-1].removeprefix("--")
    try:
        return Config.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        lines = [f"  {'.'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in found]
    raise ConfigError(
        "\n".join(["The configuration is not complete:", *lines, "See .env.example."])
    )
