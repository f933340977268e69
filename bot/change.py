"""A change of the papers that there are: written to the store lot by lot, then published.

Law: until it is published nobody sees anything of it, so one that fails or is killed changes nothing, and
what it has written is taken back, by the next one where it was killed. Nothing is held for long: rows are
written lot by lot, and other writers come between.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from xxhash import xxh3_64_intdigest

from bot.corpus import Piece
from bot.errors import OperatorError
from bot.papers import Paper
from bot.resolution import Outcome, Read, Resolver
from bot.store import Database, Store, loads, papers, records
from bot.store.database import transaction
from bot.store.loads import Load

_LOT = 2_000  # rows, or papers, between which other writers have their turn
_LETTERS = 1 << 24  # of such a lot of papers, which may have thousands of authors each
_APIECE = 100  # characters that an author counts for beside its name
_CACHE = 64  # MiB of SQLite's pages
_LOG = 1 << 14  # pages of SQLite's log, 64 MiB, before they are put in their places: many are written often

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whose change it is, and when it began; `feed` is the one that brought it, empty for the corpus."""

    by: str = ""
    feed: str = ""
    at: datetime


class Change:
    """One change. It belongs to one thread, which must hold the lock of loads.

    `number` is the change that it writes; `outcome` is what becomes of papers, of whom there were so many
    `before`; `wrote` tells whether anything is written.
    """

    def __init__(self, store: Store, asked: Asked) -> None:
        self._store = store
        self._asked = asked
        with store.snapshot() as db:
            self._published = papers.published(db)
            last, base = loads.latest(db), papers.newest(db)
        self.number = self._published + 1
        self.before = last.papers if last else 0
        self.outcome = Outcome(base, base + 1)
        self.wrote = False
        self._resolver = Resolver(self.number, self.outcome, asked.at)

    @property
    def papers(self) -> int:
        """How many papers there are once this is published."""
        return self.before + self.outcome.new + len(self.outcome.back) - len(self.outcome.removed)

    @contextmanager
    def writing(self) -> Iterator[Database]:
        """Open a connection to write by; what an earlier change left is taken back first."""
        with self._store.reading() as db:
            db.conn.execute(f"PRAGMA cache_size = -{_CACHE << 10}")
            db.conn.execute(f"PRAGMA wal_autocheckpoint = {_LOG}")
            _discard(db)
            in_steps(db, lambda: records.forget(db, _LOT))  # which moves what is known to stand elsewhere
            yield db

    def settle(self, db: Database, lot: Sequence[Read], left: Iterable[int] = ()) -> list[Paper]:
        """Write records, and the papers they are of, as `Resolver` does; return the new ones."""
        self.wrote = True
        with transaction(db):
            return self._resolver.settle(db, lot, left)

    def publish(self, seconds: float, also: Callable[[Database], object]) -> Load:
        """Let everybody see what was written, together with what `also` writes."""
        outcome = self.outcome
        with self._store.writing() as db:
            also(db)
            load = Load(
                by=self._asked.by,
                feed=self._asked.feed,
                loaded_at=self._asked.at,
                seconds=seconds,
                records=records.counted(db),
                papers=self.papers,
                new=outcome.new,
                revised=outcome.revised_or_back,
                unchanged=self.papers - outcome.new - outcome.revised_or_back,
                removed=len(outcome.removed),
                change=self.number if self.wrote else self._published,
            )
            loads.publish(db, load)
        return load

    @contextmanager
    def settled(self) -> Iterator[None]:
        """Tidy after the block, in which this is written and published; where that fails, take it back.

        A disk that was full has room then for the rest. Where either fails, the next change does it.
        """
        try:
            yield
        except Exception:
            with suppress(OperatorError), self._store.reading() as db:
                _discard(db)
            raise
        with suppress(OperatorError):
            self.tidy()

    def tidy(self) -> None:
        """Forget what has been replaced, which nobody asks for any more."""
        with self._store.reading() as db:
            in_steps(db, lambda: papers.forget(db, _LOT) and records.forget(db, _LOT))

    def enter(self, db: Database, name: str, *, is_feed: bool = False) -> int:
        """Return the row of a file or a feed, made if need be."""
        with transaction(db):
            return records.enter(db, name, is_feed=is_feed)

    def end(self, db: Database, ids: Iterable[int]) -> None:
        """Let records stand no more, given by their rows."""
        for lot in lots(ids):
            self.wrote = True
            with transaction(db):
                records.end(db, self.number, lot)

    def move(self, db: Database, lines: Iterable[tuple[int, int]]) -> None:
        """Let records stand in other lines, given by rows and lines."""
        for lot in lots(lines):
            self.wrote = True
            with transaction(db):
                records.move(db, self.number, lot)

    def end_file(self, db: Database, row: int) -> None:
        """Let all records of a file stand no more."""
        self.wrote = True
        in_steps(db, lambda: records.end_file(db, row, self.number, _LOT))


def digest_of(piece: Piece) -> int:
    """Return the digest of a text as SQLite keeps it: 64 bits with a sign; 0 stands for none."""
    return (xxh3_64_intdigest(piece.text.encode("utf-8", "surrogatepass")) or 1) - (1 << 63)


def lots(items: Iterable[Item], letters: Callable[[Item], int] = lambda _: 0) -> Iterator[list[Item]]:
    """Put things into lots that are written at once, smaller ones where they have many letters."""
    lot: list[Item] = []
    size = 0
    for item in items:
        lot.append(item)
        size += letters(item)
        if len(lot) >= _LOT or size >= _LETTERS:
            yield lot
            lot, size = [], 0
    if lot:
        yield lot


def letters(read: Read) -> int:
    """Return for how many letters a record counts in a lot."""
    said = read.record
    return len(said.title) + len(said.abstract) + sum(map(len, said.authors)) + _APIECE * len(said.authors)


def in_steps(db: Database, step: Callable[[], bool]) -> None:
    """Take a step again and again, each time alone, until it says that there was nothing left to do."""
    done = False
    while not done:
        with transaction(db):
            done = step()


def _discard(db: Database) -> None:
    """Take back what was written and never published."""
    in_steps(db, lambda: records.discard(db, _LOT) and papers.discard(db, _LOT))
