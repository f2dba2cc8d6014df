import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from loopback_api import LoopbackApi, Received, Reply, open_loopback_api

from example_server.api.request import (
    ApiAnswer,
    ApiRequest,
    address_of,
    open_api,
)
from example_server.config import read_config
from example_server.errors import ToolError

TOKEN = "a-secret-token"
GET = ApiRequest("GET", ["a"])
POST = ApiRequest("POST", ["items"], body={})


@dataclass
class Stand:
    api: LoopbackApi
    env: dict[str, str]

    async def send(self, request: ApiRequest) -> ApiAnswer:
        env = {"API_BASE_URL": self.api.url, "API_TOKEN": TOKEN, "API_AUTH": "bearer", **self.env}
        async with open_api(read_config([], env)) as api:
            return await api.send(request)

    async def refusal(self, request: ApiRequest) -> ToolError:
        with pytest.raises(ToolError) as raised:
            await self.send(request)
        return raised.value


Open = Callable[..., Stand]


@pytest.fixture
def stand() -> Any:
    with ExitStack() as stack:

        def open_stand(reply: Callable[[Received, int], Reply], **env: str) -> Stand:
            count = 0

            def answer(request: Received) -> Reply:
                nonlocal count
                count += 1
                return reply(request, count)

            return Stand(stack.enter_context(open_loopback_api(answer)), env)

        yield open_stand


async def test_sends_path_query_and_token_and_logs_no_secret(
    stand: Open, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="example_server")
    opened = stand(lambda *_: Reply(body={"ok": True}))

    request = ApiRequest("GET", ["items", "a/b c"], query={"tag": ["x", "y"], "no": None})
    answer = await opened.send(request)

    assert answer.body == {"ok": True}
    [received] = opened.api.received
    assert received.target == "/v1/items/a%2Fb%20c?tag=x&tag=y"
    assert received.headers["authorization"] == f"Bearer {TOKEN}"
    assert caplog.messages == ["api"]
    assert TOKEN not in str([vars(record) for record in caplog.records])


@pytest.mark.parametrize("segment", ["..", ".", ""])
def test_no_argument_leads_out_of_the_base_address(segment: str) -> None:
    with pytest.raises(ToolError, match="address"):
        address_of(["items", segment], "https://api.example.com/v1")
    assert address_of(["../x"], "https://api.example.com/v1/") == (
        "https://api.example.com/v1/..%2Fx"
    )


async def test_asks_again_when_the_api_says_so_and_no_more_often_than_allowed(
    stand: Open,
) -> None:
    busy = Reply(status=429, headers={"retry-after": "0"})
    passing = stand(lambda _, count: busy if count < 3 else Reply(body=1))
    assert (await passing.send(POST)).body == 1
    assert len(passing.api.received) == 3

    lasting = stand(lambda *_: busy)
    refusal = await lasting.refusal(GET)
    assert (refusal.code, refusal.is_passing) == ("API_RATE_LIMITED", True)
    assert len(lasting.api.received) == 3


async def test_what_may_have_changed_something_is_not_sent_twice(stand: Open) -> None:
    opened = stand(lambda *_: Reply(status=503))

    assert (await opened.refusal(POST)).code == "API_FAILED"

    assert len(opened.api.received) == 1


@pytest.mark.parametrize(
    ("status", "code"), [(401, "API_UNAUTHORIZED"), (404, "NOT_FOUND"), (422, "API_REFUSED")]
)
async def test_a_status_has_its_code(stand: Open, status: int, code: str) -> None:
    refusal = await stand(lambda *_: Reply(status=status, body={"error": "why"})).refusal(GET)

    assert refusal.code == code
    assert "why" in refusal.message


async def test_a_slow_answer_no_answer_and_a_broken_answer_are_told_apart(stand: Open) -> None:
    slow = stand(lambda *_: Reply(delay_s=2), API_TIMEOUT_MS="100", API_RETRIES="0")
    assert (await slow.refusal(GET)).code == "API_TIMEOUT"

    broken = stand(lambda *_: Reply(text='{"cut'))
    assert (await broken.refusal(GET)).code == "API_ANSWER_BROKEN"

    gone = Stand(LoopbackApi("http://127.0.0.1:1/v1", []), {"API_RETRIES": "0"})
    assert (await gone.refusal(GET)).code == "API_UNREACHABLE"


async def test_redirects_are_not_followed(stand: Open) -> None:
    elsewhere = {"location": "https://evil.example/"}
    opened = stand(lambda *_: Reply(status=302, headers=elsewhere))

    assert (await opened.refusal(GET)).code == "API_REFUSED"

    assert len(opened.api.received) == 1


async def test_a_huge_answer_is_given_up(stand: Open) -> None:
    opened = stand(lambda *_: Reply(text=f'"{"x" * 5_000_001}"'))

    assert (await opened.refusal(GET)).code == "API_ANSWER_TOO_LARGE"
