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

PATIENCE = 5_000  # milliseconds to wait for another's lock
_PRAGMAS = (
    "PRAGMA synchronous = FULL",  # NORMAL may lose the last commits in a power cut: double posts
    "PRAGMA foreign_keys = ON",
)
_TRIES = 20


class Store:
    """The SQLite file at `path`, made and brought to the newest schema when it is opened.

    Raises OperatorError when the file cannot be opened, is no database, or is a newer Paperboy's. `patience`
    is how many milliseconds a connection waits for another's lock.
    """

    def __init__(self, path: Path, patience: int = PATIENCE) -> None:
        self.path = path
        self._patience = patience
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(f"its folder cannot be made: {(error.strerror or '').lower()}") from error
        with self.reading() as db:
            if newer := _unknown(db):
                raise self._unusable(f"a newer version of Paperboy has written it ({', '.join(newer)})")
            outdated = bool(migrations.pending(db))
        if outdated:
            with self.writing() as db:
                migrations.apply(db)

    def check(self) -> None:
        """Look through the file for damage; raises OperatorError where there is any."""
        with self.reading() as db:
            found = next(iter(db.conn.execute("PRAGMA quick_check(1)")))[0]
        if found != "ok":
            raise self._unusable(f"it is damaged ({' '.join(found.split())}); put a backup in its place")

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """Open a connection for reading; what several statements see may differ.

        Raises OperatorError for whatever SQLite reports, inside the block as well.
        """
        try:
            with closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
                for pragma in (f"PRAGMA busy_timeout = {self._patience}", *_PRAGMAS):
                    connection.execute(pragma)
                _enter_wal(connection)
                yield Database(connection)
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise  # a defect of ours, not the file's
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    @contextmanager
    def snapshot(self) -> Iterator[Database]:
        """Open a connection whose statements all see the database as it was at the first of them."""
        with self.reading() as db:
            db.conn.execute("BEGIN")
            try:
                yield db
            finally:
                _undo(db)

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """Open a connection and a transaction that writes alone; at the end it is committed, or undone."""
        with self.reading() as db, transaction(db):
            yield db

    def _unusable(self, why: object) -> OperatorError:
        return OperatorError(f"PAPERBOY_DB: {self.path} cannot be used: {why}")


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """Write alone by an open connection; at the end it is committed, or undone."""
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        _undo(db)
        raise
    db.conn.execute("COMMIT")


def _undo(db: Database) -> None:
    """End the transaction; where the disk fails, SQLite may have done so by itself."""
    if db.conn.in_transaction:
        db.conn.execute("ROLLBACK")


def _unknown(db: Database) -> list[str]:
    """Return the steps that the file has been through and this version does not know."""
    with closing(Database(memory=True)) as empty:
        known = {step.name for step in migrations.pending(empty)}
    return [step.name for step in migrations.applied(db) if step.name not in known]


def _enter_wal(connection: sqlite3.Connection) -> None:
    """Keep changes in a log of their own, so that readers and the writer do not wait for each other.

    A file stays so once it is. Of connections that make it so at the same moment all but one fail at once,
    whatever the busy timeout; these wait for the write lock, which minds it, and try again.
    """
    for _ in range(_TRIES):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        else:
            return
    raise sqlite3.OperationalError("database is locked")
