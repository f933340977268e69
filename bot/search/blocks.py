"""What frequent terms can add to a score, block by block: what lets a search pass documents over.

Law: a bound holds whatever comes or goes. It is made with the average length that there was; where that has
grown since, so have all bounds, by no more than that.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.search.arrays import Numbers, spans
from bot.search.postings import Postings

# Whoever changes these three changes what lies in files: `files` has the number to be raised.
BLOCK = 8_192  # documents, whose sums fit into the fastest cache
FREQUENT = 1_024  # a term is that one in so many documents has: fewer are gone through one by one
UNIT = 0.01  # of a saturation, which is at most k1 + 1


@dataclass(frozen=True, slots=True)
class Blocks:
    """Bounds of a segment's terms.

    `most` is the greatest saturation of each term. Of the frequent terms `terms`, ascending, `offsets` tells
    for each block of documents where its postings begin, from the term's first, and where the last end;
    `maxima` the greatest saturation in it, in units, rounded up. `average` is the average length all are for.
    """

    most: NDArray[np.float32]
    terms: NDArray[np.int64]
    offsets: Numbers
    maxima: NDArray[np.uint8]
    average: NDArray[np.float64]

    @classmethod
    def of(cls, text: Postings, lengths: Numbers, k1: float, b: float) -> "Blocks":
        """Bound the terms of documents of these lengths, one at least."""
        average = float(lengths.mean()) or 1.0
        norms = (k1 * (1 - b + b * lengths / average)).astype(np.float32)
        sizes = np.diff(text.bounds)
        frequent = np.flatnonzero(sizes > len(lengths) / FREQUENT)
        edges = np.arange(0, len(lengths) + BLOCK, BLOCK)
        made = cls(
            most=np.zeros(len(sizes), dtype=np.float32),
            terms=frequent,
            offsets=np.zeros((len(frequent), len(edges)), dtype=np.int32),
            maxima=np.zeros((len(frequent), len(edges) - 1), dtype=np.uint8),
            average=np.array([average]),
        )
        for first, last in spans(sizes):
            stretch = slice(int(text.bounds[first]), int(text.bounds[last]))
            documents, times = text.documents(stretch), text.counts(stretch)
            saturated = times * np.float32(k1 + 1) / (times + norms[documents])
            begins = text.bounds[first:last] - stretch.start
            made.most[first:last] = np.maximum.reduceat(saturated, begins)
            low, high = frequent.searchsorted((first, last))
            for row in range(low, high):
                begin = int(begins[frequent[row] - first])
                own = slice(begin, begin + int(sizes[frequent[row]]))
                made.offsets[row] = documents[own].searchsorted(edges)
                blocks = documents[own] // BLOCK
                firsts = np.flatnonzero(np.diff(blocks, prepend=-1))
                highest = np.maximum.reduceat(saturated[own], firsts)
                made.maxima[row, blocks[firsts]] = np.ceil(highest / UNIT)
        return made

    def rows(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the row of each term at a place among the segment's terms, -1 where it is not frequent."""
        rows = self.terms.searchsorted(places)
        rows[rows == len(self.terms)] = 0
        found: NDArray[np.int64] = (
            np.where(self.terms[rows] == places, rows, -1) if len(self.terms) else rows - 1
        )
        return found
