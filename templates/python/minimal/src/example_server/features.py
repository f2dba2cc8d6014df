from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mcp.server.mcpserver import MCPServer

from .config import Config
from .prompts import register_prompts
from .resources import register_resources
from .server import Features
from .tools import register_tools


@asynccontextmanager
async def open_features(config: Config) -> AsyncIterator[Features]:
    """What the server offers, as long as it runs."""

    def register(server: MCPServer[Any]) -> None:
        register_tools(server, config)
        register_resources(server)
        register_prompts(server)

    yield Features(
        instructions="Converts lengths. List the units first when a unit is not certain.",
        register=register,
    )
