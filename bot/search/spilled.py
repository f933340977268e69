"""A segment that is put out of memory for a while: all its arrays in one file, mapped from there.

Law: what is mapped is what was put there, by this process or one that it started; nobody else reads the file,
and it does not outlive the work that it is for. It takes one open file, however many arrays there are.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from bot.search.segment import Segment, assembled, flat

_ALIGNED = 64  # bytes: numbers may begin anywhere, but are sooner read so

Places = Mapping[str, tuple[str, tuple[int, ...], int]]  # of each array: its kind, its shape, where it begins


def put(segment: Segment, path: Path) -> Places:
    """Write a segment into a new file, and return where in it its arrays are; OSError where it fails."""
    places = {}
    with path.open("xb") as file:
        for name, array in flat(segment):
            file.write(bytes(-file.tell() % _ALIGNED))
            places[name] = (array.dtype.str, array.shape, file.tell())
            file.write(np.ascontiguousarray(array).data)
    return places


def mapped(path: Path, places: Places) -> Segment:
    """Return the segment that was put into a file; OSError where that is gone."""
    whole = np.asarray(np.memmap(path, np.uint8, "r"))
    return assembled(
        {
            name: np.ndarray(shape, np.dtype(kind), whole.data, offset)
            for name, (kind, shape, offset) in places.items()
        }
    )
