import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from bot.store import Store, generations
from bot.store.generations import Generation

NOW = datetime(2026, 11, 20, 9, 30, 15, 123456, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 9, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a new store."""
    return Store(tmp_path / "paperboy.db")


def test_before_the_first_generation_there_is_none(store: Store) -> None:
    """Nobody invents one."""
    with store.reading() as db:
        assert generations.current(db) is None


def test_the_generation_committed_last_is_current(store: Store) -> None:
    """It comes back whole, to the microsecond, whatever its folder, its change and the clock."""
    first = Generation(id=1, folder="index/1", change=7, made_at=LATER)
    with store.writing() as db:
        assert generations.commit(db, "index/1", 7, LATER) == first
    with store.reading() as db:
        assert generations.current(db) == first
    second = Generation(id=2, folder="index/0", change=3, made_at=NOW)
    with store.writing() as db:
        assert generations.commit(db, "index/0", 3, NOW) == second
    with store.reading() as db:
        assert generations.current(db) == second


def test_a_generation_belongs_to_its_transaction(store: Store) -> None:
    """Readers see the old one until the new one is committed, and keep it if that fails."""
    first = Generation(id=1, folder="a", change=1, made_at=NOW)
    with store.writing() as db:
        generations.commit(db, "a", 1, NOW)

    def fail() -> None:
        with store.writing() as db, store.reading() as reader:
            generations.commit(db, "b", 2, LATER)
            assert generations.current(reader) == first
            db.conn.execute("INSERT INTO generation VALUES (1, '', 0, 0)")

    with pytest.raises(sqlite3.IntegrityError):
        fail()
    with store.reading() as db:
        assert generations.current(db) == first
