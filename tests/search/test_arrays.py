import sys
from pathlib import Path

import numpy as np
import pytest

from bot.search import arrays
from bot.search.arrays import let_go, spans, spread
from tests.search.arrays import resident


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


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what lies in memory")
def test_what_is_mapped_is_let_go_of(tmp_path: Path) -> None:
    """It is there again when somebody asks for it; an array of its own stays as it is."""
    path = tmp_path / "numbers"
    expected = np.arange(1 << 16)
    expected.tofile(path)
    whole = np.asarray(np.memmap(path, expected.dtype, "r"))
    part, own = np.ndarray((9,), whole.dtype, whole.data, 80), expected.copy()
    assert int(whole.sum()) == int(expected.sum())
    assert resident("numbers") == whole.nbytes
    let_go([part, own, own[3:]])
    assert resident("numbers") == 0
    assert part.tolist() == [*range(10, 19)]
    assert np.array_equal(whole, own)
