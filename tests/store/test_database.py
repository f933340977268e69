import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier, Event

import pytest
from sqlite_utils import Database

from bot.errors import OperatorError
from bot.store import Store
from bot.store.migrations import migrations

SCHEMA = {
    "paper": {"number": "INTEGER", "first_seen": "INTEGER", "since": "INTEGER"},
    "paper_key": {"key": "TEXT", "paper": "INTEGER", "since": "INTEGER"},
    "description": {
        "id": "INTEGER",
        "paper": "INTEGER",
        "since": "INTEGER",
        "until": "INTEGER",
        "shown_id": "TEXT",
        "title": "TEXT",
        "title_origin": "TEXT",
        "abstract": "TEXT",
        "first_author": "TEXT",
        "authors": "TEXT",
        "year": "INTEGER",
        "arxiv_id": "TEXT",
        "acl_id": "TEXT",
        "doi": "TEXT",
        "url": "TEXT",
    },
    "moved": {"record": "INTEGER", "line": "INTEGER", "since": "INTEGER"},
    "merged": {"paper": "INTEGER", "home": "INTEGER", "since": "INTEGER"},
    "feed": {
        "number": "INTEGER",
        "name": "TEXT",
        "by": "TEXT",
        "due": "REAL",
        "etag": "TEXT",
        "modified": "TEXT",
        "succeeded": "REAL",
        "fault": "TEXT",
        "faults": "INTEGER",
        "user": "TEXT",
        "failed": "REAL",
    },
    "file": {
        "id": "INTEGER",
        "name": "TEXT",
        "size": "INTEGER",
        "changed": "INTEGER",
        "digest": "TEXT",
        "reader": "TEXT",
        "records": "INTEGER",
        "feed": "INTEGER",
    },
    "record": {
        "id": "INTEGER",
        "file": "INTEGER",
        "line": "INTEGER",
        "digest": "INTEGER",
        "paper": "INTEGER",
        "since": "INTEGER",
        "until": "INTEGER",
        "fields": "TEXT",
    },
    "load": {
        "id": "INTEGER",
        "loaded_at": "TEXT",
        "records": "INTEGER",
        "papers": "INTEGER",
        "change": "INTEGER",
        "new": "INTEGER",
        "revised": "INTEGER",
        "unchanged": "INTEGER",
        "removed": "INTEGER",
        "by": "TEXT",
        "seconds": "REAL",
        "feed": "TEXT",
    },
    "loading": {"id": "INTEGER", "by": "TEXT", "at": "REAL"},
    "problem": {"id": "INTEGER", "file": "TEXT", "line": "INTEGER", "reason": "TEXT"},
    "once": {"kind": "TEXT", "key": "TEXT", "at": "INTEGER", "done": "INTEGER"},
    "workspace": {"team": "TEXT", "stopped_at": "REAL", "why": "TEXT"},
    "topic": {
        "id": "INTEGER",
        "team": "TEXT",
        "channel": "TEXT",
        "number": "INTEGER",
        "query": "TEXT",
        "same": "TEXT",
        "strictness": "TEXT",
        "top": "INTEGER",
        "weekdays": "TEXT",
        "month_day": "INTEGER",
        "minute": "INTEGER",
        "zone": "TEXT",
        "owner": "TEXT",
        "owner_name": "TEXT",
        "created_at": "REAL",
        "counts_from": "REAL",
        "newest": "INTEGER",
        "earlier": "INTEGER",
        "revision": "INTEGER",
        "last_date": "TEXT",
        "paused_at": "REAL",
        "paused_by": "TEXT",
        "paused_why": "TEXT",
        "ended_at": "REAL",
    },
    "delivery": {
        "id": "INTEGER",
        "token": "TEXT",
        "team": "TEXT",
        "channel": "TEXT",
        "claimed_at": "REAL",
        "next_at": "REAL",
        "attempts": "INTEGER",
        "state": "TEXT",
        "error": "TEXT",
    },
    "decided": {
        "topic": "INTEGER",
        "date": "TEXT",
        "at": "REAL",
        "upto": "INTEGER",
        "papers": "INTEGER",
        "waiting": "INTEGER",
        "earlier": "INTEGER",
        "delivery": "INTEGER",
    },
    "delivered_paper": {"team": "TEXT", "channel": "TEXT", "paper": "INTEGER", "delivery": "INTEGER"},
    "delivery_message": {
        "delivery": "INTEGER",
        "part": "INTEGER",
        "content": "TEXT",
        "tried_at": "REAL",
        "ts": "TEXT",
    },
    "posting": {"team": "TEXT", "channel": "TEXT", "posted_at": "REAL"},
    "generation": {"id": "INTEGER", "folder": "TEXT", "change": "INTEGER", "made_at": "REAL"},
}
STEPS = [
    "m001_papers",
    "m002_loads",
    "m003_once",
    "m004_topics",
    "m005_deliveries",
    "m006_changes",
    "m007_doi",
    "m008_versions",
    "m009_feeds",
    "m010_who_follows_feeds",
]
KEYS = {"paper": ["number"], "paper_key": ["key", "paper"], "workspace": ["team"]} | {
    "decided": ["topic", "date"],
    "delivered_paper": ["team", "channel", "paper"],
    "delivery_message": ["delivery", "part"],
    "posting": ["team", "channel"],
}
UNIQUE = {(table, *columns) for table, columns in KEYS.items() if table != "paper"} | {
    ("description", "paper", "since"),
    ("feed", "name"),
    ("file", "name"),
    ("once", "kind", "key"),
    ("topic", "team", "channel", "number"),
    ("topic", "team", "channel", "same"),
    ("delivery", "token"),
    ("merged", "paper", "home"),
}
MAY_BE_NULL = (
    {(table, column) for table, columns in KEYS.items() for column in columns}  # SQLite's keys may
    | {(table, "id") for table in ("description", "file", "record", "load", "loading", "problem")}
    | {(table, "id") for table in ("topic", "delivery", "generation")}
    | {("moved", "record"), ("feed", "number"), ("feed", "succeeded"), ("feed", "failed")}
    | {
        ("description", "year"),
        ("record", "fields"),
        ("topic", "paused_at"),
        ("topic", "ended_at"),
        ("decided", "delivery"),
    }
    | {("delivery_message", "tried_at"), ("delivery_message", "ts")}
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a new store."""
    return Store(tmp_path / "paperboy.db")


def note(db: Database, records: int) -> None:
    """Write something."""
    db.conn.execute("INSERT INTO load (loaded_at, records, papers) VALUES ('', ?, 0)", [records])


def notes(db: Database) -> list[int]:
    """Read what was written."""
    return [row[0] for row in db.conn.execute("SELECT records FROM load ORDER BY id")]


def pragma(db: Database, name: str) -> object:
    """Return a pragma's value."""
    return db.conn.execute(f"PRAGMA {name}").fetchone()[0]


def test_a_new_file_gets_the_newest_schema(tmp_path: Path) -> None:
    """Its folders are made, and every table has exactly these columns."""
    store = Store(tmp_path / "deep" / "er" / "paperboy.db")
    assert store.path.is_file()
    with store.reading() as db:
        tables = {name for name in db.table_names() if not name.startswith(("_", "sqlite_"))}
        assert {name: {c.name: c.type for c in db.table(name).columns} for name in tables} == SCHEMA
        nullable = {(name, c.name) for name in tables for c in db.table(name).columns if not c.notnull}
        assert nullable == MAY_BE_NULL
        assert [applied.name for applied in migrations.applied(db)] == STEPS


def test_keys_and_references_are_guarded(store: Store) -> None:
    """A change describes a paper once, a key names a paper once, and each reference leads somewhere."""
    with store.reading() as db:
        unique = {
            (name, *index.columns) for name in SCHEMA for index in db.table(name).indexes if index.unique
        }
        assert unique == UNIQUE
        references = {
            (name, key.column, key.other_table, key.other_column)
            for name in SCHEMA
            for key in db.table(name).foreign_keys
        }
    assert references == {
        ("paper_key", "paper", "paper", "number"),
        ("description", "paper", "paper", "number"),
        ("record", "file", "file", "id"),
        ("record", "paper", "paper", "number"),
        ("merged", "paper", "paper", "number"),
        ("merged", "home", "paper", "number"),
        ("decided", "topic", "topic", "id"),
        ("decided", "delivery", "delivery", "id"),
        ("delivered_paper", "paper", "paper", "number"),
        ("delivered_paper", "delivery", "delivery", "id"),
        ("delivery_message", "delivery", "delivery", "id"),
    }


def test_migrations_run_once(store: Store) -> None:
    """Opening a file again changes nothing in it."""

    def applied() -> list[tuple[str, str]]:
        with store.reading() as db:
            return [(step.name, step.applied_at) for step in migrations.applied(db)]

    before = applied()
    with store.writing() as db:
        note(db, 1)
    Store(store.path)
    assert applied() == before
    with store.reading() as db:
        assert notes(db) == [1]


def test_an_older_file_is_brought_up(tmp_path: Path) -> None:
    """A file of the oldest schema gets what was added since, and keeps what it holds."""
    path = tmp_path / "paperboy.db"
    old = Database(path)
    migrations.apply(old, stop_before="m002_loads")
    old.conn.execute("INSERT INTO paper VALUES (7, 'p7', 'T', 'page', 'A', '', '[]', NULL, '', '', '')")
    old.conn.commit()
    old.close()
    with Store(path).reading() as db:
        assert {name for name in db.table_names() if not name.startswith(("_", "sqlite_"))} == SCHEMA.keys()
        assert [tuple(row) for row in db.conn.execute("SELECT paper, title FROM description")] == [(7, "T")]


@pytest.mark.parametrize(
    ("loaded_at", "first_seen"),
    [
        ([], 0),
        (["2026-10-25T02:30:00+02:00", "2026-11-21T09:00:00.5+00:00"], 1_792_888_200),
        (["2026-11-21T09:00:00.500000+00:00"], 1_795_251_600),
    ],
)
def test_papers_of_an_older_file_were_seen_when_it_was_loaded(
    tmp_path: Path, loaded_at: list[str], first_seen: int
) -> None:
    """For the first time; nothing is followed in it, and its papers may be delivered."""
    path = tmp_path / "paperboy.db"
    old = Database(path)
    migrations.apply(old, stop_before="m004_topics")
    for number in (1, 2):
        row = f"({number}, 'p{number}', 'T', 'page', 'A', '', '[]', NULL, '', '', '')"
        old.conn.execute(f"INSERT INTO paper VALUES {row}")  # noqa: S608 (ours)
    for when in loaded_at:
        old.conn.execute("INSERT INTO load (loaded_at, records, papers) VALUES (?, 2, 2)", [when])
    old.conn.commit()
    old.close()
    with Store(path).reading() as db:
        seen = [tuple(row) for row in db.conn.execute("SELECT number, first_seen FROM paper ORDER BY number")]
        assert seen == [(1, first_seen), (2, first_seen)]
        assert [db.table(name).count for name in ("topic", "delivery", "workspace")] == [0, 0, 0]


def test_each_connection_has_the_pragmas(store: Store) -> None:
    """Whether it reads or writes, it keeps what was committed, waits for others and checks references."""
    for opened in (store.reading, store.snapshot, store.writing):
        with opened() as db:
            names = ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
            assert [pragma(db, name) for name in names] == ["wal", 2, 5000, 1]


def test_what_was_written_is_there(store: Store) -> None:
    """A transaction that ends well is committed."""
    with store.writing() as db:
        note(db, 1)
    with store.reading() as db:
        assert notes(db) == [1]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_transaction_that_fails_leaves_nothing(store: Store, error: type[BaseException]) -> None:
    """All of it is undone, the error goes on, and the next one can write."""

    def fail() -> None:
        with store.writing() as db:
            note(db, 1)
            raise error

    with pytest.raises(error):
        fail()
    with store.writing() as db:
        note(db, 2)
    with store.reading() as db:
        assert notes(db) == [2]


def test_a_reference_to_nothing_is_refused(store: Store) -> None:
    """The whole transaction fails."""

    def refer() -> None:
        with store.writing() as db:
            note(db, 1)
            db.conn.execute("INSERT INTO record (file, line, paper, since) VALUES (99, 1, 99, 1)")

    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        refer()
    with store.reading() as db:
        assert notes(db) == []


def test_a_connection_is_closed_after_its_use(store: Store) -> None:
    """It cannot be used again."""
    with store.reading() as db:
        pass
    with pytest.raises(sqlite3.ProgrammingError):
        db.conn.execute("SELECT 1")


def test_a_second_writer_waits(store: Store) -> None:
    """It begins when the first has ended, and sees what the first wrote."""
    writing, trying = Event(), Event()

    def first() -> None:
        with store.writing() as db:
            note(db, 1)
            writing.set()
            assert trying.wait(timeout=30)
            note(db, 2)

    def second() -> list[int]:
        assert writing.wait(timeout=30)
        impatient = sqlite3.connect(store.path, timeout=0, isolation_level=None)
        with closing(impatient), pytest.raises(sqlite3.OperationalError, match="locked"):
            impatient.execute("BEGIN IMMEDIATE")
        trying.set()
        with store.writing() as db:
            seen = notes(db)
            note(db, 3)
            return seen

    with ThreadPoolExecutor(2) as threads:
        done = threads.submit(first), threads.submit(second)
        assert [future.result() for future in done] == [None, [1, 2]]
    with store.reading() as db:
        assert notes(db) == [1, 2, 3]


def test_many_writers_lose_nothing(store: Store) -> None:
    """Each reads before it writes, and none works on what another has changed meanwhile."""
    together = Barrier(8)

    def count() -> None:
        together.wait(timeout=30)
        for _ in range(5):
            with store.writing() as db:
                note(db, len(notes(db)))

    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(count) for _ in range(8)]:
            done.result()
    with store.reading() as db:
        assert notes(db) == list(range(40))


