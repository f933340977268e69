"""The papers, searchable: corpus, store and search joined.

Law: a search works on one catalogue, which never changes; what changes is which catalogue is current.
"""

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot import identity
from bot.answers import Answer, Found, Similar, Status, Suggestion
from bot.errors import OperatorError, UserError
from bot.indexes import Index, Indexes
from bot.matching import Matcher
from bot.papers import Paper
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
from bot.store import Database, Store, loads, papers
from bot.wording import shorten

if TYPE_CHECKING:
    from bot.corpus import Corpus

_log = logging.getLogger(__name__)

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
    def at(cls, db: Path, corpus: Sequence[Path], now: datetime) -> "Library":
        """Return the library in a SQLite file, ready to search; its corpus is loaded if it holds none.

        Raises OperatorError where the file cannot be used.
        """
        library = cls(Store(db))
        library.load_if_empty(corpus, now)
        library.open(now)
        return library

    def check(self) -> None:
        """Look through the store for damage; raises OperatorError where there is any."""
        self._store.check()

    def load_if_empty(self, paths: Sequence[Path], now: datetime) -> None:
        """Load the corpus where the store holds none, be it that nobody did before or that it was empty."""
        with self._store.reading() as db:
            if papers.count(db):
                return
        from bot.corpus import read_corpus

        corpus = read_corpus(paths)
        with self._store.writing() as db:
            if not papers.count(db):  # another process may have been quicker
                _save(db, corpus, now)

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
    def loaded_at(self) -> datetime | None:
        """When the papers that a search goes through were loaded."""
        return self._current.index.loaded_at if self._current else None

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
            number = papers.known_as(db, identity.reference_keys(reference))
            found = papers.by_number(db, [number]) if number else {}
        if number not in found:
            raise UserError(
                f"No paper here has the id {shorten(reference, 80)}. Ids look like 2305.14710 or"
                " 2024.naacl-long.171; links to arXiv and the ACL Anthology work as well."
            )
        return found[number]

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
            load = loads.latest(db)
            by_file = papers.records_by_file(db)
            problems = loads.problems(db, load) if load else ()
            return Status(
                papers=papers.count(db),
                records=sum(by_file.values()),
                loaded_at=load.loaded_at if load else None,
                records_by_file=by_file,
                problems=problems,
            )

    def _open(self) -> _Catalogue:
        """Return the catalogue of what the store holds, or held before another thread began to catch up."""
        if self._current is None:
            raise UserError("No papers are loaded yet. Whoever runs me can see why with: paperboy status")
        if self._following.acquire(blocking=False):
            try:
                index = self._indexes.follow(self._current.index)
                if index is not self._current.index:
                    self._current = _Catalogue(index, Shelf(self._store, self._analyzer))
            except OperatorError as error:  # what was there a moment ago can be searched all the same
                _log.warning("the index could not be brought up to date: %s", error)
            finally:
                self._following.release()
        return self._current

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


def _save(db: Database, corpus: "Corpus", now: datetime) -> None:
    groups = identity.group(corpus.records)
    descriptions = [identity.describe(records) for records in groups]
    papers.add(
        db,
        (
            (identity.shown_id(description), description, identity.keys(records), records)
            for description, records in zip(descriptions, groups, strict=True)
        ),
        now,
    )
    loads.add(db, now, len(corpus.records), len(groups), corpus.problems)
