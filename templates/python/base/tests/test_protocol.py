import json
import re
import signal
import subprocess
import sys
from contextlib import AbstractAsyncContextManager

import httpx2
import pytest
from caller import caller_headers
from example_type import Example
from mcp import Client, MCPError
from running import DEADLINE_S, ERAS, HttpServer, connect_http, connect_stdio, start

EVERY = [(era, front) for era in ERAS for front in ("standard streams", "HTTP")]


def connect(
    era: str, front: str, example: Example, http: HttpServer
) -> AbstractAsyncContextManager[Client]:
    if front == "HTTP":
        return connect_http(era, http.url)
    return connect_stdio(era, example.env)


@pytest.mark.parametrize(("era", "front"), EVERY)
async def test_what_it_offers_can_be_used_and_what_is_wrong_is_refused(
    era: str, front: str, example: Example, http: HttpServer
) -> None:
    async with connect(era, front, example, http) as client:
        assert client.protocol_version == era
        tools = (await client.list_tools()).tools
        assert tools
        for tool in tools:
            assert re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", tool.name)
            assert tool.title, tool.name
            assert tool.description, tool.name
            assert tool.input_schema["type"] == "object"
            assert tool.output_schema, f"{tool.name} describes its answer"
            assert tool.annotations is not None
            assert tool.annotations.read_only_hint is not None, f"{tool.name} says what it changes"

        result = await client.call_tool(example.tool, example.arguments)
        if example.structured is None:
            assert result.is_error
            assert result.meta is not None
            assert result.meta["error"]["code"] == example.refusal
        else:
            assert not result.is_error, result.content
            assert result.structured_content is not None
            assert result.structured_content.items() >= example.structured.items()

        assert (await client.list_resources()).resources
        assert (await client.list_prompts()).prompts
        if example.resource:
            assert len((await client.read_resource(example.resource)).contents) == 1

        unknown = await client.call_tool("no_such_tool", {})
        assert unknown.is_error
        assert "no_such_tool" in str(unknown.content)
        assert (await client.call_tool(example.tool, example.wrong)).is_error
        with pytest.raises(MCPError, match=r"(?i)unknown|not found"):
            await client.read_resource("nothing://here")
        assert (await client.list_tools()).tools


INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "0"},
    },
}


def initialized(example: Example) -> subprocess.Popen[str]:
    """A server that was sent junk first, then answered a client."""
    process = start(["--stdio"], example.env, stderr=subprocess.DEVNULL)
    assert process.stdin
    assert process.stdout
    process.stdin.write(f"this is no message\n{json.dumps(INITIALIZE)}\n")
    process.stdin.flush()
    for line in process.stdout:
        message = json.loads(line)
        assert message["jsonrpc"] == "2.0"
        if message.get("id") == 1:
            return process
    raise AssertionError("The server ended before it answered.")


def test_junk_is_survived_and_the_end_of_stdin_ends_the_process(example: Example) -> None:
    process = initialized(example)

    rest, _ = process.communicate(timeout=DEADLINE_S)

    assert rest == ""
    assert process.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no SIGTERM")
def test_a_signal_ends_the_process_while_the_client_is_there(example: Example) -> None:
    process = initialized(example)

    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=DEADLINE_S) == 0
    process.communicate()


async def test_http_says_that_it_is_well_and_refuses_other_names_and_origins(
    http: HttpServer,
) -> None:
    async with httpx2.AsyncClient(headers=caller_headers(), timeout=DEADLINE_S) as client:
        origin = http.url.removesuffix("/mcp")

        assert (await client.get(f"{origin}/healthz")).json() == {"status": "ok"}
        assert (await client.get(f"{origin}/elsewhere")).status_code == 404
        evil = await client.post(http.url, json={}, headers={"origin": "https://evil.example"})
        assert evil.status_code == 403
        renamed = await client.post(http.url, json={}, headers={"host": "evil.example"})
        assert renamed.status_code == 421
