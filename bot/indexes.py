"""The index on disk: opened, followed, built anew, settled.

Law: what is searched is what the store held at one moment. An index lies in a folder of its own beside the
database, a generation, and never changes; what has changed in the store since is added in memory, by each
process for itself. What a process holds depends only on the generation and the change, not on how it got
there. A folder counts once the store names it, which is when it is whole; what is damaged, foreign or of
another version is never searched, and built anew from the store by whoever starts next.
"""

import logging
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Collection as Some
from concurrent.futures import BrokenExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock

from bot.errors import OperatorError
from bot.papers import Paper
from bot.search.analyze import Analyzer
from bot.search.build import build, keep, parts_of
from bot.search.collection import Collection
from bot.search.files import DamagedError
from bot.search.merge import combined
from bot.search.segment import Document, Part
from bot.store import Database, Store, generations, loads, papers
from bot.store.generations import Generation
from bot.wording import venue

_NEAR = 100  # changed papers, which are indexed in some 50 ms
_UNSETTLED = 2_000  # changed papers, which each process has to index when it starts: half a second
FOLLOWED = 50_000  # changed papers; whoever has to index more, when asked, builds a generation instead
_MANY = 10_000  # papers; indexing more takes so long that whoever waits should know why
_EVERYBODYS = 0o666  # the bot's user and root may both lock it
_FOLDER = re.compile(r"\d{8}T\d{6}-[0-9a-f]{8}")  # a generation's; what else lies there is somebody's

Commit = Callable[[Database], object]  # commits a generation, in a transaction that writes

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Index:
    """The papers of one moment, indexed: up to which change, and on which generation; 0 where on none.

    `settled` is the change up to which the first segment goes; what came later is in the others.
    """

    collection: Collection
    generation: int
    settled: int
    change: int
    loaded_at: datetime


