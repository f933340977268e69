"""Texts as words → postings.

Law: a word is looked at once, however often it stands there; all that is done with every occurrence is done
by arrays.
"""

from collections.abc import Sequence
from itertools import chain, count, islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.search.analyze import Forms
from bot.search.postings import LAST_PLACE, MANY, WIDEST, Numbers, Postings, graded, key, packed, shortest
from bot.search.vocabulary import Vocabulary, spread

TITLE_WEIGHT = 3  # a title counts as if it stood in the abstract three times (nDCG@10 .494 → .498)


_PLACE, _SPAN, _WEIGHT = LAST_PLACE.bit_length(), WIDEST.bit_length(), TITLE_WEIGHT.bit_length()  # bits
_OTHERS = _PLACE + _SPAN + _WEIGHT
_BITS = 63

Integers = NDArray[np.int64]


class _Step(NamedTuple):
    """A term in a word: where it begins, from the word's first place; how many places it takes; if it counts.

    A word that has a term twice, as `self-self` has, counts as having it once.
    """

    term: str
    start: int
    span: int
    counts: bool


def invert(
    vocabulary: Vocabulary, forms: Sequence[Forms], texts_each: int
) -> tuple[Postings, Integers, Numbers]:
    """Return the postings of documents that have one text each, or a title and another.

    With them come, for each document, how many places its first text takes, and how many terms it has. Only
    documents that have two texts are ranked by these, and have their grades.
    """
    steps = [_steps(each) for each in forms]
    flat = list(chain.from_iterable(steps))
    known, terms = np.unique(
        np.fromiter((key(step.term) for step in flat), dtype=np.uint64, count=len(flat)), return_inverse=True
    )
    starts, spans, counts = np.array([step[1:] for step in flat], dtype=np.int64).reshape(-1, 3).T
    taken = np.array([_span(each) for each in forms], dtype=np.int64)
    passed = np.concatenate(([0], np.cumsum(taken[vocabulary.stream])))
    begins = passed[vocabulary.bounds]
    first_ends = (begins[1:] - begins[:-1])[::texts_each]
    index, owners = spread(steps, vocabulary.stream)
    texts = vocabulary.texts[owners]
    documents, within = texts // texts_each, texts % texts_each
    places = passed[owners] - begins[texts - within] + within + starts[index]
    weights = np.where(within == texts_each - 1, 1, TITLE_WEIGHT) * counts[index]
    lengths = np.bincount(documents, weights, len(first_ends)).astype(np.int32)
    grades = graded(lengths, shortest(lengths)) if texts_each > 1 else np.zeros(len(lengths), dtype=np.uint8)
    width = len(first_ends).bit_length()
    if len(known).bit_length() + width + _OTHERS > _BITS:
        raise ValueError(f"{len(first_ends):,} documents with {len(known):,} terms are too many at once")
    sorting = terms[index]  # one number an occurrence, which sorts by term, document and place
    for column, bits in (
        (documents, width),
        (np.minimum(places, LAST_PLACE), _PLACE),
        (np.minimum(spans, WIDEST)[index], _SPAN),
        (weights, _WEIGHT),
    ):
        sorting <<= bits
        sorting |= column
    sorting.sort()
    return _laid_out(known, sorting, width, grades), first_ends, lengths


def _laid_out(
    known: NDArray[np.uint64], occurrences: Integers, width: int, grades: NDArray[np.uint8]
) -> Postings:
    """Return occurrences, sorted, as postings; a document's number takes so many bits."""
    owners = occurrences >> _OTHERS
    firsts = np.flatnonzero(np.diff(owners, prepend=-1))
    owners = owners[firsts]
    weights = occurrences & ((1 << _WEIGHT) - 1)
    frequencies = np.add.reduceat(weights, firsts) if len(firsts) else weights
    many = np.flatnonzero(frequencies >= MANY)
    spans = (occurrences >> _WEIGHT) & WIDEST
    odd = np.flatnonzero(spans != 1)
    places = (((occurrences >> (_WEIGHT + _SPAN)) & LAST_PLACE) << 1).astype(np.uint16)
    places[firsts[1:] - 1] |= 1
    places[-1:] |= 1
    sizes = np.bincount(owners >> width, minlength=len(known))
    bounds = np.concatenate(([0], np.cumsum(sizes)))
    return Postings(
        hashes=known,
        bounds=bounds,
        entries=packed(owners & ((1 << width) - 1), frequencies, grades),
        many=many,
        many_frequencies=frequencies[many].astype(np.int32),
        place_bounds=np.append(firsts, len(occurrences))[bounds],
        places=places,
        odd=odd,
        odd_spans=spans[odd].astype(np.uint16),
    )


def _span(forms: Forms) -> int:
    """Return how many places a word takes: one, and one for each joint within one of its ways."""
    return 1 + sum(len(way) - 1 for way in forms.ways) if forms.ways else 0


def _steps(forms: Forms) -> Sequence[_Step]:
    """Return the steps of all ways of a word; each way has joints of its own."""
    if len(forms.terms) == 1 == len(forms.ways):  # nearly every word, so this is worth a line
        return (_Step(forms.terms[0], 0, 1, counts=True),)
    span = _span(forms)
    joints = count(1)
    counted: set[str] = set()
    steps: list[_Step] = []
    for way in forms.ways:
        edges = [0, *islice(joints, len(way) - 1), span]
        for term, start, end in zip(way, edges, edges[1:], strict=False):
            steps.append(_Step(term, start, end - start, counts=term not in counted))
            counted.add(term)
    return steps
