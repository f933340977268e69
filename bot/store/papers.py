"""Papers, the keys they are known by, and how they are described.

Law: a paper stays known for ever, with its number, its keys and what was delivered of it. What is read is
what the last load published; what the next one writes is seen by nobody until it is published as well. Each
change has a number, higher than those before: a description stands from one change until another. A paper
that left the corpus is gone: no description of it stands, though the last is kept, and it is not searched.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from sqlite_utils import Database

from bot.papers import Description, Paper, Source, TitleOrigin

FOREVER = 1 << 62
PUBLISHED = "(SELECT coalesce(max(change), 0) FROM load)"

_DESCRIBED = ("shown_id", *(field.name for field in fields(Description)))
_VALUES = attrgetter(*_DESCRIBED[1:])
_ORIGIN, _AUTHORS = (_DESCRIBED.index(name) - 1 for name in ("title_origin", "authors"))
_NAMES = json.JSONEncoder(ensure_ascii=False)
_ENDED = f"SELECT id FROM description WHERE until < {FOREVER} AND until"
_PUT = (
    f"INSERT OR REPLACE INTO description (paper, since, {', '.join(_DESCRIBED)})"
    f" VALUES (?, ?{', ?' * len(_DESCRIBED)})"
)


class Entry(NamedTuple):
    """A paper as a load writes it: its number, its id for people, what is known of it, new keys of its."""

    number: int
    shown_id: str
    description: Description
    keys: Sequence[str]


class Version(NamedTuple):
    """How a paper is described from one change until another, and its id for people."""

    since: int
    until: int
    shown_id: str
    description: Description


def published(db: Database) -> int:
    """Return the change that is read, 0 before the first."""
    return int(db.conn.execute(f"SELECT {PUBLISHED}").fetchone()[0])


def put(db: Database, change: int, entries: Sequence[Entry], now: datetime) -> None:
    """Describe papers from a change on, new ones or known ones, be they gone."""
    seen = int(now.timestamp())
    numbers = [[entry.number] for entry in entries]
    db.conn.executemany(
        "INSERT OR IGNORE INTO paper (number, first_seen, since) VALUES (?, ?, ?)",
        ([entry.number, seen, change] for entry in entries),
    )
    db.conn.executemany(
        f"UPDATE description SET until = {change} WHERE paper = ? AND until = {FOREVER} AND since < {change}",
        numbers,
    )
    db.conn.executemany(
        _PUT, ([entry.number, change, entry.shown_id, *_row(entry.description)] for entry in entries)
    )
    know(db, change, ((key, entry.number) for entry in entries for key in entry.keys))


def know(db: Database, change: int, known: Iterable[tuple[str, int]]) -> None:
    """Add keys of papers, given with their numbers, where they are not known yet."""
    rows = ([key, number, change] for key, number in known)
    db.conn.executemany("INSERT OR IGNORE INTO paper_key (key, paper, since) VALUES (?, ?, ?)", rows)


def end(db: Database, change: int, numbers: Iterable[int]) -> None:
    """Let papers be gone from a change on; what that change said of them is taken back."""
    wanted = [[number] for number in numbers]
    db.conn.executemany("DELETE FROM description WHERE paper = ? AND since = " + str(change), wanted)
    db.conn.executemany(
        f"UPDATE description SET until = {change} WHERE paper = ? AND until = {FOREVER}",
        wanted,
    )


def merge(db: Database, change: int, home: int, other: int) -> None:
    """Let a paper be one with another from a change on, by its keys; `hand_on` lets it be so for channels."""
    db.conn.execute(
        "INSERT OR IGNORE INTO paper_key (key, paper, since) SELECT key, ?, ? FROM paper_key WHERE paper = ?",
        [home, change, other],
    )
    end(db, change, [other])


def hand_on(db: Database, change: int, heirs: Iterable[tuple[int, int]]) -> None:
    """Let whoever got a paper, or one that was part of it before, have got its heir from a change on.

    Papers come with their heirs. None of these hands on what it inherits with them.
    """
    earlier = "SELECT paper FROM merged WHERE home = ? AND paper <> ?"
    rows = [
        (paper, heir)
        for other, heir in heirs
        for (paper,) in [(other,), *db.conn.execute(earlier, [other, heir])]
    ]
    inherit(db, change, rows)


def inherit(db: Database, change: int, heirs: Iterable[tuple[int, int]]) -> None:
    """Let whoever got a paper itself have got its heir from a change on. Papers come with their heirs."""
    rows = ([paper, heir, change] for paper, heir in heirs)
    db.conn.executemany("INSERT OR IGNORE INTO merged (paper, home, since) VALUES (?, ?, ?)", rows)


def newest_ever(db: Database) -> int:
    """Return the highest number that a paper has, published or not; 0 without papers."""
    return int(db.conn.execute("SELECT coalesce(max(number), 0) FROM paper").fetchone()[0])


def owners(db: Database, keys: Sequence[str]) -> dict[str, list[int]]:
    """Return the numbers of the papers that each key belongs to, published or not, the oldest first."""
    found: dict[str, list[int]] = {}
    sql = "SELECT key, paper FROM paper_key WHERE key IN (SELECT value FROM json_each(?)) ORDER BY key, paper"
    for key, number in db.conn.execute(sql, [json.dumps(keys)]):
        found.setdefault(key, []).append(number)
    return found


def versions(db: Database, numbers: Iterable[int]) -> dict[int, list[Version]]:
    """Return how papers have been described, published or not, the oldest first."""
    rows = db.conn.execute(
        f"SELECT paper, since, until, {', '.join(_DESCRIBED)} FROM description"
        " WHERE paper IN (SELECT value FROM json_each(?)) ORDER BY paper, since",
        [json.dumps(list(numbers))],
    )
    found: dict[int, list[Version]] = {}
    for number, since, until, shown_id, *known in rows:
        found.setdefault(number, []).append(Version(since, until, shown_id, _description(known)))
    return found


def changes_since(db: Database, change: int, most: int) -> int:
    """Return how many papers changed after a change, gone ones too; of more than `most` it tells no more."""
    sql = (
        "SELECT count(*) FROM (SELECT 1 FROM description WHERE since > ?"
        f" AND since <= {PUBLISHED} AND until > {PUBLISHED} LIMIT ?)"
    )
    changed = int(db.conn.execute(sql, [change, most + 1]).fetchone()[0])
    return changed if changed > most else changed + len(_gone_since(db, change))


def written(db: Database, change: int) -> list[int]:
    """Return the numbers of the papers that a change tells something of, be it that they are gone."""
    rows = db.conn.execute(
        "SELECT paper FROM description WHERE since = ?1 UNION SELECT paper FROM description"
        f" WHERE until = ?1 AND until < {FOREVER}",
        [change],
    )
    return [number for (number,) in rows]


def changed_since(db: Database, change: int) -> tuple[list[Paper], list[int]]:
    """Return what changed after a change: the papers as they are now, and the numbers of those gone.

    Both ascend by number; in a snapshot they belong to the same moment.
    """
    present = _papers(db, f"description.since > {change} AND description.until > {PUBLISHED}", PUBLISHED)
    return list(present), _gone_since(db, change)


def everything(db: Database, change: int | None = None) -> Iterator[Paper]:
    """Yield all papers that stand, by ascending number; as a change has them that is not published yet."""
    at = PUBLISHED if change is None else str(change)
    return _papers(db, f"description.until > {at}", at)


def by_number(db: Database, numbers: Sequence[int], change: int | None = None) -> dict[int, Paper]:
    """Return the papers with these numbers, ascending; a number that no paper has is left out.

    Those that are gone are returned as well, without sources: a search that began before has to show them.
    """
    at = PUBLISHED if change is None else str(change)
    which = "description.paper IN (SELECT value FROM json_each(?))"
    return {paper.number: paper for paper in _papers(db, which, at, json.dumps(list(numbers)))}


def known_as(db: Database, key: str) -> list[int]:
    """Return the numbers of the papers that a key belongs, or ever belonged to.

    Those that are gone come after the others, and the older ones first.
    """
    rows = db.conn.execute(
        f"SELECT paper FROM paper_key WHERE key = ? AND since <= {PUBLISHED} ORDER BY NOT EXISTS"
        " (SELECT 1 FROM description WHERE description.paper = paper_key.paper"
        f" AND until > {PUBLISHED} AND since <= {PUBLISHED}), paper",
        [key],
    )
    return [number for (number,) in rows]


def newest(db: Database) -> int:
    """Return the highest number that was ever published, be the paper gone; 0 without papers."""
    sql = f"SELECT number FROM paper WHERE since <= {PUBLISHED} ORDER BY number DESC LIMIT 1"
    found = db.conn.execute(sql).fetchone()
    return int(found[0]) if found else 0


def arrivals(db: Database) -> tuple[datetime, datetime]:
    """Return when the first and the last paper was first seen, be they gone."""
    sql = f"SELECT min(first_seen), max(first_seen) FROM paper WHERE since <= {PUBLISHED}"
    first, last = db.conn.execute(sql).fetchone()
    return datetime.fromtimestamp(first or 0, UTC), datetime.fromtimestamp(last or 0, UTC)


def arrived(db: Database, numbers: Sequence[int], since: datetime) -> int:
    """Return how many of some papers, gone or not, were first seen since then."""
    sql = "SELECT count(*) FROM paper WHERE first_seen >= ? AND number IN (SELECT value FROM json_each(?))"
    values = [int(since.timestamp()), json.dumps(list(numbers))]
    return int(db.conn.execute(sql, values).fetchone()[0])


def discard(db: Database, most: int) -> bool:
    """Take back what was written and never published, so many rows of a kind; tell whether that is all."""
    limited = f"> {PUBLISHED} LIMIT {most})"
    changed = sum(
        db.conn.execute(sql).rowcount
        for sql in (
            f"DELETE FROM description WHERE id IN (SELECT id FROM description WHERE since {limited}",
            f"UPDATE description SET until = {FOREVER} WHERE id IN ({_ENDED} {limited}",
            f"DELETE FROM paper_key WHERE rowid IN (SELECT rowid FROM paper_key WHERE since {limited}",
            f"DELETE FROM merged WHERE rowid IN (SELECT rowid FROM merged WHERE since {limited}",
        )
    )
    if changed:
        return False
    gone = db.conn.execute(
        f"DELETE FROM paper WHERE number IN (SELECT number FROM paper WHERE since {limited}"
    )
    return not gone.rowcount


def forget(db: Database, most: int) -> bool:
    """Forget descriptions that newer ones have replaced, at most so many; tell whether that is all."""
    gone = db.conn.execute(
        f"DELETE FROM description WHERE id IN (SELECT id FROM description AS old WHERE until < {FOREVER}"
        f" AND until <= {PUBLISHED} AND EXISTS (SELECT 1 FROM description AS later"
        f" WHERE later.paper = old.paper AND later.since > old.since AND later.since <= {PUBLISHED})"
        f" LIMIT {most})"
    )
    return not gone.rowcount


def _gone_since(db: Database, change: int) -> list[int]:
    rows = db.conn.execute(
        f"SELECT DISTINCT paper FROM description AS old WHERE until < {FOREVER}"
        f" AND until > ? AND until <= {PUBLISHED} AND NOT EXISTS (SELECT 1 FROM description AS later"
        f" WHERE later.paper = old.paper AND later.since > old.since AND later.since <= {PUBLISHED})"
        " ORDER BY paper",
        [change],
    )
    return [number for (number,) in rows]


def _row(description: Description) -> list[Any]:
    row = list(_VALUES(description))
    row[_ORIGIN], row[_AUTHORS] = row[_ORIGIN].value, _NAMES.encode(row[_AUTHORS])
    return row


def _description(row: Sequence[Any]) -> Description:
    known = dict(zip(_DESCRIBED[1:], row, strict=True))
    known["title_origin"] = TitleOrigin(known["title_origin"])
    known["authors"] = tuple(json.loads(known["authors"]))
    return Description(**known)


def _papers(db: Database, which: str, at: str, *values: Any) -> Iterator[Paper]:
    """Yield the papers for whose description a condition holds, by ascending number, as of a change.

    Of several descriptions of a paper the newest counts.
    """
    columns = ", ".join(f"description.{name}" for name in ("paper", "since", *_DESCRIBED))
    rows = db.conn.execute(
        f"SELECT {columns}, file.name, coalesce(moved.line, record.line) AS place FROM description"
        " LEFT JOIN record"
        f" ON record.paper = description.paper AND record.since <= {at} AND record.until > {at}"
        f" LEFT JOIN moved ON moved.record = record.id AND moved.since <= {at}"
        f" LEFT JOIN file ON file.id = record.file WHERE {which} AND description.since <= {at}"
        " ORDER BY description.paper, description.since, file.name, place",
        values,
    )
    for number, found in groupby(rows, key=itemgetter(0)):
        versions = [list(version) for _, version in groupby(found, key=itemgetter(1))]
        yield _paper(number, versions[-1])


def _paper(number: int, rows: Sequence[tuple[Any, ...]]) -> Paper:
    """Make a paper of its rows: number, change, description, and file and line of one source or of none."""
    described = _description(rows[0][3:-2])
    sources = tuple(Source(*row[-2:]) for row in rows if row[-2] is not None)
    known = {field.name: getattr(described, field.name) for field in fields(Description)}
    return Paper(**known, number=number, shown_id=rows[0][2], sources=sources)