def test_a_snapshot_does_not_change(store: Store) -> None:
    """What others write meanwhile is not in it; a plain reader sees it."""
    with store.snapshot() as frozen, store.reading() as reader:
        assert notes(frozen) == []
        with store.writing() as db:
            note(db, 1)
        assert (notes(frozen), notes(reader)) == ([], [1])


def test_a_new_file_may_be_opened_by_many_at_once(tmp_path: Path) -> None:
    """One of them makes the schema, and none fails."""
    together = Barrier(8)

    def opened() -> list[str]:
        together.wait(timeout=30)
        with Store(tmp_path / "paperboy.db").reading() as db:
            return [applied.name for applied in migrations.applied(db)]

    with ThreadPoolExecutor(8) as threads:
        done = [threads.submit(opened) for _ in range(8)]
        assert [future.result() for future in done] == [STEPS] * 8


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """The setting, the file and the reason are named, and the file is left as it was."""
    path = tmp_path / "notes.txt"
    path.write_text("Not a database at all, but a text of some length. " * 50)
    with pytest.raises(OperatorError) as refused:
        Store(path)
    assert str(refused.value) == f"PAPERBOY_DB: {path} cannot be used: file is not a database"
    assert path.read_text() == "Not a database at all, but a text of some length. " * 50


