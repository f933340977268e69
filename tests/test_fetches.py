"""Feeds that are followed, over real sockets and into a real store, by clocks that stand still."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from bot import load_lock
from bot.arriving import Arrived
from bot.corpus import feed
from bot.errors import OperatorError
from bot.feed_list import FeedList
from bot.feeds.addresses import Feed, feed_of
from bot.feeds.arxiv import ArXiv
from bot.feeds.fetching import Client
from bot.feeds.gathering import gather
from bot.feeds.guard import Guard
from bot.feeds.pace import Pace
from bot.fetches import Fetch, Fetches, Gather, Means, means
from bot.library import Library
from bot.papers import Problem, Record
from bot.store import Store, feeds, papers
from bot.store.feeds import Followed
from bot.topics import Person
from tests.feeds.clocks import Clock
from tests.feeds.followed import never_fetched
from tests.feeds.server import Answer, Asked, Server, arxiv_api, atom, entry

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
EVERY = timedelta(hours=6)
API = "/api/query"
QUERY = "arxiv:cs.CL"
SHORTLY, SOON = timedelta(minutes=1), timedelta(minutes=15)
GONE = "feeds.example sent no feed, but status 404."


class World:
    """A server of feeds, a store, and feeds that are followed there."""

    def __init__(self, server: Server, db: Path) -> None:
        self.server = server
        self.store = Store(db)
        self.now = NOW
        self.stopping = Event()
        self.pace = Clock()
        self.wanted: list[Feed] = []
        self.every = EVERY
        self.fetches = self.started()

    def started(self) -> Fetches:
        """Return what fetches, as a process that starts has it."""
        guard = Guard(allow_private=True, resolve=lambda _: ["127.0.0.1"])
        client = Client(guard, self.pace, lambda: self.now)

        def begin() -> Gather:
            arxiv = ArXiv(client, Pace(self.pace, self.pace.wait, 3), self.server.url(API))
            return partial(gather, client, arxiv)

        by = Means(begin, lambda: self.now, self.stopping, self.every)
        self.list = FeedList(self.store, self.wanted)
        return Fetches(self.store, Library(self.store), self.list, by)

    def follow(self, *names: str) -> None:
        """Start anew with settings that name the feeds of these paths or names."""
        self.wanted = [feed_of(self.url(name)) for name in names]
        self.fetches = self.started()
        self.followed()

    def followed(self) -> list[Followed]:
        """Return the feeds that are followed."""
        return self.list.followed(self.now)

    def url(self, name: str) -> str:
        """Return the name of a feed."""
        return self.server.url(name) if name.startswith("/") else name

    def due_in(self) -> dict[str, timedelta]:
        """Return in what time each feed is due."""
        return {each.name: each.due - self.now for each in self.followed()}

    def titles(self) -> list[str]:
        """Return the papers that there are, by their numbers."""
        with self.store.snapshot() as db:
            return [each.title for each in papers.everything(db)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Return a world in which nothing is followed."""
    with Server() as server:
        yield World(server, tmp_path / "paperboy.db")


def test_what_is_followed_is_what_the_settings_name(world: World) -> None:
    """Each once and due at once; what they name no more is not followed, but what is known of it is kept."""
    world.follow(QUERY, "/a.xml", QUERY)
    assert world.followed() == [
        never_fetched(1, QUERY),
        never_fetched(2, world.url("/a.xml")),
    ]
    before = world.followed()
    world.now += EVERY
    world.follow("/a.xml", QUERY)
    assert world.followed() == before
    world.follow(QUERY)
    assert world.followed() == before[:1]
    world.follow("/b.xml", "/a.xml")
    assert [(each.number, each.name) for each in world.followed()] == [
        (2, world.url("/a.xml")),
        (3, world.url("/b.xml")),
    ]


def test_what_is_due_is_fetched(world: World) -> None:
    """It brings its papers, and is due again in six hours, a tenth more or less."""
    world.server.answers["/a.xml"] = Answer(atom(map(entry, range(2))), headers={"ETag": '"a"'})
    world.server.answers[API] = arxiv_api(3)
    world.follow("/a.xml", QUERY)
    a = world.url("/a.xml")
    assert world.fetches.fetch_due() == [Fetch(a, Arrived(2, 0)), Fetch(QUERY, Arrived(1, 2))]
    assert sorted(world.titles()) == ["Paper 0", "Paper 1", "Paper 2"]
    for each in world.followed():
        assert 0.9 * EVERY <= each.due - NOW <= 1.1 * EVERY
        assert (each.succeeded, each.fault, each.faults) == (NOW, "", 0)
        assert (each.etag, each.papers) == (('"a"', 2) if each.name == a else ("", 1))
    assert world.fetches.fetch_due() == []
    world.now += 1.1 * EVERY
    first = sorted(world.followed(), key=lambda each: each.due)
    assert world.fetches.fetch_due() == [Fetch(each.name, Arrived()) for each in first]


