from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from pydantic import Field


def register_prompts(server: MCPServer[Any]) -> None:
    """Add what a person may ask for by name."""

    @server.prompt(title="Explain a command")
    def explain_command(
        command: Annotated[str, Field(description="Name of the command")],
    ) -> str:
        """Asks how a command of the program is used."""
        return f"Read show_help for {command} and explain it with one example."
