"""Random segments for tests of scores: term frequencies drawn by numpy, of documents without a text."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bot.search.analyze import Forms
from bot.search.blocks import Blocks
from bot.search.index import K1, B
from bot.search.postings import MANY, Postings, graded, key, packed, shortest
from bot.search.segment import Segment, flat, segment

TERMS = [f"t{number}" for number in range(12)]
SHARES = (1.0, 0.9, 0.5, 0.2, 0.1, 0.03, 0.016, 0.015, 0.005, 0.001, 0.0005, 0.0)  # of the documents, by term

Counts = NDArray[np.int32]  # how often each document has each term


def drawn(seed: int, size: int, *, ties: bool) -> tuple[Counts, NDArray[np.int32]]:
    """Draw how often documents have each term, and how long they are; with many `ties` or with few."""
    dice = np.random.default_rng(seed)
    shares = dice.permutation(SHARES)
    has = dice.random((size, len(TERMS))) < shares
    times = dice.choice([1, 2, 3], has.shape) if ties else dice.geometric(0.2, has.shape)
    times = np.where(dice.random(has.shape) < 0.002, dice.choice([254, 255, 256, 5_000], has.shape), times)
    counts = np.where(has, times, 0).astype(np.int32)
    others = dice.choice([5, 50], size) if ties else dice.integers(0, 300, size)
    return counts, (counts.sum(axis=1) + others).astype(np.int32)


def segment_of(numbers: NDArray[np.int32], counts: Counts, lengths: NDArray[np.int32]) -> Segment:
    """Return a segment of papers with ascending numbers, which cannot be changed, as if it was mapped."""
    order = sorted((key(term), place) for place, term in enumerate(TERMS) if counts[:, place].any())
    documents = [np.flatnonzero(counts[:, place]) for _, place in order]
    times = [counts[has, place] for has, (_, place) in zip(documents, order, strict=True)]
    frequencies = np.concatenate([np.empty(0, np.int32), *times])
    many = np.flatnonzero(frequencies >= MANY)
    begins = shortest(lengths)
    empty = segment([], lambda _: Forms((), ()))
    text = Postings(
        hashes=np.array([hashed for hashed, _ in order], dtype=np.uint64),
        bounds=np.cumsum([0, *map(len, documents)], dtype=np.int64),
        entries=packed(
            np.concatenate([np.empty(0, np.int64), *documents]), frequencies, graded(lengths, begins)
        ),
        many=many,
        many_frequencies=frequencies[many].astype(np.int32),
        place_bounds=empty.text.place_bounds,
        places=empty.text.places,
        odd=empty.text.odd,
        odd_spans=empty.text.odd_spans,
    )
    return frozen(
        replace(empty, text=text, numbers=numbers.astype(np.int32), lengths=lengths, shortest=begins)
    )


def blocked(made: Segment) -> Segment:
    """Return a segment with bounds for blocks of its documents."""
    return frozen(replace(made, blocks=Blocks.of(made.text, made.lengths, K1, B)))


def frozen(made: Segment) -> Segment:
    """Return a segment whose arrays cannot be changed, which is what a search is compiled for."""
    for _, array in flat(made):
        array.flags.writeable = False
    return made
