"""Clocks that tests move."""

import threading
from datetime import UTC, datetime

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


class Clock:
    """Stands still at `seconds` until it is moved; waiting moves it, and is kept."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds

    def wait(self, seconds: float) -> None:
        """Wait so many seconds."""
        self.waits.append(seconds)
        self.seconds += seconds


class Running(Clock):
    """Goes on by so many seconds whenever it is looked at, and lets one more part be sent."""

    def __init__(self, pace: float, step: threading.Semaphore) -> None:
        super().__init__()
        self._pace = pace
        self._step = step

    def __call__(self) -> float:
        """Return the time."""
        self.seconds += self._pace
        self._step.release()
        return self.seconds
