"""Failures as callers see them."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from mcp import MCPError
from mcp.types import CallToolResult, TextContent

from .log import log

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


class ToolError(Exception):
    """A failure the caller can do something about.

    Anything else raised by a tool is a bug and stays in the log.
    """

    def __init__(
        self, code: str, message: str, *, hint: str | None = None, is_passing: bool = False
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        """What to try instead."""
        self.is_passing = is_passing
        """True when the same call may succeed later."""


def guarded(
    run: Callable[Given, Awaitable[Answer]],
) -> Callable[Given, Awaitable[Answer | CallToolResult]]:
    """Turn what a tool raises into an error result with a stable code."""
    name = getattr(run, "__name__", "tool")

    @wraps(run)
    async def guard(*args: Given.args, **given: Given.kwargs) -> Answer | CallToolResult:
        try:
            return await run(*args, **given)
        except ToolError as error:
            log.info("tool refused", extra={"tool": name, "code": error.code})
            return failure(error)
        except MCPError:
            raise
        except Exception:
            log.exception("tool failed", extra={"tool": name})
            return failure(ToolError("INTERNAL", "The server failed. Its log says why."))

    return guard


def failure(error: ToolError) -> CallToolResult:
    """The result that tells a caller of a failure."""
    lines = [f"{error.code}: {error.message}", *([error.hint] if error.hint else [])]
    facts = {
        "code": error.code,
        "message": error.message,
        **({"hint": error.hint} if error.hint else {}),
        "isPassing": error.is_passing,
    }
    return CallToolResult(
        is_error=True,
        content=[TextContent(type="text", text="\n".join(lines))],
        _meta={"error": facts},
    )
