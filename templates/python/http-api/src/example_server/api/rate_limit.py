import math
import time
from collections.abc import Awaitable, Callable

import anyio

from ..errors import ToolError

PATIENCE_S = 30
"""Seconds a request waits at most for its turn."""


class RateLimit:
    """Lets a burst of ten through, then spaces requests evenly."""

    def __init__(
        self,
        per_minute: int,
        *,
        now: Callable[[], float] = time.monotonic,
        wait: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self._per_minute = per_minute
        self._gap = 60 / per_minute
        self._burst = min(10, per_minute)
        self._next = -math.inf
        self._now = now
        self._wait = wait

    async def turn(self) -> None:
        """Return when the next request may be sent.

        Raises:
            ToolError: TOO_MANY_CALLS, when that would take too long.
        """
        time_now = self._now()
        wanted = max(self._next, time_now - self._burst * self._gap) + self._gap
        delay = wanted - time_now
        if delay > PATIENCE_S:
            raise ToolError(
                "TOO_MANY_CALLS",
                f"This server sends {self._per_minute} requests a minute at most.",
                hint=f"Wait {math.ceil(delay)} seconds, or ask for less.",
                is_passing=True,
            )
        self._next = wanted
        if delay > 0:
            await self._wait(delay)