def test_a_folder_is_refused(tmp_path: Path) -> None:
    """It is no file to open."""
    with pytest.raises(OperatorError) as refused:
        Store(tmp_path)
    assert str(refused.value) == f"PAPERBOY_DB: {tmp_path} cannot be used: unable to open database file"


def test_a_place_below_a_file_is_refused(tmp_path: Path) -> None:
    """Its folder cannot be made."""
    (tmp_path / "file").touch()
    with pytest.raises(OperatorError, match=r"^PAPERBOY_DB: .*paperboy\.db cannot be used: "):
        Store(tmp_path / "file" / "paperboy.db")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """The reason is the system's, in its own words."""
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "deep" / "paperboy.db"
    with pytest.raises(OperatorError) as refused:
        Store(path)
    assert str(refused.value) == (
        f"PAPERBOY_DB: {path} cannot be used: its folder cannot be made: not a directory"
    )


def test_a_newer_file_is_refused(store: Store) -> None:
    """What a newer version has written is not understood, and stays as it is."""
    with store.writing() as db:
        db.table("_sqlite_migrations").insert(
            {"migration_set": "paperboy", "name": "m999_digests", "applied_at": "2030-01-01"}
        )
    before = store.path.read_bytes()
    with pytest.raises(OperatorError) as refused:
        Store(store.path)
    assert str(refused.value) == (
        f"PAPERBOY_DB: {store.path} cannot be used: a newer version of Paperboy has written it (m999_digests)"
    )
    assert store.path.read_bytes() == before


