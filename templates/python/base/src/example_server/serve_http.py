"""Streamable HTTP at `/mcp`, and `/healthz`."""

import signal
import socket
from typing import Any

import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse

from .config import Config
from .config_error import ConfigError
from .log import log

MAX_BODY = 1_048_576
"""Largest request, in bytes."""

PATIENCE_S = 10
"""Seconds that calls in flight get when the process is told to end."""


def create_app(server: MCPServer[Any], config: Config) -> Starlette:
    """The endpoints, as an ASGI application."""
    server.custom_route("/healthz", methods=["GET"])(_health)
    # A web page must not reach a server of the machine it is shown on.
    names = ["127.0.0.1", "localhost", "[::1]", *config.mcp_allowed_hosts]
    hosts = [f"{name}{port}" for name in names for port in ("", ":*")]
    security = TransportSecuritySettings(
        allowed_hosts=hosts,
        allowed_origins=[f"{scheme}://{host}" for scheme in ("http", "https") for host in hosts],
    )
    return server.streamable_http_app(transport_security=security, max_request_body_size=MAX_BODY)


async def serve_http(server: MCPServer[Any], config: Config) -> None:
    """Listen on the configured address until SIGINT or SIGTERM.

    Raises:
        ConfigError: The address cannot be listened on.
    """
    app = create_app(server, config)
    with _listen(config) as listening:
        name = f"[{config.mcp_host}]" if ":" in config.mcp_host else config.mcp_host
        url = f"http://{name}:{listening.getsockname()[1]}/mcp"
        # uvicorn stops on these signals and raises them once more when it is done.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        log.info("ready", extra={"transport": "http", "url": url})
        await uvicorn.Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                ws="none",
                timeout_graceful_shutdown=PATIENCE_S,
            )
        ).serve(sockets=[listening])


async def _health(_request: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})


def _listen(config: Config) -> socket.socket:
    family = socket.AF_INET6 if ":" in config.mcp_host else socket.AF_INET
    try:
        return socket.create_server((config.mcp_host, config.mcp_port), family=family)
    except OSError as error:
        raise ConfigError(
            f"Nothing can listen at MCP_HOST and MCP_PORT: {error.strerror}."
        ) from error
