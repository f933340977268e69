"""Papers, the keys they are known by, and where they stand."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlite_utils import Database

from bot.papers import Description, Paper, Record, Source, TitleOrigin

_AT_A_TIME = 1000


def count(db: Database) -> int:
    """Return how many papers there are."""
    return int(db.table("paper").count)


def add(
    db: Database,
    papers: Iterable[tuple[str, Description, Iterable[str], Iterable[Record]]],
    now: datetime,
) -> None:
    """Add papers first seen now, in order: each its shown id, description, keys and records."""
    rows, keys, sources, seen = [], [], [], int(now.timestamp())
    for number, (shown_id, description, known_as, records) in enumerate(papers, newest(db) + 1):
        rows.append({"number": number, "shown_id": shown_id, "first_seen": seen, **_row(description)})
        keys += [{"key": key, "paper": number} for key in known_as]
        sources += [
            {"file": record.source.file, "line": record.source.line, "paper": number, "raw": record.raw}
            for record in records
        ]
    db.table("paper").insert_all(rows)
    db.table("paper_key").insert_all(keys)
    db.table("paper_source").insert_all(sources)


def everything(db: Database) -> Iterator[Paper]:
    """Yield all papers by ascending number."""
    for first in range(1, newest(db) + 1, _AT_A_TIME):
        found = by_number(db, range(first, first + _AT_A_TIME))
        yield from (found[number] for number in sorted(found))


def by_number(db: Database, numbers: Sequence[int]) -> dict[int, Paper]:
    """Return the papers with these numbers; a number that no paper has is left out."""
    wanted = json.dumps(list(numbers))
    rows = db.query(
        "SELECT number, shown_id, title, title_origin, abstract, first_author, authors, year, arxiv_id,"
        " acl_id, url FROM paper"
        " WHERE number IN (SELECT value FROM json_each(?))",
        [wanted],
    )
    places = db.query(
        "SELECT paper, file, line FROM paper_source"
        " WHERE paper IN (SELECT value FROM json_each(?)) ORDER BY paper, file, line",
        [wanted],
    )
    sources = {
        paper: tuple(Source(row["file"], row["line"]) for row in rows)
        for paper, rows in groupby(places, key=lambda row: row["paper"])
    }
    return {row["number"]: _paper(row, sources.get(row["number"], ())) for row in rows}


def known_as(db: Database, keys: Sequence[str]) -> int | None:
    """Return the number of the paper that the first key known here belongs to; the oldest, if several."""
    for key in keys:
        for row in db.query("SELECT min(paper) AS paper FROM paper_key WHERE key = ?", [key]):
            if row["paper"] is not None:
                return int(row["paper"])
    return None


def newest(db: Database) -> int:
    """Return the highest number that a paper has, 0 without papers."""
    return int(next(db.query("SELECT coalesce(max(number), 0) AS number FROM paper"))["number"])


def arrivals(db: Database) -> tuple[datetime, datetime]:
    """Return when the first and the last paper was first seen."""
    row = next(db.query("SELECT min(first_seen) AS first, max(first_seen) AS last FROM paper"))
    return datetime.fromtimestamp(row["first"] or 0, UTC), datetime.fromtimestamp(row["last"] or 0, UTC)


def arrived(db: Database, numbers: Sequence[int], since: datetime) -> int:
    """Return how many of some papers were first seen since then."""
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
        "url": description.url,
    }


def _paper(row: dict[str, Any], sources: tuple[Source, ...]) -> Paper:
    known = {
        **row,
        "title_origin": TitleOrigin(row["title_origin"]),
        "authors": tuple(json.loads(row["authors"])),
    }
    return Paper(**known, sources=sources)
