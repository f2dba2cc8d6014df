import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
from mcp.types import CallToolResult, TextContent

from example_server.errors import ToolError, guarded
from example_server.log import configure_logging, log


@pytest.fixture
def logged() -> Iterator[StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = StringIO()
    configure_logging("info", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


async def test_an_answer_passes() -> None:
    @guarded
    async def count() -> int:
        return 3

    assert await count() == 3


async def test_a_refusal_has_a_code_a_message_and_a_hint() -> None:
    @guarded
    async def get() -> int:
        raise ToolError("NOT_FOUND", "There is no item 7.", hint="List the items first.")

    result = await get()

    assert isinstance(result, CallToolResult)
    assert result.is_error
    [content] = result.content
    assert isinstance(content, TextContent)
    assert content.text == "NOT_FOUND: There is no item 7.\nList the items first."
    assert result.meta is not None
    assert result.meta["error"] == {
        "code": "NOT_FOUND",
        "message": "There is no item 7.",
        "hint": "List the items first.",
        "isPassing": False,
    }


async def test_a_bug_is_logged_and_not_shown(logged: StringIO) -> None:
    @guarded
    async def get() -> int:
        raise RuntimeError("password=hunter2")

    result = await get()

    assert isinstance(result, CallToolResult)
    assert "hunter2" not in result.model_dump_json()
    assert result.meta is not None
    assert result.meta["error"]["code"] == "INTERNAL"
    line = json.loads(logged.getvalue())
    assert (line["level"], line["message"], line["tool"]) == ("error", "tool failed", "get")


def test_what_is_below_the_level_is_not_logged(logged: StringIO) -> None:
    log.debug("details")
    log.warning("careful", extra={"times": 2})
    logging.getLogger("httpx2").info("GET https://api.example.com/?key=secret")

    [line] = logged.getvalue().splitlines()
    assert json.loads(line).items() >= {"level": "warn", "message": "careful", "times": 2}.items()
