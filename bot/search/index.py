"""BM25 over segments: rank-bm25's model, its scores to the last bit, and none of its loops.

Law: an index never changes once it is made, so any number of threads may search it. Its statistics are of all
its documents together, wherever they lie; what a segment has left out counts nowhere.

Documents are numbered through, one segment after the other. Of equal scores the paper with the lower number
comes first.
"""

import logging
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from threading import Event
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

from bot.search.postings import Flags, key
from bot.search.segment import Part

if TYPE_CHECKING:
    from bot.search.pruned import Pruned  # whose import takes half a second: few corpora are large enough

K1 = 1.5
B = 0.75

BIG = 5_000  # documents, from which on a search gains by passing some over (at 10,000: 0.4 ms → 0.05)
_MOST = 1_000  # documents asked for, beyond which nothing is gained
_FEW = 64  # where only one document in so many may be found, or fewer, these are scored one by one
_MEMORY = 1 << 14  # terms
_STEPS = 64  # parts of all documents, for each that is asked for, of which the highest score is looked at

_prepared = Event()  # in this process
_log = logging.getLogger(__name__)

Scores = NDArray[np.float64]
Found = tuple[NDArray[Any], Scores]  # documents and their scores


class _Term(NamedTuple):
    """A term that has been looked up: its place in each segment or -1, its documents' count, its idf."""

    places: tuple[int, ...]
    frequency: int
    idf: float


class _Looked:
    """A table whose values are worked out when they are looked up."""

    def __init__(self, value: Callable[[str], Any]) -> None:
        self._value = value

    def __getitem__(self, term: str) -> Any:
        return self._value(term)


