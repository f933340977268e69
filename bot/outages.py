"""Feeds that fail again and again → the admins, told once; and once more when they are well again.

Law: what is to be told is read from the database, so no crash before that keeps it from anybody; and it is
claimed before it is said, so nobody hears it twice. Who may have heard that a feed fails hears of its end.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.errors import BusyError, Reason, RefusedError, SendError
from bot.feed_list import FeedList
from bot.store import Store, deliveries, once
from bot.store.deliveries import Content
from bot.store.feeds import Followed
from bot.telling import tell_once

OFTEN = 3  # failures in a row
_DAY = timedelta(days=1)  # that Slack asks for a longer rest was kept by a clock that was wrong
_TOLD = "told of a feed"  # by its number alone: everybody
_WELL = "well"

_log = logging.getLogger(__name__)


class Sender(Protocol):
    """Tells people of one workspace something."""

    @property
    def team(self) -> str:
        """The workspace."""

    def admins(self) -> list[str]:
        """Return the ids of the workspace's admins and owners; raises SendError."""

    def tell(self, person: str, content: Content) -> None:
        """Tell a person something in the bot's messages with them; raises SendError."""


class Writer(Protocol):
    """Puts into words what is told."""

    def failing(self, feeds: Sequence[Followed], now: datetime) -> Content:
        """Return what an admin reads of feeds that fail."""

    def well(self, feeds: Sequence[Followed], now: datetime) -> Content:
        """Return what an admin reads of feeds that are well again."""


@dataclass(slots=True)
class Outages:
    """Tells of the feeds of a list; `admins` are told in place of the workspace's, if there are any."""

    store: Store
    feeds: FeedList
    sender: Sender
    writer: Writer
    admins: Collection[str]
    stopping: Callable[[], bool] = lambda: False
    rests_until: datetime | None = None

    def tell(self, now: datetime) -> None:
        """Tell what was not told; where it is to stop, or Slack takes nothing now, the next call goes on."""
        followed = self.feeds.followed(now)
        with self.store.snapshot() as db:
            told = once.keys(db, _TOLD)
            if deliveries.stopped(db, self.sender.team) or self._rests(now):
                return
        self._forget({*map(_number, told)} - {*map(_key, followed)})
        failing = [each for each in followed if each.faults >= OFTEN and _key(each) not in told]
        well = [each for each in followed if not each.faults and _keys(each, told)]
        try:
            if failing:
                self._tell_failing(failing, now)
            if well:
                self._tell_well(well, told, now)
        except SendError as error:
            _log.warning("admins are told of feeds later: %s", error)
            if isinstance(error, BusyError):
                self.rests_until = now + timedelta(seconds=error.retry_after)

    def _rests(self, now: datetime) -> bool:
        """Tell whether Slack has asked for a rest that is not over."""
        return self.rests_until is not None and timedelta(0) < self.rests_until - now < _DAY

    def _tell_failing(self, failing: Sequence[Followed], now: datetime) -> None:
        everybody = self._everybody()
        for person in sorted({*everybody, *(each.by.id for each in failing if each.by)}):
            if self.stopping():
                return
            theirs = [each for each in failing if person in everybody or (each.by and each.by.id == person)]
            self._say(person, theirs, self.writer.failing, now)
        with self.store.writing() as db:
            for each in failing:
                once.claim(db, _TOLD, _key(each), now)

    def _tell_well(self, well: Sequence[Followed], told: Collection[str], now: datetime) -> None:
        with self.store.snapshot() as db:
            heard = {
                person: feeds
                for person in sorted({person for each in well for person in _people(each, told)})
                if (feeds := [each for each in well if once.is_done(db, _TOLD, _key(each, person))])
            }
        for person, feeds in heard.items():
            if self.stopping():
                return
            self._say(person, feeds, self.writer.well, now, _WELL)
        self._forget({_key(each) for each in well})

    def _forget(self, numbers: Collection[str]) -> None:
        """Let go of what was claimed for feeds that are well, or followed no longer."""
        if numbers:
            with self.store.writing() as db:
                for key in once.keys(db, _TOLD):
                    if _number(key) in numbers:
                        once.release(db, _TOLD, key)

    def _everybody(self) -> Collection[str]:
        """Return who is told of every feed."""
        try:
            return self.admins or self.sender.admins()
        except RefusedError as error:
            if error.reason is Reason.WORKSPACE:
                raise
            _log.warning("PAPERBOY_ADMINS can name whom I tell of feeds, for I may not ask: %s", error)
            return ()

    def _say(
        self,
        person: str,
        feeds: Sequence[Followed],
        write: Callable[[Sequence[Followed], datetime], Content],
        now: datetime,
        what: str = "",
    ) -> None:
        """Tell somebody what they were not told; raises SendError where that is to be done later."""
        mine = {_key(each, person, what): each for each in feeds}
        tell_once(self.store, _TOLD, mine, lambda feeds: self.sender.tell(person, write(feeds, now)), now)


def _key(feed: Followed, *of: str) -> str:
    """Return what names what is told of a feed: to everybody, or of a person, and that it is well."""
    return " ".join(filter(None, [str(feed.number), *of]))


def _people(feed: Followed, told: Collection[str]) -> list[str]:
    """Return whom a feed's failures were claimed for."""
    return [key.split()[1] for key in _keys(feed, told) if " " in key]


def _keys(feed: Followed, told: Collection[str]) -> list[str]:
    """Return what is claimed for a feed: for everybody, and for each person."""
    return [key for key in told if _number(key) == _key(feed)]


def _number(key: str) -> str:
    return key.partition(" ")[0]
