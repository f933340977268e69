"""Topic → the documents that match it.

Law: a document matches by the share of the topic's weight that it has and by every clause, never by a score,
which would mean something else in every corpus.
"""

from collections import Counter
from collections.abc import Collection as Some
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bot.search.analyze import Analyzer, Forms, fold
from bot.search.collection import Collection
from bot.search.postings import Flags
from bot.search.query import Author, Condition, Query, Source, Years
from bot.search.rank import Weighing, meeting, ordered, weigh
from bot.topics import Strictness

SHARE = {Strictness.BROAD: 0.5, Strictness.NORMAL: 0.7, Strictness.STRICT: 1.0}

_PAIR = 2
_ROUNDING = 1e-12
_NARROWING = (0.05, 0.5)  # of the matching titles, those that a narrowing word leaves


@dataclass(frozen=True, slots=True)
class Matching:
    """Which documents match a topic, and how all were weighed for that."""

    flags: Flags
    weighing: Weighing

    @property
    def total(self) -> int:
        """How many documents match."""
        return int(np.count_nonzero(self.flags))


def matching(collection: Collection, query: Query, strictness: Strictness) -> Matching:
    """Return which documents match a topic."""
    weighing = weigh(collection, query)
    both = strictness is Strictness.NORMAL and len({word.forms for word in query.words}) == _PAIR
    flags: Flags = weighing.shares >= (1.0 if both else SHARE[strictness]) - _ROUNDING
    for clause in query.clauses:
        flags &= meeting(collection, clause)
    return Matching(flags, weighing)


def flagged(collection: Collection, some: Some[int]) -> Flags:
    """Return which documents are papers with one of some numbers."""
    sought = np.fromiter(some, dtype=np.int32, count=len(some))
    sought.sort()
    places = sought.searchsorted(collection.numbers)
    places[places == len(sought)] = 0
    found: Flags = sought[places] == collection.numbers if len(sought) else ~collection.everything()
    return found


def left(collection: Collection, found: Matching, after: int, without: Flags | None = None) -> Flags:
    """Return which matching documents are papers with a number above `after`, and not among some."""
    flags: Flags = found.flags & (collection.numbers > after)
    return flags if without is None else flags & ~without


def numbers(collection: Collection, flags: Flags) -> list[int]:
    """Return the numbers of flagged documents' papers."""
    found: list[int] = collection.numbers[flags].tolist()
    return found


def best(
    collection: Collection, query: Query, found: Matching, flags: Flags, limit: int | None = None
) -> list[int]:
    """Return the numbers of flagged documents' papers, best first; at most so many."""
    most = int(np.count_nonzero(flags)) if limit is None else limit
    hits = ordered(collection, query, found.weighing.words, flags, most) if most and flags.any() else []
    return [int(collection.numbers[document]) for document, _ in hits]


def sameness(query: Query) -> str:
    """Return what two topics share that ask for the same: their words, phrases and fields, in any order."""
    words = sorted({" ".join(word.forms.terms) for word in query.words})
    clauses = sorted(
        {f"{'-' if clause.excluded else ''}{_demand(clause.condition)}" for clause in query.clauses}
    )
    return "\n".join([*words, *clauses])


def _demand(condition: Condition) -> str:
    match condition:
        case Source(part):
            return f"source {fold(part).casefold()}"
        case Years(first, last):
            return f"years {first} {last}"
    kind, words = type(condition).__name__.lower(), [word.forms.terms for word in condition.words]
    if isinstance(condition, Author):
        words.sort()
    return f"{kind} {words}"


def spelled(texts: Iterable[str], query: Query, analyzer: Analyzer) -> tuple[str, ...]:
    """Return how texts spell the bare words of a topic that they have; each word once, as it comes first."""
    written = [(text[start:end], forms) for text in texts for start, end, forms in analyzer.words(text)]
    terms = {term for _, forms in written for term in forms.terms}
    found = (
        next(_spellings(written, word.forms), word.text)
        for word in query.words
        if any(terms.issuperset(way) for way in word.forms.ways)
    )
    return tuple(dict.fromkeys(found))


def _spellings(written: Sequence[tuple[str, Forms]], sought: Forms) -> Iterator[str]:
    for text, forms in written:
        if any(set(way) <= set(forms.terms) for way in sought.ways):
            yield _plain(text)


def _plain(text: str) -> str:
    """Return a word without the capital of a title or a sentence; an acronym keeps its own."""
    return text.lower() if all(part[1:].islower() for part in text.split("-")) else text


def narrowing(titles: Sequence[str], query: Query, analyzer: Analyzer, limit: int = 3) -> tuple[str, ...]:
    """Return words that would narrow a topic: of the matching titles, those that some have and most lack."""
    asked = {term for word in query.words for term in word.forms.terms}
    counts: Counter[tuple[str, ...]] = Counter()
    spelling: dict[tuple[str, ...], str] = {}
    for title in titles:
        found = {forms.terms: title[start:end] for start, end, forms in analyzer.words(title)}
        for terms, text in found.items():
            if not asked & set(terms) and not text.isdigit():
                counts[terms] += 1
                spelling.setdefault(terms, _plain(text))
    low, high = (share * len(titles) for share in _NARROWING)
    wanted = [terms for terms, count in counts.most_common() if low <= count <= high]
    return tuple(spelling[terms] for terms in wanted[:limit])
