import json
from typing import Any

from mcp.server.mcpserver import MCPServer

from .commands import COMMANDS


def register_resources(server: MCPServer[Any]) -> None:
    """Add what a client may read."""

    @server.resource(
        "program://commands",
        name="commands",
        title="Commands",
        description="What the program may be asked.",
        mime_type="application/json",
    )
    def commands() -> str:
        return json.dumps(
            [
                {"name": one.name, "title": one.title, "isReading": one.is_reading}
                for one in COMMANDS
            ]
        )
