"""A small world for digests: a real SQLite file, a clock that is given, a Slack that remembers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.digest.courier import Courier
from bot.digest.edition import Edition
from bot.digest.following import Following
from bot.digest.sending import Mark, Trouble, Watch
from bot.errors import UncertainError
from bot.library import Library
from bot.papers import Description, TitleOrigin
from bot.store import Store, papers
from bot.topics import Person, Place, Wish
from tests import stock

SATURDAY = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HERE = Place("T1", "C1")
ANA = Person("U1", "ana")


@dataclass(frozen=True)
class Posted:
    """A message in the fake Slack."""

    channel: str
    ts: str
    content: dict[str, Any]
    mark: Mark
    thread: str | None


@dataclass
class FakeSlack:
    """A Slack that keeps what it gets, and fails as its lists say, each call by their next fault.

    What refuses is closed, but for the channels of which it says that they are `open`.
    """

    clock: Callable[[], datetime]
    team: str = "T1"
    messages: list[Posted] = field(default_factory=list)
    told: list[tuple[str, Any]] = field(default_factory=list)
    before: list[BaseException | None] = field(default_factory=list)
    after: list[BaseException | None] = field(default_factory=list)
    looking: list[BaseException | None] = field(default_factory=list)
    looked: list[Mark] = field(default_factory=list)
    checking: list[BaseException | None] = field(default_factory=list)
    telling: list[BaseException | None] = field(default_factory=list)
    open: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Let the bot in."""
        _raise(self.checking)

    def post(self, channel: str, content: Any, mark: Mark, thread: str | None) -> str:
        """Keep a message."""
        _raise(self.before)
        ts = f"{self.clock().timestamp():.0f}.{len(self.messages):06d}"
        self.messages.append(Posted(channel, ts, dict(content), mark, thread))
        _raise(self.after)
        return ts

    def find(
        self, channel: str, mark: Mark, since: float, thread: str | None, stopping: Callable[[], bool]
    ) -> str | None:
        """Look for a message."""
        self.looked.append(mark)
        _raise(self.looking)
        if stopping():
            raise UncertainError("stopped")
        for each in self.messages:
            if (each.channel, each.mark, each.thread) == (channel, mark, thread) and float(each.ts) >= since:
                return each.ts
        return None

    def is_closed(self, channel: str) -> bool:
        """Tell whether a channel takes nothing."""
        self.asked.append(channel)
        return channel not in self.open

    def tell(self, person: str, content: Any) -> None:
        """Keep what somebody is told."""
        _raise(self.telling)
        self.told.append((person, content))

    @property
    def parents(self) -> list[Any]:
        """What the digests said, without their threads."""
        return [each.content["says"] for each in self.messages if each.thread is None]


def _raise(faults: list[BaseException | None]) -> None:
    fault = faults.pop(0) if faults else None
    if fault is not None:
        raise fault


class PlainWriter:
    """Writes what an edition holds as plain data, and one reply with its papers."""

    def edition(self, edition: Edition, now: datetime) -> Sequence[dict[str, Any]]:
        """Return a message and a reply."""
        assert now.tzinfo
        says = {
            section.topic.number: [
                (entry.matched.paper.number, *entry.also) if entry.also else entry.matched.paper.number
                for entry in section.entries
            ]
            for section in edition.sections
        }
        return [{"says": says, "waiting": edition.waiting}, {"papers": edition.papers}]

    def trouble(self, trouble: Trouble) -> dict[str, Any]:
        """Return what has become of which topics, and why."""
        became = "held" if trouble.held else "refused" if trouble.refused else "paused"
        numbers = [topic.number for topic in trouble.topics]
        return {"channel": trouble.place.channel, became: numbers, "why": trouble.why}


@dataclass
class World:
    """A store with papers, what its channels follow, the courier, and the clock that all go by."""

    path: Path
    now: datetime = SATURDAY
    outcomes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = Store(self.path)
        self.library = Library(self.store)
        self.slack = FakeSlack(self.clock)
        self.following = Following(self.store, self.library, self.clock)
        self.restart()

    def clock(self) -> datetime:
        """Return what time it is."""
        return self.now

    def restart(self, stopping: Callable[[], bool] = lambda: False) -> None:
        """Begin again with what is on disk."""
        self.courier = Courier(
            self.store,
            self.library,
            self.slack,
            PlainWriter(),
            clock=self.clock,
            stopping=stopping,
            watch=Watch(outcome=self.outcomes.append),
        )

    def add(self, *titles: str) -> None:
        """Load papers, which are indexed at once; their abstracts say nothing."""
        with self.store.writing() as db:
            first = papers.newest(db)
            stock.add(
                db,
                [
                    (
                        f"p{first + place}",
                        Description(title=title, title_origin=TitleOrigin.PAGE, abstract="Nothing."),
                        [],
                        [],
                    )
                    for place, title in enumerate(titles, 1)
                ],
                self.now,
            )
        self.library.open(self.now)

    def follow(self, topic: str, place: Place = HERE, **wish: Any) -> None:
        """Follow a topic, on Mondays at 9:00 in UTC unless the wish says more."""
        self.following.follow(place, ANA, Wish(topic, **wish), "UTC")

    def round(self, after: timedelta = timedelta(0)) -> float | None:
        """Go a round, some time later."""
        self.now += after
        return self.courier.round()

    def finish(self) -> None:
        """Go rounds, as late as each wants, until nothing is left."""
        rest = self.courier.round()
        while rest is not None:
            rest = self.round(timedelta(seconds=rest))

    def finish_until(self, end: datetime) -> None:
        """Go rounds, as late as each wants, until a time."""
        while (rest := self.courier.round()) is not None and self.now + timedelta(seconds=rest) <= end:
            self.now += timedelta(seconds=rest)
        self.now = end

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """Return what a table holds."""
        with self.store.reading() as db:
            return [tuple(row) for row in db.conn.execute(f"SELECT * FROM {table} ORDER BY 1, 2")]  # noqa: S608 (a name of ours)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a world without papers and topics, on a Saturday morning."""
    return World(tmp_path / "paperboy.db")
