"""Where the process begins."""

import os
import sys

import anyio

from .access import create_gate
from .config import Config, read_config
from .config_error import ConfigError
from .features import open_features
from .log import configure_logging, log
from .serve_http import serve_http
from .serve_stdio import serve_stdio
from .server import create_server


def main() -> None:
    """Serve until the client is gone or the process is told to end."""
    try:
        config = read_config(sys.argv[1:], os.environ)
        configure_logging(config.log_level)
        anyio.run(_serve, config)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)


async def _serve(config: Config) -> None:
    gate = create_gate(config) if config.mcp_transport == "http" else None
    async with open_features(config) as features:
        server = create_server(features, gate)
        if config.mcp_transport == "http":
            await serve_http(server, config)
        else:
            await serve_stdio(server)
    log.info("stopped")