class Indexes:
    """The generations beside a database. Safe to share between threads and processes."""

    def __init__(self, store: Store, analyzer: Analyzer) -> None:
        home = store.path.resolve()  # so that by whatever link it is opened, there is one index and one lock
        self._store = store
        self._analyzer = analyzer
        self._root = home.with_name(f"{home.name}-index")
        self._lock = FileLock(home.with_name(f"{home.name}-index.lock"), mode=_EVERYBODYS)

    def open(self, now: datetime) -> Index | None:
        """Return the index of what the store holds, built if need be; None without a paper."""
        try:
            index = self._opened()
        except DamagedError:
            index = None
        if index is None:
            index = self._renewed(now)
        self._sweep()
        return index

    def follow(self, index: Index) -> Index:
        """Return the index of what the store holds now: the same one where nothing has changed."""
        with self._store.reading() as db:
            generation = generations.current(db)
            if (generation.id if generation else 0, papers.published(db)) == (
                index.generation,
                index.change,
            ):
                return index
        return self._opened(index) or index

    def is_near(self, index: Index) -> bool:
        """Tell whether nothing has changed since, or so little that following it takes no time."""
        with self._store.reading() as db:
            generation = generations.current(db)
            return (generation.id if generation else 0) == index.generation and papers.changes_since(
                db, index.change, _NEAR
            ) <= _NEAR

    def settle(self, now: datetime) -> None:
        """Make a new generation, where need be and no other process is about to.

        Raises OSError where the disk does not take it, OperatorError where the store does not, BrokenExecutor
        where memory is short.
        """
        try:
            held = self._lock.acquire(blocking=False)
        except OSError:  # another process has the lock, or there can be none
            return
        with held:
            index = self._whole()
            if index is None:
                self._build(now)
            elif self.is_unsettled(index):
                parts, change = index.collection.parts, index.change
                self._keep(lambda folder: keep(parts, folder, change), change, now)
            self._sweep()

    @contextmanager
    def made_of(
        self, coming: Iterable[Paper], stale: Callable[[], Some[int]], change: int, now: datetime
    ) -> Iterator[Commit]:
        """Have a generation made of papers while they come, and yield what commits it with their change.

        Those that are `stale` in the end are read again. Raises OperatorError where none can be made.
        """

        def renewed(parts: Sequence[Part]) -> Sequence[Part]:
            if numbers := stale():
                return self._changed(Collection(parts, self._analyzer), numbers, change).parts
            return parts

        def write(folder: Path) -> None:
            documents = ((paper.number, document(paper)) for paper in coming)
            keep(renewed(parts_of(documents, folder)), folder, change)

        with self._made(write, change, now) as commit:
            yield commit

    @contextmanager
    def made_with(self, change: int, now: datetime) -> Iterator[Commit]:
        """Have a generation made with what a change wrote, if that is much, and yield what commits both.

        Little is followed by whoever searches; so is more, where none can be made. Raises OperatorError where
        it is too much for that as well.
        """
        with self._store.reading() as db:
            numbers = papers.written(db, change)

        def write(folder: Path) -> None:
            index = self._whole() if len(numbers) <= FOLLOWED else None
            if index:
                keep(self._changed(index.collection, numbers, change).parts, folder, change)
                return
            with self._store.snapshot() as db:
                everything = ((paper.number, document(paper)) for paper in papers.everything(db, change))
                build(everything, folder, change)

        with ExitStack() as stack:
            commit: Commit = _nothing
            if len(numbers) > _UNSETTLED:
                try:
                    commit = stack.enter_context(self._made(write, change, now))
                except OperatorError as error:
                    if len(numbers) > FOLLOWED:
                        raise
                    _log.warning("what has changed is indexed by whoever searches: %s", error)
            yield commit

    def _changed(self, collection: Collection, numbers: Some[int], change: int) -> Collection:
        """Return a collection with some papers as a change has them that is not published yet."""
        with self._store.snapshot() as db:
            found = papers.by_number(db, list(numbers), change).values()
            come = [(paper.number, document(paper)) for paper in found if paper.sources]
        return collection.changed(come, numbers)

    @contextmanager
    def _made(self, write: Callable[[Path], None], change: int, now: datetime) -> Iterator[Commit]:
        with ExitStack() as stack:
            try:
                stack.enter_context(self._lock)
                commit = stack.enter_context(self._written(write, change, now))
            except OSError as error:
                raise OperatorError(f"no index can be kept beside the database: {error}") from error
            except BrokenExecutor as error:
                raise OperatorError("indexing the papers takes more memory than there is") from error
            yield commit
        self._sweep()

    def is_unsettled(self, index: Index) -> bool:
        """Tell whether so much has changed since the generation was made that it is time for another."""
        with self._store.reading() as db:
            return papers.changes_since(db, index.settled, _UNSETTLED) > _UNSETTLED

    def _renewed(self, now: datetime) -> Index | None:
        """Return what another process has built meanwhile, or build it; in memory where none can be kept."""
        try:
            with self._lock:
                return self._rebuilt(now)
        except (OSError, OperatorError, DamagedError, BrokenExecutor) as error:
            _log.warning("no index can be kept beside the database, so each start builds one: %s", error)
        try:
            return self._in_memory()  # where it is the papers that cannot be read, this says so
        except BrokenExecutor as error:
            raise OperatorError("indexing the papers takes more memory than there is") from error

    def _rebuilt(self, now: datetime) -> Index | None:
        if index := self._whole():
            return index
        return self._opened() if self._build(now) else None

    def _whole(self) -> Index | None:
        """Return what `_opened` does; None where the current generation is of no use, which the log tells."""
        try:
            return self._opened()
        except DamagedError as error:
            _log.warning("the index is built anew: %s", error)
            return None

    def _opened(self, known: Index | None = None) -> Index | None:
        """Return the current generation and what has changed since; None where there is none, or too much.

        Where an index is known, it is gone on from, unless there is a newer generation that is of use. Raises
        DamagedError where none is known and the current generation is of no use.
        """
        with self._store.snapshot() as db:
            generation, last = generations.current(db), loads.current(db)
            base = self._base(generation, known)
            if base is None or last is None:
                return None
            collection, settled, change = base
            if papers.changes_since(db, settled, FOLLOWED) > FOLLOWED:
                return None
            come, gone = papers.changed_since(db, change)
            if _stand_in(collection.parts[1:], {*gone, *(paper.number for paper in come)}):
                # what they said before would stay known there, and to no process that starts now
                collection = Collection((Part(collection.parts[0].segment),), self._analyzer)
                come, gone = papers.changed_since(db, settled)
            newest = papers.published(db)
        if come or gone:
            collection = collection.changed([(paper.number, document(paper)) for paper in come], gone)
        return Index(collection, generation.id if generation else 0, settled, newest, last.loaded_at)

    def _base(self, generation: Generation | None, known: Index | None) -> tuple[Collection, int, int] | None:
        """Return what is gone on from, up to which change its first segment goes, and up to which it does."""
        if generation and generation.id != (known.generation if known else 0):
            try:
                if loaded := self._loaded(generation):
                    return loaded, generation.change, generation.change
            except DamagedError as error:
                if known is None:
                    raise
                self._say_of_no_use(generation, error)
        return (known.collection, known.settled, known.change) if known else None

    def _loaded(self, generation: Generation) -> Collection | None:
        """Return a generation; None where its folder is gone, as beside a copy of the database."""
        folder = self._root / generation.folder
        if not folder.is_dir():
            return None
        return Collection.opened(folder, generation.change, self._analyzer)

    def _say_of_no_use(self, generation: Generation, error: DamagedError) -> None:
        """Warn of a generation, unless another process has made a newer one since, and swept this one."""
        with self._store.reading() as db:  # a connection of its own sees what a snapshot does not
            if generations.current(db) == generation:
                _log.warning("the new index is of no use, and the old one goes on: %s", error)

    def _build(self, now: datetime) -> bool:
        """Build a generation of all papers; tell whether there are any."""
        with self._store.snapshot() as db:
            change = papers.published(db)
            if not _count(db):
                return False
            self._keep(lambda folder: build(_everything(db), folder, change), change, now)
        return True

    def _in_memory(self) -> Index | None:
        """Return an index of all papers on no generation; None without a paper."""
        with self._store.snapshot() as db:
            last, change = loads.current(db), papers.published(db)
            if last is None or not last.papers:
                return None
            parts = (Part(combined(parts_of(_everything(db), None))),)
        return Index(Collection(parts, self._analyzer), 0, change, change, last.loaded_at)

    def _keep(self, write: Callable[[Path], None], change: int, now: datetime) -> None:
        """Have a new generation written, and commit it."""
        with self._written(write, change, now) as commit, self._store.writing() as db:
            commit(db)

    @contextmanager
    def _written(self, write: Callable[[Path], None], change: int, now: datetime) -> Iterator[Commit]:
        """Have a new generation written, and yield what commits it; where the block fails, nothing stays.

        Raises OSError where the disk does not take it, OperatorError where the store does not. The lock is
        held.
        """
        self._sweep()  # what a process left that was killed would fill the disk
        name = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        folder = self._root / name
        try:
            write(folder)
            yield lambda db: generations.commit(db, name, change, now)
        except DamagedError as error:  # it was whole when it was written
            shutil.rmtree(folder, ignore_errors=True)
            raise OSError(f"the disk does not keep what is written: {error}") from error
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def _sweep(self) -> None:
        """Remove what no process will open any more, unless another one is making an index just now."""
        with suppress(OSError, OperatorError), self._lock.acquire(blocking=False):
            with self._store.reading() as db:
                generation = generations.current(db)
            current = generation.folder if generation else ""
            for folder in self._root.iterdir() if self._root.is_dir() else ():
                if _FOLDER.fullmatch(folder.name) and folder.name != current:
                    shutil.rmtree(folder, ignore_errors=True)


