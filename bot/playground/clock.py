"""A clock that can be moved forward: the machine's time and how far it was moved.

It never goes back and its moves add up; whoever must act on a move is called in the mover's thread, and the
move is over once all have been. Move it from no thread that others wait for, such as the server's own.
"""

import math
import threading
import time
from collections.abc import Callable

MOST_SECONDS = 3653 * 86_400.0  # ten years


class MovableClock:
    """Call it for the Unix time in seconds; `now` is the clock that it starts from."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.unmoved = now
        self._offset = 0.0
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []

    def __call__(self) -> float:
        """Return the time."""
        return self.unmoved() + self._offset

    def move(self, seconds: float) -> None:
        """Move forward, then call the callbacks; ValueError if backward or by more than ten years in all."""
        with self._lock:
            moved = self._offset + seconds
            if not (seconds >= 0 and math.isfinite(moved) and moved <= MOST_SECONDS):
                raise ValueError("the clock moves forward only, and by ten years at most")
            self._offset = moved
            callbacks = list(self._callbacks)
        for callback in callbacks:
            callback()

    def on_moved(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` after each move; return what stops it."""
        with self._lock:
            self._callbacks.append(callback)

        def stop() -> None:
            with self._lock:
                if callback in self._callbacks:
                    self._callbacks.remove(callback)

        return stop
