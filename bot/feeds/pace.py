"""When a server may be asked again.

Law: each time so long after the last answer, whoever got that; and for how long it still wants to be left
alone can be told at any time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Pace:
    """Lets its one user ask, each time so many seconds after the time before has ended.

    The first time as well, for another process may have asked just before. `clock` tells seconds that only go
    forward; `wait` waits so many, or raises to end it all.
    """

    def __init__(self, clock: Callable[[], float], wait: Callable[[float], object], seconds: float) -> None:
        self._clock = clock
        self._wait = wait
        self._seconds = seconds
        self._next = clock() + seconds
        self._alone_until = clock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until it is time; the block is what is then done."""
        early = self._next - self._clock()
        if early > 0:
            self._wait(early)
        try:
            yield
        finally:
            self._next = self._clock() + self._seconds

    def leave_alone(self, seconds: float) -> None:
        """Keep that the server has just asked for so many seconds without a request."""
        self._alone_until = self._clock() + seconds

    def left_alone(self) -> float:
        """Return for how many seconds more the server is to be left alone; none, or fewer, once it is not."""
        return self._alone_until - self._clock()
