"""The feeds that are or were followed, and how each fared.

Law: a feed's number is never used again. What a feed brought is told by the loads it came by.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlite_utils import Database

from bot.topics import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A feed: who added it (None: the settings), when it is due, and how it fared.

    `etag` and `modified` are what its server said of the version that was read. `succeeded` is when it was
    read last, `failed` when it could not be, and `fault` why; None: never. It has failed `faults` times in a
    row, 0 where it is well. `papers` is how many it has brought that were new.
    """

    number: int
    name: str
    by: Person | None
    due: datetime
    etag: str
    modified: str
    succeeded: datetime | None
    failed: datetime | None
    fault: str
    faults: int
    papers: int


def every(db: Database) -> list[Followed]:
    """Return the feeds, by their numbers."""
    rows = db.conn.execute(
        "SELECT number, name, user, by, due, etag, modified, succeeded, failed, fault, faults,"
        " (SELECT coalesce(sum(new), 0) FROM load WHERE load.feed = feed.name) FROM feed ORDER BY number"
    )
    return [
        Followed(
            number=number,
            name=name,
            by=Person(user, by) if user else None,
            due=datetime.fromtimestamp(due, UTC),
            etag=etag,
            modified=modified,
            succeeded=_instant(succeeded),
            failed=_instant(failed),
            fault=fault,
            faults=faults,
            papers=papers,
        )
        for number, name, user, by, due, etag, modified, succeeded, failed, fault, faults, papers in rows
    ]


def enter(db: Database, names: Iterable[str], now: datetime) -> None:
    """Enter feeds of the settings that there are not yet, due at once."""
    for name in names:  # to ignore one that is there would use up a number
        db.conn.execute(
            "INSERT INTO feed (name, due) SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM feed WHERE name = ?)",
            [name, now.timestamp(), name],
        )


def add(db: Database, name: str, by: Person, due: datetime) -> None:
    """Add a feed for somebody; what is known of one of that name stays so."""
    db.conn.execute(
        "INSERT INTO feed (name, user, by, due) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET user = excluded.user, by = excluded.by, due = excluded.due",
        [name, by.id, by.name, due.timestamp()],
    )


def remove(db: Database, number: int) -> None:
    """Remove a feed; what it brought stays."""
    db.conn.execute("DELETE FROM feed WHERE number = ?", [number])


def keep(db: Database, feed: Followed) -> bool:
    """Keep how a feed fared, if there still is one of this number; return whether there is."""
    kept = db.conn.execute(
        "UPDATE feed SET due = ?, etag = ?, modified = ?, succeeded = ?, failed = ?, fault = ?, faults = ?"
        " WHERE number = ?",
        [
            feed.due.timestamp(),
            feed.etag,
            feed.modified,
            feed.succeeded and feed.succeeded.timestamp(),
            feed.failed and feed.failed.timestamp(),
            feed.fault,
            feed.faults,
            feed.number,
        ],
    )
    return kept.rowcount == 1


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
