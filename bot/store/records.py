"""The files of the corpus as they were read last, and the records in them: where which paper stands.

Law: a record stands from one change until another, as a description does (`papers`); of a file, what was
published last is known, so that what has not changed since need not be read again.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from itertools import chain
from typing import Any, NamedTuple

from sqlite_utils import Database

from bot.papers import Description, TitleOrigin
from bot.store.papers import FOREVER, PUBLISHED

_LINE = 32  # bits of a line's number
_ENDED = f"SELECT id FROM record WHERE until < {FOREVER} AND until"
_FIELDS = tuple(field.name for field in fields(Description))


class FileState(NamedTuple):
    """A file as it was read: its size in bytes, when it was changed (in nanoseconds), its bytes' digest.

    `reader` is what read it, and `records` what it gave. The size is -1 where it is to be read again.
    """

    name: str
    size: int
    changed: int
    digest: str
    reader: str
    records: int


class Standing(NamedTuple):
    """A record: its row, its file and line, the digest of its text, its paper, and between which changes.

    `said` is what it alone says, where its paper has several records; None: what the paper's description is.
    """

    id: int
    file: int
    name: str
    line: int
    digest: int
    paper: int
    since: int
    until: int
    said: Description | None


class New(NamedTuple):
    """A record to write."""

    file: int
    line: int
    digest: int
    paper: int
    said: Description | None


def files(db: Database) -> dict[int, FileState]:
    """Return the files that records stand in or have been read, by their rows' ids, in order of names.

    Feeds are none.
    """
    rows = db.conn.execute(
        "SELECT id, name, size, changed, digest, reader, records FROM file WHERE NOT feed ORDER BY name"
    )
    return {id_: FileState(*state) for id_, *state in rows}


def by_file(db: Database, *, feeds: bool = False) -> dict[str, int]:
    """Return how many records each file gave that gave any, or each of the feeds, in order of names."""
    rows = db.conn.execute("SELECT name, records FROM file WHERE records AND feed = ? ORDER BY name", [feeds])
    return dict(rows)


def counted(db: Database) -> int:
    """Return how many records files and feeds gave."""
    return int(db.conn.execute("SELECT coalesce(sum(records), 0) FROM file").fetchone()[0])


def enter(db: Database, name: str, *, is_feed: bool = False) -> int:
    """Return the row of a file or a feed, made if need be."""
    db.conn.execute("INSERT OR IGNORE INTO file (name, feed) VALUES (?, ?)", [name, is_feed])
    return int(db.conn.execute("SELECT id FROM file WHERE name = ?", [name]).fetchone()[0])


def stamp(db: Database, states: Iterable[FileState]) -> None:
    """Keep how files were when they were read."""
    db.conn.executemany(
        "INSERT INTO file (name, size, changed, digest, reader, records) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET size = excluded.size, changed = excluded.changed,"
        " digest = excluded.digest, reader = excluded.reader, records = excluded.records",
        states,
    )


def unstamp(db: Database, rows: Iterable[int]) -> None:
    """Forget how files were that are no more."""
    forgotten = "UPDATE file SET size = -1, digest = '', records = 0 WHERE id = ?"
    db.conn.executemany(forgotten, ([row] for row in rows))


class InFile:
    """The records that stand in a file, by the digests of their texts, to be taken one by one."""

    def __init__(self, rows: Iterable[tuple[int, int, int]]) -> None:
        self._places: dict[int, int] = {}  # id and line in one number: there may be a million
        self._again: dict[int, list[int]] = {}  # of those with the same text the others
        for id_, digest, line in rows:
            place = id_ << _LINE | line
            if self._places.setdefault(digest, place) != place:
                self._again.setdefault(digest, []).append(place)

    def take(self, digest: int) -> tuple[int, int] | None:
        """Return the row and the line of a record with this text, each once; None where none is left."""
        place = self._places.pop(digest, None)
        if place is None:
            return None
        if others := self._again.get(digest):
            self._places[digest] = others.pop(0)
        return divmod(place, 1 << _LINE)

    def left(self) -> Iterator[int]:
        """Yield the rows of those that were not taken."""
        for place in chain(self._places.values(), *self._again.values()):
            yield place >> _LINE


def in_file(db: Database, file: int) -> InFile:
    """Return the records that stand in a file."""
    sql = f"SELECT id, digest, line FROM record WHERE file = ? AND until = {FOREVER} ORDER BY line, id"
    return InFile(db.conn.execute(sql, [file]))


def digests(db: Database, name: str) -> set[int]:
    """Return the digests of the texts that stand in a file or a feed."""
    sql = f"SELECT record.digest FROM record JOIN file ON file.id = file WHERE name = ? AND until = {FOREVER}"
    return {digest for (digest,) in db.conn.execute(sql, [name])}


def stands_in(db: Database, file: int) -> bool:
    """Tell whether any record stands in a file, published or not."""
    sql = f"SELECT EXISTS (SELECT 1 FROM record WHERE file = ? AND until = {FOREVER})"
    return bool(db.conn.execute(sql, [file]).fetchone()[0])


def standing_in(db: Database, file: int) -> int:
    """Return how many records stand in a file, published or not."""
    sql = f"SELECT count(*) FROM record WHERE file = ? AND until = {FOREVER}"
    return int(db.conn.execute(sql, [file]).fetchone()[0])


def of(db: Database, numbers: Iterable[int]) -> list[Standing]:
    """Return the records of papers that stand, or stood in what is published, in order of files and lines.

    Lines are those that the next change will tell.
    """
    rows = db.conn.execute(
        "SELECT record.id, file, name, coalesce(moved.line, record.line) AS place, record.digest, paper,"
        " record.since, until, fields FROM record JOIN file ON file.id = record.file"
        " LEFT JOIN moved ON moved.record = record.id"
        f" WHERE paper IN (SELECT value FROM json_each(?)) AND until > {PUBLISHED} ORDER BY name, place",
        [json.dumps(list(numbers))],
    )
    return [Standing._make([*row[:-1], _said(row[-1])]) for row in rows]


def left_by(db: Database, change: int, most: int = -1) -> list[int]:
    """Return the papers of the records that a change ends, ascending, at most so many."""
    sql = f"SELECT DISTINCT paper FROM record WHERE until = ? AND until < {FOREVER} ORDER BY paper LIMIT ?"
    return [number for (number,) in db.conn.execute(sql, [change, most])]


def count_feed(db: Database, row: int) -> None:
    """Keep how many records stand by a feed."""
    db.conn.execute("UPDATE file SET records = ? WHERE id = ?", [standing_in(db, row), row])


def add(db: Database, change: int, records: Iterable[New]) -> None:
    """Let records stand from a change on."""
    db.conn.executemany(
        f"INSERT INTO record (file, line, digest, paper, since, fields) VALUES (?, ?, ?, ?, {change}, ?)",
        ([*record[:-1], _json(record.said)] for record in records),
    )


def end(db: Database, change: int, ids: Iterable[int]) -> None:
    """Let records stand until a change; what that change itself wrote is taken back."""
    wanted = [[id_] for id_ in ids]
    db.conn.executemany(f"DELETE FROM record WHERE id = ? AND since = {change}", wanted)
    db.conn.executemany(f"UPDATE record SET until = {change} WHERE id = ?", wanted)


def end_file(db: Database, file: int, change: int, most: int) -> bool:
    """Let a file's records stand until a change, at most so many; tell whether that is all."""
    ended = db.conn.execute(
        f"UPDATE record SET until = {change} WHERE id IN"
        f" (SELECT id FROM record WHERE file = ? AND until = {FOREVER} LIMIT {most})",
        [file],
    )
    return not ended.rowcount


