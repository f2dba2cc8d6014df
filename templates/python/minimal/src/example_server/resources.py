import json
from typing import Any

from mcp.server.mcpserver import MCPServer

from .lengths import UNITS


def register_resources(server: MCPServer[Any]) -> None:
    """Add what a client may read."""

    @server.resource(
        "lengths://units",
        name="units",
        title="Units of length",
        description="Each unit in metres.",
        mime_type="application/json",
    )
    def units() -> str:
        return json.dumps(UNITS)
