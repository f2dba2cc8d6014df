from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mcp.server.mcpserver import MCPServer

from .config import Config
from .program import Program
from .prompts import register_prompts
from .resources import register_resources
from .server import Features
from .tools import register_tools


@asynccontextmanager
async def open_features(config: Config) -> AsyncIterator[Features]:
    """What the server offers, as long as it runs."""
    program = Program(config)

    def register(server: MCPServer[Any]) -> None:
        register_tools(server, program)
        register_resources(server)
        register_prompts(server)

    yield Features(
        instructions=f"Runs {config.program}. "
        "A status other than zero means that the command failed; stderr says why.",
        register=register,
    )