def tell_apart(db: Database, said: Iterable[tuple[int, Description]]) -> None:
    """Keep what records alone say, given by their ids."""
    rows = ([_json(description), id_] for id_, description in said)
    db.conn.executemany("UPDATE record SET fields = ? WHERE id = ?", rows)


def move(db: Database, change: int, lines: Iterable[tuple[int, int]]) -> None:
    """Let records stand at other lines from a change on: ids and lines.

    There may be a million, too many to be written when the change is published; `forget` does it afterwards.
    """
    rows = ([id_, line, change] for id_, line in lines)
    db.conn.executemany("INSERT OR REPLACE INTO moved (record, line, since) VALUES (?, ?, ?)", rows)


def discard(db: Database, most: int) -> bool:
    """Take back what was written and never published, so many rows of a kind; tell whether that is all."""
    limited = f"> {PUBLISHED} LIMIT {most})"
    return not sum(
        db.conn.execute(sql).rowcount
        for sql in (
            f"DELETE FROM record WHERE id IN (SELECT id FROM record WHERE since {limited}",
            f"UPDATE record SET until = {FOREVER} WHERE id IN ({_ENDED} {limited}",
            f"DELETE FROM moved WHERE record IN (SELECT record FROM moved WHERE since {limited}",
        )
    )


def forget(db: Database, most: int) -> bool:
    """Forget records that no longer stand, and where others stood, so many of each; tell if that is all."""
    gone = db.conn.execute(
        f"DELETE FROM record WHERE id IN (SELECT id FROM record WHERE until < {FOREVER}"
        f" AND until <= {PUBLISHED} LIMIT {most})"
    )
    lot = f"(SELECT record FROM moved WHERE since <= {PUBLISHED} ORDER BY record LIMIT {most})"
    db.conn.execute(
        f"UPDATE record SET line = moved.line FROM moved WHERE record = record.id AND record IN {lot}"
    )
    moved = db.conn.execute(f"DELETE FROM moved WHERE record IN {lot}")
    return not gone.rowcount + moved.rowcount


def _json(said: Description | None) -> str | None:
    if said is None:
        return None
    known: dict[str, Any] = {name: getattr(said, name) for name in _FIELDS}
    return json.dumps({name: value for name, value in known.items() if value}, ensure_ascii=False)


def _said(text: str | None) -> Description | None:
    if text is None:
        return None
    known = {"title": "", "abstract": ""} | json.loads(text)
    known["title_origin"] = TitleOrigin(known["title_origin"])
    known["authors"] = tuple(known.get("authors", ()))
    return Description(**known)
