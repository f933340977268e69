"""The indexes on disk, each a generation of the search index.

Law: a generation is committed once its folder is whole, and never changes; the last one is current.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class Generation:
    """An index on disk: its folder, the newest change of papers that it holds, and when it was made.

    Ids go up from 1.
    """

    id: int
    folder: str
    change: int
    made_at: datetime


def current(db: Database) -> Generation | None:
    """Return the generation that was committed last."""
    for row in db.query("SELECT id, folder, change, made_at FROM generation ORDER BY id DESC LIMIT 1"):
        return Generation(**{**row, "made_at": datetime.fromtimestamp(row["made_at"], UTC)})
    return None


def commit(db: Database, folder: str, change: int, now: datetime) -> Generation:
    """Make the index in a folder the current one; it holds all changes up to that number."""
    row = {"folder": folder, "change": change, "made_at": now.timestamp()}
    generation = db.table("generation").insert(row).last_pk
    assert isinstance(generation, int)  # noqa: S101 (sqlite-utils promises less than SQLite)
    return Generation(generation, folder, change, now)