class Bm25(BM25Okapi):  # type: ignore[misc]  # rank-bm25 ships no types
    """rank-bm25's Okapi ranking of the documents of segments, with an idf that has no floor.

    Okapi's own idf is negative for a term that more than half of the documents have, and rank-bm25 then lifts
    it above the idf of rarer terms; here idf = ln(1 + (N - df + ½) / (df + ½)), as Lucene has it. Robertson
    and Zaragoza 2009, section 3.3.1, discusses the negative weights.
    """

    def __init__(self, corpus: Sequence[Part]) -> None:
        self._found = lru_cache(_MEMORY)(self._find)
        self._remembered = lru_cache(_MEMORY)(lambda term, part: tuple(self._add(term, part)))
        self._pruning = lru_cache(self._prune)
        super().__init__(corpus, k1=K1, b=B)

    def _initialize(self, corpus: Sequence[Part]) -> _Looked:
        """Take in the segments; return what tells each term's document frequency."""
        self._parts = corpus
        self._firsts = [0, *accumulate(part.segment.size for part in corpus)]
        self.corpus_size = sum(part.size for part in corpus)
        total = sum(part.length for part in corpus)
        self.avgdl = total / self.corpus_size if total else 1.0
        lengths = np.arange(max((part.longest for part in corpus), default=0) + 1)
        self._norms = self.k1 * (1 - self.b + self.b * lengths / self.avgdl)
        return _Looked(lambda term: self._frequency(self._places(term)))

    def _calc_idf(self, nd: _Looked) -> None:
        self.idf = _Looked(lambda term: self.weight(nd[term]))

    def weight(self, df: int) -> float:
        """Return the idf of what `df` documents have."""
        return math.log(1 + (self.corpus_size - df + 0.5) / (df + 0.5))

    def weights(self, terms: Iterable[str]) -> dict[str, float]:
        """Return the idf of those terms that some document has."""
        return {term: found.idf for term in terms if (found := self._found(term)).frequency}

    def mark(self, term: str, flags: Flags) -> None:
        """Flag the documents that have the term; some that are left out may be among them."""
        for part, first, place in zip(self._parts, self._firsts, self._found(term).places, strict=False):
            text = part.segment.text
            flags[first : first + part.segment.size][text.documents(text.stretch(place))] = True

    def get_scores(self, query: Sequence[str]) -> Scores:
        """Return every document's score; a term counts as often as it stands in the query."""
        return joined([self._every(part, query) for part in range(len(self._parts))])

    def scores(self, query: Sequence[str], documents: NDArray[Any]) -> Scores:
        """Return the scores of some documents, given ascending."""
        scores = np.zeros(len(documents))
        for part, (first, last) in enumerate(pairwise(self._firsts)):
            low, high = documents.searchsorted((first, last))
            scores[low:high] = self._scores(part, query, documents[low:high] - first)
        return scores

    def best(self, query: Sequence[str], limit: int, among: Flags | None = None) -> list[tuple[int, float]]:
        """Return the documents with the highest scores above zero, and these; `among` those flagged."""
        known = [term for term in query if self._found(term).frequency]
        if not known or limit < 1:
            return []
        hits: list[tuple[float, int, int]] = []
        for part, (first, last) in enumerate(pairwise(self._firsts)):
            flags = self._parts[part].among(None if among is None else among[first:last])
            documents, scores = self._best(part, known, limit, flags)
            numbers = self._parts[part].segment.numbers[documents].tolist()
            hits += zip((-scores).tolist(), numbers, (documents + first).tolist(), strict=True)
        hits.sort()
        return [(document, -score) for score, _, document in hits[:limit]]

    def _best(self, part: int, query: Sequence[str], limit: int, flags: Flags | None) -> Found:
        segment = self._parts[part].segment
        if flags is not None and np.count_nonzero(flags) * _FEW < segment.size:
            documents = np.flatnonzero(flags)
            scores = self._scores(part, query, documents)
            chosen = best(scores, limit)
            return documents[chosen], scores[chosen]
        if segment.blocks is not None and limit <= _MOST and _prepared.is_set():
            return self._pruned(part, query, limit, flags)
        every = self._every(part, query)
        chosen = best(every if flags is None else np.where(flags, every, 0), limit)
        return chosen, every[chosen]

    def _every(self, part: int, query: Sequence[str]) -> Scores:
        """Return the scores of all documents of a segment."""
        scores = np.zeros(self._parts[part].segment.size)
        for term in query:
            for documents, added in self._added(term, part):
                scores[documents] += added
        return scores

    def _pruned(self, part: int, query: Sequence[str], limit: int, flags: Flags | None) -> Found:
        terms = {term: found for term in query if (found := self._found(term)).places[part] >= 0}
        order = {term: place for place, term in enumerate(terms)}
        places = np.array([found.places[part] for found in terms.values()], dtype=np.int64)
        return self._pruning(part).best(
            np.array([order[term] for term in query if term in order], dtype=np.int64),
            places,
            np.array([found.idf for found in terms.values()], dtype=np.float64),
            flags,
            limit,
        )

    def _prune(self, part: int) -> "Pruned":
        from bot.search.pruned import Pruned

        return Pruned(self._parts[part].segment, self._norms, self.k1, self.avgdl)

    def _scores(self, part: int, query: Sequence[str], documents: NDArray[Any]) -> Scores:
        """Return the scores of some documents of a segment, given ascending."""
        scores = np.zeros(len(documents))
        segment = self._parts[part].segment
        norms = self._norms[segment.lengths[documents]]
        for term in query:
            found = self._found(term)
            has, times = segment.text.times(found.places[part], documents)
            scores[has] += found.idf * (times * (self.k1 + 1) / (times + norms[has]))
        return scores

    def _find(self, term: str) -> _Term:
        places = self._places(term)
        frequency = self._frequency(places)
        return _Term(places, frequency, self.idf[term] if frequency else 0.0)

    def _places(self, term: str) -> tuple[int, ...]:
        hashed = key(term)
        return tuple(part.segment.text.find(hashed) for part in self._parts)

    def _frequency(self, places: Sequence[int]) -> int:
        return sum(part.frequency(place) for part, place in zip(self._parts, places, strict=True))

    def _added(self, term: str, part: int) -> Iterable[Found]:
        """Return the documents of a segment that have a term, and what it adds to their scores, in pieces."""
        small = self._parts[part].segment.size < BIG  # else memory would fill with postings
        return self._remembered(term, part) if small else self._add(term, part)

    def _add(self, term: str, part: int) -> Iterator[Found]:
        found, lengths = self._found(term), self._parts[part].segment.lengths
        for documents, times in self._parts[part].postings(found.places[part]):
            norms = self._norms[lengths[documents]]
            yield documents.astype(np.intp), found.idf * (times * (self.k1 + 1) / (times + norms))


@cache
def prepare() -> None:
    """Do once what has searches of segments with blocks pass documents over: read what is compiled for that.

    It takes half a second, and some ten where it has to be compiled first. Until then every search scores all
    documents, and for ever where it fails, as on a machine without numba.
    """
    try:
        from bot.search import pruned

        pruned.prepare()
    except Exception as error:  # noqa: BLE001  # whatever it is, the search that needs nothing compiled works
        _log.warning("searches take longer than they should: %r", error)
    else:
        _prepared.set()


def best(scores: Scores, limit: int) -> NDArray[np.intp]:
    """Return where the scores above zero are, the highest first, at most `limit`; ties by lower place."""
    if 0 < limit < len(scores):
        step = len(scores) // (_STEPS * limit)
        highest = scores if step <= 1 else np.maximum.reduceat(scores, np.arange(0, len(scores), step))
        floor = np.partition(highest, -limit)[-limit]  # at least `limit` scores are as high
        found = np.flatnonzero((scores >= floor) & (scores > 0))
    else:
        found = np.flatnonzero(scores > 0)
    return found[np.argsort(-scores[found], kind="stable")][: max(limit, 0)]


def joined(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Return arrays as one, without copying where there is but one."""
    return (
        arrays[0] if len(arrays) == 1 else np.concatenate(arrays) if arrays else np.empty(0, dtype=np.int32)
    )
