import json
from typing import Any

from mcp.server.mcpserver import MCPServer

from .operations import OPERATIONS


def register_resources(server: MCPServer[Any]) -> None:
    """Add what a client may read."""

    @server.resource(
        "api://operations",
        name="operations",
        title="Operations of the API",
        description="Each tool with its HTTP method and path.",
        mime_type="application/json",
    )
    def operations() -> str:
        shown = {"name", "method", "path", "title"}
        return json.dumps([operation.model_dump(include=shown) for operation in OPERATIONS])
