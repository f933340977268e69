"""A day by a given clock: twenty feeds, digests in three channels, two restarts, and four deaths.

The day is gone through by half hours, from two o'clock, when all feeds are due, to half past eleven at night.
Of half hours a feed is due again after 5:30 to 7:00, whatever its tenth more or less; so each is fetched four
times: at 02:00, from 07:30 to 09:00, from 13:00 to 16:00 and from 18:30 to 23:00, or half an hour later where
one has to be repeated. What feeds tell from 05:00, 11:00 and 17:30 on, and what each digest of 03:00, 10:00,
17:00 and 23:30 brings, depends on none of these times.
"""

import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from threading import Event
from typing import NamedTuple

import pytest

from bot.app import courier_of
from bot.change import Change
from bot.digest.following import Following
from bot.digest.rounds import FEEDS as FETCHING
from bot.digest.rounds import alone
from bot.digest.schedule import EVERY_DAY
from bot.digest.sending import UNWATCHED
from bot.feed_list import FeedList
from bot.feeds.addresses import feed_of
from bot.fetches import Fetches, means
from bot.library import Library
from bot.papers import Paper
from bot.playground import ANA, BOT, SAFETY, TEAM, LocalSlack
from bot.resolution import Read
from bot.settings import Settings
from bot.store import Database, Store, feeds, papers
from bot.store.feeds import Followed
from bot.topics import MOST_TOP, Person, Place, Wish
from tests.feeds.press import (
    CORPUS,
    DOWN,
    FEEDS,
    KILLED,
    MANY,
    QUERIES,
    QUIET,
    Press,
    at,
    listed,
    news,
    parts_by,
)
from tests.feeds.server import Server
from tests.test_app import settings as settings_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")

LAST = at(23, 30)
HALF_AN_HOUR = timedelta(minutes=30)
HALF_HOURS = [at(2) + number * HALF_AN_HOUR for number in range(44)]
MOST_ROUNDS = 50  # in half an hour
RESTARTS = {at(6), at(20)}
SECOND, THIRD = "C0SECOND01", "C0THIRD001"
FOLLOWED = {
    SAFETY: {at(3): "green tea", at(10): "black tea", at(17): "white tea", LAST: "tea"},
    SECOND: {at(3): "white coffee", at(10): "black coffee", at(17): "green coffee", LAST: "coffee"},
    THIRD: {at(10): "green coffee", at(17): "green tea", LAST: "green"},
}

Death = Callable[[pytest.MonkeyPatch], None]


class Deadly(NamedTuple):
    """A fetch that the process does not survive: how many were before, and how much of it gets written."""

    fetches: int
    written: int


DEADLY = {MANY: Deadly(0, 100), KILLED: Deadly(2, 1)}


class Unhurried(Event):
    """Is waited for without any time going by."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for some seconds."""
        assert timeout
        return self.is_set()


@dataclass
class Clock:
    """Tells the time that it is set to."""

    now: datetime

    def __call__(self) -> datetime:
        """Return what time it is."""
        return self.now

    def seconds(self) -> float:
        """Return what time it is, as Slack tells it."""
        return self.now.timestamp()


class Digest(NamedTuple):
    """A digest in a channel: when it came, the titles of its papers in order, and of those in its thread."""

    at: datetime
    titles: list[str]
    thread: list[str]


class Left(NamedTuple):
    """What a process left when it died.

    How many records were written and not published, how many messages tried of which nobody knows whether
    Slack has them, and how many of the process's messages it has.
    """

    unpublished: int
    tried: int
    posted: int


class Paperboy:
    """The parts that `bot.app` makes at each start, on a database that others may have used before."""

    def __init__(self, settings: Settings, api: str, clock: Clock) -> None:
        store = Store(settings.db)
        self._db = settings.db
        self._clock = clock
        self.library = Library.at(settings.db, settings.corpus, clock)
        self._courier = courier_of(settings, self.library, clock, lambda: False, UNWATCHED)
        by = means(
            allow_private=settings.private_feeds,
            now=clock,
            stopping=Unhurried(),
            every=timedelta(hours=settings.feed_hours),
            arxiv=api,
        )
        self._fetches = Fetches(store, self.library, FeedList(store, settings.feeds), by)

    def go(self) -> None:
        """Fetch and deliver what is due, and go on until nothing is left to be sent."""
        with alone(self._db, 0, FETCHING) as is_mine:
            assert is_mine
            self._fetches.fetch_due()
            self.library.catch_up()
        with alone(self._db, 0) as is_mine:
            assert is_mine
            for _ in range(MOST_ROUNDS):
                rest = self._courier.round()
                if rest is None:
                    return
                self._clock.now += timedelta(seconds=rest)
        pytest.fail("there is always more to send")


def die(*_: object) -> None:
    """End this process at once."""
    os.kill(os.getpid(), signal.SIGKILL)


