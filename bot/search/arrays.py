"""What numpy lacks: working on a long list in spans, and lists of lists.

Law: what is done to a long list is done span by span, for large new memory costs more than the work in it.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Numbers = NDArray[np.int32]

AT_ONCE = 1 << 18


def spans(sizes: Integers) -> Iterator[tuple[int, int]]:
    """Cut a list of things of these sizes into spans of about AT_ONCE together; one at least, maybe empty."""
    ends = np.cumsum(sizes)
    goals = np.arange(AT_ONCE, int(ends[-1]) if len(ends) else 0, AT_ONCE)
    cuts = np.unique([0, *ends.searchsorted(goals), len(sizes)]).tolist()
    yield from pairwise(cuts if len(cuts) > 1 else [0, 0])


def spread(sizes: Integers, stream: Numbers) -> tuple[Integers, Integers]:
    """Put lists in the places of their numbers.

    `sizes` are the lists', which lie one after the other. Returns, for each item along the stream, where it
    lies, and the place in the stream of the list that it is from.
    """
    along = sizes[stream]
    starts = (np.cumsum(sizes) - sizes)[stream] - (np.cumsum(along) - along)
    owners = np.repeat(np.arange(len(stream)), along)
    return np.arange(len(owners)) + starts[owners], owners