@pytest.mark.parametrize("hours", [1, 24])
def test_how_often_feeds_are_fetched_can_be_set(world: World, hours: int) -> None:
    """One that fails waits no longer than one that is well."""
    world.every = timedelta(hours=hours)
    well = [f"/{number}.xml" for number in range(12)]  # of which one will be due later than that
    world.server.answers.update(dict.fromkeys(well, Answer(atom([entry(1)]))))
    world.follow(*well, "/gone.xml")
    gone = world.url("/gone.xml")
    assert len(world.fetches.fetch_due()) == len([*well, gone])
    for name in well:
        assert 0.9 * world.every <= world.due_in()[world.url(name)] <= 1.1 * world.every
    assert world.fetches.fetch_due() == []
    for _ in range(8):
        world.fetches.fetch_all()
    assert world.due_in()[gone] == world.every


def test_a_feed_that_has_not_changed_is_not_sent_again(world: World) -> None:
    """What its server said of it is kept over a restart."""

    def answer(asked: Asked) -> Answer:
        if asked.headers.get("if-none-match") == '"a"':
            return Answer(status=304)
        return Answer(atom([entry(1)]), headers={"ETag": '"a"'})

    world.server.answers["/a.xml"] = answer
    world.follow("/a.xml")
    assert world.fetches.fetch_all() == [Fetch(world.url("/a.xml"), Arrived(1, 0))]
    world.now += EVERY
    assert world.started().fetch_all() == [Fetch(world.url("/a.xml"), Arrived())]
    (each,) = world.followed()
    assert (each.succeeded, each.papers, each.etag) == (world.now, 1, '"a"')
    assert [asked.headers.get("if-none-match") for asked in world.server.asked] == [None, '"a"']


def test_pages_are_asked_for_until_what_is_known(world: World) -> None:
    """Known is what the feed told before, also to another process."""
    world.server.answers[API] = arxiv_api(450)
    world.follow(QUERY)
    assert world.fetches.fetch_all() == [Fetch(QUERY, Arrived(450, 0))]
    assert len(world.server.asked) == 3
    assert world.pace.waits == [3, 3, 3]
    assert world.started().fetch_all() == [Fetch(QUERY, Arrived())]
    assert len(world.server.asked) == 4


def test_before_arxiv_is_asked_another_process_may_have_asked(world: World) -> None:
    """Whoever gets the lock of feeds waits, however long ago it asked itself."""
    world.server.answers[API] = arxiv_api(1)
    world.follow(QUERY)
    for _ in range(2):
        world.fetches.fetch_all()
        world.pace.seconds += 100
    assert world.pace.waits == [3, 3]


def test_a_page_is_read_before_the_next_is_asked_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """While arXiv is left alone there is time for it; what is known is not read again."""
    read, pages = feed._read, Counter[int]()  # noqa: SLF001  # what takes the time

    def noted(*given: Any) -> Record | Problem:
        pages[len(world.server.asked)] += 1
        return read(*given)

    monkeypatch.setattr(feed, "_read", noted)
    world.server.answers[API] = arxiv_api(450)
    world.follow(QUERY)
    for _ in range(2):
        world.fetches.fetch_all()
        assert pages == {1: 200, 2: 200, 3: 50}


def test_a_feed_that_fails_holds_up_no_other(world: World) -> None:
    """It is tried again, later each time but not later than any, until it is well."""
    world.server.answers["/b.xml"] = Answer(atom([entry(1)]))
    world.follow("/a.xml", "/b.xml")
    a, b = world.url("/a.xml"), world.url("/b.xml")
    assert world.fetches.fetch_due() == [Fetch(a, fault=GONE), Fetch(b, Arrived(1, 0))]
    waits = []
    for _ in range(6):
        waits.append(world.due_in()[a])
        world.now += waits[-1]
        world.fetches.fetch_due()
    assert waits == [SOON, 2 * SOON, 4 * SOON, 8 * SOON, 16 * SOON, EVERY]
    each = world.followed()[0]
    failed = world.now
    assert (each.fault, each.faults, each.failed, each.succeeded) == (GONE, 7, failed, None)
    world.server.answers["/a.xml"] = Answer(atom([entry(2)]))
    world.now += EVERY
    world.fetches.fetch_all()
    each = world.followed()[0]
    assert (each.fault, each.faults, each.failed, each.succeeded) == (GONE, 0, failed, world.now)
    assert each.papers == 1


