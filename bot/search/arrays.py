"""What numpy lacks: working on a long list in spans, lists of lists, and letting mapped arrays go.

Law: what is done to a long list is done span by span, for large new memory costs more than the work in it.
"""

import mmap
import sys
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

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


def let_go(arrays: Iterable[NDArray[Any]]) -> None:
    """Let memory be free of what is mapped from files; whoever asks for it again has it read again."""
    if sys.platform == "win32":  # which takes back by itself what it needs
        return
    for mapping in {id(found): found for array in arrays if (found := _mapping(array))}.values():
        mapping.madvise(mmap.MADV_DONTNEED)


def _mapping(array: object) -> mmap.mmap | None:
    """Return the file's map in which an array lies, None for an array of its own."""
    while isinstance(array, (np.ndarray, memoryview)):
        array = array.base if isinstance(array, np.ndarray) else array.obj
    return array if isinstance(array, mmap.mmap) else None
