"""How a connection is opened, read from and written to.

Law: a connection lives for one use in one thread, always with the same pragmas, and a transaction that writes
takes the write lock at its start. (A transaction that reads first and writes later fails at once with
"database is locked" beside another writer, whatever the busy timeout.)
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database

from bot.errors import OperatorError
from bot.store.migrations import migrations

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",  # readers and the writer do not wait for each other
    "PRAGMA synchronous = FULL",  # NORMAL may lose the last commits in a power cut: double posts
    "PRAGMA busy_timeout = 5000",
    "PRAGMA foreign_keys = ON",
)


class Store:
    """The SQLite file at `path`, made and brought to the newest schema when it is opened.

    Raises OperatorError when the file cannot be opened, or is no database.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self.reading() as db:
                outdated = bool(migrations.pending(db))
            if outdated:
                with self.writing() as db:
                    migrations.apply(db)
        except (OSError, sqlite3.Error) as error:
            raise OperatorError(f"PAPERBOY_DB: {path} cannot be used: {error}") from error

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """Open a connection for reading; what several statements see may differ."""
        connection = sqlite3.connect(self.path, isolation_level=None)
        with closing(connection):
            for pragma in _PRAGMAS:
                connection.execute(pragma)
            yield Database(connection)

    @contextmanager
    def snapshot(self) -> Iterator[Database]:
        """Open a connection whose statements all see the database as it was at the first of them."""
        with self.reading() as db:
            db.conn.execute("BEGIN")
            try:
                yield db
            finally:
                db.conn.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """Open a connection and a transaction that writes alone; at the end it is committed, or undone."""
        with self.reading() as db:
            db.conn.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.conn.execute("ROLLBACK")
                raise
            db.conn.execute("COMMIT")
