import pytest

from example_server.api.rate_limit import RateLimit
from example_server.errors import ToolError


class Clock:
    def __init__(self) -> None:
        self.time = 1_000.0
        self.waits: list[float] = []

    def now(self) -> float:
        return self.time

    async def wait(self, seconds: float) -> None:
        self.waits.append(seconds)

    def limit(self, per_minute: int) -> RateLimit:
        return RateLimit(per_minute, now=self.now, wait=self.wait)


async def test_a_burst_passes_then_requests_are_spaced() -> None:
    clock = Clock()
    limit = clock.limit(60)

    for _ in range(12):
        await limit.turn()

    assert clock.waits == [1, 2]


async def test_time_makes_room_again() -> None:
    clock = Clock()
    limit = clock.limit(60)
    for _ in range(10):
        await limit.turn()

    clock.time += 5
    for _ in range(5):
        await limit.turn()

    assert clock.waits == []


async def test_too_long_a_wait_is_refused_instead() -> None:
    limit = Clock().limit(1)
    await limit.turn()

    with pytest.raises(ToolError) as raised:
        await limit.turn()

    assert (raised.value.code, raised.value.is_passing) == ("TOO_MANY_CALLS", True)
