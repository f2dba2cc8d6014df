"""The server: what it is called, and everything it offers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from mcp.server.caching import CacheHint
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.tools import Tool

from .gate import Gate

LIST_TTL_MS = 60_000
"""Lists may be kept for a minute: they change only with a new version of the server."""


@dataclass(frozen=True)
class Features:
    """What the server offers."""

    instructions: str
    """Told to the model before the first call."""
    register: Callable[[MCPServer[Any]], None]
    """Adds tools, resources and prompts."""
    tools: Sequence[Tool] = ()
    """Tools that no function describes."""


def create_server(features: Features, gate: Gate | None = None) -> MCPServer[Any]:
    """Make the server; the gate stands before the HTTP endpoint only."""
    hint = CacheHint(ttl_ms=LIST_TTL_MS, scope="public")
    server: MCPServer[Any] = MCPServer(
        "example-server",
        title="Example server",
        version=version("example-server"),
        instructions=features.instructions,
        tools=list(features.tools),
        cache_hints={
            "tools/list": hint,
            "prompts/list": hint,
            "resources/list": hint,
            "resources/templates/list": hint,
            "server/discover": hint,
        },
        auth=gate.auth if gate else None,
        token_verifier=gate.verifier if gate else None,
    )
    features.register(server)
    return server
