from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from bot.papers import Problem
from bot.store import Store, loads, papers
from bot.store.loads import Load

FIRST = datetime(2026, 11, 20, 9, 30, 15, 123456, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 9, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
PROBLEMS = [
    Problem("b.txt", 7, "no words"),
    Problem("a.txt", 0, "cannot be read: “no”"),
    Problem("b.txt", 7, "x"),
]
LOAD = Load(
    by="ana",
    loaded_at=FIRST,
    seconds=1.25,
    records=386,
    papers=382,
    new=380,
    revised=1,
    unchanged=2,
    removed=3,
    change=7,
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a new store."""
    return Store(tmp_path / "paperboy.db")


def test_before_the_first_load_there_is_none(store: Store) -> None:
    """Nobody invents one, nor who asked for it."""
    with store.reading() as db:
        assert (loads.latest(db), loads.current(db), loads.problems(db)) == (None, None, ())
        assert loads.begun_by(db) == ""


def test_a_load_comes_back_whole(store: Store) -> None:
    """With its instant to the microsecond and its offset; with it its change is published."""
    later = replace(LOAD, loaded_at=LATER, by="", change=8)
    with store.writing() as db:
        loads.publish(db, LOAD)
        assert (loads.latest(db), loads.current(db)) == (LOAD, LOAD)
        assert (papers.published(db), papers.newest(db)) == (7, 0)
        loads.publish(db, later)
    with store.reading() as db:
        latest = loads.latest(db)
        assert (latest, loads.current(db)) == (later, later)
        assert latest is not None
        assert latest.loaded_at.utcoffset() == timedelta(hours=5, minutes=30)
        assert papers.published(db) == 8


def test_a_load_that_changed_nothing_is_the_latest(store: Store) -> None:
    """What is read is still what an earlier one published."""
    same = [replace(LOAD, loaded_at=FIRST + timedelta(days=day), by=f"{day}") for day in (1, 2)]
    with store.writing() as db:
        for load in (replace(LOAD, change=6), LOAD, *same):
            loads.publish(db, load)
        assert (loads.latest(db), loads.current(db)) == (same[-1], LOAD)
        assert papers.published(db) == 7


def test_what_a_feed_brought_is_no_load_of_the_corpus(store: Store) -> None:
    """It is the latest all the same, and what is read."""
    fed = replace(LOAD, feed="arxiv:cs.CL", by="", change=8)
    with store.writing() as db:
        assert loads.of_corpus(db) is None
        loads.publish(db, LOAD)
        loads.publish(db, fed)
        assert (loads.latest(db), loads.current(db), loads.of_corpus(db)) == (fed, fed, LOAD)


def test_problems_are_those_of_the_last_load(store: Store) -> None:
    """In the order they were met; those of an earlier one are gone."""
    with store.writing() as db:
        loads.tell(db, PROBLEMS)
        assert loads.problems(db) == tuple(PROBLEMS)
        loads.tell(db, iter(PROBLEMS[1:]))
        assert loads.problems(db) == tuple(PROBLEMS[1:])
        loads.tell(db, ())
        assert loads.problems(db) == ()


def test_who_began_the_last_load_is_known(store: Store) -> None:
    """Until the next one begins, be it that nobody asked for it."""
    with store.writing() as db:
        begun = []
        for by in ("ana", "bo", ""):
            loads.begin(db, by, FIRST)
            begun.append(loads.begun_by(db))
        assert begun == ["ana", "bo", ""]
        assert db.table("loading").count == 1
        assert loads.latest(db) is None
