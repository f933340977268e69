"""The papers, searchable: corpus, store and search joined.

Law: a search works on one catalogue, which never changes; what changes is which catalogue is current.
"""

import gc
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot import ids, load_lock
from bot.answers import Answer, Found, Loaded, Progress, Similar, Status, Suggestion
from bot.arriving import Arrived, Arriving
from bot.change import digest_of
from bot.corpus import Piece
from bot.errors import OperatorError, UserError
from bot.identity import is_linked_by, known_by
from bot.indexes import Commit, Index, Indexes
from bot.loading import Loading, loaded
from bot.matching import Matcher
from bot.papers import Paper, Problem
from bot.search.analyze import Analyzer, fold
from bot.search.arrays import Numbers
from bot.search.collection import Collection
from bot.search.inverted import TITLE_WEIGHT
from bot.search.query import Query, parse_query
from bot.search.rank import Ranking, rank
from bot.search.similar import similar
from bot.search.snippet import snippet
from bot.search.suggest import HALF, suggest
from bot.shelf import Shelf
from bot.store import Store, loads, papers, records
from bot.wording import shorten

_log = logging.getLogger(__name__)

Clock = Callable[[], datetime]

FIRST_LOAD = 3_600.0  # seconds for which another process's first load is waited for
_LARGE = 8 << 20  # bytes of new files; an index is made of what they hold while it is read
_SELDOM = (100_000, 50, 1_000)  # objects between looks at the young, looks between those at the older ones
_ALIKE = 50  # papers that an id was of
_LINKED = 20  # papers that have the words of a link, among which is the one it is of
SHORT = 4  # words; a longer query is a question, of which no paper may hold half


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """What is searched, and the papers shown lately."""

    index: Index
    shelf: Shelf

    @property
    def collection(self) -> Collection:
        """The papers of the index."""
        return self.index.collection

    @property
    def numbers(self) -> Numbers:
        """The number of each document's paper."""
        return self.collection.numbers


