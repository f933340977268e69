"""Papers kept at hand: what was shown lately need not be fetched and read again.

Law: a shelf belongs to one catalogue. A paper stands on it as it was when it was first shown, which may be a
moment later than the catalogue.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from bot.papers import Paper
from bot.search.analyze import Analyzer
from bot.search.snippet import Reading, read
from bot.store import Store, papers

CAPACITY = 512  # papers; about 20 MB


@dataclass(frozen=True, slots=True)
class Copy:
    """A paper, and its abstract as it has been read."""

    paper: Paper
    reading: Reading


class Shelf:
    """The papers of a store that were fetched last. Safe to share between threads."""

    def __init__(self, store: Store, analyzer: Analyzer) -> None:
        self._store = store
        self._analyzer = analyzer
        self._copies: dict[int, Copy] = {}
        self._changing = threading.Lock()

    def take(self, numbers: Sequence[int]) -> list[Copy]:
        """Return the papers with these numbers, in their order; raises KeyError where one does not exist."""
        copies = {number: copy for number in numbers if (copy := self._copies.get(number))}
        missing = [number for number in numbers if number not in copies]
        if missing:
            fetched = self._fetch(missing)
            copies |= fetched
            self._keep(fetched)
        return [copies[number] for number in numbers]

    def _fetch(self, numbers: Sequence[int]) -> dict[int, Copy]:
        with self._store.reading() as db:
            found = papers.by_number(db, numbers)
        return {number: Copy(paper, read(paper.abstract, self._analyzer)) for number, paper in found.items()}

    def _keep(self, copies: dict[int, Copy]) -> None:
        """Put copies on the shelf; what has stood there longest makes room."""
        with self._changing:
            self._copies |= copies
            for number in list(self._copies)[: max(0, len(self._copies) - CAPACITY)]:
                del self._copies[number]
