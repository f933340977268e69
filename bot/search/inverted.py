"""Texts as words → postings.

Law: a word is looked at once, however often it stands there; all that is done with every occurrence is done
by arrays.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, count, islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.search.analyze import Forms
from bot.search.postings import LAST_PLACE, MANY, WIDEST, Postings, key
from bot.search.vocabulary import Vocabulary, spread

TITLE_WEIGHT = 3  # a title counts as if it stood in the abstract three times (nDCG@10 .494 → .498)


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
) -> tuple[Postings, Integers, Integers]:
    """Return the postings of documents that have one text each, or a title and another.

    With them come, for each document, how many places its first text takes, and how many terms it has.
    """
    steps = [_steps(each) for each in forms]
    flat = list(chain.from_iterable(steps))
    known, terms = np.unique(
        np.fromiter((key(step.term) for step in flat), dtype=np.uint64, count=len(flat)), return_inverse=True
    )
    fixed = np.array([step[1:] for step in flat], dtype=np.int64).reshape(-1, 3)
    spans = np.array([_span(each) for each in forms], dtype=np.int64)
    passed = np.concatenate(([0], np.cumsum(spans[vocabulary.stream])))
    begins = passed[vocabulary.bounds]
    first_ends = (begins[1:] - begins[:-1])[::texts_each]
    index, owners = spread(steps, vocabulary.stream)
    documents, second = np.divmod(vocabulary.texts[owners], texts_each)
    places = passed[owners] - begins[documents * texts_each] + second + fixed[index, 0]
    counts = fixed[index, 2] * (TITLE_WEIGHT if texts_each > 1 else 1)
    counts[second > 0] //= TITLE_WEIGHT
    lengths = np.bincount(documents, weights=counts, minlength=len(first_ends)).astype(np.int64)
    packed, widths = _packed(
        [
            (terms[index], len(known)),
            (documents, len(first_ends)),
            (np.minimum(places, LAST_PLACE), LAST_PLACE + 1),
            (np.minimum(fixed[index, 1], WIDEST), WIDEST + 1),
            (counts, TITLE_WEIGHT + 1),
        ]
    )
    packed.sort()
    return _laid_out(known, *_parts(packed, widths)), first_ends, lengths


def _laid_out(  # noqa: PLR0913, PLR0917  # the columns of a table
    known: NDArray[np.uint64],
    terms: Integers,
    documents: Integers,
    places: Integers,
    spans: Integers,
    counts: Integers,
) -> Postings:
    """Return occurrences, sorted, as postings."""
    new = np.ones(len(terms), dtype=np.bool_)
    new[1:] = (np.diff(terms) != 0) | (np.diff(documents) != 0)
    firsts = np.flatnonzero(new)
    frequencies = np.add.reduceat(counts, firsts) if len(firsts) else counts
    many = np.flatnonzero(frequencies >= MANY)
    odd = np.flatnonzero(spans != 1)
    coded = places << 1
    coded[firsts[1:] - 1] |= 1
    coded[-1:] |= 1
    return Postings(
        hashes=known,
        bounds=_bounds(terms[firsts], len(known)),
        documents=documents[firsts].astype(np.int32),
        frequencies=np.minimum(frequencies, MANY).astype(np.uint8),
        many=many,
        many_frequencies=frequencies[many].astype(np.int32),
        place_bounds=_bounds(terms, len(known)),
        places=coded.astype(np.uint16),
        odd=odd,
        odd_spans=spans[odd].astype(np.uint16),
    )


def _bounds(owners: Integers, size: int) -> Integers:
    """Return where the stretch of each owner begins, and where the last ends."""
    bounds: Integers = np.concatenate(([0], np.cumsum(np.bincount(owners, minlength=size))))
    return bounds


def _packed(columns: Sequence[tuple[Integers, int]]) -> tuple[Integers, list[int]]:
    """Return columns of numbers, each below its limit, as one number a row, which sorts as they would."""
    widths = [(max(limit, 2) - 1).bit_length() for _, limit in columns]
    if sum(widths) > _BITS:
        raise ValueError(f"these documents are too many at once: {widths} bits")
    packed = np.zeros_like(columns[0][0])
    for (column, _), width in zip(columns, widths, strict=True):
        packed = (packed << width) | column
    return packed, widths


def _parts(packed: Integers, widths: Sequence[int]) -> Iterator[Integers]:
    """Yield the columns that were packed."""
    for place in range(len(widths)):
        right = sum(widths[place + 1 :])
        yield (packed >> right) & ((1 << widths[place]) - 1)


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
