"""Postings in order, stretch by stretch → the arrays that they lie in.

Law: memory holds one stretch at a time, whoever makes them.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.search.arrays import Integers
from bot.search.postings import MANY, packed


class Stretch(NamedTuple):
    """Postings of some terms, ordered by term and document.

    The last two columns have a row for an occurrence, as `bot.search.postings` has them; the others for a
    posting, `occurrences` telling how many are its. `terms` are places in the list of all terms.
    """

    terms: Integers
    documents: Integers
    frequencies: Integers
    occurrences: Integers
    places: Integers
    widths: Integers


def laid_out(
    stretches: Iterable[Stretch], hashes: NDArray[np.uint64], grades: NDArray[np.uint8]
) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the arrays of postings by name, in pieces; terms of no posting are left out.

    `hashes` are those of the list of all terms, `grades` those of all documents. There is one stretch at
    least.
    """
    counts, place_counts = np.zeros(len(hashes), dtype=np.int64), np.zeros(len(hashes), dtype=np.int64)
    postings = occurrences = 0
    for found in stretches:
        if len(found.terms):
            first, last = int(found.terms[0]), int(found.terms[-1]) + 1
            counts[first:last] += np.bincount(found.terms - first)
            place_counts[first:last] += np.bincount(found.terms - first, found.occurrences).astype(np.int64)
        many = np.flatnonzero(found.frequencies >= MANY)
        odd = np.flatnonzero(found.widths != 1)
        yield "entries", packed(found.documents, found.frequencies, grades)
        yield "many", many + postings
        yield "many_frequencies", found.frequencies[many].astype(np.int32)
        yield "places", found.places.astype(np.uint16)
        yield "odd", odd + occurrences
        yield "odd_spans", found.widths[odd].astype(np.uint16)
        postings += len(found.documents)
        occurrences += len(found.places)
    used = counts > 0
    yield "hashes", hashes[used]
    yield "bounds", np.concatenate(([0], np.cumsum(counts[used])))
    yield "place_bounds", np.concatenate(([0], np.cumsum(place_counts[used])))
