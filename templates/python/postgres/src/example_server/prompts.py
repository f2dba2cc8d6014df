from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from pydantic import Field


def register_prompts(server: MCPServer[Any]) -> None:
    """Add what a person may ask for by name."""

    @server.prompt(title="Answer from the data")
    def answer_from_data(
        question: Annotated[str, Field(description="In plain words")],
    ) -> str:
        """Asks a question that the database can answer."""
        return (
            f"{question}\nUse list_tables and describe_table first, then select_rows. "
            "Say which table the answer is from."
        )
