"""What Paperboy does only once, though Slack or a person asks twice, on either side of a restart."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from bot.errors import SendError
from bot.slack.send import UncertainError
from bot.store import Store, once


class Kind(StrEnum):
    """What can be claimed, with what names it."""

    EVENT = "event"  # team and event id
    WELCOME = "welcome"  # team and user
    SHARE = "share"  # the message or window, its user, and what was pressed


_DAY = timedelta(days=1)  # Slack sends an event again for an hour at most, and answers end after 30 minutes
KEPT = {Kind.EVENT: _DAY, Kind.SHARE: _DAY}


class Claims:
    """The claims in the SQLite file at `path`, which is opened when something is claimed."""

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self._path = path
        self._clock = clock

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

    def do(self, act: Callable[[], None], kind: Kind, *names: str) -> bool:
        """Do something that posts, if it has not been done; False where it has.

        Where Slack refuses it, the claim is given back; where nobody knows, it stays. Raises SendError.
        """
        if not self.first(kind, *names):
            return False
        try:
            act()
        except UncertainError:
            raise
        except SendError:
            self.release(kind, *names)
            raise
        return True

    def release(self, kind: Kind, *names: str) -> None:
        """Give a claim back, where what it stands for was certainly not done."""
        with self._store.writing() as db:
            once.release(db, kind, " ".join(names))