def between_lots(feed: str, written: int, patch: pytest.MonkeyPatch) -> None:
    """Let the process die when it has written so many of the entries that a feed tells."""
    settle = Change.settle

    def settled(change: Change, db: Database, lot: Sequence[Read], left: Iterable[int] = ()) -> list[Paper]:
        if change.wrote and change._asked.feed == feed:  # noqa: SLF001  # nobody else asks
            die()
        return settle(change, db, lot, left)

    patch.setattr(Change, "settle", settled)
    patch.setattr("bot.change._LOT", written)


def once_sent(patch: pytest.MonkeyPatch) -> None:
    """Let the process die when Slack has a message, before that is written down."""
    patch.setattr("bot.store.deliveries.posted", die)


def before_sending(patch: pytest.MonkeyPatch) -> None:
    """Let the process die when a digest is claimed, before Slack has it."""
    patch.setattr("bot.slack.sender.ChannelSender.post", die)


def go_and_die(settings: Settings, api: str, now: datetime, death: Death) -> None:
    """Start Paperboy in a process of its own, which dies before it has done what is due."""
    with pytest.MonkeyPatch.context() as patch:
        death(patch)
        Paperboy(settings, api, Clock(now)).go()


class World:
    """The feeds, a Slack, and a database with a corpus, that go by one clock."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.clock = Clock(at(1))
        self.press = Press(server, self.clock)
        self.slack = LocalSlack(clock=self.clock.seconds)
        for channel in (SECOND, THIRD):
            self.slack.add_channel(channel, channel.lower(), {ANA, BOT})
        self.left: list[Left] = []
        self._corpus = folder / "corpus"
        self._corpus.mkdir()
        said = (
            {"title": each.title, "abstract": each.abstract, "arxiv_id": each.arxiv_id} for each in CORPUS
        )
        (self._corpus / "papers.jsonl").write_text("".join(json.dumps(each) + "\n" for each in said))
        self.store = Store(folder / "paperboy.db")

    @property
    def settings(self) -> Settings:
        """What leads to all of them."""
        return replace(
            settings_for(self.slack, self.store.path),
            corpus=(self._corpus,),
            feeds=tuple(map(feed_of, self.press.names)),
            private_feeds=True,
        )

    def started(self) -> Paperboy:
        """Start Paperboy."""
        return Paperboy(self.settings, self.press.api, self.clock)

    def follow(self, library: Library) -> None:
        """Follow all topics, each with what is new to it alone."""
        following = Following(self.store, library, self.clock)
        for channel, topics in FOLLOWED.items():
            place = Place(TEAM, channel)
            for moment, topic in topics.items():
                wish = Wish(topic, days=(EVERY_DAY, 0), at=moment.time(), top=MOST_TOP)
                done = following.follow(place, Person(ANA, "ana"), wish, "UTC")
                following.skip_earlier(place, done.topic.number)

    def live(self) -> Paperboy:
        """Live through the day; return Paperboy as it is at its end."""
        paperboy = self.started()
        self.follow(paperboy.library)
        for now in HALF_HOURS:
            self.clock.now = now
            if death := self._death():
                self._go_and_die(death)
            if death or now in RESTARTS:
                paperboy = self.started()
            paperboy.go()
        return paperboy

    def _death(self) -> Death | None:
        """Return how Paperboy dies now, if it does."""
        due = {each.name: each.due for each in self.feeds()}
        for feed, (fetches, written) in DEADLY.items():
            name = self.press.names[feed]
            if due.get(name, self.clock.now) <= self.clock.now and len(self.press.asked[feed]) == fetches:
                return partial(between_lots, name, written)
        return {at(10): once_sent, at(17): before_sending}.get(self.clock.now)

    def _go_and_die(self, death: Death) -> None:
        before = self._messages()
        context = get_context("forkserver")
        context.set_forkserver_preload(["tests.test_feeds_day"])
        process = context.Process(
            target=go_and_die, args=(self.settings, self.press.api, self.clock.now, death)
        )
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        self.left.append(
            Left(
                self._count("record WHERE since > (SELECT max(change) FROM load)"),
                self._count("delivery_message WHERE tried_at IS NOT NULL"),
                self._messages() - before,
            )
        )

    def _count(self, rows: str) -> int:
        with self.store.reading() as db:
            return int(db.conn.execute(f"SELECT count(*) FROM {rows}").fetchone()[0])  # noqa: S608

    def _messages(self) -> int:
        return sum(len(self.slack.messages(channel)) for channel in FOLLOWED)

    def feeds(self) -> list[Followed]:
        """Return how the feeds fared."""
        with self.store.reading() as db:
            return feeds.every(db)

    def papers(self) -> list[Paper]:
        """Return what is stored."""
        with self.store.snapshot() as db:
            return [*papers.everything(db)]

    def digests(self, channel: str) -> list[Digest]:
        """Return what a channel got, to the minute."""
        messages = self.slack.messages(channel)
        replies: dict[str, list[str]] = {}
        for each in messages:
            if thread := each.get("thread_ts"):
                replies.setdefault(thread, []).extend(each["text"].splitlines()[::2])
        parents = [each for each in messages if not each.get("thread_ts")]
        assert replies.keys() == {each["ts"] for each in parents}
        return [
            Digest(_minute(each["ts"]), each["text"].splitlines()[1:], replies[each["ts"]])
            for each in parents
        ]


def _minute(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC).replace(second=0, microsecond=0)


def _between(moments: Iterable[datetime]) -> list[timedelta]:
    """Return the times between moments, of which several may be one."""
    return [after - before for before, after in pairwise(dict.fromkeys(moments))]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Paperboy]]:
    """Yield a world at the end of the day, and Paperboy there."""
    with Server() as server:
        world = World(server, tmp_path_factory.mktemp("day"))
        with world.slack:
            yield world, world.live()


def test_each_paper_is_stored_once(lived: tuple[World, Paperboy]) -> None:
    """In its last version, with all that tell it; and a process that has followed them finds as many."""
    world, paperboy = lived
    expected: dict[str, tuple[str, str, list[str]]] = {}
    for name, told in (
        ("papers.jsonl", CORPUS),
        *((world.press.names[feed], listed(feed, LAST)) for feed in FEEDS),
    ):
        for each in told:
            known = expected.get(each.arxiv_id, ("", "", list[str]()))
            expected[each.arxiv_id] = each.title, each.abstract, sorted([*known[2], name])
    stored = world.papers()
    assert {
        each.arxiv_id: (each.title, each.abstract, sorted(source.file for source in each.sources))
        for each in stored
    } == expected
    assert len(stored) == len(expected) == paperboy.library.size


@pytest.mark.parametrize("channel", FOLLOWED)
def test_each_digest_comes_once(lived: tuple[World, Paperboy], channel: str) -> None:
    """With what feeds have brought by then and the channel has not had; in the end it has had all."""
    world, _ = lived
    had: set[str] = set()
    expected = []
    for moment, topic in FOLLOWED[channel].items():
        brings = {
            each.paper.title
            for each in news()
            if each.part in parts_by(moment) and set(topic.split()) <= set(each.paper.title.lower().split())
        } - had
        had |= brings
        expected.append((moment, sorted(brings), sorted(brings)))
    digests = world.digests(channel)
    assert [(each.at, sorted(each.titles), sorted(each.thread)) for each in digests] == expected
    assert len(world.slack.messages(channel)) == 2 * len(digests)
    last = FOLLOWED[channel][LAST]
    assert Counter(title for each in digests for title in each.titles) == Counter(
        each.paper.title for each in news() if last in each.paper.title.lower().split()
    )


def test_each_feed_is_fetched_four_times(lived: tuple[World, Paperboy]) -> None:
    """And once more where it was down, or the process died of it.

    A second page is asked for only where something on the first is new.
    """
    world, _ = lived
    expected = {feed: [0] * 4 if feed < len(QUERIES) else [200] * 4 for feed in FEEDS}
    expected |= {
        MANY: [0, 200, 0, 200, 0, 0, 200, 0, 200],
        KILLED: [200] * 5,
        DOWN: [200, 500, 200, 200, 200],
        QUIET: [200, 304, 200, 304],
    }
    assert world.press.answered == expected


def test_a_feed_is_left_alone_between_its_fetches(lived: tuple[World, Paperboy]) -> None:
    """For some six hours; half an hour goes by until one is repeated."""
    world, _ = lived
    expected = {feed: [False] * 3 for feed in FEEDS}
    for feed, before in ((MANY, 0), (DOWN, 1), (KILLED, 2)):
        expected[feed].insert(before, True)
    between = {feed: _between(asked) for feed, asked in world.press.asked.items()}
    assert {feed: [each == HALF_AN_HOUR for each in found] for feed, found in between.items()} == expected
    usual = [each for found in between.values() for each in found if each != HALF_AN_HOUR]
    assert timedelta(hours=5, minutes=30) <= min(usual) <= max(usual) <= timedelta(hours=7)


def test_what_each_feed_brought_is_told(lived: tuple[World, Paperboy]) -> None:
    """All are well, also the one that was down for a while."""
    world, _ = lived
    brought = Counter(each.feed for each in news())
    fault = "127.0.0.1 sent no feed, but status 500."
    assert [(each.name, each.papers, each.faults, each.fault) for each in world.feeds()] == [
        (name, brought[feed], 0, fault if feed == DOWN else "") for feed, name in enumerate(world.press.names)
    ]


def test_each_death_was_in_the_middle(lived: tuple[World, Paperboy]) -> None:
    """Of a feed's papers, a digest that Slack had, papers again, and a digest that Slack did not have."""
    world, _ = lived
    assert world.left == [
        Left(unpublished=100, tried=0, posted=0),
        Left(unpublished=0, tried=1, posted=1),
        Left(unpublished=1, tried=0, posted=0),
        Left(unpublished=0, tried=1, posted=0),
    ]
