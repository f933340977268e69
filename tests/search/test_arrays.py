import numpy as np
import pytest

from bot.search import arrays
from bot.search.arrays import spans, spread


def test_lists_spread_along_the_stream() -> None:
    """A list's items stand wherever its number does: where they lie among all items, and its place."""
    index, owners = spread(np.array([2, 0, 1]), np.array([2, 0, 1, 0], dtype=np.int32))
    assert index.tolist() == [2, 0, 1, 0, 1]
    assert owners.tolist() == [0, 1, 1, 3, 3]
    nothing = spread(np.array([], dtype=np.int64), np.array([], dtype=np.int32))
    assert [each.tolist() for each in nothing] == [[], []]


@pytest.mark.parametrize(
    ("sizes", "cut"),
    [
        ([], [(0, 0)]),
        ([0, 0], [(0, 2)]),
        ([3, 3, 3], [(0, 1), (1, 2), (2, 3)]),
        ([1, 1, 1, 1, 1], [(0, 3), (3, 5)]),
        ([1, 100, 1], [(0, 1), (1, 3)]),
    ],
)
def test_a_list_is_cut_into_spans(
    monkeypatch: pytest.MonkeyPatch, sizes: list[int], cut: list[tuple[int, int]]
) -> None:
    """Of about the same size, one at least, and none has less than one thing but where there is none."""
    monkeypatch.setattr(arrays, "AT_ONCE", 4)
    assert list(spans(np.array(sizes, dtype=np.int64))) == cut
