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

from bot.errors import OperatorError

DIGESTS, FEEDS = "digests", "feeds"  # what rounds are gone for
PATIENCE = 30.0  # seconds for which feeds that somebody else fetches are waited for
_AGAIN = 1.0  # seconds; then another process that was at it may have ended
LONGEST_WAIT = 30.0  # seconds; ticks go by a clock that may be set back, waiting does not
_EVERYBODYS = 0o666  # the bot's user and root may both lock it

_log = logging.getLogger(__name__)


@contextmanager
def alone(
    db: Path, patience: float, what: str = DIGESTS, stopping: Callable[[], bool] = lambda: False
) -> Iterator[bool]:
    """Hold the lock beside a database while the block runs; yields False where it is not had in time.

    Digests and feeds have one each; once it is `stopping` nothing is waited for. Raises OperatorError where
    there can be no lock.
    """
    path = f"{db.resolve()}{'' if what == DIGESTS else f'-{what}'}.lock"
    lock = FileLock(path, mode=_EVERYBODYS, thread_local=False)
    try:
        lock.acquire(timeout=patience, cancel_check=stopping)
    except Timeout:
        yield False
        return
    except OSError as error:
        raise OperatorError(f"{path} cannot be locked: {error.strerror or error}") from error
    try:
        yield True
    finally:
        lock.release()


class Rounds:
    """A thread that goes a round whenever it is woken, and when the round before wanted another one.

    It goes one at a time, and only while no other process on the database does. `stop` is set when it ends.
    """

    def __init__(self, db: Path, clock: Callable[[], datetime], what: str = DIGESTS) -> None:
        self._db = db
        self._what = what
        self._clock = clock
        self._woken = threading.Event()
        self.stop = threading.Event()
        self.went_at: datetime | None = None

    @contextmanager
    def going(self, go: Callable[[], float | None]) -> Iterator[None]:
        """Go rounds while the block runs, the first one with the first tick.

        `go` returns in how many seconds it wants to be called again, None where only a tick matters. When the
        block ends, the message that is being sent, or the feed that is being fetched, is the last.
        """
        thread = threading.Thread(target=self._run, args=(go,), name=self._what)
        thread.start()
        try:
            yield
        finally:
            self.stop.set()
            self._woken.set()
            thread.join()

    def stopping(self) -> bool:
        """Tell whether it is to end: to be asked between two messages."""
        return self.stop.is_set()

    def tick(self) -> None:
        """Go a round now."""
        self._woken.set()

    def _run(self, go: Callable[[], float | None]) -> None:
        wait = LONGEST_WAIT
        while True:
            self._woken.wait(wait)
            self._woken.clear()
            if self.stop.is_set():
                return
            wait = self._round(go)

    def _round(self, go: Callable[[], float | None]) -> float:
        """Go a round, and note when one went well, be it another process's; return how long to wait."""
        try:
            with alone(self._db, 0, self._what) as is_mine:
                rest = go() if is_mine else _AGAIN
        except OperatorError as error:
            _log.error("a round of %s failed: %s", self._what, error)
            return LONGEST_WAIT
        except Exception:  # noqa: BLE001  # whatever it is, the next one tries again
            _log.exception("a round of %s failed", self._what)
            return LONGEST_WAIT
        self.went_at = self._clock()
        return LONGEST_WAIT if rest is None else min(rest, LONGEST_WAIT)
