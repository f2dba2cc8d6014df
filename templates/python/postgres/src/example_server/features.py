from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mcp.server.mcpserver import MCPServer

from .config import Config
from .database.database import open_database
from .database.tables import Catalog
from .prompts import register_prompts
from .resources import register_resources
from .server import Features
from .tools import register_tools


@asynccontextmanager
async def open_features(config: Config) -> AsyncIterator[Features]:
    """What the server offers, as long as it runs."""
    async with open_database(config) as database:
        catalog = Catalog(database, config.allowed_tables)

        def register(server: MCPServer[Any]) -> None:
            register_tools(server, database, catalog, config.max_rows)
            register_resources(server, catalog)
            register_prompts(server)

        yield Features(
            instructions="Reads a PostgreSQL database. "
            "List the tables, describe the one you need, then select rows.",
            register=register,
        )
