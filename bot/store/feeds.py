"""The feeds that are or were followed, and how each fared.

Law: a feed's number is never used again. What a feed brought is told by the loads it came by.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlite_utils import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A feed: who added it (nobody: the settings), when it is due, and how it fared.

    `etag` and `modified` are what its server said of the version that was read. `succeeded` is when it was
    read last, None: never. `fault` is why it was not at the last try, `faults` how often in a row, and
    `papers` how many it has brought that were new.
    """

    number: int
    name: str
    by: str
    due: datetime
    etag: str
    modified: str
    succeeded: datetime | None
    fault: str
    faults: int
    papers: int


def every(db: Database) -> list[Followed]:
    """Return the feeds, by their numbers."""
    rows = db.conn.execute(
        "SELECT number, name, by, due, etag, modified, succeeded, fault, faults,"
        " (SELECT coalesce(sum(new), 0) FROM load WHERE load.feed = feed.name) FROM feed ORDER BY number"
    )
    return [
        Followed(
            number=number,
            name=name,
            by=by,
            due=datetime.fromtimestamp(due, UTC),
            etag=etag,
            modified=modified,
            succeeded=None if succeeded is None else datetime.fromtimestamp(succeeded, UTC),
            fault=fault,
            faults=faults,
            papers=papers,
        )
        for number, name, by, due, etag, modified, succeeded, fault, faults, papers in rows
    ]


def add(db: Database, names: Iterable[str], now: datetime) -> None:
    """Add feeds of the settings that there are not yet, due at once."""
    rows = ([name, now.timestamp()] for name in names)
    db.conn.executemany("INSERT OR IGNORE INTO feed (name, due) VALUES (?, ?)", rows)


def keep(db: Database, feed: Followed) -> None:
    """Keep how a feed fared, if there still is one of this number."""
    succeeded = feed.succeeded and feed.succeeded.timestamp()
    db.conn.execute(
        "UPDATE feed SET due = ?, etag = ?, modified = ?, succeeded = ?, fault = ?, faults = ?"
        " WHERE number = ?",
        [
            feed.due.timestamp(),
            feed.etag,
            feed.modified,
            succeeded,
            feed.fault,
            feed.faults,
            feed.number,
        ],
    )
