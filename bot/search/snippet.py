"""The passage of an abstract that shows why it was found.

Law: a snippet is one stretch of one sentence, cut between words, at most `LONGEST` characters with its
ellipses, and never shows its reason in a link.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.search.analyze import Analyzer

LONGEST = 160
ELLIPSIS = "…"

_LINK = re.compile(r"(?:https?:)?//\S+|www\.\S+", re.IGNORECASE)
_SENTENCE_END = re.compile(r"""(?:[.!?]["”'’)\]]*\s+(?=["“‘(\[]?[^\W_a-z])|[。！？]+)""")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|et al|etc|cf|vs|Fig|Eq|Sec|Dr|[A-Z])\.\s*$")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a snippet: either all of it matched, or none."""

    text: str
    matched: bool = False


@dataclass(frozen=True, slots=True)
class _Match:
    """A matched word in the abstract: its place, its key among the query's words, its weight."""

    start: int
    end: int
    term: str
    weight: float


def snippet(
    abstract: str, terms: Sequence[str], weight: Callable[[str], float], analyzer: Analyzer
) -> tuple[Run, ...]:
    """Return the abstract's best stretch as runs; `weight` gives a term's idf.

    The best stretch has the greatest weight of distinct terms, then the most matches, then comes first.
    Where nothing matches outside links it is the abstract's beginning.
    """
    matches = _matches(abstract, frozenset(terms), weight, analyzer)
    candidates = [
        (_value(inside), start, end, inside)
        for start, end in sentences(abstract)
        for inside in [_densest([match for match in matches if start <= match.start and match.end <= end])]
    ]
    if not candidates:
        return ()
    _, start, end, inside = max(candidates, key=lambda candidate: candidate[0])
    focus = (inside[0].start, inside[-1].end) if inside else (start, start)
    left, right = _frame(abstract, start, end, focus)
    shown = [match for match in matches if left <= match.start and match.end <= right]
    return tuple(_runs(abstract, left, right, (start, end), shown))


def sentences(text: str) -> list[tuple[int, int]]:
    """Return where each sentence of the text starts and ends, blanks around it left out."""
    ends = [
        match.end()
        for match in _SENTENCE_END.finditer(text)
        if not _ABBREVIATION.search(text, max(0, match.start() - 8), match.start() + 1)
    ]
    spans = []
    for start, end in pairwise([0, *ends, len(text)]):
        stretch = text[start:end]
        if stretch.strip():
            spans.append((start + len(stretch) - len(stretch.lstrip()), start + len(stretch.rstrip())))
    return spans


def _matches(
    abstract: str, terms: frozenset[str], weight: Callable[[str], float], analyzer: Analyzer
) -> list[_Match]:
    links = [link.span() for link in _LINK.finditer(abstract)]
    found = []
    for word in analyzer.words_with(terms, abstract):
        if not any(start <= word.start < end for start, end in links):
            heaviest = max(terms.intersection(word.forms.terms), key=lambda term: (weight(term), term))
            found.append(_Match(word.start, word.end, heaviest, weight(heaviest)))
    return found


def _value(matches: list[_Match]) -> tuple[float, int]:
    distinct = {match.term: match.weight for match in matches}
    return sum(distinct.values()), len(matches)


def _densest(matches: list[_Match]) -> list[_Match]:
    """Return the consecutive matches that fit into one snippet and are worth most."""
    room = LONGEST - 2 * len(ELLIPSIS)
    best: list[_Match] = []
    for first in range(len(matches)):
        fitting = [match for match in matches[first:] if match.end - matches[first].start <= room]
        if _value(fitting) > _value(best):
            best = fitting
    return best


def _frame(text: str, start: int, end: int, focus: tuple[int, int]) -> tuple[int, int]:
    """Widen the focus to at most LONGEST characters of the sentence, cut between words.

    A sentence that fits is taken whole; a focus near its start keeps the start; else the focus stands in
    the middle.
    """
    if end - start <= LONGEST:
        return start, end
    room = LONGEST - 2 * len(ELLIPSIS)
    left = max(start, focus[0] - max(0, (room - (focus[1] - focus[0])) // 2))
    if focus[1] - start <= room:
        left = start
    right = min(end, left + room)
    left = max(start, min(left, right - room))
    return _after_cut(text, left, start, focus[0]), _before_cut(text, right, end, focus[1])


def _after_cut(text: str, place: int, start: int, latest: int) -> int:
    """Move a left edge to the next beginning of a word, unless that would pass the focus."""
    if place == start or text[place - 1].isspace():
        return place
    blank = re.compile(r"\s+").search(text, place, latest)
    return blank.end() if blank else place


def _before_cut(text: str, place: int, end: int, earliest: int) -> int:
    """Move a right edge to the last end of a word, unless that would pass the focus."""
    if place == end or text[place].isspace():
        return place
    blank = max(text.rfind(space, earliest, place) for space in " \n\t\u3000")
    return blank if blank > earliest else place


def _runs(
    text: str, left: int, right: int, sentence: tuple[int, int], matches: list[_Match]
) -> Iterator[Run]:
    place = left
    if left > sentence[0]:
        yield Run(ELLIPSIS)
    for match in matches:
        if match.start > place:
            yield Run(text[place : match.start])
        yield Run(text[match.start : match.end], matched=True)
        place = match.end
    tail = text[place:right].rstrip()
    if right < sentence[1]:
        tail = tail.rstrip(",;:–-(") + ELLIPSIS
    if tail:
        yield Run(tail)
