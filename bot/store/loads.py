"""What each load of the corpus brought, and what it could not read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from bot.papers import Problem


@dataclass(frozen=True, slots=True)
class Load:
    """One load of the corpus: when, and how many records and papers it gave."""

    id: int
    loaded_at: datetime
    records: int
    papers: int


def add(db: Database, loaded_at: datetime, records: int, papers: int, problems: Iterable[Problem]) -> None:
    """Record a load and the places it could not read."""
    load = (
        db.table("load")
        .insert({"loaded_at": loaded_at.isoformat(), "records": records, "papers": papers})
        .last_pk
    )
    db.table("load_problem").insert_all(
        {"load": load, "file": problem.file, "line": problem.line, "reason": problem.reason}
        for problem in problems
    )


def latest(db: Database) -> Load | None:
    """Return the last load there was."""
    for row in db.query("SELECT id, loaded_at, records, papers FROM load ORDER BY id DESC LIMIT 1"):
        return Load(row["id"], datetime.fromisoformat(row["loaded_at"]), row["records"], row["papers"])
    return None


def problems(db: Database, load: Load) -> tuple[Problem, ...]:
    """Return what a load could not read, in the order it was met."""
    rows = db.query("SELECT file, line, reason FROM load_problem WHERE load = ? ORDER BY id", [load.id])
    return tuple(Problem(**row) for row in rows)