def _nothing(_: Database) -> None:
    """Commit nothing."""


def document(paper: Paper) -> Document:
    """Return what of a paper is searched."""
    volume = paper.acl_id.rpartition(".")[0]
    library = [paper.arxiv_id and "arXiv", paper.acl_id and f"ACL Anthology {venue(paper.acl_id)} {volume}"]
    return Document(
        title=paper.title,
        abstract=paper.abstract,
        authors=paper.authors or (paper.first_author,),
        labels=[*(source.file for source in paper.sources), *filter(None, library)],
        year=paper.year,
        dated=_dated(paper.arxiv_id),
    )


def _dated(arxiv_id: str) -> int:
    """Return the month and the number in it of an id such as 2305.14710; 0 for none, and for an old one."""
    month, _, serial = arxiv_id.partition(".")
    if not (arxiv_id.isascii() and month.isdigit() and serial.isdigit()):  # math.GT/0309136 has a dot as well
        return 0
    return int(month) * 1_000_000 + int(serial)


def _count(db: Database) -> int:
    last = loads.latest(db)
    return last.papers if last else 0


def _everything(db: Database) -> Iterator[tuple[int, Document]]:
    """Return what of each paper is searched, with its number; whoever waits is told where they are many."""
    if (count := _count(db)) > _MANY:
        _log.warning("%s papers are being indexed, which takes minutes for a million", f"{count:,}")
    return ((paper.number, document(paper)) for paper in papers.everything(db))


def _stand_in(parts: Sequence[Part], numbers: set[int]) -> bool:
    """Tell whether one of these papers has a document in a part."""
    return any(not numbers.isdisjoint(part.segment.numbers.tolist()) for part in parts)