@pytest.mark.parametrize(("asked", "expected"), [(60, SOON), (7_200, timedelta(hours=2))])
def test_a_server_is_left_alone_for_as_long_as_it_asks(world: World, asked: int, expected: timedelta) -> None:
    """Or as long as any is that fails."""
    world.server.answers["/a.xml"] = Answer(status=429, headers={"Retry-After": str(asked)})
    world.follow("/a.xml")
    world.fetches.fetch_due()
    assert world.due_in() == {world.url("/a.xml"): expected}


def test_nothing_is_stored_of_a_feed_that_breaks_off(world: World) -> None:
    """Else the pages behind would never be asked for, once the first is known."""
    whole = arxiv_api(450)
    world.server.answers[API] = lambda asked: (
        Answer(status=503) if asked.query["start"] == "400" else whole(asked)
    )
    world.follow(QUERY)
    fault = "feeds.example is too busy to send the feed (status 503)."
    assert world.fetches.fetch_all() == [Fetch(QUERY, fault=fault)]
    assert world.titles() == []
    world.server.answers[API] = whole
    assert world.fetches.fetch_all() == [Fetch(QUERY, Arrived(450, 0))]


@pytest.mark.parametrize("removed", ["/a.xml", "/b.xml"])
def test_nothing_comes_of_a_feed_that_is_removed_meanwhile(world: World, removed: str) -> None:
    """Be it before it is asked for, or while it is; the others are fetched."""

    def answer(_: Asked) -> Answer:
        if world.followed()[2:]:
            world.list.remove(world.url(removed))
        return Answer(atom([entry(1)]))

    world.server.answers.update({"/a.xml": answer, "/b.xml": answer, "/c.xml": Answer(atom([entry(2)]))})
    names = [world.url(f"/{name}.xml") for name in "abc"]
    for name in names:
        world.list.add(feed_of(name), Person("U1", "ana"), NOW)
    done = [fetch.feed for fetch in world.fetches.fetch_all()]
    assert done == [name for name in names if name != world.url(removed)]
    assert len(world.titles()) == 2


def test_a_name_that_another_version_took_is_a_fault(world: World) -> None:
    """Else it would be put off for ever, and nobody would see why."""
    with world.store.writing() as db:
        feeds.add(db, "arxiv:cs.ZZ", Person("U1", "ana"), NOW)
    (fetch,) = world.fetches.fetch_all()
    assert fetch.fault.startswith("arxiv:cs.ZZ: arXiv has no such category.")
    assert world.followed()[0].faults == 1


def test_beside_a_load_a_feed_is_put_off(world: World) -> None:
    """That is no fault of it, and nobody is asked for what could not be stored."""
    world.server.answers["/a.xml"] = Answer(atom([entry(1)]))
    world.follow("/a.xml")
    a = world.url("/a.xml")
    with load_lock.held(world.store, "ana", NOW):
        (fetch,) = world.fetches.fetch_due()
    assert fetch == Fetch(a, fault="ana's reload is under way.")
    assert world.server.asked == []
    assert world.due_in() == {a: SHORTLY}
    world.now += SHORTLY
    assert world.fetches.fetch_due() == [Fetch(a, Arrived(1, 0))]


