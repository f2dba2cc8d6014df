from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mcp.server.mcpserver import MCPServer

from .api.request import open_api
from .config import Config
from .prompts import register_prompts
from .resources import register_resources
from .server import Features
from .tools import register_tools


@asynccontextmanager
async def open_features(config: Config) -> AsyncIterator[Features]:
    """What the server offers, as long as it runs."""
    async with open_api(config) as api:

        def register(server: MCPServer[Any]) -> None:
            register_tools(server, api)
            register_resources(server, api)
            register_prompts(server)

        yield Features(
            instructions="Finds, reads and creates items. "
            "Search before you create, so that nothing is there twice.",
            register=register,
        )
