"""Texts as words → postings.

Law: a word is looked at once, however often it stands there; all that is done with every occurrence is done
by arrays, a span of texts at a time.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, count, islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.search import arrays
from bot.search.analyze import Forms
from bot.search.arrays import Integers, Numbers, spans, spread
from bot.search.layout import Stretch, laid_out
from bot.search.postings import LAST_PLACE, WIDEST, Postings, graded, key, shortest
from bot.search.vocabulary import Vocabulary

TITLE_WEIGHT = 3  # a title counts as if it stood in the abstract three times (nDCG@10 .494 → .498)


_PLACE, _WIDTH, _WEIGHT = LAST_PLACE.bit_length(), WIDEST.bit_length(), TITLE_WEIGHT.bit_length()  # bits
_OTHERS = _PLACE + _WIDTH + _WEIGHT
_BITS = 63


class Inverted(NamedTuple):
    """Postings, and of each document what its first text has and how many terms the whole has.

    A first text has words that are searched, and places that they take.
    """

    postings: Postings
    first_words: Integers
    first_ends: Integers
    lengths: Numbers


class _Steps(NamedTuple):
    """All words' steps, one word after the other, of which word n has `sizes[n]`; it takes `taken[n]` places.

    A step is a term in a word: the place of its hash; where it begins, from the word's first place; how many
    places it takes; and whether it counts. A word that has a term twice, as `self-self` has, has it once.
    """

    sizes: Integers
    taken: Integers
    terms: Integers
    starts: Integers
    widths: Integers
    counts: Integers


class _Found(NamedTuple):
    """Some documents' occurrences, as numbers that sort by term, document and place; the rest as Inverted."""

    occurrences: Integers
    first_words: Integers
    first_ends: Integers
    lengths: Integers


def invert(vocabulary: Vocabulary, forms: Sequence[Forms], texts_each: int) -> Inverted:
    """Return the postings of documents that have one text each, or a title and another.

    Only documents that have two texts are ranked by these, and have grades.
    """
    hashes, steps = _steps(forms)
    documents = (len(vocabulary.bounds) - 1) // texts_each
    width = documents.bit_length()
    if len(hashes).bit_length() + width + _OTHERS > _BITS:
        raise ValueError(f"{documents:,} documents with {len(hashes):,} terms are too many at once")
    sizes = np.diff(vocabulary.bounds[::texts_each])
    found = (_look_through(vocabulary, steps, texts_each, width, each) for each in spans(sizes))
    occurrences, first_words, first_ends, lengths = map(np.concatenate, zip(*found, strict=True))
    occurrences.sort()
    lengths = lengths.astype(np.int32)
    grades = graded(lengths, shortest(lengths)) if texts_each > 1 else np.zeros(documents, dtype=np.uint8)
    pieces: defaultdict[str, list[NDArray[Any]]] = defaultdict(list)
    for name, piece in laid_out(_stretches(occurrences, width), hashes, grades):
        pieces[name].append(piece)
    postings = Postings(**{name: np.concatenate(each) for name, each in pieces.items()})
    return Inverted(postings, first_words, first_ends, lengths)


def _look_through(
    vocabulary: Vocabulary, steps: _Steps, texts_each: int, width: int, span: tuple[int, int]
) -> _Found:
    """Find the occurrences in the documents from the first up to the last of a span."""
    first, last = span
    bounds = vocabulary.bounds[first * texts_each : last * texts_each + 1]
    words = vocabulary.stream[bounds[0] : bounds[-1]]
    bounds = bounds - bounds[0]
    begins = bounds[:-1:texts_each]
    taken = steps.taken[words]
    passed = np.concatenate(([0], np.cumsum(taken)))
    searched = np.concatenate(([0], np.cumsum(taken > 0)))
    ends = bounds[1::texts_each]
    index, owners = spread(steps.sizes, words)
    texts = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))[owners]
    documents, within = texts // texts_each, texts % texts_each
    places = passed[owners] - passed[begins][documents] + within + steps.starts[index]
    weights = np.where(within == texts_each - 1, 1, TITLE_WEIGHT) * steps.counts[index]
    occurrences = steps.terms[index]
    for column, bits in (
        (documents + first, width),
        (np.minimum(places, LAST_PLACE), _PLACE),
        (np.minimum(steps.widths, WIDEST)[index], _WIDTH),
        (weights, _WEIGHT),
    ):
        occurrences <<= bits
        occurrences |= column
    return _Found(
        occurrences,
        searched[ends] - searched[begins],
        passed[ends] - passed[begins],
        np.bincount(documents, weights, last - first).astype(np.int64),
    )