def test_what_cannot_be_stored_is_fetched_again(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Its fault says why; and where nothing at all can be written, nobody is asked for anything."""

    def full(*_: object) -> None:
        raise OperatorError("the disk is full")

    world.server.answers["/a.xml"] = Answer(atom([entry(1)]))
    world.follow("/a.xml")
    a = world.url("/a.xml")
    with monkeypatch.context() as patch:
        patch.setattr("bot.store.loads.publish", full)
        fault = "What it tells could not be stored: the disk is full."
        assert world.fetches.fetch_due() == [Fetch(a, fault=fault)]
        assert [(each.fault, each.faults) for each in world.followed()] == [(fault, 1)]
        assert [(each.getMessage(), each.exc_info) for each in caplog.records] == [
            (f"feed 1 could not be fetched: {fault}", None)
        ]
        assert world.due_in() == {a: SOON}
        patch.setattr("bot.store.feeds.keep", full)
        with pytest.raises(OperatorError, match=r"^the disk is full$"):
            world.fetches.fetch_all()
    assert len(world.server.asked) == 1
    assert world.fetches.fetch_all() == [Fetch(a, Arrived(1, 0))]


def test_what_is_no_paper_is_told_to_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """With its line; the rest arrives."""
    world.server.answers["/a.xml"] = Answer(atom(["<entry></entry>", entry(1)]))
    world.follow("/a.xml")
    (fetch,) = world.fetches.fetch_all()
    assert fetch.arrived is not None
    assert (fetch.arrived.new, len(fetch.arrived.problems)) == (1, 1)
    assert f"{world.url('/a.xml')}:3 no title and no abstract" in caplog.messages


@pytest.mark.parametrize("ahead", [timedelta(days=400), timedelta(hours=30)])
def test_what_lies_too_far_ahead_is_due(world: World, ahead: timedelta) -> None:
    """It was kept by a clock that was wrong, as in a playground whose clock was moved."""
    world.server.answers["/a.xml"] = Answer(atom([entry(1)]))
    world.follow("/a.xml")
    world.now += ahead
    world.fetches.fetch_due()
    world.now = NOW
    assert world.fetches.fetch_due() == [Fetch(world.url("/a.xml"), Arrived())]
    assert world.fetches.fetch_due() == []


def test_a_defect_is_one_feeds_alone(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has it, and the others are fetched."""
    world.server.answers["/a.xml"] = world.server.answers["/b.xml"] = Answer(atom([entry(1)]))
    world.follow("/a.xml", "/b.xml")
    told_by = Library.told_by

    def failing(library: Library, feed: str) -> object:
        if feed.endswith("a.xml"):
            raise ValueError("a defect")
        return told_by(library, feed)

    monkeypatch.setattr(Library, "told_by", failing)
    assert world.fetches.fetch_all() == [
        Fetch(world.url("/a.xml"), fault="What it tells could not be stored; the log says why."),
        Fetch(world.url("/b.xml"), Arrived(1, 0)),
    ]
    assert "what feed 1 tells could not be stored" in caplog.messages
    assert "ValueError: a defect" in caplog.text


def test_no_feed_is_begun_once_paperboy_stops(world: World) -> None:
    """What was begun is kept, and the rest is due when it starts again."""

    def answer(_: Asked) -> Answer:
        world.stopping.set()
        return Answer(atom([entry(1)]))

    world.server.answers["/a.xml"] = answer
    world.follow("/a.xml", "/b.xml")
    assert [fetch.feed for fetch in world.fetches.fetch_due()] == [world.url("/a.xml")]
    assert [each.due for each in world.followed() if each.name == world.url("/b.xml")] == [NOW]


def test_a_load_that_begins_meanwhile_puts_a_feed_off(world: World) -> None:
    """What was fetched is fetched again."""
    held = ExitStack()

    def answer(_: Asked) -> Answer:
        held.enter_context(load_lock.held(world.store, "ana", NOW))
        return Answer(atom([entry(1)]))

    world.server.answers["/a.xml"] = answer
    world.follow("/a.xml")
    with held:
        (fetch,) = world.fetches.fetch_due()
        assert fetch.fault == "ana's reload is under way."
    assert world.due_in() == {world.url("/a.xml"): SHORTLY}


def test_what_fails_because_paperboy_stops_is_no_fault(world: World) -> None:
    """The feed is fetched again soon after the next start."""

    def answer(_: Asked) -> Answer:
        world.stopping.set()
        return Answer(status=500)

    world.server.answers["/a.xml"] = answer
    world.follow("/a.xml")
    assert world.fetches.fetch_due() == []
    (each,) = world.followed()
    assert (each.fault, each.faults, each.due) == ("", 0, NOW + SOON)


class Stopping(Event):
    """Is waited for without any time going by, and set when that is done for the second time."""

    waits = 0

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for some seconds."""
        assert timeout
        self.waits += 1
        if self.waits > 1:
            self.set()
        return self.is_set()


def test_a_fetch_ends_with_paperboy(tmp_path: Path) -> None:
    """Be it in the middle, when arXiv is waited for; that is no fault of the feed's."""
    with Server() as server:
        server.answers[API] = arxiv_api(450)
        api = server.url(API, "127.0.0.1")
        by = means(allow_private=True, now=lambda: NOW, stopping=Stopping(), every=EVERY, arxiv=api)
        store = Store(tmp_path / "paperboy.db")
        followed = FeedList(store, [feed_of(QUERY)])
        assert Fetches(store, Library(store), followed, by).fetch_due() == []
        assert len(server.asked) == 1
    (each,) = followed.followed(NOW)
    assert (each.fault, each.faults, each.due) == ("", 0, NOW + SOON)
