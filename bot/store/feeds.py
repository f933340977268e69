"""The feeds that are followed, and how each fares.

Law: a feed's number is never used again. What a feed brought stands with the papers (`records`), also once it
is followed no more.
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
        "SELECT number, name, by, due, etag, modified, succeeded, fault, faults, papers FROM feed"
        " ORDER BY number"
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


def keep_to(db: Database, names: Iterable[str], now: datetime) -> None:
    """Follow the feeds that the settings name, due at once, and none that they named before and no more."""
    wanted = list(dict.fromkeys(names))
    there = {each.name: each for each in every(db)}
    for name in wanted:
        if name not in there:
            db.conn.execute("INSERT INTO feed (name, due) VALUES (?, ?)", [name, now.timestamp()])
    gone = [[each.number] for each in there.values() if not each.by and each.name not in wanted]
    db.conn.executemany("DELETE FROM feed WHERE number = ?", gone)


def keep(db: Database, feed: Followed) -> None:
    """Keep how a feed fared, if it still is followed."""
    succeeded = feed.succeeded and feed.succeeded.timestamp()
    db.conn.execute(
        "UPDATE feed SET due = ?, etag = ?, modified = ?, succeeded = ?, fault = ?, faults = ?, papers = ?"
        " WHERE number = ?",
        [
            feed.due.timestamp(),
            feed.etag,
            feed.modified,
            succeeded,
            feed.fault,
            feed.faults,
            feed.papers,
            feed.number,
        ],
    )
