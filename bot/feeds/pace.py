"""When a server may be asked again. Law: never twice at once, and each time so long after the last answer."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Pace:
    """Lets one through at a time, and each so many seconds after the one before has ended.

    `clock` tells seconds that only go forward; `wait` waits so many, or raises to end it all.
    """

    def __init__(self, clock: Callable[[], float], wait: Callable[[float], object], seconds: float) -> None:
        self._clock = clock
        self._wait = wait
        self._seconds = seconds
        self._next = clock()
        self._lock = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn, and keep it as long as the block lasts."""
        with self._lock:
            early = self._next - self._clock()
            if early > 0:
                self._wait(early)
            try:
                yield
            finally:
                self._next = self._clock() + self._seconds
