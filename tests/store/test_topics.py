"""What channels follow, as it is written down."""

import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.store import Store, topics
from bot.topics import Pause, Person, Place, Schedule, Strictness, Topic

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
HERE, THERE = Place("T1", "C1"), Place("T1", "C2")
DAILY = Schedule(tuple(range(7)), 0, time(9, 30), "Europe/Berlin")
LAST_DAY = Schedule((), 31, time(0, 0), "UTC")
ARCHIVED, FORBIDDEN = "is_archived", "restricted_action"
TOPIC = Topic(
    id=0,
    place=HERE,
    number=0,
    query='“length bias” tülu -"大模型"',
    strictness=Strictness.BROAD,
    top=7,
    schedule=DAILY,
    owner=Person("U1", "ana"),
    created_at=NOW,
    counts_from=NOW,
    newest=12,
    earlier=7,
    revision=1,
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a new store."""
    return Store(tmp_path / "paperboy.db")


def added(store: Store, same: str, place: Place = HERE, **more: Any) -> Topic:
    """Add a topic."""
    with store.writing() as db:
        return topics.add(db, replace(TOPIC, place=place, query=same, **more), same)


def followed(store: Store, place: Place = HERE) -> list[tuple[int, int, str]]:
    """Return what a channel follows: ids, numbers, queries."""
    with store.reading() as db:
        return [(topic.id, topic.number, topic.query) for topic in topics.of_channel(db, place)]


def test_a_topic_comes_back_whole(store: Store) -> None:
    """With the id and the number that it got, whatever its schedule and whether or not it is paused."""
    paused = replace(TOPIC, schedule=LAST_DAY, pause=Pause(LATER, "ben"), strictness=Strictness.STRICT)
    with store.writing() as db:
        made = topics.add(db, TOPIC, "a"), topics.add(db, paused, "b")
    assert made == (replace(TOPIC, id=1, number=1), replace(paused, id=2, number=2))
    with store.reading() as db:
        assert topics.of_channel(db, HERE) == [*made]
        assert (topics.by_id(db, 1), topics.by_id(db, 2)) == made
        assert topics.of_channel(db, THERE) == []
        with pytest.raises(LookupError):
            topics.by_id(db, 3)


def test_numbers_belong_to_a_channel_and_are_never_used_again(store: Store) -> None:
    """Each channel of each workspace counts from 1; what has ended keeps its number."""
    first = added(store, "a")
    second = added(store, "b")
    with store.writing() as db:
        topics.end(db, second, LATER)
        topics.end(db, first, LATER)
    assert [added(store, each).number for each in ("b", "a", "c")] == [3, 4, 5]
    assert [added(store, "a", place).number for place in (THERE, Place("T2", "C1"))] == [1, 1]
    with store.reading() as db:
        assert topics.by_id(db, 2) == replace(second, revision=2)


def test_a_channel_follows_the_same_only_once(store: Store) -> None:
    """Once it has ended it may be followed anew; other channels do not matter."""
    first = added(store, "a")
    added(store, "a", THERE)
    with pytest.raises(sqlite3.IntegrityError):
        added(store, "a")
    with store.writing() as db:
        assert topics.alike(db, HERE, "a") == first
        assert topics.alike(db, Place("T2", "C1"), "a") is None
        topics.end(db, first, LATER)
        assert topics.alike(db, HERE, "a") is None
    assert followed(store) == []
    assert added(store, "a").number == 2


def test_a_change_keeps_id_place_and_number(store: Store) -> None:
    """Everything else is written, and the revision grows; what it asks for changes only if it is given."""
    topic = added(store, "a")
    other = replace(
        topic,
        place=THERE,
        number=9,
        query="b",
        strictness=Strictness.STRICT,
        top=20,
        schedule=LAST_DAY,
        owner=Person("U2", "ben"),
        created_at=LATER,
        counts_from=LATER,
        newest=99,
        earlier=0,
        pause=Pause(LATER, why=ARCHIVED),
    )
    with store.writing() as db:
        topics.change(db, other)
        assert topics.by_id(db, 1) == replace(other, place=HERE, number=1, revision=2)
        assert topics.alike(db, HERE, "a") == topics.by_id(db, 1)
        topics.change(db, topics.by_id(db, 1), "b")
        assert (topics.alike(db, HERE, "a"), topics.alike(db, HERE, "b")) == (None, topics.by_id(db, 1))
        assert topics.by_id(db, 1).revision == 3


def test_what_goes_on(store: Store) -> None:
    """Of some topics those that have neither ended nor are paused, by number."""
    all_of_them = [added(store, each) for each in "abcd"]
    with store.writing() as db:
        topics.end(db, all_of_them[1], LATER)
        topics.change(db, replace(all_of_them[2], pause=Pause(LATER, "ana")))
        assert topics.going(db, [4, 3, 2, 1, 99]) == [all_of_them[0], all_of_them[3]]
        assert topics.going(db, []) == []


def test_a_failure_pauses_a_channel(store: Store) -> None:
    """All that goes on in it; what a person paused stays as it is."""
    goes, theirs = added(store, "a"), added(store, "b")
    elsewhere = added(store, "a", THERE), added(store, "a", Place("T2", "C1"))
    with store.writing() as db:
        topics.change(db, replace(theirs, pause=Pause(NOW, "ben")))
        topics.pause_all(db, HERE, ARCHIVED, LATER)
        topics.pause_all(db, HERE, FORBIDDEN, LATER)
        assert topics.of_channel(db, HERE) == [
            replace(goes, pause=Pause(LATER, why=ARCHIVED), revision=2),
            replace(theirs, pause=Pause(NOW, "ben"), revision=2),
        ]
        assert tuple(topics.by_id(db, each.id) for each in elsewhere) == elsewhere


def test_what_failures_have_paused(store: Store) -> None:
    """In one workspace, since a time; not what a person paused, nor what has ended or goes on again."""
    for place in (THERE, HERE, Place("T1", "C3"), Place("T2", "C1")):
        added(store, "a", place)
    ended, theirs = added(store, "b"), added(store, "c", pause=Pause(LATER, "ben"))
    with store.writing() as db:
        for place, when in (
            (THERE, LATER),
            (HERE, LATER),
            (Place("T1", "C3"), NOW),
            (Place("T2", "C1"), LATER),
        ):
            topics.pause_all(db, place, ARCHIVED, when)
        topics.end(db, topics.by_id(db, ended.id), LATER)
        assert [each.id for each in topics.failed(db, "T1", LATER)] == [2, 1]
        assert [each.id for each in topics.failed(db, "T1", NOW)] == [2, 1, 3]
        topics.resume_all(db, HERE, LATER, lambda _: True)
        assert [each.id for each in topics.failed(db, "T1", LATER)] == [1]
        assert topics.by_id(db, theirs.id).pause == Pause(LATER, "ben")


def test_the_end_of_a_failure_lets_go_on(store: Store) -> None:
    """What that failure paused, counting from then; it returns the topics as they were paused."""
    one, other, theirs = added(store, "a"), added(store, "b"), added(store, "c")
    with store.writing() as db:
        topics.change(db, replace(theirs, pause=Pause(NOW, "ben")))
        topics.change(db, replace(other, pause=Pause(NOW, why=FORBIDDEN)))
        topics.pause_all(db, HERE, ARCHIVED, NOW)
        archived, forbidden = topics.by_id(db, 1), topics.by_id(db, 2)
        assert topics.resume_all(db, HERE, LATER, lambda why: why == ARCHIVED) == [archived]
        assert topics.resume_all(db, THERE, LATER, lambda _: True) == []
        assert topics.by_id(db, 1) == replace(one, counts_from=LATER, revision=3)
        assert topics.resume_all(db, HERE, LATER, lambda _: True) == [forbidden]
        assert topics.by_id(db, 2) == replace(other, counts_from=LATER, revision=3)
        assert topics.by_id(db, 3).pause == Pause(NOW, "ben")


def test_what_people_are_the_reason_for(store: Store) -> None:
    """All that is followed because of one person in a workspace, by channel and number."""
    ben = Person("U2", "ben")
    ids = [
        added(store, same, place, owner=owner).id
        for same, place, owner in [
            ("a", THERE, ben), ("a", HERE, ben), ("b", HERE, TOPIC.owner), ("c", HERE, ben),
            ("a", Place("T2", "C1"), ben),
        ]
    ]  # fmt: skip
    with store.writing() as db:
        assert [topic.id for topic in topics.owned_by(db, "T1", "U2")] == [ids[1], ids[3], ids[0]]
        topics.end(db, topics.by_id(db, ids[1]), LATER)
        assert [topic.id for topic in topics.owned_by(db, "T1", "U2")] == [ids[3], ids[0]]
        assert topics.teams(db) == ["T1", "T2"]
        topics.end(db, topics.by_id(db, ids[4]), LATER)
        assert topics.teams(db) == ["T1"]


def test_slots_are_those_of_what_goes_on(store: Store) -> None:
    """Of one workspace, by channel and number, with the date of the last slot that was decided."""
    added(store, "a", THERE)
    added(store, "b", HERE, schedule=LAST_DAY, counts_from=LATER)
    added(store, "c")
    ended = added(store, "d")
    paused = added(store, "e")
    added(store, "a", Place("T2", "C1"))
    with store.writing() as db:
        topics.end(db, ended, LATER)
        topics.change(db, replace(paused, pause=Pause(LATER, "ana")))
        topics.remember(db, 3, date(2026, 11, 20))
        found = [(*each[:2], topics.schedule(each[2]), *each[3:]) for each in topics.slots(db, "T1")]
    assert found == [
        (2, "C1", LAST_DAY, LATER.timestamp(), ""),
        (3, "C1", DAILY, NOW.timestamp(), "2026-11-20"),
        (1, "C2", DAILY, NOW.timestamp(), ""),
    ]


def test_a_change_forgets_no_slot(store: Store) -> None:
    """The date of the last slot stays, whatever a topic becomes."""
    topic = added(store, "a")
    with store.writing() as db:
        topics.remember(db, 1, date(2026, 11, 20))
        topics.change(db, replace(topic, query="b", schedule=LAST_DAY), "b")
        assert [each[4] for each in topics.slots(db, "T1")] == ["2026-11-20"]


def test_a_channel_moves(store: Store) -> None:
    """With all that it follows or followed, their numbers, and nobody else's."""
    kept, ended = added(store, "a"), added(store, "b")
    elsewhere = added(store, "a", Place("T2", "C1")), added(store, "a", Place("T1", "C3"))
    with store.writing() as db:
        topics.end(db, ended, NOW)
        topics.move(db, HERE, THERE, LATER)
        assert topics.of_channel(db, HERE) == []
        (moved,) = topics.of_channel(db, THERE)
        assert replace(moved, revision=kept.revision) == replace(kept, place=THERE)
        assert moved.revision > kept.revision, (
            "a digest that was drawn up for the old id must be drawn up anew"
        )
        assert (topics.by_id(db, 2).place, topics.by_id(db, 2).number) == (THERE, 2)
        assert tuple(topics.by_id(db, each.id) for each in elsewhere) == elsewhere
    assert added(store, "c", THERE).number == 3
    assert added(store, "a").number == 1


def test_what_was_made_under_the_new_id_gives_way(store: Store) -> None:
    """Its numbers go above those of the old id, and what asks for the same as one there ends."""
    for same in ("a", "b", "c"):
        added(store, same)
    for same in ("d", "a", "e", "b"):
        added(store, same, THERE)
    with store.writing() as db:
        topics.end(db, topics.by_id(db, 2), NOW)
        topics.move(db, HERE, THERE, LATER)
    assert followed(store, THERE) == [(1, 1, "a"), (3, 3, "c"), (4, 4, "d"), (6, 6, "e"), (7, 7, "b")]
    assert followed(store) == []
    with store.reading() as db:
        row = db.conn.execute("SELECT channel, number, ended_at FROM topic WHERE id = 5").fetchone()
        assert tuple(row) == ("C2", 5, LATER.timestamp())
    assert added(store, "f", THERE).number == 8
