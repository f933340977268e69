"""The index on disk: opened, followed, built anew, settled.

Law: what is searched is what the store held at one moment. An index lies in a folder of its own beside the
database, a generation, and never changes; what has changed in the store since is added in memory, by each
process for itself. A folder counts once the store names it, which is when it is whole; what is damaged,
foreign or of another version is built anew from the store, and never searched.
"""

import logging
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from bot.papers import Paper
from bot.search.analyze import Analyzer
from bot.search.build import build, keep, parts_of
from bot.search.collection import Collection
from bot.search.files import DamagedError
from bot.search.merge import combined
from bot.search.segment import Document, Part
from bot.store import Store, generations, loads, papers
from bot.store.generations import Generation
from bot.wording import venue

_UNSETTLED = 2_000  # changed papers, which each process has to index when it starts: a fifth of a second

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Index:
    """The papers of one moment, indexed: up to which change, and on which generation; 0 where on none."""

    collection: Collection
    generation: int
    change: int
    loaded_at: datetime


class Indexes:
    """The generations beside a database. Safe to share between threads and processes."""

    def __init__(self, store: Store, analyzer: Analyzer) -> None:
        self._store = store
        self._analyzer = analyzer
        self._root = store.path.with_name(f"{store.path.name}-index")
        self._lock = FileLock(store.path.resolve().with_name(f"{store.path.name}-index.lock"))

    def open(self, now: datetime) -> Index | None:
        """Return the index of what the store holds, built if need be; None without a paper."""
        try:
            index = self._opened()
        except DamagedError:
            index = None
        if index is None:
            with self._lock:
                index = self._renewed(now)
        self._sweep()
        return index

    def follow(self, index: Index) -> Index:
        """Return the index of what the store holds now: the same one where nothing has changed."""
        with self._store.reading() as db:
            generation = generations.current(db)
            if (generation.id if generation else 0, papers.latest_change(db)) == (
                index.generation,
                index.change,
            ):
                return index
        return self._opened(index) or index

    def settle(self, now: datetime) -> None:
        """Make a new generation, where need be and no other process is about to."""
        with suppress(Timeout, DamagedError), self._lock.acquire(blocking=False):
            index = self._opened()
            if index and is_unsettled(index):
                parts, change = index.collection.parts, index.change
                self._keep(lambda folder: keep(parts, folder, change), change, now)
            self._sweep()

    def _renewed(self, now: datetime) -> Index | None:
        """Return what another process has built meanwhile, or build it."""
        try:
            index = self._opened()
        except DamagedError as error:
            _log.warning("the index is built anew: %s", error)
            index = None
        return index or self._built(now)

    def _opened(self, known: Index | None = None) -> Index | None:
        """Return the current generation and what has changed since; None where there is none.

        Where an index is known, it is gone on from, unless there is a newer generation that is of use. Raises
        DamagedError where none is known and the current generation is of no use.
        """
        with self._store.snapshot() as db:
            generation, last = generations.current(db), loads.latest(db)
            base, change = (known.collection, known.change) if known else (None, 0)
            if generation and generation.id != (known.generation if known else 0):
                try:
                    if loaded := self._loaded(generation):
                        base, change = loaded, generation.change
                except DamagedError as error:
                    if known is None:
                        raise
                    _log.warning("the new index is of no use, and the old one goes on: %s", error)
            if base is None or last is None:
                return None
            come, gone = papers.changed_since(db, change)
            newest = papers.latest_change(db)
        if come or gone:
            base = base.changed([(paper.number, document(paper)) for paper in come], gone)
        return Index(base, generation.id if generation else 0, newest, last.loaded_at)

    def _loaded(self, generation: Generation) -> Collection | None:
        """Return a generation; None where its folder is gone, as beside a copy of the database."""
        folder = self._root / generation.folder
        if not folder.is_dir():
            return None
        return Collection.opened(folder, generation.change, self._analyzer)

    def _built(self, now: datetime) -> Index | None:
        """Build an index of all papers; in memory where the disk takes none."""
        with self._store.snapshot() as db:
            last, change = loads.latest(db), papers.latest_change(db)
            if last is None or not papers.count(db):
                return None
            numbered = ((paper.number, document(paper)) for paper in papers.everything(db))
            try:
                self._keep(lambda folder: build(numbered, folder, change), change, now)
            except OSError as error:
                _log.warning("no index can be kept beside the database, so each start builds one: %s", error)
                numbered = ((paper.number, document(paper)) for paper in papers.everything(db))
                parts = (Part(combined(parts_of(numbered))),)
                return Index(Collection(parts, self._analyzer), 0, change, last.loaded_at)
        return self._opened()

    def _keep(self, write: Callable[[Path], None], change: int, now: datetime) -> None:
        """Have a new generation written, and commit it."""
        folder = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        write(self._root / folder)
        with self._store.writing() as db:
            generations.commit(db, folder, change, now)

    def _sweep(self) -> None:
        """Remove what no process will open any more, unless one is making an index just now."""
        with suppress(Timeout), self._lock.acquire(blocking=False), self._store.reading() as db:
            generation = generations.current(db)
            if generation and self._root.is_dir():
                for folder in {*self._root.iterdir()} - {self._root / generation.folder}:
                    shutil.rmtree(folder, ignore_errors=True)


def is_unsettled(index: Index) -> bool:
    """Tell whether so much has changed since the generation was made that it is time for another."""
    return index.collection.unsettled > _UNSETTLED


def document(paper: Paper) -> Document:
    """Return what of a paper is searched."""
    volume = paper.acl_id.rpartition(".")[0]
    library = [paper.arxiv_id and "arXiv", paper.acl_id and f"ACL Anthology {venue(paper.acl_id)} {volume}"]
    month, _, serial = paper.arxiv_id.partition(".")
    return Document(
        title=paper.title,
        abstract=paper.abstract,
        authors=paper.authors or (paper.first_author,),
        labels=[*(source.file for source in paper.sources), *filter(None, library)],
        year=paper.year,
        dated=int(month) * 1_000_000 + int(serial) if serial else 0,
    )
