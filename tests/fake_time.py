"""Time that passes only when somebody sleeps."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta


class FakeTime:
    """A wall clock, a monotonic clock and a sleep that agree with each other. `slept` is what was slept, in order."""

    def __init__(self, start: datetime = datetime(2024, 5, 24, 3, 0, tzinfo=UTC)) -> None:
        self.start = start
        self.seconds = 0.0
        self.slept: list[float] = []

    def clock(self) -> datetime:
        return self.start + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return 1_000.0 + self.seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)  # others get their turn
