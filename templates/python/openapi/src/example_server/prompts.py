from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from pydantic import Field


def register_prompts(server: MCPServer[Any]) -> None:
    """Add what a person may ask for by name."""

    @server.prompt(title="Use the API")
    def use_api(task: Annotated[str, Field(description="In plain words")]) -> str:
        """Asks for something the API can do."""
        return (
            f"{task}\nRead before you write. Ask me before you call a tool that changes something."
        )
