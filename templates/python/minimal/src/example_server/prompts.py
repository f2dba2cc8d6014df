from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from pydantic import Field


def register_prompts(server: MCPServer[Any]) -> None:
    """Add what a person may ask for by name."""

    @server.prompt(title="Compare two lengths")
    def compare_lengths(
        first: Annotated[str, Field(description="For example 3 ft")],
        second: Annotated[str, Field(description="For example 1 m")],
    ) -> str:
        """Asks which of two lengths is the longer one."""
        return (
            f"Which is longer, {first} or {second}? "
            "Convert both to metres with convert_length, then say by how much."
        )
