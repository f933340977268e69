from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.search.blocks import BLOCK, FREQUENT, UNIT, Blocks
from bot.search.index import K1, B
from bot.search.postings import key
from bot.search.segment import flat, nested
from tests.search.arrays import same_arrays
from tests.search.ranked import TERMS, blocked, drawn, segment_of

SIZES = st.sampled_from([1, 2, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK, 1_000])


@settings(max_examples=40)
@given(st.integers(0, 2**32), SIZES, st.booleans())
def test_no_document_has_more_than_its_bounds(seed: int, size: int, ties: bool) -> None:  # noqa: FBT001
    """Neither of its term nor of its block; and a block's postings lie where it says."""
    counts, lengths = drawn(seed, size, ties=ties)
    made = blocked(segment_of(np.arange(size, dtype=np.int32), counts, lengths))
    blocks, text = made.blocks, made.text
    assert blocks is not None
    assert blocks.average.tolist() == [lengths.mean()]
    edges = np.arange(0, size + BLOCK, BLOCK)
    common = []
    for term, times in zip(TERMS, counts.T, strict=True):
        place = text.find(key(term))
        if place < 0:
            continue
        saturated = times * (K1 + 1) / (times + K1 * (1 - B + B * lengths / lengths.mean()))
        assert blocks.most[place] == pytest.approx(saturated.max(), rel=1e-6)
        row = int(blocks.rows(np.array([place]))[0])
        if np.count_nonzero(times) * FREQUENT <= size:
            assert row == -1
            continue
        common.append(place)
        assert blocks.terms[row] == place
        offsets = [int(np.count_nonzero(times[:edge])) for edge in edges]
        assert blocks.offsets[row].tolist() == offsets
        for block, (first, last) in enumerate(pairwise(edges)):
            highest = saturated[first:last].max()
            assert highest * (1 - 1e-6) <= blocks.maxima[row, block] * UNIT < highest + UNIT * (1 + 1e-6)
    assert blocks.terms.tolist() == sorted(common)
    assert (blocks.maxima.shape, blocks.offsets.shape) == (
        (len(common), len(edges) - 1),
        (len(common), len(edges)),
    )


@pytest.mark.parametrize("at_once", [1, 50, 700])
def test_blocks_are_the_same_however_much_is_worked_on_at_a_time(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """Term by term, or many together."""
    counts, lengths = drawn(1, 1_000, ties=False)
    made = blocked(segment_of(np.arange(1_000, dtype=np.int32), counts, lengths))
    assert made.blocks is not None
    monkeypatch.setattr("bot.search.arrays.AT_ONCE", at_once)
    again = Blocks.of(made.text, made.lengths, K1, B)
    same_arrays(dict(nested("blocks", again)), dict(nested("blocks", made.blocks)))
    assert {name for name, _ in flat(made)} >= {name for name, _ in nested("blocks", again)}


def test_terms_have_rows_where_they_are_frequent() -> None:
    """Of others it is -1; where none is frequent, all are."""
    plain = Blocks.of(segment_of(*_two()).text, _two()[2], K1, B)
    some = np.array([0, 1, 2, 3, 4])
    for terms, rows in (([1, 4], [-1, 0, -1, -1, 1]), ([], [-1] * 5), ([0, 1, 2, 3, 4], [0, 1, 2, 3, 4])):
        chosen = Blocks(
            plain.most, np.array(terms, dtype=np.int64), plain.offsets, plain.maxima, plain.average
        )
        assert chosen.rows(some).tolist() == rows
        assert chosen.rows(some[:0]).tolist() == []


def _two() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    counts, lengths = drawn(2, 300, ties=True)
    return np.arange(300, dtype=np.int32), counts, lengths


def test_documents_without_a_term_have_blocks() -> None:
    """They bound nothing."""
    counts = np.zeros((200, len(TERMS)), dtype=np.int32)
    made = blocked(segment_of(np.arange(200, dtype=np.int32), counts, np.zeros(200, dtype=np.int32)))
    assert made.blocks is not None
    assert (made.blocks.most.tolist(), made.blocks.terms.tolist()) == ([], [])
    assert made.blocks.average.tolist() == [1]
    assert made.blocks.maxima.shape == (0, 1)
