"""Standard streams: one client, which started this process."""

import asyncio
import os
import signal
import threading
from types import FrameType
from typing import Any

import anyio
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.mcpserver import MCPServer

from .log import log

PATIENCE_S = 10
"""Seconds that calls in flight get when the process is told to end."""


async def serve_stdio(server: MCPServer[Any]) -> None:
    """Serve until the client closes the pipe, or SIGINT or SIGTERM comes."""
    calls = _Calls()
    server.middleware.append(calls)
    stdin = _EndableStdin()
    told = asyncio.Event()
    loop = asyncio.get_running_loop()

    def tell(_number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(told.set)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, tell)

    async def stop_when_told() -> None:
        await told.wait()
        log.info("stopping")
        with anyio.move_on_after(PATIENCE_S):
            await calls.none_left()
        stdin.end()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(stop_when_told)
        log.info("ready", extra={"transport": "stdio"})
        await server.run_stdio_async()
        tasks.cancel_scope.cancel()


class _Calls:
    """Counts what is being answered."""

    def __init__(self) -> None:
        self._running = 0

    async def __call__(
        self, ctx: ServerRequestContext[Any, Any], call_next: CallNext
    ) -> HandlerResult:
        self._running += 1
        try:
            return await call_next(ctx)
        finally:
            self._running -= 1

    async def none_left(self) -> None:
        """Return when nothing was running for a moment, in which the last answer is written."""
        quiet = 0
        while quiet < 2:
            quiet = 0 if self._running else quiet + 1
            await anyio.sleep(0.05)


class _EndableStdin:
    """Takes the place of standard input, so that it can end although the client keeps it open.

    A read from a pipe cannot be interrupted. What a thread reads of the real input is written to a
    pipe whose end is in our hands.
    """

    def __init__(self) -> None:
        real = os.dup(0)
        reading, self._writing = os.pipe()
        os.dup2(reading, 0)
        os.close(reading)
        threading.Thread(target=self._copy, args=(real,), daemon=True).start()

    def _copy(self, real: int) -> None:
        while chunk := os.read(real, 65_536):
            while chunk:
                chunk = chunk[os.write(self._writing, chunk) :]
        self.end()

    def end(self) -> None:
        """Let the server see the end of its input; what the client still sends goes nowhere."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        # The number stays taken, so the thread never writes to a file opened later.
        os.dup2(nowhere, self._writing)
        os.close(nowhere)
