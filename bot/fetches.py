"""Feeds, fetched when they are due: what each brings, and how it fares.

Law: what is due is asked of the database. A feed that fails holds up no other and is tried again, later each
time; nothing of it is stored before all of it is there, or what is missing would never be asked for again.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from threading import Event
from typing import NamedTuple
from zlib import crc32

from bot import load_lock
from bot.arriving import Arrived
from bot.corpus import Piece
from bot.errors import OperatorError, UserError
from bot.feed_list import AGAIN, FeedList
from bot.feeds.addresses import Feed, feed_of
from bot.feeds.arxiv import BASE, SECONDS, ArXiv
from bot.feeds.faults import FeedError
from bot.feeds.fetching import Client, Validators
from bot.feeds.gathering import Gathered, gather
from bot.feeds.guard import Guard
from bot.feeds.pace import Pace
from bot.library import Clock, Library
from bot.papers import Problem
from bot.store import Store, feeds
from bot.store.feeds import Followed

_SHORTLY = timedelta(minutes=1)  # until one is that could not be stored beside a load
_DAY = timedelta(days=1)  # for which a server may ask to be left alone, at most
_SHARES = 0.9, 1.1  # of the time until a feed is due again, so that not all are at once
_SPREAD = 1_000

Gather = Callable[[Feed, Validators, Callable[[Piece], bool]], Gathered]

_log = logging.getLogger(__name__)


class StoppedError(Exception):
    """A fetch ends because Paperboy does."""


class _RemovedError(Exception):
    """A feed is followed no longer: nothing is to come of it."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """What came of fetching a feed: what it brought, or why it could not be had."""

    feed: str
    arrived: Arrived | None = None
    fault: str = ""


class Means(NamedTuple):
    """What feeds are fetched by, at which time of day, until what is set, and how often each.

    `begin` returns what fetches one after the other while the lock of feeds is held.
    """

    begin: Callable[[], Gather]
    clock: Clock
    stopping: Event
    every: timedelta


def means(*, allow_private: bool, now: Clock, stopping: Event, every: timedelta, arxiv: str = BASE) -> Means:
    """Return what fetches feeds, and raises StoppedError once `stopping` is set."""

    def clock() -> float:
        if stopping.is_set():
            raise StoppedError  # also in the middle of an answer, whose time is looked at again and again
        return time.monotonic()

    def wait(seconds: float) -> None:
        if stopping.wait(seconds):
            raise StoppedError

    client = Client(Guard(allow_private=allow_private), clock, now)

    def begin() -> Gather:
        return partial(gather, client, ArXiv(client, Pace(time.monotonic, wait, SECONDS), arxiv))

    return Means(begin, now, stopping, every)


class Fetches:
    """Fetches the `feeds` of a list. Whoever has it do so must hold the lock of feeds."""

    def __init__(self, store: Store, library: Library, followed: FeedList, means: Means) -> None:
        self._store = store
        self._library = library
        self.feeds = followed
        self._begin, self._clock, self._stopping, self._every = means

    def fetch_due(self) -> list[Fetch]:
        """Fetch the feeds that are due, the one first that has been so for longest.

        So are those that are due too late, which was kept by a clock that was wrong.
        """
        now = self._clock()
        latest = now + max(max(_SHARES) * self._every, _DAY)
        due = (each for each in self.feeds.followed(now) if not now < each.due <= latest)
        return self._fetch(sorted(due, key=_due))

    def fetch_all(self) -> list[Fetch]:
        """Fetch all feeds now."""
        return self._fetch(self.feeds.followed(self._clock()))

    def fetch(self, number: int) -> Fetch | None:
        """Fetch one feed now; None where it is not followed, or not to its end because Paperboy stops."""
        followed = self.feeds.followed(self._clock())
        return next(iter(self._fetch([each for each in followed if each.number == number])), None)

    def _fetch(self, followed: Sequence[Followed]) -> list[Fetch]:
        done: list[Fetch] = []
        gather = self._begin()
        for each in followed:
            if self._stopping.is_set():
                break
            try:
                done.append(self._fetch_one(each, gather))
            except _RemovedError:
                continue
            except StoppedError:
                break
        return done

    def _fetch_one(self, each: Followed, gather: Gather) -> Fetch:
        """Fetch a feed, and keep how that went; where nothing can be kept, nobody is asked for anything."""
        if load := load_lock.holder(self._store):
            return self._put_off(each, f"{load} is under way")
        begun = replace(each, due=self._clock() + AGAIN)
        self._keep(begun)
        try:
            known = self._library.told_by(each.name)
            found, validators = gather(_named(each.name), Validators(each.etag, each.modified), known)
            pieces = [_read(piece, known) for piece in found or ()]
            self._keep(begun)
            now = self._clock()
            arrived = self._library.arrive(each.name, pieces, self._clock) if pieces else Arrived()
        except FeedError as error:
            return self._failed(each, error)
        except UserError as error:  # a load has begun meanwhile, which is no fault of the feed's
            return self._put_off(each, error.message)
        except OperatorError as error:  # the disk is full, say, which is no defect
            return self._failed(each, FeedError(f"What it tells could not be stored: {error}."))
        except (StoppedError, _RemovedError):
            raise
        except Exception:  # noqa: BLE001  # whatever it is, the other feeds are fetched, and this one again
            _log.exception("what feed %d tells could not be stored", each.number)
            return self._failed(each, FeedError("What it tells could not be stored; the log says why."))
        for problem in arrived.problems:
            _log.warning("%s:%d %s", problem.file, problem.line, problem.reason)
        due, (etag, modified) = now + self._every * _share(each, now), validators
        self._keep(replace(each, due=due, etag=etag, modified=modified, succeeded=now, faults=0))
        return Fetch(each.name, arrived)

    def _failed(self, each: Followed, error: FeedError) -> Fetch:
        if self._stopping.is_set():
            raise StoppedError from error
        _log.warning("feed %d could not be fetched: %s", each.number, error.reason)
        later = min(self._every, AGAIN * 2 ** min(each.faults, 10))
        now = self._clock()
        due = now + max(later, timedelta(seconds=error.retry_after or 0))
        self._keep(replace(each, due=due, failed=now, fault=error.reason, faults=each.faults + 1))
        return Fetch(each.name, fault=error.reason)

    def _put_off(self, each: Followed, why: str) -> Fetch:
        self._keep(replace(each, due=self._clock() + _SHORTLY))
        return Fetch(each.name, fault=f"{why}.")

    def _keep(self, each: Followed) -> None:
        with self._store.writing() as db:
            if not feeds.keep(db, each):
                raise _RemovedError


def _named(name: str) -> Feed:
    """Return the feed of a name, as another version may have written it; raises FeedError."""
    try:
        return feed_of(name)
    except UserError as error:
        raise FeedError(error.message) from error


def _read(piece: Piece | Problem, known: Callable[[Piece], bool]) -> Piece | Problem:
    """Read what is new; until the next page may be asked for there is time, and no lock is held."""
    if isinstance(piece, Problem) or known(piece):
        return piece
    said = piece.read()
    return piece._replace(read=lambda: said)


def _due(each: Followed) -> datetime:
    return each.due


def _share(each: Followed, now: datetime) -> float:
    """Return after which share of the usual time a feed is due again."""
    least, most = _SHARES
    spread = crc32(f"{each.name} {now.isoformat()}".encode()) % _SPREAD / _SPREAD
    return least + (most - least) * spread