class Library:
    """The papers in a store, and the index over them, which `open` opens. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._analyzer = Analyzer()
        self._indexes = Indexes(store, self._analyzer)
        self._current: _Catalogue | None = None
        self._following = threading.Lock()

    @classmethod
    def at(cls, db: Path, corpus: Sequence[Path], clock: Clock) -> "Library":
        """Return the library in a SQLite file, ready to search; its corpus is loaded if it holds none.

        Raises OperatorError where the file cannot be used.
        """
        library = cls(Store(db))
        library.load_if_empty(corpus, clock)
        library.open(clock())
        return library

    def check(self) -> None:
        """Look through the store for damage; raises OperatorError where there is any."""
        self._store.check()

    def load_if_empty(self, paths: Sequence[Path], clock: Clock) -> None:
        """Load the corpus where the store holds none, be it that nobody did before or that it was empty.

        Where another process is loading it, that is waited for.
        """
        if self._is_empty():
            with load_lock.held(self._store, "", clock(), FIRST_LOAD):
                if self._is_empty():  # another process may have been quicker
                    self._load(paths, "", clock)

    def reload(
        self, paths: Sequence[Path], by: str, clock: Clock, told: Callable[[Progress], None] = lambda _: None
    ) -> Loaded:
        """Load the corpus again, asked for `by` somebody, and tell now and then how far that is.

        Searches are answered from what there was until all is done. A feed's papers that are being stored are
        waited for. Raises UserError where another load is under way, OperatorError where it fails: nothing
        has changed then.
        """
        with load_lock.held(self._store, by, clock()):
            return self._load(paths, by, clock, told, all_or_nothing=True)

    def told_by(self, feed: str) -> Callable[[Piece], bool]:
        """Return what tells whether a feed of this name has told an entry before."""
        with self._store.snapshot() as db:
            known = records.digests(db, feed)
        return lambda piece: digest_of(piece) in known

    def arrive(self, feed: str, found: Sequence[Piece | Problem], clock: Clock) -> Arrived:
        """Take what a feed of this name tells, and return what of that is new.

        Raises UserError where a load is under way, OperatorError where it fails: nothing has changed then.
        """
        began = clock()
        with load_lock.held(self._store, load_lock.FEED, began):
            arriving = Arriving(self._store, feed, began)
            with arriving.change.settled():
                arriving.write(found)
                with self._indexes.made_with(arriving.change.number, began) as commit:
                    return arriving.publish((clock() - began).total_seconds(), commit)

    def open(self, now: datetime) -> None:
        """Open the index over what the store holds, built if need be; without a paper there is none."""
        index = self._indexes.open(now)
        self._current = _Catalogue(index, Shelf(self._store, self._analyzer)) if index else None

    def warm(self) -> None:
        """Have searches pass over most papers where there are many; until it is done they score all.

        It takes half a second, and some ten where nobody has done it before on this machine.
        """
        if self._current is not None:
            self._current.collection.warm()

    def is_unsettled(self) -> bool:
        """Tell whether `settle` has something to do; while the store does not answer, it has not."""
        try:
            return self._current is not None and self._indexes.is_unsettled(self._open().index)
        except OperatorError:
            return False

    @property
    def size(self) -> int:
        """How many papers a search goes through."""
        return self._current.collection.size if self._current else 0

    @property
    def newest(self) -> int:
        """The highest number of a paper that a search goes through; 0 without papers."""
        return int(self._current.numbers.max(initial=0)) if self._current else 0

    @property
    def loaded_at(self) -> datetime | None:
        """When the papers that a search goes through were loaded."""
        return self._current.index.loaded_at if self._current else None

    def catch_up(self) -> None:
        """Search from now on what the store holds now, as one of the next searches would."""
        with self._following:
            self._follow()

    def search(self, text: str, limit: int, skip: int = 0) -> Answer:
        """Answer a query with its `limit` best papers after the first `skip`.

        Raises UserError where it cannot be searched.
        """
        catalogue = self._open()
        query = parse_query(text, self._analyzer)
        ranking = rank(catalogue.collection, query, limit, skip)
        weak = bool(ranking.total) and len(query.words) <= SHORT and ranking.coverage < HALF
        near = None
        if weak or not ranking.total:
            near = suggest(catalogue.collection, query, ranking, self._analyzer)
        return Answer(
            query=query,
            skip=skip,
            found=self._show(catalogue, ranking),
            total=ranking.total,
            complete=ranking.complete,
            unknown=tuple(map(str, ranking.unknown)),
            weak=weak,
            suggestion=near and _suggestion(*near),
            corpus_size=catalogue.collection.size,
            loaded_at=catalogue.index.loaded_at,
        )

    def paper(self, reference: str) -> Paper:
        """Return the paper with this id or link; raises UserError where there is none."""
        with self._store.snapshot() as db:
            for key in ids.reference_keys(reference):
                if known := [*papers.by_number(db, papers.known_as(db, key)[:_ALIKE]).values()]:
                    # An id may have come and gone with a record; a paper that is gone still has its own.
                    return max(known, key=lambda paper: (bool(paper.sources), key in known_by(paper)))
        words = ids.words_of_link(reference)
        if words and (paper := self._linked(words)):
            return paper
        if words is not None and not words:
            raise UserError(
                "That link to Semantic Scholar does not say which paper it is of. Paste the longer one,"
                " which has the title in it, or the paper's DOI or arXiv id."
            )
        raise UserError(
            f"No paper here has the id {shorten(reference, 80)}. Ids look like 2305.14710 or"
            " 2024.naacl-long.171; DOIs and links work as well, Semantic Scholar's too."
        )

    def similar(self, reference: str, limit: int, skip: int = 0) -> Similar:
        """Return the papers most like one, given by id or link; raises UserError where there is none."""
        catalogue = self._open()
        paper = self.paper(reference)
        terms = self._analyzer.terms(paper.title) * TITLE_WEIGHT + self._analyzer.terms(paper.abstract)
        document = catalogue.collection.document(paper.number)
        if document is None:
            raise UserError(f"{paper.shown_id} is no longer among the papers that I search.")
        ranking = similar(catalogue.collection, document, terms, limit, skip)
        return Similar(paper, skip, self._show(catalogue, ranking), ranking.total, catalogue.index.loaded_at)

    def matcher(self) -> Matcher:
        """Return what matches topics among today's papers; raises UserError where there are none."""
        catalogue = self._open()
        newest = int(catalogue.numbers.max(initial=0))
        return Matcher(catalogue.collection, newest, catalogue.shelf, self._analyzer)

    def has_word(self, word: str) -> bool:
        """Tell whether some paper has a word of the text, or an author of that name."""
        collection = self._open().collection
        spelled = fold(word).casefold()
        return spelled in collection.names((len(spelled),)) or any(
            collection.having(found.forms).any() for found in self._analyzer.words(word)
        )

    def status(self) -> Status:
        """Tell what the store holds, whether or not it is open for searching."""
        with self._store.snapshot() as db:
            latest, last = loads.latest(db), loads.of_corpus(db)
            return Status(
                papers=latest.papers if latest else 0,
                records=latest.records if latest else 0,
                records_by_file=records.by_file(db),
                records_by_feed=records.by_file(db, feeds=True),
                last=loaded(last, loads.problems(db)) if last else None,
                under_way=load_lock.holder(self._store),
            )

    def problems(self) -> tuple[Problem, ...]:
        """Return what of the corpus could not be read when it was loaded last."""
        with self._store.reading() as db:
            return loads.problems(db)

    def _is_empty(self) -> bool:
        with self._store.reading() as db:
            return not any(state.records for state in records.files(db).values())

    def _load(
        self,
        paths: Sequence[Path],
        by: str,
        clock: Clock,
        told: Callable[[Progress], None] = lambda _: None,
        *,
        all_or_nothing: bool = False,
    ) -> Loaded:
        from bot.corpus import find_corpus  # dear to import, and rarely needed

        began = clock()
        with _rare_collection():
            corpus = find_corpus(paths)
            if all_or_nothing and (lost := corpus.missing):
                raise OperatorError(f"{', '.join(lost)} {'is' if len(lost) == 1 else 'are'} not readable")
            load = Loading(self._store, corpus, by, began, told)
            load.compare()
            with load.change.settled(), self._indexed(load, began) as commit:
                return load.publish((clock() - began).total_seconds(), commit)

    @contextmanager
    def _indexed(self, load: Loading, now: datetime) -> Iterator[Commit]:
        """Have a load written, and yield what commits the index of it; few changes are followed in memory."""
        change = load.change
        if load.size > _LARGE and not change.before:
            stale = change.outcome.stale
            with self._indexes.made_of(load.write(), lambda: stale, change.number, now) as commit:
                yield commit
            return
        deque(load.write(), maxlen=0)
        with self._indexes.made_with(change.number, now) as commit:
            yield commit

    def _open(self) -> _Catalogue:
        """Return the catalogue of what the store holds; of what it held, while a thread makes the new one.

        Whoever asks waits for it where there is none yet, or little has changed.
        """
        if self._following.acquire(blocking=self._current is None):
            try:
                if self._current is None or self._is_near(self._current.index):
                    self._follow()
                    self._following.release()
                else:
                    threading.Thread(target=self._followed, name="following", daemon=True).start()
            except Exception:  # noqa: BLE001  # this search need not fail, and the next one tries again
                self._following.release()
                _log.exception("the index could not be brought up to date")
        if self._current is None:
            raise UserError("No papers are loaded yet. Whoever runs me can see why with: paperboy status")
        return self._current

    def _linked(self, words: Sequence[str]) -> Paper | None:
        """Return the one paper that a link without an id has these words of."""
        with suppress(UserError):  # nothing in them can be searched
            found = self.search(" ".join(words), _LINKED).found
            meant = [each.paper for each in found if is_linked_by(words, each.paper)]
            return meant[0] if len(meant) == 1 else None
        return None

    def _is_near(self, index: Index) -> bool:
        try:
            return self._indexes.is_near(index)
        except OperatorError:  # which whoever follows tells of
            return True

    def _followed(self) -> None:
        """Follow, and let go of the lock, which may be another thread's."""
        try:
            self._follow()
        finally:
            self._following.release()

    def _follow(self) -> None:
        """Make the catalogue current that the store holds; what there was can be searched all the same."""
        try:
            if self._current is None:
                with self._store.reading() as db:
                    last = loads.current(db)
                if last and last.papers:  # which came since there were none
                    self.open(last.loaded_at)
            elif (index := self._indexes.follow(self._current.index)) is not self._current.index:
                self._current = _Catalogue(index, Shelf(self._store, self._analyzer))
        except OperatorError as error:
            _log.warning("the index could not be brought up to date: %s", error)

    @staticmethod
    def _show(catalogue: _Catalogue, ranking: Ranking) -> tuple[Found, ...]:
        copies = catalogue.shelf.take([int(catalogue.numbers[hit.document]) for hit in ranking.hits])
        return tuple(
            Found(
                paper=copy.paper,
                score=hit.score,
                missing=hit.missing,
                snippet=snippet(copy.reading, ranking.weights),
            )
            for copy, hit in zip(copies, ranking.hits, strict=True)
        )


@contextmanager
def _rare_collection() -> Iterator[None]:
    """Look for garbage that holds itself less often: a load makes little, and would take a sixth longer."""
    often = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*often)


def settle(db: Path, now: datetime) -> None:
    """Put what has changed since the index was made into one on disk, where it is much.

    It takes a core for a while, up to half a minute for a million papers: something for a process of its own.
    """
    try:
        Indexes(Store(db), Analyzer()).settle(now)
    except (OperatorError, OSError, BrokenExecutor) as error:
        _log.warning("the index could not be made anew, and the old one goes on: %s", error)


def _suggestion(query: Query, ranking: Ranking) -> Suggestion:
    return Suggestion(query.text, len({word.forms for word in query.words}), ranking.total, ranking.complete)
