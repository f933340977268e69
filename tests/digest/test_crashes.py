"""Whatever fails and whenever the process dies: no paper is lost, none comes twice, no thread is doubled."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import BusyError, UncertainError
from bot.store import Database, Store
from bot.topics import Place
from tests.digest.conftest import FakeSlack, World

DAYS = 6
CHANNELS = [Place("T1", f"C{number}") for number in range(3)]
WORDS = ("tea", "coffee", "milk")


class Killed(BaseException):
    """The process dies here."""


class Dice:
    """Decides what fails, the same way for the same seed; at peace nothing does."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.peace = False
        self.kills = 0
        self.faults = 0

    def kill(self) -> None:
        """Die now and then."""
        if not self.peace and self.random.random() < 0.05:
            self.kills += 1
            raise Killed

    def fail(self) -> None:
        """Fail, or die, now and then."""
        self.kill()
        if not self.peace and self.random.random() < 0.2:
            self.faults += 1
            raise self.random.choice([UncertainError("gone"), BusyError("ratelimited", 5)])

    def lose(self) -> None:
        """Lose the answer, or die, after the deed."""
        self.kill()
        if not self.peace and self.random.random() < 0.2:
            self.faults += 1
            raise UncertainError("gone")


class BadSlack(FakeSlack):
    """A Slack that fails by dice."""

    dice: Dice

    def post(self, channel, content, mark, thread):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        """Keep a message, if nothing fails before, and say so, if nothing fails after."""
        self.dice.fail()
        ts = super().post(channel, content, mark, thread)
        self.dice.lose()
        return ts

    def find(self, channel, mark, since, thread, stopping):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        """Look for a message, if nothing fails."""
        self.dice.fail()
        return super().find(channel, mark, since, thread, stopping)


class DyingStore(Store):
    """A store whose process may die before or after each commit."""

    dice: Dice

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """Write, unless the process dies."""
        with super().writing() as db:
            yield db
            self.dice.kill()
        self.dice.kill()


@pytest.mark.parametrize("seed", range(15))
def test_each_paper_comes_once(tmp_path: Path, seed: int) -> None:
    """Six days of daily digests in three channels, with kills and faults; then a day of peace."""
    dice, world = Dice(seed), World(tmp_path / "paperboy.db")
    dice.peace = True
    world.slack = BadSlack(world.clock)
    world.slack.dice = dice
    world.add("Nothing much")
    for place in CHANNELS:
        for word in WORDS[: 1 + CHANNELS.index(place)]:
            world.follow(word, place, days=(tuple(range(7)), 0), top=20)
    world.store = DyingStore(world.path)
    world.store.dice = dice
    world.restart()
    for day in range(DAYS):
        titles = [" and ".join(dice.random.sample(WORDS, dice.random.randint(1, 2))) for _ in range(3)]
        dice.peace = True
        world.add(*(f"{title} {day}" for title in titles))
        world.now += timedelta(days=1)
        dice.peace = day == DAYS - 1
        live(world)
    dice.peace = True
    world.now += timedelta(days=1)
    live(world)
    parents = [each for each in world.slack.messages if each.thread is None]
    replies = [each for each in world.slack.messages if each.thread]
    for place in CHANNELS:
        came = Counter(
            number
            for each in parents
            if each.channel == place.channel
            for entries in each.content["says"].values()
            for number in (entry[0] if isinstance(entry, list) else entry for entry in entries)
        )
        assert came == Counter(wanted(world, WORDS[: 1 + CHANNELS.index(place)]))
    assert Counter(each.thread for each in replies) == Counter(each.ts for each in parents)
    assert {row[7] for row in world.rows("delivery")} == {"done"}
    assert dice.kills
    assert dice.faults


def wanted(world: World, words: tuple[str, ...]) -> list[int]:
    """Return the papers that have some of these words in their title."""
    with world.store.reading() as db:
        rows = db.conn.execute("SELECT paper, title FROM description")
        return [number for number, title in rows if any(word in title for word in words)]


def live(world: World) -> None:
    """Go rounds until nothing is left, beginning anew after each death."""
    while True:
        try:
            rest = world.courier.round()
        except Killed:
            world.restart()
            rest = 0.5
        if rest is None:
            return
        world.now += timedelta(seconds=rest)