def _stretches(occurrences: Integers, width: int) -> Iterator[Stretch]:
    """Yield occurrences, sorted, as postings; a document's number takes so many bits."""
    goals = occurrences[arrays.AT_ONCE :: arrays.AT_ONCE] >> _OTHERS << _OTHERS  # cut where a posting begins
    for piece in np.split(occurrences, occurrences.searchsorted(goals)):
        owners = piece >> _OTHERS
        firsts = np.flatnonzero(np.diff(owners, prepend=-1))
        owners = owners[firsts]
        weights = piece & ((1 << _WEIGHT) - 1)
        places = ((piece >> (_WEIGHT + _WIDTH)) & LAST_PLACE) << 1
        places[firsts[1:] - 1] |= 1
        places[-1:] |= 1
        yield Stretch(
            terms=owners >> width,
            documents=owners & ((1 << width) - 1),
            frequencies=np.add.reduceat(weights, firsts) if len(firsts) else weights,
            occurrences=np.diff(firsts, append=len(piece)),
            places=places,
            widths=(piece >> _WEIGHT) & WIDEST,
        )


def _steps(forms: Sequence[Forms]) -> tuple[NDArray[np.uint64], _Steps]:
    """Return the hashes of all terms, ascending, and the steps of words."""
    plain = [len(each.terms) == 1 == len(each.ways) for each in forms]  # nearly every word: one step
    terms = [
        each.terms if alone else tuple(chain.from_iterable(each.ways))
        for each, alone in zip(forms, plain, strict=True)
    ]
    sizes = np.fromiter(map(len, terms), dtype=np.int64, count=len(terms))
    total = int(sizes.sum())
    hashes, places = np.unique(
        np.fromiter(map(key, chain.from_iterable(terms)), dtype=np.uint64, count=total), return_inverse=True
    )
    taken = np.minimum(sizes, 1)
    starts, wide, counts = np.zeros(total, np.int64), np.ones(total, np.int64), np.ones(total, np.int64)
    ends = np.cumsum(sizes)
    for word in np.flatnonzero(~np.array(plain, dtype=np.bool_) & (sizes > 0)).tolist():
        own = slice(ends[word] - sizes[word], ends[word])
        taken[word], starts[own], wide[own], counts[own] = _shape(forms[word])
    return hashes, _Steps(sizes, taken, places.astype(np.int64), starts, wide, counts)


def _shape(forms: Forms) -> tuple[int, list[int], list[int], list[bool]]:
    """Return how many places a word takes, and of each step where it starts, its span, and if it counts.

    There is one place, and one more for each joint within one of its ways; each way has joints of its own.
    """
    span = 1 + sum(len(way) - 1 for way in forms.ways)
    joints = count(1)
    starts: list[int] = []
    ends: list[int] = []
    for way in forms.ways:
        edges = [0, *islice(joints, len(way) - 1), span]
        starts += edges[:-1]
        ends += edges[1:]
    flat = [*chain.from_iterable(forms.ways)]
    first = {term: place for place, term in reversed([*enumerate(flat)])}
    return (
        span,
        starts,
        [end - start for start, end in zip(starts, ends, strict=True)],
        [first[term] == place for place, term in enumerate(flat)],
    )
