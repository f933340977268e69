import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.search import blocks, postings
from bot.search.analyze import Forms
from bot.search.blocks import BLOCK
from bot.search.index import Bm25, prepare
from bot.search.segment import Document, Part, segment
from tests.search.ranked import TERMS, blocked, drawn, frozen, segment_of

numba = pytest.importorskip("numba")  # which has no wheels for Macs with Intel's processors
pruned = pytest.importorskip("bot.search.pruned")

Flags = NDArray[np.bool_]
ROOT = Path(__file__).parents[2]

prepare()  # or every search would score all documents

QUERY = st.lists(st.sampled_from([*TERMS, *TERMS, "nowhere"]), min_size=1, max_size=8)
LIMIT = st.sampled_from([1, 2, 3, 10, 10, 37, 100, 1_000, 1_001])
DENSITY = st.sampled_from([None, None, 0.0, 0.003, 0.015, 0.016, 0.1, 0.5, 0.99, 1.0])
SIZE = st.sampled_from([1, 300, 700, 2_000, BLOCK, BLOCK + 1, 2 * BLOCK + 200])


def exhaustive(
    bm25: Bm25, query: Sequence[str], limit: int, numbers: NDArray[np.int32], among: Flags | None
) -> list[tuple[int, float]]:
    """Return the best by scoring every document."""
    scores = bm25.get_scores(query)
    if among is not None:
        scores = np.where(among, scores, 0)
    order = np.lexsort((numbers, -scores))
    return [(document, scores[document]) for document in order[:limit].tolist() if scores[document] > 0]


def flags(dice: np.random.Generator, size: int, density: float | None) -> Flags | None:
    """Flag a share of the documents; None for all."""
    return None if density is None else dice.random(size) < density


def parts(
    seed: int, sizes: Sequence[int], densities: Sequence[float | None], *, ties: bool, longer: int
) -> list[Part]:
    """Return segments with interleaved papers, of which the first has blocks; later ones are `longer`."""
    dice = np.random.default_rng(seed)
    total = sum(sizes)
    homes = np.repeat(np.arange(len(sizes)), sizes)
    dice.shuffle(homes)
    found = []
    for home, (size, density) in enumerate(zip(sizes, densities, strict=True)):
        counts, lengths = drawn(seed + home, size, ties=ties)
        numbers = np.arange(total, dtype=np.int32)[homes == home] * 2 + 1
        made = segment_of(numbers, counts, lengths * longer if home else lengths)
        found.append(Part(made if home else blocked(made), flags(dice, size, density)))
    return found


@settings(max_examples=80)
@given(
    st.integers(0, 2**32),
    SIZE,
    st.booleans(),
    st.sampled_from([None, None, 0.0, 0.3, 0.99]),
    st.lists(st.tuples(QUERY, LIMIT, DENSITY), min_size=12, max_size=12),
)
def test_the_best_are_those_of_scoring_every_document(
    seed: int,
    size: int,
    ties: bool,  # noqa: FBT001  # drawn
    kept: float | None,
    asked: list[tuple[list[str], int, float | None]],
) -> None:
    """To the last bit and tie for tie, with repeated and unknown terms, of all documents or some."""
    check(parts(seed, [size], [kept], ties=ties, longer=1), seed, asked)


@settings(max_examples=100)
@given(
    st.integers(0, 2**32),
    st.tuples(
        st.sampled_from([300, BLOCK + 300, 2 * BLOCK + 200]),
        st.sampled_from([1, 40, 3_000]),
        st.sampled_from([0, 5]),
    ),
    st.booleans(),
    st.tuples(DENSITY, DENSITY, DENSITY),
    st.sampled_from([0, 1, 3, 40]),
    st.lists(st.tuples(QUERY, LIMIT, DENSITY), min_size=8, max_size=8),
)
def test_the_best_of_several_segments_are_those_of_scoring_every_document(
    seed: int,
    sizes: tuple[int, int, int],
    ties: bool,  # noqa: FBT001  # drawn
    kept: tuple[float | None, float | None, float | None],
    longer: int,
    asked: list[tuple[list[str], int, float | None]],
) -> None:
    """Where others came, shorter or longer, since bounds were made, and some were left out."""
    check(parts(seed, sizes, kept, ties=ties, longer=longer), seed, asked)


@settings(max_examples=60)
@given(
    st.integers(0, 2**32), st.booleans(), st.lists(st.tuples(QUERY, LIMIT, DENSITY), min_size=20, max_size=20)
)
def test_the_best_of_many_blocks_are_those_of_scoring_every_document(
    seed: int,
    ties: bool,  # noqa: FBT001  # drawn
    asked: list[tuple[list[str], int, float | None]],
) -> None:
    """What one block has found counts in the next."""
    check(parts(seed, [2 * BLOCK + 200], [None], ties=ties, longer=1), seed, asked)


