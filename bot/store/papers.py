"""Papers, the keys they are known by, and where they stand.

Law: a paper stays known for ever, with its number, its keys and what was delivered of it. One that left the
corpus is gone: it stands nowhere, and is not searched, until a revision brings it back. Each change of papers
has a number, higher than those before.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlite_utils import Database

from bot.papers import Description, Paper, Record, Source, TitleOrigin

_COLUMNS = ("number", "shown_id", *(field.name for field in fields(Description)))


def count(db: Database) -> int:
    """Return how many papers there are, without those that are gone."""
    sql = "SELECT (SELECT count(*) FROM paper) - (SELECT count(*) FROM paper WHERE gone = 1)"  # by indexes
    return int(db.conn.execute(sql).fetchone()[0])


def add(
    db: Database,
    papers: Iterable[tuple[str, Description, Iterable[str], Iterable[Record]]],
    now: datetime,
) -> None:
    """Add papers first seen now, in order: each its shown id, description, keys and records.

    All of them are one change. They are taken one by one, however many there are.
    """
    seen, change = int(now.timestamp()), latest_change(db) + 1
    for number, (shown_id, description, known_as, records) in enumerate(papers, newest(db) + 1):
        own = {"number": number, "shown_id": shown_id, "first_seen": seen, "changed": change}
        row = own | _row(description)
        db.conn.execute(f"INSERT INTO paper ({', '.join(row)}) VALUES (:{', :'.join(row)})", row)  # noqa: S608 (ours)
        _join(db, number, known_as, records)


def revise(
    db: Database, number: int, description: Description, keys: Iterable[str], records: Iterable[Record]
) -> None:
    """Describe a paper anew and let it stand where these records are; one that was gone is back.

    The keys are added to those it has; its shown id and when it was first seen stay. Each call is a change.
    Raises LookupError where no paper has the number.
    """
    row = _row(description) | {"changed": latest_change(db) + 1, "gone": 0}
    values = ", ".join(f"{column} = :{column}" for column in row)
    found = db.conn.execute(f"UPDATE paper SET {values} WHERE number = :number", {**row, "number": number})  # noqa: S608 (ours)
    if not found.rowcount:
        raise LookupError(f"no paper {number}")
    db.conn.execute("DELETE FROM paper_source WHERE paper = ?", [number])
    _join(db, number, keys, records)


def remove(db: Database, numbers: Iterable[int]) -> None:
    """Let papers be gone: all of them are one change. One that is gone or unknown does not change."""
    wanted = json.dumps(list(numbers))
    db.conn.execute(
        "UPDATE paper SET gone = 1, changed = ?"
        " WHERE gone = 0 AND number IN (SELECT value FROM json_each(?))",
        [latest_change(db) + 1, wanted],
    )
    db.conn.execute("DELETE FROM paper_source WHERE paper IN (SELECT value FROM json_each(?))", [wanted])


def latest_change(db: Database) -> int:
    """Return the number of the last change, 0 before the first."""
    return int(db.conn.execute("SELECT coalesce(max(changed), 0) FROM paper").fetchone()[0])


def changes_since(db: Database, change: int, most: int) -> int:
    """Return how many papers changed after a change, gone ones too; of more than `most` it tells no more."""
    sql = "SELECT count(*) FROM (SELECT 1 FROM paper WHERE changed > ? LIMIT ?)"
    return int(db.conn.execute(sql, [change, most + 1]).fetchone()[0])


def changed_since(db: Database, change: int) -> tuple[list[Paper], list[int]]:
    """Return what changed after a change: the papers as they are now, and the numbers of those gone.

    Both ascend by number; in a snapshot they belong to the same moment.
    """
    present = _papers(db, "gone = 0 AND number IN (SELECT number FROM paper WHERE changed > ?)", change)
    gone = db.conn.execute("SELECT number FROM paper WHERE gone = 1 AND changed > ?", [change])
    return list(present), sorted(number for (number,) in gone)


def everything(db: Database) -> Iterator[Paper]:
    """Yield all papers that are not gone, by ascending number, as they are when the first is taken."""
    return _papers(db, "gone = 0")


def by_number(db: Database, numbers: Sequence[int]) -> dict[int, Paper]:
    """Return the papers with these numbers, ascending; a number that no paper has is left out.

    Those that are gone are returned as well, without sources: a search that began before has to show them.
    """
    found = _papers(db, "number IN (SELECT value FROM json_each(?))", json.dumps(list(numbers)))
    return {paper.number: paper for paper in found}


def known_as(db: Database, keys: Sequence[str]) -> int | None:
    """Return the number of the paper that the first key known here belongs to; the oldest, if several.

    A paper that is gone is found like any other.
    """
    for key in keys:
        for row in db.query("SELECT min(paper) AS paper FROM paper_key WHERE key = ?", [key]):
            if row["paper"] is not None:
                return int(row["paper"])
    return None


def newest(db: Database) -> int:
    """Return the highest number ever given to a paper, be it gone; 0 without papers."""
    return int(next(db.query("SELECT coalesce(max(number), 0) AS number FROM paper"))["number"])


def arrivals(db: Database) -> tuple[datetime, datetime]:
    """Return when the first and the last paper was first seen, be they gone."""
    sql = "SELECT (SELECT min(first_seen) FROM paper), (SELECT max(first_seen) FROM paper)"  # by the index
    first, last = db.conn.execute(sql).fetchone()
    return datetime.fromtimestamp(first or 0, UTC), datetime.fromtimestamp(last or 0, UTC)


def arrived(db: Database, numbers: Sequence[int], since: datetime) -> int:
    """Return how many of some papers, gone or not, were first seen since then."""
    sql = "SELECT count(*) FROM paper WHERE first_seen >= ? AND number IN (SELECT value FROM json_each(?))"
    values = [int(since.timestamp()), json.dumps(list(numbers))]
    return int(db.conn.execute(sql, values).fetchone()[0])


def records_by_file(db: Database) -> dict[str, int]:
    """Return how many records each file gave."""
    rows = db.query("SELECT file, count(*) AS records FROM paper_source GROUP BY file ORDER BY file")
    return {row["file"]: row["records"] for row in rows}


def _row(description: Description) -> dict[str, Any]:
    return {
        "title": description.title,
        "title_origin": description.title_origin.value,
        "abstract": description.abstract,
        "first_author": description.first_author,
        "authors": json.dumps(description.authors, ensure_ascii=False),
        "year": description.year,
        "arxiv_id": description.arxiv_id,
        "acl_id": description.acl_id,
        "doi": description.doi,
        "url": description.url,
    }


def _join(db: Database, number: int, keys: Iterable[str], records: Iterable[Record]) -> None:
    """Add to a paper the keys that it does not have, and sources."""
    db.conn.executemany("INSERT OR IGNORE INTO paper_key VALUES (?, ?)", ((key, number) for key in keys))
    db.conn.executemany(
        "INSERT INTO paper_source (paper, file, line, raw) VALUES (?, ?, ?, ?)",
        ((number, record.source.file, record.source.line, record.raw) for record in records),
    )


def _papers(db: Database, which: str, *values: Any) -> Iterator[Paper]:
    """Yield the papers for which a condition holds, by ascending number, as of one moment."""
    rows = db.conn.execute(
        f"SELECT {', '.join(_COLUMNS)}, file, line FROM paper"  # noqa: S608 (ours)
        f" LEFT JOIN paper_source ON paper = number WHERE {which} ORDER BY number, file, line",
        values,
    )
    for _, found in groupby(rows, key=itemgetter(0)):
        yield _paper(list(found))


def _paper(rows: Sequence[tuple[Any, ...]]) -> Paper:
    """Make a paper of its rows: its columns, and the file and line of one source or of none."""
    known = dict(zip(_COLUMNS, rows[0], strict=False))
    known["title_origin"] = TitleOrigin(known["title_origin"])
    known["authors"] = tuple(json.loads(known["authors"]))
    return Paper(**known, sources=tuple(Source(*row[-2:]) for row in rows if row[-2] is not None))
