"""What topics match among the papers there are.

Law: a matcher looks at one catalogue for as long as it lives, so what one digest says of several topics is of
the same papers.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.papers import Paper
from bot.search import collection as searched
from bot.search import topic
from bot.search.analyze import Analyzer
from bot.search.postings import Flags
from bot.search.query import Query, parse_query
from bot.search.snippet import Run, snippet
from bot.shelf import Shelf
from bot.topics import Strictness

_BROAD = 3
_TITLES = 200  # matching papers whose titles are looked through for words that narrow


@dataclass(frozen=True, slots=True)
class Matched:
    """A paper that a topic matches: how it spells the topic's words, and the passage that shows them."""

    paper: Paper
    has: tuple[str, ...]
    snippet: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """The papers that match a topic: how many of how many, and the topic's words that no paper has."""

    query: Query
    found: topic.Matching
    total: int
    of: int
    unknown: tuple[str, ...]

    @property
    def is_broad(self) -> bool:
        """Whether it is a third of all papers or more."""
        return self.total * _BROAD >= self.of


@dataclass(frozen=True, slots=True)
class Matcher:
    """Matches topics against the papers of a collection; `newest` is the highest number of one."""

    collection: searched.Collection
    newest: int
    shelf: Shelf
    analyzer: Analyzer

    def match(self, text: str, strictness: Strictness) -> Match:
        """Return what a topic matches; raises UserError where it cannot be searched."""
        query = parse_query(text, self.analyzer)
        found = topic.matching(self.collection, query, strictness)
        unknown = tuple(map(str, found.weighing.unknown))
        return Match(query, found, found.total, self.collection.size, unknown)

    def had(self, numbers: Collection[int]) -> Flags:
        """Return which papers have one of these numbers."""
        return topic.flagged(self.collection, numbers)

    def best(
        self, match: Match, after: int = 0, had: Flags | None = None, limit: int | None = None
    ) -> list[int]:
        """Return the numbers of matching papers above `after` and not `had`, best first."""
        flags = self._left(match, after, had)
        return topic.best(self.collection, match.query, match.found, flags, limit)

    def all(self, match: Match, after: int = 0, had: Flags | None = None) -> set[int]:
        """Return the numbers of matching papers above `after` and not `had`."""
        return {*topic.numbers(self.collection, self._left(match, after, had))}

    def show(self, match: Match, numbers: Sequence[int]) -> list[Matched]:
        """Return what is shown of matching papers, in their order."""
        return [
            Matched(
                copy.paper,
                topic.spelled((copy.paper.title, copy.paper.abstract), match.query, self.analyzer),
                snippet(copy.reading, match.found.weighing.weights),
            )
            for copy in self.shelf.take(numbers)
        ]

    def narrowing(self, match: Match) -> tuple[str, ...]:
        """Return words that would narrow a topic."""
        papers = [copy.paper for copy in self.shelf.take(self.best(match, limit=_TITLES))]
        return topic.narrowing([paper.title for paper in papers], match.query, self.analyzer)

    def _left(self, match: Match, after: int, had: Flags | None) -> Flags:
        return topic.left(self.collection, match.found, after, had)
