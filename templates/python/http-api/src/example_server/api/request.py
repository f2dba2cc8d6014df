"""Sends requests within the rate limit and time, and again where that is safe."""

import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Final, Literal
from urllib.parse import quote, urlsplit, urlunsplit

import anyio
import httpx2

from ..errors import ToolError
from ..log import log
from ..settings import Settings
from .credential import credential_of
from .failure import failure_of
from .rate_limit import RateLimit

Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

REPEATABLE: Final = ("GET", "HEAD", "OPTIONS")
"""Sending these twice is the same as sending them once."""

LONGEST_PAUSE_S: Final = 20
"""Longest pause before another attempt, in seconds."""

MAX_BODY: Final = 5_000_000
"""Largest answer that is read, in bytes."""


@dataclass(frozen=True)
class ApiRequest:
    method: Method
    path: Sequence[str]
    """Below the base address, each segment encoded when it is sent."""
    query: Mapping[str, Any] = field(default_factory=dict)
    """None is left out, lists repeat their name."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    """Sent as JSON."""


@dataclass(frozen=True)
class ApiAnswer:
    status: int
    headers: httpx2.Headers
    body: Any
    """Parsed when it is JSON, else text; None when empty."""


@dataclass(frozen=True)
class _Failed:
    error: ToolError
    status: int | None = None
    pause_s: float | None = None
    """What the API asked for."""


class Api:
    """The wrapped API. Redirects are not followed: they would take the token along."""

    def __init__(self, settings: Settings, client: httpx2.AsyncClient) -> None:
        self._settings = settings
        self._client = client
        self._limit = RateLimit(settings.api_per_minute)

    async def send(self, request: ApiRequest) -> ApiAnswer:
        """Send a request.

        Raises:
            ToolError: With a code that begins with API_, NOT_FOUND, TOO_MANY_CALLS or BAD_ARGUMENT.
        """
        attempt = 0
        while True:
            await self._limit.turn()
            outcome = await self._attempt(request)
            if isinstance(outcome, ApiAnswer):
                return outcome
            if attempt >= self._settings.api_retries or not _may_repeat(request, outcome):
                raise outcome.error
            await anyio.sleep(0.2 * 2**attempt if outcome.pause_s is None else outcome.pause_s)
            attempt += 1

    async def _attempt(self, request: ApiRequest) -> ApiAnswer | _Failed:
        credential = credential_of(self._settings)
        address = address_of(request.path, self._settings.api_base_url)
        query = [*_pairs(request.query), *credential.query.items()]
        headers = {"accept": "application/json", **request.headers, **credential.headers}
        facts = {"method": request.method, "path": urlsplit(address).path}
        begun = time.monotonic()
        try:
            with anyio.fail_after(self._settings.api_timeout_ms / 1000):
                async with self._client.stream(
                    request.method,
                    address,
                    params=tuple(query) or None,
                    headers=headers,
                    json=request.body,
                ) as response:
                    answer = ApiAnswer(
                        response.status_code, response.headers, await _read(response)
                    )
        except (TimeoutError, httpx2.TimeoutException):
            return _Failed(_unreachable("API_TIMEOUT", address, "did not answer in time"))
        except httpx2.HTTPError as error:
            log.debug("api", extra={**facts, "error": type(error).__name__})
            return _Failed(_unreachable("API_UNREACHABLE", address, "cannot be reached"))
        ms = round((time.monotonic() - begun) * 1000)
        log.debug("api", extra={**facts, "status": answer.status, "ms": ms})
        if 200 <= answer.status < 300:
            return answer
        refusal = failure_of(answer.status, answer.body)
        return _Failed(refusal, answer.status, _retry_after(answer.headers))


@asynccontextmanager
async def open_api(settings: Settings) -> AsyncIterator[Api]:
    """The API, over connections that are kept as long as this lasts."""
    async with httpx2.AsyncClient(follow_redirects=False, timeout=None) as client:
        yield Api(settings, client)


def address_of(path: Sequence[str], base: str) -> str:
    """The address below the base.

    Raises:
        ToolError: BAD_ARGUMENT, when a segment would lead elsewhere.
    """
    for segment in path:
        if segment in ("", ".", ".."):
            raise ToolError("BAD_ARGUMENT", f"{segment!r} cannot be part of an address.")
    scheme, host, own, _, _ = urlsplit(base)
    segments = [own.rstrip("/"), *(quote(segment, safe="") for segment in path)]
    return urlunsplit((scheme, host, "/".join(segments), "", ""))


def _pairs(query: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (name, str(item))
        for name, value in query.items()
        for item in (value if isinstance(value, list) else [value])
        if item is not None
    ]


def _may_repeat(request: ApiRequest, failed: _Failed) -> bool:
    """What may have changed something is sent again only when the API says it was not taken."""
    if (failed.pause_s or 0) > LONGEST_PAUSE_S:
        return False
    if failed.status == 429:
        return True
    return request.method in REPEATABLE and failed.status in (None, 502, 503, 504)


async def _read(response: httpx2.Response) -> Any:
    chunks = bytearray()
    async for chunk in response.aiter_bytes():
        chunks += chunk
        if len(chunks) > MAX_BODY:
            raise ToolError(
                "API_ANSWER_TOO_LARGE",
                f"The API answered with more than {MAX_BODY} bytes.",
                hint="Ask for less, for example with a filter or a smaller limit.",
            )
    if not chunks:
        return None
    text = chunks.decode("utf-8", "replace")
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not kind.endswith(("/json", "+json")):
        return text
    try:
        return json.loads(text)
    except ValueError as error:
        raise ToolError(
            "API_ANSWER_BROKEN", "The API announced JSON and sent something else."
        ) from error


def _unreachable(code: str, address: str, what: str) -> ToolError:
    return ToolError(code, f"{urlsplit(address).netloc} {what}.", is_passing=True)


def _retry_after(headers: httpx2.Headers) -> float | None:
    """Seconds a `Retry-After` header asks for."""
    text = headers.get("retry-after", "")
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return None
