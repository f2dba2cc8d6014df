"""Starts the server as its clients do."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import IO, Final

import httpx2
from caller import caller_headers
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

ARGS: Final = ["-m", "example_server"]

ERAS: Final = {"2025-11-25": "legacy", "2026-07-28": "2026-07-28"}
"""Revision of the protocol → how a client asks for it."""

DEADLINE_S: Final = 120


@dataclass
class HttpServer:
    process: subprocess.Popen[str]
    url: str

    def stop(self) -> int:
        self.process.terminate()
        # Read to the end: a full pipe would keep the server from ending.
        self.process.communicate(timeout=DEADLINE_S)
        return self.process.returncode


def start(
    args: list[str], env: Mapping[str, str], stderr: int | IO[str] = subprocess.PIPE
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *ARGS, *args],
        env={**_outer(), **env},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        encoding="utf-8",
    )


def start_http(env: Mapping[str, str]) -> HttpServer:
    """Start on a free port; return once it listens."""
    process = start(["--http"], {**env, "MCP_PORT": "0"})
    assert process.stderr
    said = ""
    for line in process.stderr:
        said += line
        if line.startswith("{") and (url := json.loads(line).get("url")):
            return HttpServer(process, url)
    raise AssertionError(f"The server ended before it listened.\n{said}")


@asynccontextmanager
async def connect_stdio(era: str, env: Mapping[str, str]) -> AsyncIterator[Client]:
    parameters = StdioServerParameters(
        command=sys.executable, args=[*ARGS, "--stdio"], env={**_outer(), **env}
    )
    with open(os.devnull, "w") as nowhere:  # noqa: ASYNC230
        transport = stdio_client(parameters, errlog=nowhere)
        async with Client(transport, mode=ERAS[era]) as client:
            yield client


@asynccontextmanager
async def connect_http(era: str, url: str) -> AsyncIterator[Client]:
    async with (
        httpx2.AsyncClient(headers=caller_headers(), timeout=DEADLINE_S) as http,
        Client(streamable_http_client(url, http_client=http), mode=ERAS[era]) as client,
    ):
        yield client


def _outer() -> dict[str, str]:
    names = ("PATH", "PYTHONPATH", "SYSTEMROOT")
    return {name: os.environ[name] for name in names if name in os.environ}
