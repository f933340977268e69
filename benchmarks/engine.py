"""BM25 beside rank-bm25's BM25Okapi: the same tokens, the same scores, and how long both take."""

import gc
import random
import statistics
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rank_bm25 import BM25Okapi

from benchmarks import corpora
from benchmarks.table import Row, Table, duration
from bot.search.analyze import Analyzer
from bot.search.index import K1, TITLE_WEIGHT, B, Bm25, best

QUERIES = 60
TOP = 10
_ABSENT = "xyzzy"

Query = list[str]
Documents = list[list[str]]


@dataclass(frozen=True, slots=True)
class Size:
    """A corpus: how many papers, how many times faster we should be, how often to build and to ask."""

    papers: int
    target: float | None
    builds: int
    turns: int
    weighed: bool  # whether to measure memory, which makes building slow


SIZES = (
    Size(382, None, builds=9, turns=9, weighed=False),
    Size(10_000, 10, builds=3, turns=5, weighed=True),
    Size(100_000, 30, builds=1, turns=2, weighed=False),
)


class OkapiWeighted(Bm25):
    """Paperboy's engine with Okapi's own idf set back, whose scores must be rank-bm25's to the last bit."""

    _calc_idf = BM25Okapi._calc_idf  # noqa: SLF001  # it is our own base class


def measure() -> Table:
    """Measure at every size."""
    parts = [_measure(size) for size in SIZES]
    notes = [note for part in parts for note in part.notes]
    notes += [
        f"{QUERIES} queries of 2 to 6 terms at each size; a query: get_scores, the median over them",
        f"made papers: V = {corpora.HEAPS_K} · n^{corpora.HEAPS_BETA} distinct among n terms (Heaps' law)",
    ]
    return Table(
        "Engine, beside rank-bm25's BM25Okapi",
        [row for part in parts for row in part.rows],
        notes,
        [fault for part in parts for fault in part.faults],
    )


def _measure(size: Size) -> Table:
    documents = read(size.papers)
    questions = queries(documents)
    ours, build = _build(Bm25, documents, size.builds)
    theirs, other_build = _build(okapi, documents, size.builds)
    difference, same = compare(OkapiWeighted(documents), theirs, questions)
    label = f"{len(documents):,} papers"
    terms = sum(map(len, documents))
    memory = _memory(documents) if size.weighed else ""
    return Table(
        label,
        [
            Row(f"{label}: building", _beside(build, other_build)),
            *_query_rows(label, ours, theirs, questions, size),
            Row(f"{label}: largest difference of scores", f"{difference:g}", "0", same),
        ],
        [f"{label}: {terms:,} terms, {len(ours.idf):,} distinct{memory}"],
        [] if same else [f"at {label} scores differ from rank-bm25's, by up to {difference:g}"],
    )


def read(papers: int) -> Documents:
    """Return the terms of so many papers, as the library gives them to the engine."""
    terms = Analyzer().terms
    return [terms(title) * TITLE_WEIGHT + terms(abstract) for title, abstract in corpora.papers(papers)]


def queries(documents: Documents, seed: int = 1) -> list[Query]:
    """Return queries of 2 to 6 terms that occur together; some repeat a term, some have one of no paper."""
    dice = random.Random(seed)
    found = []
    for place in range(QUERIES):
        query = dice.choices(dice.choice(documents), k=dice.randint(2, 6))
        if place % 10 == 0:
            query[-1] = _ABSENT
        if place % 10 == 1:
            query[-1] = query[0]
        found.append(query)
    return found


def okapi(documents: Documents) -> Any:
    """Return rank-bm25's index with our parameters."""
    return BM25Okapi(documents, k1=K1, b=B)


def compare(ours: Bm25, theirs: Any, questions: Sequence[Query]) -> tuple[float, bool]:
    """Return the largest difference of any score, and whether all are the same to the last bit."""
    difference, same = 0.0, True
    for query in questions:
        one, other = ours.get_scores(query), theirs.get_scores(query)
        same = same and np.array_equal(one, other)
        difference = max(difference, float(np.max(np.abs(one - other))))
    return difference, same


def _build(make: Callable[[Documents], Any], documents: Documents, times: int) -> tuple[Any, float]:
    """Build as often as asked; the index and the median time."""
    seconds, index = [], None
    for _ in range(times):
        index = None  # the one before is gone when the next is built
        gc.collect()
        begun = time.perf_counter()
        index = make(documents)
        seconds.append(time.perf_counter() - begun)
    return index, statistics.median(seconds)


def _query_rows(label: str, ours: Bm25, theirs: Any, questions: Sequence[Query], size: Size) -> list[Row]:
    """Time by turns, an engine at a time, so that neither empties the other's caches at every query."""
    engines = (ours.get_scores, theirs.get_scores, lambda query: best(ours.get_scores(query), TOP))
    turns = [[_timed(engine, questions) for engine in engines] for _ in range(size.turns)]
    mine, other, whole = (statistics.median(times) for times in zip(*turns, strict=True))
    wanted, met = (f"at least {size.target:g}×", other / mine >= size.target) if size.target else ("", None)
    return [
        Row(f"{label}: a query", _beside(mine, other), wanted, met),
        Row(f"{label}: a query with its best {TOP}", duration(whole)),
    ]


def _timed(run: Callable[[Query], object], questions: Sequence[Query]) -> float:
    """Return the median time of a query, after a few that do not count."""
    for query in questions[:5]:
        run(query)
    seconds = []
    for query in questions:
        begun = time.perf_counter()
        run(query)
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)


def _memory(documents: Documents) -> str:
    """Say what both indexes take, and take at most while they are built."""
    (kept, peak), (other_kept, other_peak) = (_weighed(make, documents) for make in (Bm25, okapi))
    return (
        f"; the index takes {kept:.0f} MB, while it is built {peak:.0f} MB"
        f" (rank-bm25: {other_kept:.0f} and {other_peak:.0f} MB)"
    )


def _weighed(make: Callable[[Documents], Any], documents: Documents) -> tuple[float, float]:
    """Return megabytes kept, and at most, by building an index."""
    gc.collect()
    tracemalloc.start()
    index = make(documents)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del index
    return kept / 1e6, peak / 1e6


def _beside(ours: float, theirs: float) -> str:
    ratio = theirs / ours
    digits = 1 if ratio < 10 else 0
    return f"{duration(ours)}, rank-bm25 {duration(theirs)}: {ratio:.{digits}f}×"
