"""The loads of the corpus: who asked for each, what it brought; and what of the corpus cannot be read.

Law: recording a load publishes what it wrote, with everything else that belongs to it, in one transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.papers import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A load: who asked for it, when it began, how many seconds it took, what stands since, what it brought.

    `change` is the one that it published; `feed` is the one that it came by, empty for one of the corpus.
    """

    by: str = ""
    feed: str = ""
    loaded_at: datetime
    seconds: float = 0.0
    records: int
    papers: int
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    removed: int = 0
    change: int


def publish(db: Database, load: Load) -> None:
    """Record a load, which publishes its change."""
    row: dict[str, Any] = {name: getattr(load, name) for name in Load.__slots__}
    row["loaded_at"] = load.loaded_at.isoformat()
    db.table("load").insert(row)


def tell(db: Database, problems: Iterable[Problem]) -> None:
    """Keep what the corpus holds that cannot be read, instead of what it held before."""
    db.conn.execute("DELETE FROM problem")
    db.conn.executemany(
        "INSERT INTO problem (file, line, reason) VALUES (?, ?, ?)",
        ([problem.file, problem.line, problem.reason] for problem in problems),
    )


def latest(db: Database) -> Load | None:
    """Return the last load there was, by whatever it came, be it that nothing had changed."""
    return _load(db, "ORDER BY id DESC")


def of_corpus(db: Database) -> Load | None:
    """Return the last load of the corpus."""
    return _load(db, "WHERE feed = '' ORDER BY id DESC")


def current(db: Database) -> Load | None:
    """Return the load that published what is read: later ones found nothing changed."""
    return _load(db, "WHERE change = (SELECT max(change) FROM load) ORDER BY id")


def problems(db: Database) -> tuple[Problem, ...]:
    """Return what of the corpus cannot be read, in the order of its files and lines."""
    rows = db.conn.execute("SELECT file, line, reason FROM problem ORDER BY id")
    return tuple(Problem(*row) for row in rows)


def begin(db: Database, by: str, now: datetime) -> None:
    """Record that a load begins, and who asked for it."""
    db.conn.execute("INSERT OR REPLACE INTO loading VALUES (1, ?, ?)", [by, now.timestamp()])


def end(db: Database) -> None:
    """Record that no load is under way."""
    db.conn.execute("DELETE FROM loading")


def begun_by(db: Database) -> str:
    """Return who asked for the load that is under way, or nothing."""
    found = db.conn.execute("SELECT by FROM loading").fetchone()
    return str(found[0]) if found else ""


def _load(db: Database, which: str) -> Load | None:
    for row in db.query(f"SELECT {', '.join(Load.__slots__)} FROM load {which} LIMIT 1"):
        return Load(**{**row, "loaded_at": datetime.fromisoformat(row["loaded_at"])})
    return None
