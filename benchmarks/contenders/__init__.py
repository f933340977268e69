"""Paperboy's engine and its peers behind one face, so that the same is asked of all.

Law: every engine reads the same tokens from the same file and gives the numbers of papers, best first; which
of them has a term is the engine's business, what a term is never. An engine's module is imported only in the
process that needs it.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

K1, B = 1.5, 0.75  # where an engine can be told
TOKENS, QUERIES = (
    "tokens.txt",
    "queries.json",
)  # the files of a folder of papers; `benchmarks.tokens` writes them

OURS, RANK_BM25, BM25S, NUMBA = "Paperboy", "rank-bm25", "bm25s numpy", "bm25s numba"
TANTIVY, FTS5 = "tantivy", "FTS5"
ENGINES = {
    OURS: ("paperboy", "Paperboy"),
    RANK_BM25: ("rank_bm25", "RankBm25"),
    BM25S: ("bm25s", "Numpy"),
    NUMBA: ("bm25s", "Numba"),
    TANTIVY: ("tantivy", "Tantivy"),
    FTS5: ("fts5", "Fts5"),
}


class Contender(ABC):
    """An engine over `tokens`, a file with a paper's terms a line, blanks between them; papers count from 0.

    Its index is `folder`, which exists and is its own.
    """

    def __init__(self, tokens: Path, folder: Path) -> None:
        self.tokens = tokens
        self.folder = folder

    @abstractmethod
    def build(self) -> None:
        """Write the index, from the file of tokens until it can be opened."""

    @abstractmethod
    def open(self) -> None:
        """Open the index for `best` and `add`."""

    def warm(self) -> None:
        """Make queries as fast as they get, where no first answer waits for that."""
        return

    @abstractmethod
    def best(self, terms: Sequence[str], limit: int) -> list[int]:
        """Return the papers that have any of the terms, best first, at most `limit`; in one thread."""

    def papers(self) -> Iterator[list[str]]:
        """Yield the terms of each paper."""
        with self.tokens.open(encoding="utf-8") as file:
            for line in file:
                yield line.split()


class Growing(Contender):
    """A contender that takes a paper more without being built anew."""

    @abstractmethod
    def add(self, number: int, terms: Sequence[str]) -> None:
        """Add a paper so that `best` finds it."""


def contender(name: str, tokens: Path, folder: Path) -> Contender:
    """Return an engine by its name."""
    module, kind = ENGINES[name]
    made: Contender = getattr(import_module(f"benchmarks.contenders.{module}"), kind)(tokens, folder)
    return made


def queries(folder: Path) -> list[list[str]]:
    """Read the queries."""
    read: list[list[str]] = json.loads((folder / QUERIES).read_text(encoding="utf-8"))
    return read
