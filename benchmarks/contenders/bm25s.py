"""bm25s: every score computed when the index is built, Lucene's BM25; its two ways to search."""

from array import array
from collections import defaultdict
from collections.abc import Sequence
from itertools import count

import bm25s
from bm25s.tokenization import Tokenized

from benchmarks.contenders import K1, B, Contender


class Numpy(Contender):
    """A matrix in compressed columns, mapped."""

    backend = "numpy"

    def build(self) -> None:
        """Give it numbers for terms, as its own tokenizer does."""
        numbers: defaultdict[str, int] = defaultdict(count().__next__)
        ids = [array("i", map(numbers.__getitem__, terms)) for terms in self.papers()]
        index = bm25s.BM25(k1=K1, b=B, method="lucene", backend=self.backend)
        index.index(Tokenized(ids=ids, vocab=dict(numbers)), show_progress=False)
        index.save(self.folder, show_progress=False)

    def open(self) -> None:
        """Map the matrix, read the vocabulary."""
        self.index = bm25s.BM25.load(self.folder, mmap=True, backend=self.backend, show_progress=False)

    def best(self, terms: Sequence[str], limit: int) -> list[int]:
        """Leave out terms that it does not know, at which it fails, and papers of no score, which fill up."""
        known = self.index.get_tokens_ids(terms)
        if not known:
            return []
        limit = min(limit, self.index.scores["num_docs"])
        found = self.index.retrieve([known], k=limit, show_progress=False)
        numbers, scores = found.documents[0].tolist(), found.scores[0].tolist()
        return [number for number, score in zip(numbers, scores, strict=True) if score > 0]


class Numba(Numpy):
    """The same, compiled when it is first asked."""

    backend = "numba"
