"""What Paperboy does only once, though Slack or a person asks twice, on either side of a restart."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from functools import cached_property
from pathlib import Path

from bot.errors import SendError, UncertainError
from bot.store import Store, once


class Kind(StrEnum):
    """What can be claimed, with what names it."""

    EVENT = "event"  # team and event id
    WELCOME = "welcome"  # team and user
    LEFT = "left"  # team, channel, and the user who set topics there and whose account is gone
    MOVED = "moved"  # team, and the id that a channel had
    SHARE = "share"  # the message or window, its user, and what was pressed


class Outcome(Enum):
    """What is known of something that is done only once."""

    DONE = "done"  # now, or before
    UNDER_WAY = "under way"  # somebody else is at it
    UNKNOWN = "unknown"  # it was begun, and nobody knows whether it took effect


_log = logging.getLogger(__name__)
_DAY = timedelta(days=1)  # Slack sends an event again for an hour at most, and answers end after 30 minutes
_MONTH = timedelta(days=30)  # who left may come back, and leave again; nobody keeps a window open for longer
KEPT = {Kind.EVENT: _DAY, Kind.SHARE: _DAY, Kind.LEFT: _MONTH, Kind.MOVED: _MONTH}


class Claims:
    """The claims in the SQLite file at `path`, which is opened when something is claimed."""

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self._path = path
        self._clock = clock
        self._under_way: set[tuple[Kind, str]] = set()
        self._changing = threading.Lock()

    @cached_property
    def _store(self) -> Store:
        return Store(self._path)

    def first(self, kind: Kind, *names: str) -> bool:
        """Claim what the names stand for; False where that was done before."""
        now = self._clock()
        with self._store.writing() as db:
            if kind in KEPT:
                once.forget(db, kind, now - KEPT[kind])
            return once.claim(db, kind, " ".join(names), now)

    def do(self, act: Callable[[], None], kind: Kind, *names: str) -> Outcome:
        """Do something that posts, if nobody has begun it before; return what is known then.

        Where Slack certainly did not take it, the claim is given back, and SendError raised. After any other
        failure, or a crash, nobody knows, and it is not done again.
        """
        claimed = kind, " ".join(names)
        with self._changing:
            if claimed in self._under_way:
                return Outcome.UNDER_WAY
            self._under_way.add(claimed)
        try:
            return self._do(act, *claimed) if self.first(kind, *names) else self._known(*claimed)
        finally:
            with self._changing:
                self._under_way.discard(claimed)

    def is_done(self, kind: Kind, *names: str) -> bool:
        """Tell whether what the names stand for is known to be done."""
        return self._known(kind, " ".join(names)) is Outcome.DONE

    def _do(self, act: Callable[[], None], kind: Kind, key: str) -> Outcome:
        try:
            act()
        except UncertainError as error:
            _log.warning("%s: %s", kind, error)
            return Outcome.UNKNOWN
        except SendError:
            with self._store.writing() as db:
                once.release(db, kind, key)
            raise
        with self._store.writing() as db:
            once.finish(db, kind, key)
        return Outcome.DONE

    def _known(self, kind: Kind, key: str) -> Outcome:
        with self._store.reading() as db:
            return Outcome.DONE if once.is_done(db, kind, key) else Outcome.UNKNOWN
