"""The papers, searchable: corpus, store and search joined.

Law: a search works on one catalogue, which never changes; what changes is which catalogue is current.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot import identity
from bot.corpus import Corpus, read_corpus
from bot.errors import UserError
from bot.papers import Paper, Problem
from bot.search.analyze import Analyzer
from bot.search.index import TITLE_WEIGHT, Bm25
from bot.search.query import Query, Ranking, parse_query, rank
from bot.search.snippet import Run, snippet
from bot.shelf import Shelf
from bot.store import Database, Store, loads, papers


@dataclass(frozen=True, slots=True)
class Found:
    """A paper that a search found: its score, the asker's words that it lacks, the passage that shows why."""

    paper: Paper
    score: float
    missing: tuple[str, ...]
    snippet: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a search.

    `total` papers have some word of the query, `complete` have every; `unknown` words are in no paper.
    `corpus_size` papers were loaded at `loaded_at`.
    """

    query: Query
    found: tuple[Found, ...]
    total: int
    complete: int
    unknown: tuple[str, ...]
    corpus_size: int
    loaded_at: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """What is loaded, and what could not be read; `loaded_at` is None before the first load."""

    papers: int
    records: int
    loaded_at: datetime | None
    records_by_file: dict[str, int]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """An index, the numbers of the papers in it by their document, and the papers shown lately."""

    index: Bm25
    numbers: tuple[int, ...]
    shelf: Shelf
    loaded_at: datetime


class Library:
    """The papers in a store, and the index over them, which `open` builds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._analyzer = Analyzer()
        self._current: _Catalogue | None = None

    @classmethod
    def at(cls, db: Path, corpus: Sequence[Path], now: datetime) -> "Library":
        """Return the library in a SQLite file, ready to search; its corpus is loaded if it holds none.

        Raises OperatorError where the file cannot be used.
        """
        library = cls(Store(db))
        library.load_if_empty(corpus, now)
        library.open()
        return library

    def check(self) -> None:
        """Look through the store for damage; raises OperatorError where there is any."""
        self._store.check()

    def load_if_empty(self, paths: Sequence[Path], now: datetime) -> None:
        """Load the corpus where the store holds none, be it that nobody did before or that it was empty."""
        with self._store.reading() as db:
            if papers.count(db):
                return
        corpus = read_corpus(paths)
        with self._store.writing() as db:
            if not papers.count(db):  # another process may have been quicker
                _save(db, corpus, now)

    def open(self) -> None:
        """Build the index over what the store holds; without a paper there is none."""
        with self._store.snapshot() as db:
            load = loads.latest(db)
            rows = list(papers.texts(db))
        if load and rows:
            terms = self._analyzer.terms
            index = Bm25([terms(title) * TITLE_WEIGHT + terms(abstract) for _, title, abstract in rows])
            numbers = tuple(number for number, _, _ in rows)
            self._current = _Catalogue(index, numbers, Shelf(self._store, self._analyzer), load.loaded_at)

    @property
    def size(self) -> int:
        """How many papers a search goes through."""
        return len(self._current.numbers) if self._current else 0

    def search(self, text: str, limit: int) -> Answer:
        """Answer a query with its `limit` best papers; raises UserError where it cannot be searched."""
        catalogue = self._current
        if catalogue is None:
            raise UserError("No papers are loaded yet. Whoever runs me can see why with: paperboy status")
        query = parse_query(text, self._analyzer)
        ranking = rank(catalogue.index, query, limit)
        return Answer(
            query=query,
            found=self._show(catalogue, query, ranking),
            total=ranking.total,
            complete=ranking.complete,
            unknown=ranking.unknown,
            corpus_size=len(catalogue.numbers),
            loaded_at=catalogue.loaded_at,
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

    @staticmethod
    def _show(catalogue: _Catalogue, query: Query, ranking: Ranking) -> tuple[Found, ...]:
        copies = catalogue.shelf.take([catalogue.numbers[hit.document] for hit in ranking.hits])
        return tuple(
            Found(
                paper=copy.paper,
                score=hit.score,
                missing=hit.missing,
                snippet=snippet(copy.reading, query.terms, catalogue.index.idf.__getitem__),
            )
            for copy, hit in zip(copies, ranking.hits, strict=True)
        )


def _save(db: Database, corpus: Corpus, now: datetime) -> None:
    groups = identity.group(corpus.records)
    descriptions = [identity.describe(records) for records in groups]
    papers.add(
        db,
        (
            (identity.shown_id(description), description, identity.keys(records), records)
            for description, records in zip(descriptions, groups, strict=True)
        ),
    )
    loads.add(db, now, len(corpus.records), len(groups), corpus.problems)