def check(found: list[Part], seed: int, asked: list[tuple[list[str], int, float | None]]) -> None:
    """Ask queries, and compare."""
    dice = np.random.default_rng(seed + 99)
    bm25 = Bm25(found)
    numbers = np.concatenate([part.segment.numbers for part in found])
    for query, limit, density in asked:
        among = flags(dice, len(numbers), density)
        assert bm25.best(query, limit, among) == exhaustive(bm25, query, limit, numbers, among)


def test_bounds_grow_with_the_average_length() -> None:
    """What came since they were made is forty times as long, so that others count as short."""
    found = parts(1, [2 * BLOCK + 200, 3_000], [None, None], ties=False, longer=40)
    check(found, 1, [([term], 3, None) for term in TERMS])


def test_ties_go_to_the_lower_paper() -> None:
    """Wherever they lie, however many they are."""
    size = BLOCK + 300
    counts = np.zeros((size, len(TERMS)), dtype=np.int32)
    counts[:, :2] = 1
    lengths = np.full(size, 7, dtype=np.int32)
    made = blocked(segment_of(np.arange(size, dtype=np.int32), counts, lengths))
    for limit in (1, 5, 100):
        hits = Bm25([Part(made)]).best(TERMS[:2], limit)
        assert [document for document, _ in hits] == [*range(limit)]
        assert len({score for _, score in hits}) == 1


def test_many_terms_are_summed_up_closely_enough() -> None:
    """A query of five hundred words finds the best, too, of documents that have nearly all of them."""
    dice = np.random.default_rng(5)
    words = [f"w{number}" for number in range(500)]
    texts = [" ".join(np.array(words)[dice.random(len(words)) < 0.98]) for _ in range(300)]
    documents = [(number, Document(title="", abstract=text)) for number, text in enumerate(texts)]
    made = blocked(frozen(segment(documents, lambda word: Forms((word,), ((word,),)))))
    bm25 = Bm25([Part(made)])
    for limit in (1, 10, 100):
        assert bm25.best(words, limit) == exhaustive(bm25, words, limit, made.numbers, None)


PLAIN = """
from dataclasses import replace
import numpy as np
from tests.search.ranked import TERMS
from tests.search.test_pruned import check, parts
from bot.search.index import Bm25
from bot.search.segment import Part
from tests.search.ranked import blocked, segment_of

check(parts(3, [700], [None], ties=False, longer=1), 3, [(TERMS, 5, None), (TERMS[:3], 50, 0.5)])
size = 8_192
counts = np.zeros((size, len(TERMS)), dtype=np.int32)
counts[:, :2] = 1
made = blocked(segment_of(np.arange(size, dtype=np.int32), counts, np.full(size, 7, dtype=np.int32)))
assert [hit[0] for hit in Bm25([Part(made)]).best(TERMS[:2], 3)] == [0, 1, 2]
check(parts(4, [2 * 8_192 + 1], [None], ties=True, longer=1), 4, [(TERMS, 5, None), (TERMS[:4], 50, 0.5)])
wide = replace(made, text=replace(made.text, entries=made.text.entries.astype(np.uint64)))
assert Bm25([Part(wide)]).best(TERMS[:2], 3) == Bm25([Part(made)]).best(TERMS[:2], 3)
"""


def test_no_array_is_left() -> None:
    """As plain Python, which is told where compiled code would write behind an array, it does the same.

    All documents of a block may have several terms, and entries may have 64 bits.
    """
    done = subprocess.run(
        [sys.executable, "-c", PLAIN],
        cwd=ROOT,
        env=os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_compiled_in_is_what_the_others_say() -> None:
    """It stands in the module that numba looks at."""
    assert (pruned.BLOCK, pruned.CODE_BITS, pruned.MANY) == (blocks.BLOCK, postings.CODE_BITS, postings.MANY)


def test_what_is_kept_names_no_class_of_ours() -> None:
    """Or a later version, where it has another name, would fail at reading what this one has left."""
    pruned.prepare()
    kernel: Any = pruned._best  # noqa: SLF001  # as numba has made it
    kinds = {type(kind) for signature in kernel.signatures for kind in signature}
    assert kinds <= {numba.types.Array, numba.types.Integer, numba.types.Float}
    within = [
        getattr(pruned, f"_{name}") for name in ("enter", "add", "near", "clear", "examine", "find", "take")
    ]
    assert {type(each._cache).__name__ for each in within} == {"NullCache"}  # noqa: SLF001


def test_without_a_place_to_keep_it_the_kernel_is_compiled_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a read-only system, where numba refuses to cache."""

    def refusing(function: Callable[[int], int], *, cache: bool = False, **options: object) -> object:
        if cache:
            raise RuntimeError("no locator available")
        return numba.njit(function, **options)

    monkeypatch.setattr(pruned, "njit", refusing)
    assert pruned._compiled(lambda number: number + 1)(1) == 2  # noqa: SLF001  (what stands before each function)
