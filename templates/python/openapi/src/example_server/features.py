from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mcp.server.mcpserver import MCPServer

from .api.request import open_api
from .config import Config
from .prompts import register_prompts
from .resources import register_resources
from .server import Features
from .tools import operation_tools


@asynccontextmanager
async def open_features(config: Config) -> AsyncIterator[Features]:
    """What the server offers, as long as it runs."""

    def register(server: MCPServer[Any]) -> None:
        register_resources(server)
        register_prompts(server)

    async with open_api(config) as api:
        yield Features(
            instructions="Calls an HTTP API. "
            "Each tool is one operation; what it answers stands in body.",
            register=register,
            tools=operation_tools(api),
        )
