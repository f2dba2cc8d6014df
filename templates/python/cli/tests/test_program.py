import json
import sys
from collections.abc import Sequence

import pytest
from mcp.server.mcpserver import MCPServer

from example_server.config import read_config
from example_server.errors import ToolError
from example_server.program import Finished, Program
from example_server.tools import register_tools


async def run(args: Sequence[str], env: dict[str, str] | None = None, **seen: str) -> Finished:
    """Run Python as the program, so that a test can say what it does."""
    config = read_config([], {"PROGRAM": sys.executable, **(env or {})})
    return await Program(config, seen).run(args)


async def refusal(args: Sequence[str], env: dict[str, str]) -> str:
    with pytest.raises(ToolError) as raised:
        await run(args, env)
    return raised.value.code


async def test_any_exit_status_is_an_answer() -> None:
    code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"

    assert await run(["-c", code]) == Finished(status=3, stdout="out\n", stderr="err\n")


async def test_no_shell_reads_the_arguments_and_secrets_of_this_server_are_not_seen() -> None:
    code = "import json, os, sys; print(json.dumps([sys.argv[1:], os.environ.get('API_TOKEN')]))"

    finished = await run(["-c", code, "$(id); `id` > x"], API_TOKEN="secret")

    assert json.loads(finished.stdout) == [["$(id); `id` > x"], None]


async def test_what_takes_too_long_or_prints_too_much_is_ended() -> None:
    slow = ["-c", "import time; time.sleep(60)"]
    assert await refusal(slow, {"PROGRAM_TIMEOUT_MS": "300"}) == "PROGRAM_TIMEOUT"

    loud = ["-c", "while True: print('x' * 500)"]
    assert await refusal(loud, {"PROGRAM_MAX_OUTPUT": "1000"}) == "PROGRAM_TALKATIVE"


async def test_a_program_that_is_not_there_is_named() -> None:
    assert await refusal([], {"PROGRAM": "no-such-program"}) == "PROGRAM_MISSING"


@pytest.mark.parametrize("word", ["--exec=evil", "-c", " x", "two\nlines", ""])
async def test_a_caller_cannot_give_options(word: str) -> None:
    server: MCPServer = MCPServer("test")
    register_tools(server, Program(read_config([], {"PROGRAM": sys.executable})))
    [schema] = [one.input_schema for one in await server.list_tools() if one.name == "show_help"]

    assert "pattern" in json.dumps(schema)
    with pytest.raises(Exception, match="command"):
        await server.call_tool("show_help", {"command": word})
