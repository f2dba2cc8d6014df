import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Final

import anyio
from anyio.abc import ByteReceiveStream, Process
from pydantic import BaseModel, Field

from .errors import ToolError
from .log import log
from .settings import Settings

SEEN: Final = ("PATH", "HOME", "LANG", "SystemRoot")
"""What the program may see of the environment: secrets of this server stay here."""


class Finished(BaseModel):
    status: Annotated[int, Field(description="Exit status; zero means that it went well")]
    stdout: str
    stderr: str


class Program:
    """The wrapped program."""

    def __init__(self, settings: Settings, env: Mapping[str, str] | None = None) -> None:
        self._settings = settings
        outer = os.environ if env is None else env
        self._env = {name: outer[name] for name in SEEN if name in outer}

    async def run(self, args: Sequence[str]) -> Finished:
        """Run the program to its end, without a shell. Any exit status is an answer.

        Raises:
            ToolError: PROGRAM_MISSING, PROGRAM_TIMEOUT, PROGRAM_KILLED, PROGRAM_TALKATIVE
        """
        settings = self._settings
        process = await self._start(args)
        try:
            with anyio.fail_after(settings.program_timeout_ms / 1000):
                async with anyio.create_task_group() as tasks:
                    output = _Output(settings.program_max_output, tasks.cancel_scope.cancel)
                    if process.stdout and process.stderr:
                        tasks.start_soon(output.collect, process.stdout, output.stdout)
                        tasks.start_soon(output.collect, process.stderr, output.stderr)
                if output.is_full:
                    raise ToolError(
                        "PROGRAM_TALKATIVE",
                        f"It printed more than {settings.program_max_output} bytes and was ended.",
                        hint="Ask for less.",
                    )
                status = await process.wait()
        except TimeoutError:
            raise ToolError(
                "PROGRAM_TIMEOUT",
                f"It took more than {settings.program_timeout_ms} ms and was ended.",
            ) from None
        finally:
            await _end(process)
        log.debug("program", extra={"status": status})
        if status < 0:
            raise ToolError(
                "PROGRAM_KILLED", f"{settings.program} was ended by a signal.", is_passing=True
            )
        return Finished(
            status=status,
            stdout=output.stdout.decode("utf-8", "replace"),
            stderr=output.stderr.decode("utf-8", "replace"),
        )

    async def _start(self, args: Sequence[str]) -> Process:
        settings = self._settings
        try:
            return await anyio.open_process(
                [settings.program, *args],
                stdin=subprocess.DEVNULL,
                cwd=settings.program_folder,
                env=self._env,
            )
        except OSError as error:
            raise ToolError(
                "PROGRAM_MISSING",
                f"{settings.program} cannot be started ({error.strerror}).",
                hint="Install it, or set PROGRAM and PROGRAM_FOLDER.",
            ) from error


class _Output:
    """What the program prints, up to a limit on both streams together."""

    def __init__(self, room: int, on_full: Callable[[], None]) -> None:
        self._room = room
        self._on_full = on_full
        self.is_full = False
        self.stdout = bytearray()
        self.stderr = bytearray()

    async def collect(self, stream: ByteReceiveStream, into: bytearray) -> None:
        async for chunk in stream:
            self._room -= len(chunk)
            self.is_full = self._room < 0
            if self.is_full:
                self._on_full()
                return
            into += chunk


async def _end(process: Process) -> None:
    with anyio.CancelScope(shield=True):
        if process.returncode is None:
            process.kill()
        await process.aclose()
