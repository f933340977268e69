"""The passage of an abstract that shows why it was found.

Law: a snippet is one stretch of one sentence, cut between words, at most `LONGEST` characters with its
ellipses, and never shows its reason in a link.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from bot.search.analyze import Analyzer

LONGEST = 160
ELLIPSIS = "…"

_LINK = re.compile(r"(?:https?:)?//\S+|www\.\S+|(?<![\w.-])[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/\S+", re.IGNORECASE)
_SENTENCE_END = re.compile(r"""(?:[.!?]["”'’)\]]*\s+(?=["“‘(\[]?[^\W_a-z])|[。！？]+)""")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|et al|etc|cf|vs|Fig|Eq|Sec|Dr|[A-Z])\.\s*$")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a snippet: either all of it matched, or none."""

    text: str
    matched: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """An abstract that has been read: where its sentences are, and where each term stands outside links.

    Reading takes as long as a search over thousands of papers; it is worth keeping for what is shown again.
    """

    text: str
    sentences: tuple[tuple[int, int], ...]
    places: dict[str, tuple[tuple[int, int], ...]]


@dataclass(frozen=True, slots=True)
class _Match:
    """A matched word in the abstract: its place, the query's term it stands for, that term's weight."""

    start: int
    end: int
    term: str
    weight: float


def read(abstract: str, analyzer: Analyzer) -> Reading:
    """Find the sentences and words of an abstract."""
    links = _links(abstract)
    places: dict[str, list[tuple[int, int]]] = {}
    for start, end, forms in analyzer.words(abstract):
        if not any(begin <= start < finish for begin, finish in links):
            for term in forms.terms:
                places.setdefault(term, []).append((start, end))
    return Reading(
        abstract, tuple(sentences(abstract)), {term: tuple(spans) for term, spans in places.items()}
    )


def snippet(reading: Reading, weights: Mapping[str, float]) -> tuple[Run, ...]:
    """Return the abstract's best stretch for some terms as runs; `weights` gives each term's worth.

    The best stretch has the greatest weight of distinct terms, then the most matches, then comes first.
    Where nothing matches outside links it is the abstract's beginning.
    """
    matches = _matches(reading, weights)
    places = [match.start for match in matches]
    candidates = [
        (_value(inside), start, end, inside)
        for start, end in reading.sentences
        if (inside := _densest(matches[bisect_left(places, start) : bisect_left(places, end)]))
    ]
    if not candidates:
        candidates = [((0.0, 0), start, end, []) for start, end in reading.sentences[:1]]
    if not candidates:
        return ()
    _, start, end, inside = max(candidates, key=lambda candidate: candidate[0])
    focus = (inside[0].start, inside[-1].end) if inside else (start, start)
    left, right = _frame(reading.text, start, end, focus)
    shown = [match for match in matches if left <= match.start and match.end <= right]
    return tuple(_runs(reading.text, left, right, (start, end), shown))


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


def _matches(reading: Reading, weights: Mapping[str, float]) -> list[_Match]:
    """Return the matched words in their order; one that stands for several terms counts as the heaviest."""
    heaviest: dict[tuple[int, int], tuple[float, str]] = {}
    for term in weights.keys() & reading.places.keys():
        candidate = (weights[term], term)
        for span in reading.places[term]:
            heaviest[span] = max(heaviest.get(span, candidate), candidate)
    return [_Match(*span, term, worth) for span, (worth, term) in sorted(heaviest.items())]


def _links(text: str) -> list[tuple[int, int]]:
    """Return where the text's links start and end; the search for them is dear, and most texts have none."""
    return [link.span() for link in _LINK.finditer(text)] if "/" in text or "www." in text else []


def _value(matches: list[_Match]) -> tuple[float, int]:
    distinct = {match.term: match.weight for match in matches}
    return sum(distinct.values()), len(matches)


def _densest(matches: list[_Match]) -> list[_Match]:
    """Return the consecutive matches that fit into one snippet and are worth most."""
    room = LONGEST - 2 * len(ELLIPSIS)
    if not matches or matches[-1].end <= matches[0].start + room:
        return matches
    best: list[_Match] = []
    last = 0
    for first, match in enumerate(matches):
        while last < len(matches) and matches[last].end <= match.start + room:
            last += 1
        fitting = matches[first:last]
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
    return blank if blank >= earliest else place


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
        tail = tail.rstrip(" ,;:–-(") + ELLIPSIS
    if tail:
        yield Run(tail)