def test_another_programs_steps_are_not_ours(store: Store) -> None:
    """Others may keep their own list of migrations in the same file."""
    with store.writing() as db:
        db.table("_sqlite_migrations").insert(
            {"migration_set": "other", "name": "m999_digests", "applied_at": "2030-01-01"}
        )
    with Store(store.path).reading() as db:
        assert notes(db) == []


def test_a_lock_that_is_not_given_back_is_told(store: Store) -> None:
    """Once the patience is over, a writer fails; a reader need not wait at all."""
    hasty = Store(store.path, patience=0)

    def write() -> None:
        with hasty.writing() as db:
            note(db, 2)

    with store.writing() as db:
        note(db, 1)
        with pytest.raises(OperatorError) as refused:
            write()
        with hasty.reading() as reader:
            assert notes(reader) == []
    assert str(refused.value) == f"PAPERBOY_DB: {store.path} cannot be used: database is locked"
    with store.reading() as db:
        assert notes(db) == [1]


def test_a_new_file_that_another_program_locks_is_told(tmp_path: Path) -> None:
    """Not even its schema can be read."""
    path = tmp_path / "paperboy.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(OperatorError) as refused:
            Store(path, patience=0)
    assert str(refused.value) == f"PAPERBOY_DB: {path} cannot be used: database is locked"


