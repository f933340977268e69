"""rank-bm25's BM25Okapi, which keeps no file: it is built anew in every process."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from rank_bm25 import BM25Okapi

from benchmarks.contenders import K1, B, Contender

_TIMES_THE_TOKENS = 5  # bytes that it takes, 3.5 and some more; to take more than there is kills others


class RankBm25(Contender):
    """Dictionaries, a paper each."""

    def build(self) -> None:
        """Build it in memory, one string a term; MemoryError where there is too little."""
        needed, free = self.tokens.stat().st_size * _TIMES_THE_TOKENS, _available()
        if free is not None and needed > free:
            raise MemoryError(f"needs {needed / 1e9:.0f} GB of memory, {free / 1e9:.0f} GB are free")
        self.index = BM25Okapi((list(map(sys.intern, terms)) for terms in self.papers()), k1=K1, b=B)
        self.places = range(self.index.corpus_size)

    def open(self) -> None:
        """Build it."""
        self.build()

    def best(self, terms: Sequence[str], limit: int) -> list[int]:
        """Return papers without any of the terms too, where there are too few."""
        found: list[int] = self.index.get_top_n(terms, self.places, limit)
        return found


def _available() -> int | None:
    """Return how many bytes of memory are free or can be freed, None where the system does not tell."""
    try:
        found = re.search(r"^MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)
    except OSError:
        return None
    return int(found[1]) * 1024 if found else None
