"""BM25 over arrays of postings: rank-bm25's model, its scores to the last bit, and none of its loops.

Law: an index never changes once it is built, so any number of threads may search it.

A posting says that a term occurs in a document so and so often. All postings lie in two arrays, term after
term; a term's stretch begins at `_starts[term]`. Documents are numbered from 0 in the order given.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, count

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

K1 = 1.5
B = 0.75
TITLE_WEIGHT = 3  # a title counts as if it stood in the abstract three times (nDCG@10 .494 → .498)


@dataclass(frozen=True, slots=True)
class Bag:
    """The terms of documents as arrays: token n is the term `terms[n]`, and stands in `documents[n]`.

    `names` are the terms by name, in order of first appearance; there are `size` documents.
    """

    names: dict[str, int]
    terms: NDArray[np.int64]
    documents: NDArray[np.int64]
    size: int

    @classmethod
    def of(cls, documents: Sequence[Sequence[str]]) -> "Bag":
        """Return the bag of documents that are given as their terms."""
        names: defaultdict[str, int] = defaultdict(count().__next__)
        terms = np.fromiter(map(names.__getitem__, chain.from_iterable(documents)), dtype=np.int64)
        lengths = np.fromiter(map(len, documents), dtype=np.int64, count=len(documents))
        return cls(dict(names), terms, np.repeat(np.arange(len(documents)), lengths), len(documents))


class Bm25(BM25Okapi):  # type: ignore[misc]  # rank-bm25 ships no types
    """rank-bm25's Okapi ranking with an idf that has no floor.

    `corpus` is one sequence of terms a document, or a Bag; it may be empty. Okapi's own idf is negative for a
    term that more than half of the documents have, and rank-bm25 then lifts it above the idf of rarer terms;
    so here idf = ln(1 + (N - df + ½) / (df + ½)), as Lucene has it (Robertson and Zaragoza 2009, section
    3.3.1, discusses the negative weights).
    """

    idf: dict[str, float]

    def __init__(self, corpus: Sequence[Sequence[str]] | Bag) -> None:
        super().__init__(corpus, k1=K1, b=B)

    def postings(self, term: str) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the documents that have the term, ascending, and how often each has it."""
        place = self._places.get(term)
        if place is None:
            return self._documents[:0], self._frequencies[:0]
        stretch = slice(self._starts[place], self._starts[place + 1])
        return self._documents[stretch], self._frequencies[stretch]

    def get_scores(self, query: Sequence[str]) -> NDArray[np.float64]:
        """Return every document's score; a term counts as often as it stands in the query."""
        scores = np.zeros(self.corpus_size)
        for term in query:
            documents, frequencies = self.postings(term)
            if len(documents):
                saturated = frequencies * (self.k1 + 1) / (frequencies + self._norms[documents])
                scores[documents] += self.idf[term] * saturated
        return scores

    def _initialize(self, corpus: Sequence[Sequence[str]] | Bag) -> dict[str, int]:
        """Build the postings; return each term's document frequency in order of first appearance."""
        bag = corpus if isinstance(corpus, Bag) else Bag.of(corpus)
        self._places = bag.names
        self.corpus_size = bag.size
        self.doc_len = np.bincount(bag.documents, minlength=bag.size)
        self.avgdl = len(bag.terms) / bag.size if bag.size else 0.0
        self._norms = self.k1 * (1 - self.b + self.b * self.doc_len / (self.avgdl or 1.0))

        # One number a token, sorted, puts equal (term, document) pairs side by side.
        tokens = bag.terms * bag.size + bag.documents
        tokens.sort()
        firsts = np.flatnonzero(np.diff(tokens, prepend=-1))
        self._frequencies = np.diff(firsts, append=len(tokens)).astype(np.int32)
        owners, postings = np.divmod(tokens[firsts], bag.size or 1)
        self._documents = postings.astype(np.int32)
        document_frequencies = np.bincount(owners, minlength=len(bag.names))
        self._starts = [0, *np.cumsum(document_frequencies).tolist()]
        return dict(zip(self._places, document_frequencies.tolist(), strict=True))

    def _calc_idf(self, nd: dict[str, int]) -> None:
        by_frequency = {df: self.weight(df) for df in set(nd.values())}
        self.idf = {term: by_frequency[df] for term, df in nd.items()}

    def weight(self, df: int) -> float:
        """Return the idf of what `df` documents have."""
        return math.log(1 + (self.corpus_size - df + 0.5) / (df + 0.5))


def best(scores: NDArray[np.float64], limit: int) -> list[int]:
    """Return the documents with a score above zero, best first, at most `limit`; ties by lower number."""
    found = np.flatnonzero(scores > 0)
    if 0 < limit < len(found):
        floor = np.partition(scores[found], -limit)[-limit]
        found = found[scores[found] >= floor]
    order = np.lexsort((found, -scores[found]))[:limit]
    chosen: list[int] = found[order].tolist()
    return chosen
