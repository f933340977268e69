"""The thread that goes rounds, and the lock by which of all processes on a database only one does.

Law: the lock is the operating system's, which frees it when a process dies; so whoever finds it held knows
that its owner lives.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

_AGAIN = 1.0  # seconds; then another process that was at it may have ended
_LONGEST_WAIT = 3600.0

_log = logging.getLogger(__name__)


@contextmanager
def alone(db: Path, patience: float) -> Iterator[bool]:
    """Hold the lock beside a database while the block runs; yields False where it is not had in time."""
    lock = FileLock(f"{db}.lock", thread_local=False)
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


class Rounds:
    """A thread that goes a round whenever it is woken, and when the round before wanted another one.

    It goes one at a time, and only while no other process on the database does.
    """

    def __init__(self, db: Path, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._clock = clock
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self.ticked_at: datetime | None = None

    @contextmanager
    def going(self, go: Callable[[], float | None]) -> Iterator[None]:
        """Go rounds while the block runs, the first one with the first tick.

        `go` returns in how many seconds it wants to be called again, None where only a tick matters. When the
        block ends, the message that is being sent is the last.
        """
        thread = threading.Thread(target=self._run, args=(go,), name="digests")
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            self._woken.set()
            thread.join()

    def stopping(self) -> bool:
        """Tell whether it is to end: to be asked between two messages."""
        return self._stopping.is_set()

    def tick(self) -> None:
        """Note the time, and go a round now."""
        self.ticked_at = self._clock()
        self._woken.set()

    def _run(self, go: Callable[[], float | None]) -> None:
        wait: float | None = None
        while True:
            self._woken.wait(wait)
            self._woken.clear()
            if self._stopping.is_set():
                return
            wait = self._round(go)

    def _round(self, go: Callable[[], float | None]) -> float | None:
        try:
            with alone(self._db, 0) as is_mine:
                rest = go() if is_mine else _AGAIN
        except Exception:  # noqa: BLE001  # whatever it is, the next tick tries again
            _log.exception("a round of digests failed")
            return None
        return rest if rest is None else min(rest, _LONGEST_WAIT)
