"""Paperboy's own engine, past its analyzer: a term stands for itself."""

import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from benchmarks.contenders import Growing
from bot.search.analyze import Analyzer, Forms
from bot.search.build import build
from bot.search.collection import Collection
from bot.search.segment import Document

if TYPE_CHECKING:
    from types import ModuleType


class Paperboy(Growing):
    """Plain arrays, mapped; a paper is added in memory, beside them."""

    def build(self) -> None:
        """Build the app's whole index: places of words for phrases too, though nobody asks for them here."""
        with self.tokens.open(encoding="utf-8") as file:
            papers = enumerate(Document(title="", abstract=line) for line in file)
            build(papers, self.folder, meaning=_meaning)

    def open(self) -> None:
        """Map the arrays; what is added keeps its terms too."""
        analyzer = Analyzer()
        analyzer.forms = lru_cache(None)(_meaning())
        self.collection = Collection.opened(self.folder, 0, analyzer)

    def warm(self) -> None:
        """Read what is compiled, as the bot does beside its start; `paperboy search` does not."""
        # numba imports scipy where there is one, in a quarter of a second: bm25s has brought it here.
        sys.modules["scipy"] = cast("ModuleType", None)  # as Python marks what is not to be imported
        self.collection.warm()

    def best(self, terms: Sequence[str], limit: int) -> list[int]:
        """Ask BM25 alone."""
        return [number for number, _ in self.collection.bm25.best(terms, limit)]

    def add(self, number: int, terms: Sequence[str]) -> None:
        """Add it in memory."""
        added = Document(title="", abstract=" ".join(terms))
        self.collection = self.collection.changed([(number, added)], ())


def _meaning() -> Callable[[str], Forms]:
    """Return what tells that a word stands for itself; processes that build beside this one call it too."""
    return _itself


def _itself(word: str) -> Forms:
    return Forms((word,), ((word,),))
