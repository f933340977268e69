"""What becomes of channels and workspaces, on a real database."""

from datetime import timedelta
from typing import Any

import pytest

from bot.digest import upheavals
from bot.digest.upheavals import News
from bot.store import deliveries, topics
from bot.topics import Person, Place, Wish
from tests.digest.conftest import HERE, MONDAY, SATURDAY, World

THERE = Place("T1", "C2")
OTHER_TEAM = Place("T2", "C1")
BEN = Person("U2", "ben")


def news(event: str = "Ev1", team: str = "T1", days: int = 0) -> News:
    """Return an event, some days from now."""
    return News(team, event, SATURDAY + timedelta(days=days))


def followed(world: World, place: Place = HERE) -> list[tuple[int, str, str]]:
    """Return what a channel follows: number, query, why it is paused."""
    with world.store.snapshot() as db:
        found = topics.of_channel(db, place)
    return [(each.number, each.query, each.pause.why if each.pause else "") for each in found]


@pytest.fixture
def world(world: World) -> World:
    """Return a world in which two workspaces follow tea, and one coffee."""
    world.add("Tea", "Coffee", "Milk")
    world.follow("tea")
    world.follow("coffee")
    world.follow("tea", OTHER_TEAM)
    return world


def test_each_event_takes_effect_once(world: World) -> None:
    """In the transaction that records it; an event of another workspace is another one."""
    store = world.store
    upheavals.unreachable(store, news("Ev1"), "C1", "not_in_channel")
    assert followed(world) == [(1, "tea", "not_in_channel"), (2, "coffee", "not_in_channel")]
    assert [each.number for each in upheavals.returned(store, news("Ev2"), "C1")] == [1, 2]
    upheavals.unreachable(store, news("Ev1"), "C1", "not_in_channel")
    assert upheavals.returned(store, news("Ev1"), "C1") == []
    assert followed(world) == [(1, "tea", ""), (2, "coffee", "")]
    upheavals.unreachable(store, news("Ev1", "T2"), "C1", "not_in_channel")
    assert followed(world) == [(1, "tea", ""), (2, "coffee", "")]
    assert followed(world, OTHER_TEAM) == [(1, "tea", "not_in_channel")]


def test_events_are_forgotten_after_a_day(world: World) -> None:
    """Slack sends none again so late."""
    upheavals.stopped(world.store, news("Ev1"), "app_uninstalled")
    upheavals.stopped(world.store, news("Ev2", days=2), "app_uninstalled")
    assert [row[:2] for row in world.rows("once")] == [("upheaval", "T1 Ev2")]


def test_what_goes_on_counts_from_then(world: World) -> None:
    """The slots that passed meanwhile are not made up for; the papers come with the next."""
    world.now = MONDAY - timedelta(hours=1)
    upheavals.unreachable(world.store, News("T1", "Ev1", world.now), "C1", "is_archived")
    world.now = MONDAY + timedelta(days=1)
    world.finish()
    assert world.slack.messages == []
    assert len(upheavals.unarchived(world.store, News("T1", "Ev2", world.now), "C1")) == 2
    world.finish()
    assert world.slack.messages == []
    world.now = MONDAY + timedelta(days=7)
    world.finish()
    assert world.slack.parents == [{"1": [1], "2": [2]}]


def test_only_what_the_archive_paused_goes_on_with_it(world: World) -> None:
    """What failed otherwise waits for the bot to be back, and what a person paused for a person."""
    world.following.pause(HERE, 2, BEN)
    upheavals.unreachable(world.store, news("Ev1"), "C1", "restricted_action")
    assert upheavals.unarchived(world.store, news("Ev2"), "C1") == []
    assert [each.number for each in upheavals.returned(world.store, news("Ev3"), "C1")] == [1]


def test_a_workspace_stops_alone(world: World) -> None:
    """It gets nothing, and keeps what it follows."""
    upheavals.stopped(world.store, news(), "tokens_revoked")
    with world.store.snapshot() as db:
        assert deliveries.stopped(db, "T1") == (SATURDAY, "tokens_revoked")
        assert deliveries.stopped(db, "T2") is None
    assert followed(world) == [(1, "tea", ""), (2, "coffee", "")]


def test_what_a_person_set_is_found_by_channel(world: World) -> None:
    """Of one workspace, and what is still followed."""
    world.follow("tea", THERE)
    world.following.follow(THERE, BEN, Wish("milk"), "UTC")
    world.following.end(HERE, "1")
    found = upheavals.owned(world.store, "T1", "U1")
    assert [(place, [each.number for each in theirs]) for place, theirs in found.items()] == [
        (HERE, [2]),
        (THERE, [1]),
    ]


def test_a_new_id_takes_everything_along(world: World) -> None:
    """Topics with their numbers, deliveries, the papers that came and when; another workspace's stay."""
    world.now = MONDAY
    world.finish()
    before: dict[str, list[Any]] = {
        name: world.rows(name) for name in ("delivery", "delivered_paper", "posting")
    }
    upheavals.moved(world.store, news(), "C1", "C9")
    upheavals.moved(world.store, news(), "C1", "C9")
    assert followed(world) == []
    assert followed(world, Place("T1", "C9")) == [(1, "tea", ""), (2, "coffee", "")]
    assert followed(world, OTHER_TEAM) == [(1, "tea", "")]
    for name, rows in before.items():
        moved = [tuple("C9" if value == "C1" else value for value in row) for row in rows]
        assert world.rows(name) == moved
    world.follow("milk", Place("T1", "C9"))
    assert followed(world, Place("T1", "C9"))[-1] == (3, "milk", "")


def test_a_delivery_under_way_goes_to_the_new_id(world: World) -> None:
    """It is posted there, and comes once."""
    world.now = MONDAY
    world.courier.round()
    upheavals.moved(world.store, news(), "C1", "C9")
    world.finish()
    assert [(each.channel, each.thread is None) for each in world.slack.messages] == [
        ("C1", True),
        ("C9", False),
    ]
    world.now = MONDAY + timedelta(days=7)
    world.finish()
    assert len(world.slack.messages) == 2


@pytest.mark.parametrize("late", [100, -100])
def test_what_was_made_under_the_new_id_gives_way(world: World, late: int) -> None:
    """Numbers that people know stay; the same topic is followed once; no paper comes twice."""
    new = Place("T1", "C9")
    for query in ("milk", "tea", "juice"):
        world.follow(query, new)
    world.following.end(new, "3")
    world.now = MONDAY
    world.finish()
    with world.store.writing() as db:
        db.conn.execute("UPDATE posting SET posted_at = posted_at + ? WHERE channel = 'C1'", [late])
        latest = db.conn.execute("SELECT max(posted_at) FROM posting WHERE team = 'T1'").fetchone()[0]
    upheavals.moved(world.store, news(), "C1", "C9")
    assert followed(world, new) == [(1, "tea", ""), (2, "coffee", ""), (3, "milk", "")]
    world.follow("juice", new)
    assert followed(world, new)[-1] == (6, "juice", "")
    with world.store.snapshot() as db:
        assert deliveries.taken(db, new) == {1, 2, 3}
        assert deliveries.taken(db, HERE) == set()
        posted = [tuple(row) for row in db.conn.execute("SELECT * FROM posting WHERE team = 'T1'")]
    assert posted == [("T1", "C9", latest)]
