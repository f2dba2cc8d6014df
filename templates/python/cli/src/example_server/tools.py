import inspect
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.types import ToolAnnotations

from .commands import COMMANDS, Command
from .errors import guarded
from .program import Finished, Program


def register_tools(server: MCPServer[Any], program: Program) -> None:
    """Add what a model may call."""
    for command in COMMANDS:
        server.add_tool(
            guarded(_runner(command, program)),
            name=command.name,
            title=command.title,
            description=command.description,
            annotations=ToolAnnotations(
                read_only_hint=command.is_reading,
                destructive_hint=not command.is_reading,
                idempotent_hint=command.is_reading,
                open_world_hint=False,
            ),
        )


def _runner(command: Command, program: Program) -> Callable[..., Awaitable[Finished]]:
    """A function that takes what the command takes, and runs it."""

    @wraps(command.args)
    async def run(**given: Any) -> Finished:
        return await program.run(command.args(**given))

    taken = inspect.signature(command.args)
    run.__signature__ = taken.replace(return_annotation=Finished)  # type: ignore[attr-defined]
    run.__name__ = command.name
    return run
