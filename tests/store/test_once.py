from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.store import Database, Store, once

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """Open a new store for writing."""
    with Store(tmp_path / "a.db").writing() as db:
        yield db


def test_only_the_first_claim_counts(db: Database) -> None:
    """The second is refused; another kind or key is another thing."""
    asked = [("share", "a"), ("share", "a"), ("event", "a"), ("share", "b"), ("share", "b")]
    assert [once.claim(db, kind, key, NOW) for kind, key in asked] == [True, False, True, True, False]
    assert list(db.query("SELECT * FROM once ORDER BY kind, key")) == [
        {"kind": "event", "key": "a", "at": 1795251600, "done": 0},
        {"kind": "share", "key": "a", "at": 1795251600, "done": 0},
        {"kind": "share", "key": "b", "at": 1795251600, "done": 0},
    ]


def test_what_is_claimed_is_not_yet_done(db: Database) -> None:
    """It is once that is recorded, and only that."""
    for key in ("a", "b"):
        once.claim(db, "share", key, NOW)
    once.finish(db, "share", "a")
    asked = [("share", "a"), ("share", "b"), ("event", "a")]
    assert [once.is_done(db, kind, key) for kind, key in asked] == [True, False, False]
    assert once.claim(db, "share", "a", NOW) is False


def test_a_claim_given_back_can_be_made_again(db: Database) -> None:
    """Only that one is given back."""
    for key in ("a", "b"):
        once.claim(db, "share", key, NOW)
    once.release(db, "share", "a")
    assert [once.claim(db, "share", key, NOW) for key in ("a", "b")] == [True, False]


def test_old_claims_are_forgotten(db: Database) -> None:
    """Those of the kind from before the time, and no others."""
    once.claim(db, "event", "old", NOW - timedelta(seconds=1))
    once.claim(db, "event", "new", NOW)
    once.claim(db, "welcome", "old", NOW - timedelta(days=900))
    once.forget(db, "event", NOW)
    asked = [("event", "old"), ("event", "new"), ("welcome", "old")]
    assert [once.claim(db, kind, key, NOW) for kind, key in asked] == [True, False, False]


def test_of_many_at_once_one_wins(tmp_path: Path) -> None:
    """Eight threads claim the same; so does one after a restart."""
    path = tmp_path / "a.db"

    def claim(_: int) -> bool:
        with Store(path).writing() as db:
            return once.claim(db, "share", "a", NOW)

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(claim, range(8))) == [False] * 7 + [True]
    assert claim(0) is False