def test_a_full_disk_keeps_what_was_committed(store: Store) -> None:
    """What does not fit is undone as a whole, and the reason is told."""
    with store.writing() as db:
        note(db, 1)

    def overfill() -> None:
        with store.writing() as db:
            db.conn.execute("PRAGMA max_page_count = 1")  # SQLite takes the number of pages there are
            for number in range(100_000):
                note(db, number)

    with pytest.raises(OperatorError) as refused:
        overfill()
    assert str(refused.value) == f"PAPERBOY_DB: {store.path} cannot be used: database or disk is full"
    with store.reading() as db:
        assert notes(db) == [1]


def test_a_transaction_that_sqlite_ended_keeps_its_error(store: Store) -> None:
    """The reason is told, not that there is nothing left to undo."""

    def fail() -> None:
        with store.writing() as db:
            db.conn.execute("ROLLBACK")
            raise sqlite3.OperationalError("disk I/O error")

    with pytest.raises(OperatorError, match=r" cannot be used: disk I/O error$"):
        fail()


@pytest.mark.parametrize(
    ("offset", "why"),
    [(0, "file is not a database"), (100, "database disk image is malformed")],
)
def test_a_damaged_beginning_is_refused(store: Store, offset: int, why: str) -> None:
    """The header, and the schema after it."""
    content = bytearray(store.path.read_bytes())
    content[offset : offset + 3_000] = b"x" * 3_000
    store.path.write_bytes(content)
    with pytest.raises(OperatorError) as refused:
        Store(store.path)
    assert str(refused.value) == f"PAPERBOY_DB: {store.path} cannot be used: {why}"
    assert store.path.read_bytes() == content


def test_damage_in_the_middle_is_found(store: Store) -> None:
    """A look through the whole file finds a page that nothing else would read."""
    with store.writing() as db:
        for number in range(2_000):
            note(db, number)
    content = bytearray(store.path.read_bytes())
    content[-4_096:] = b"x" * 4_096
    store.path.write_bytes(content)
    with pytest.raises(
        OperatorError, match=r"^PAPERBOY_DB: .* cannot be used: it is damaged \(.*\); put a backup"
    ):
        Store(store.path).check()


def test_a_file_cut_short_is_refused(store: Store) -> None:
    """Half a database is none."""
    content = store.path.read_bytes()
    store.path.write_bytes(content[:6_000])
    with pytest.raises(OperatorError) as refused:
        Store(store.path)
    assert str(refused.value) == f"PAPERBOY_DB: {store.path} cannot be used: database disk image is malformed"


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    """It is not waited for."""
    os.mkfifo(tmp_path / "paperboy.db")
    with pytest.raises(OperatorError, match=r"^PAPERBOY_DB: .*paperboy\.db cannot be used: "):
        Store(tmp_path / "paperboy.db")
