from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.merge import combined, merged
from bot.search.postings import LAST_PLACE
from bot.search.segment import Document, Part, Segment, assembled, flat, segment
from tests.search.arrays import ANALYZER, DOCUMENT, arrays, same_segment

Placed = tuple[int, Document, int, bool]  # a paper's number, its document, its segment, whether it is kept


def cut(documents: Sequence[Placed], parts: int) -> list[Part]:
    """Return segments of documents, and of none where no document is."""
    found = []
    for part in range(parts):
        own = sorted(
            (number, kept, document) for number, document, home, kept in ordered(documents) if home == part
        )
        made = segment([(number, document) for number, _, document in own], ANALYZER.forms)
        kept = np.array([kept for _, kept, _ in own], dtype=np.bool_)
        found.append(Part(made, None if kept.all() else kept))
    return found


def ordered(documents: Sequence[Placed]) -> list[Placed]:
    """Return the documents by number."""
    return sorted(documents, key=lambda each: each[0])


def whole(documents: Sequence[Placed]) -> Segment:
    """Return one segment of the documents that are kept."""
    return segment(
        [(number, document) for number, document, _, kept in ordered(documents) if kept], ANALYZER.forms
    )


def read(documents: Sequence[Placed]) -> Segment:
    """Return one segment of all documents, be they kept or not, for the words they have."""
    return segment(
        [(number, document) for number, (_, document, _, _) in enumerate(ordered(documents))], ANALYZER.forms
    )


@st.composite
def cuts(draw: st.DrawFn) -> tuple[list[Placed], int]:
    """Draw documents with numbers, spread over segments; a paper may stand in several, and is kept in one."""
    parts = draw(st.integers(1, 4))
    found: list[Placed] = []
    for number in draw(st.lists(st.integers(0, 40), unique=True, max_size=8)):
        homes = draw(st.lists(st.integers(0, parts - 1), unique=True, min_size=1, max_size=parts))
        last = draw(st.booleans())
        for place, home in enumerate(homes):
            found.append((number, draw(DOCUMENT), home, last and place == 0))
    return found, parts


@given(cuts(), st.sampled_from([1, 3, 50, 1 << 22]))
def test_merged_segments_say_what_one_of_all_documents_says(
    drawn: tuple[list[Placed], int], at_once: int
) -> None:
    """To the last array, however they were cut, and however many postings are worked on at a time.

    Only the words of documents that are left out stay known.
    """
    documents, parts = drawn
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.search.arrays.AT_ONCE", at_once)
        found = combined(cut(documents, parts))
    same_segment(found, whole(documents), remembered=read(documents))


@given(cuts())
def test_it_does_not_matter_in_which_order_segments_are_merged(drawn: tuple[list[Placed], int]) -> None:
    """One after the other, or all at once."""
    documents, parts = drawn
    one, *others = cut(documents, parts)
    stepwise = Part(combined([one]))
    for each in others:
        stepwise = Part(combined([stepwise, each]))
    same_segment(stepwise.segment, combined([one, *others]))


LONG = " ".join(["filler"] * (LAST_PLACE - 2) + ["alpha", "beta", "gamma"] + ["model"] * 300)
GIANT = "-".join(f"p{number}z" for number in range(100))


def test_what_is_giant_is_merged() -> None:
    """Frequencies of 255 and more, words of many joints, documents longer than places reach."""
    texts = [
        "model " * 254,
        "model " * 255,
        "model " * 70_000,
        LONG,
        f"alpha {GIANT} omega",
        "fine-tuning",
        "",
    ]
    documents: list[Placed] = [
        (number, Document(title=text if number % 2 else "model", abstract=text), number % 3, number != 1)
        for number, text in enumerate(texts)
    ]
    found = combined(cut(documents, 3))
    same_segment(found, whole(documents), remembered=read(documents))
    assert len(found.text.many) > 2
    assert {63, 2} <= set(found.text.odd_spans.tolist())


def test_documents_without_labels_are_merged() -> None:
    """As documents are that have some."""
    bare = Document(title="model", abstract="fine-tuning")
    for labels in ([], ["a"]):
        documents: list[Placed] = [
            (1, bare, 0, True),
            (2, Document(title="x", abstract="y", labels=labels), 1, True),
        ]
        same_segment(combined(cut(documents, 2)), whole(documents))


def test_empty_segments_are_merged() -> None:
    """Before, between and behind others, and where nothing else is."""
    documents: list[Placed] = [
        (number, Document(title="model", abstract="", labels=["a"]), 1, True) for number in (4, 7)
    ]
    same_segment(combined(cut(documents, 3)), whole(documents))
    same_segment(combined(cut([], 3)), whole([]))


def test_labels_with_line_breaks_are_merged() -> None:
    """A line break is a blank there, so two labels may be one."""
    labels = ["a\nb", "a b", "c"]
    documents: list[Placed] = [
        (number, Document(title="", abstract="", labels=[label]), number % 2, True)
        for number, label in enumerate(labels * 2)
    ]
    same_segment(combined(cut(documents, 2)), whole(documents))


def test_a_merged_segment_comes_in_pieces() -> None:
    """Of all arrays that a segment has, and of no other; each piece of the same kind."""
    documents: list[Placed] = [
        (number, Document(title=f"term{number}", abstract="model fine-tuning"), 0, True)
        for number in range(9)
    ]
    parts = cut(documents, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.search.arrays.AT_ONCE", 4)
        pieces = list(merged(parts))
    names = {name for name, _ in pieces}
    assert names == {name for name, _ in flat(parts[0].segment)}
    assert sum(name == "text.entries" for name, _ in pieces) > 2
    joined = {name: np.concatenate([piece for each, piece in pieces if each == name]) for name in names}
    assert {name: piece.dtype for name, piece in pieces} == {
        name: array.dtype for name, array in joined.items()
    }
    same_segment(assembled(joined), parts[0].segment)
    assert arrays(assembled(joined)).keys() == arrays(parts[0].segment).keys()
