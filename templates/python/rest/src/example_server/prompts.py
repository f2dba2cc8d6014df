from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from pydantic import Field


def register_prompts(server: MCPServer[Any]) -> None:
    """Add what a person may ask for by name."""

    @server.prompt(title="Summarize items")
    def summarize_items(
        subject: Annotated[str, Field(description="What the items are about")],
    ) -> str:
        """Asks for a short overview of the items about a subject."""
        return (
            f"Find the items about {subject} with list_items "
            "and summarize them in five lines, newest first."
        )
