from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from bot.papers import Problem
from bot.store import Store, loads
from bot.store.loads import Load

FIRST = datetime(2026, 11, 20, 9, 30, 15, 123456, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 9, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
PROBLEMS = [
    Problem("b.txt", 7, "no words"),
    Problem("a.txt", 0, "cannot be read: “no”"),
    Problem("b.txt", 7, "x"),
]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a new store."""
    return Store(tmp_path / "paperboy.db")


def test_before_the_first_load_there_is_none(store: Store) -> None:
    """Nobody invents one."""
    with store.reading() as db:
        assert loads.latest(db) is None


def test_the_last_load_comes_back_whole(store: Store) -> None:
    """With its instant to the microsecond and its offset."""
    with store.writing() as db:
        loads.add(db, FIRST, 386, 382, [])
    with store.reading() as db:
        assert loads.latest(db) == Load(id=1, loaded_at=FIRST, records=386, papers=382)
    with store.writing() as db:
        loads.add(db, LATER, 2, 1, [])
    with store.reading() as db:
        latest = loads.latest(db)
        assert latest == Load(id=2, loaded_at=LATER, records=2, papers=1)
        assert latest.loaded_at.utcoffset() == timedelta(hours=5, minutes=30)


def test_problems_come_back_in_the_order_they_were_met(store: Store) -> None:
    """Each load has its own."""
    with store.writing() as db:
        loads.add(db, FIRST, 1, 1, PROBLEMS)
        loads.add(db, LATER, 1, 1, PROBLEMS[:1])
        loads.add(db, LATER, 1, 1, iter(()))
    with store.reading() as db:
        first, second, third = (Load(number, LATER, 1, 1) for number in (1, 2, 3))
        assert loads.problems(db, first) == tuple(PROBLEMS)
        assert loads.problems(db, second) == tuple(PROBLEMS[:1])
        assert loads.problems(db, third) == ()
