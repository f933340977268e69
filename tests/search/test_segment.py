from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.collection import Collection
from bot.search.postings import LAST_PLACE, MANY, key
from bot.search.segment import Document, Part, Segment, assembled, flat, segment
from tests.search.arrays import ANALYZER, DOCUMENT, labelled, listed, numbered, postings, same_arrays


def of(*documents: Document) -> Segment:
    """Index documents."""
    return segment([*enumerate(documents)], ANALYZER.forms)


def collection(*documents: Document) -> Collection:
    """Return documents as search sees them."""
    return Collection.of(documents, ANALYZER)


def in_a_row(found: Collection, *words: str) -> list[bool]:
    """Tell of each document whether it holds words, each as written in one stretch, in a row."""
    held: list[bool] = found.holding([ANALYZER.forms(word) for word in words]).tolist()
    return held


def test_a_segment_is_arrays_as_told() -> None:
    """Each of them, for two documents."""
    made = segment(
        [
            (
                4,
                Document(
                    title="Fine-tuning the Safe model",
                    abstract="safe",
                    authors=["Jiashu Xu", "Li"],
                    labels=["A.txt", "arXiv", "a.TXT"],
                    year=2023,
                    dated=7,
                ),
            ),
            (9, Document(title="", abstract="Mixture of experts (MoE).", labels=["ARXIV"])),
        ],
        ANALYZER.forms,
    )
    assert made.numbers.tolist() == [4, 9]
    assert made.lengths.tolist() == [3 * 5 + 1, 3]
    assert made.title_ends.tolist() == [4, 0]  # fine-tuning takes two places, the takes none
    assert made.title_words.tolist() == [3, 0]
    assert made.years.tolist() == [2023, 0]
    assert made.dates.tolist() == [7, 0]
    assert made.author_bounds.tolist() == [0, 2, 2]
    assert labelled(made) == {"a.txt": [0], "arxiv": [0, 1]}
    assert listed(made.words) == [
        (3, {"moe": 1}),
        (4, {"safe": 2}),
        (5, {"model": 1}),
        (7, {"mixture": 1, "experts": 1}),
        (11, {"fine-tuning": 1}),
    ]
    assert listed(made.author_words) == [(2, {"xu": 1, "li": 1}), (6, {"jiashu": 1})]
    assert made.lower.tolist() == sorted(key(word) for word in ("the", "model", "safe", "of", "experts"))
    assert listed(made.explained) == [(key("moe"), {"moe\tMixture of experts": 1})]
    assert made.blocks is None
    assert made.size == 2
    terms = ["fine", "tune", "finetun", "safe", "model", "mixtur", "expert", "moe"]
    assert made.text.hashes.tolist() == sorted(map(key, terms))
    assert {term: found(made, term) for term in terms} == {
        "fine": ([0], [3], [(0, 1)]),
        "tune": ([0], [3], [(1, 1)]),
        "finetun": ([0], [3], [(0, 2)]),
        "safe": ([0], [4], [(2, 1), (5, 1)]),
        "model": ([0], [3], [(3, 1)]),
        "mixtur": ([1], [1], [(1, 1)]),
        "expert": ([1], [1], [(2, 1)]),
        "moe": ([1], [1], [(3, 1)]),
    }


def found(made: Segment, term: str) -> tuple[list[int], list[int], list[tuple[int, int]]]:
    """Return a term's documents, its frequencies, and its places, each with how many it takes."""
    text = made.text
    place = text.find(key(term))
    first, last = text.place_bounds[place : place + 2].tolist()
    spans = dict(zip(text.odd.tolist(), text.odd_spans.tolist(), strict=True))
    places = [
        (int(text.places[occurrence]) >> 1, spans.get(occurrence, 1)) for occurrence in range(first, last)
    ]
    stretch = text.stretch(place)
    return text.documents(stretch).tolist(), text.counts(stretch).tolist(), places


@given(st.lists(DOCUMENT, max_size=4))
def test_a_segment_can_be_taken_apart_and_put_together(documents: list[Document]) -> None:
    """Its arrays, each with a name, are all of it."""
    made = segment(numbered(documents), ANALYZER.forms)
    again = assembled(dict(flat(made)))
    assert again.blocks is None
    same_arrays(dict(flat(again)), dict(flat(made)))
    assert all(
        array.dtype == before.dtype for (_, array), (_, before) in zip(flat(again), flat(made), strict=True)
    )


def test_what_is_no_segments_array_is_refused() -> None:
    """One too many, one too few, one in a group that there is not."""
    arrays = dict(flat(of()))
    for wrong in (
        arrays | {"other": arrays["numbers"]},
        arrays | {"text.other": arrays["numbers"]},
        arrays | {"other.bounds": arrays["numbers"]},
        arrays | {"numbers.bounds": arrays["numbers"]},
        {name: array for name, array in arrays.items() if name != "numbers"},
        {name: array for name, array in arrays.items() if name != "text.odd"},
        {name: array for name, array in arrays.items() if not name.startswith("names.")},
    ):
        with pytest.raises((TypeError, KeyError)):
            assembled(wrong)


@pytest.mark.parametrize("times", [MANY - 1, MANY, MANY + 1, 70_000])
def test_a_frequency_may_be_great(times: int) -> None:
    """It stands apart where it does not fit into a byte."""
    made = of(
        Document(title="", abstract="alpha"),
        Document(title="", abstract="model " * times),
        Document(title="model", abstract="beta"),
    )
    place = made.text.find(key("model"))
    assert made.text.counts(made.text.stretch(place)).tolist() == [times, 3]
    assert [each.tolist() for each in made.text.times(place, np.array([0, 1, 2]))] == [[1, 2], [times, 3]]
    assert made.lengths.tolist() == [1, times, 4]
    assert len(made.text.many) == len(made.text.many_frequencies) == (times >= MANY)


def test_from_the_last_place_on_words_are_found_and_stand_in_no_row() -> None:
    """So a document may be of any length."""
    filler = ["filler"] * (LAST_PLACE - 4)  # the empty title takes a place
    long = collection(
        Document(
            title="", abstract=" ".join([*filler, "alpha", "beta", "gamma", "delta", "fine-tuning", "end"])
        )
    )
    for word in ("alpha", "beta", "gamma", "delta", "fine-tuning", "tuning", "end"):
        assert long.having(ANALYZER.forms(word)).tolist() == [True]
        assert in_a_row(long, word) == [True]
    assert in_a_row(long, "alpha", "beta") == [True]
    assert in_a_row(long, "filler", "alpha", "beta") == [True]
    for row in (("gamma", "end"), ("gamma", "fine-tuning"), ("delta", "fine-tuning"), ("delta", "end")):
        assert in_a_row(long, *row) == [False]


def test_a_title_may_be_of_any_length() -> None:
    """Its words count three times, and it ends at the last place at most."""
    made = collection(Document(title="alpha " * 40_000 + "beta", abstract="gamma"))
    (part,) = made.parts
    assert (part.segment.title_ends.tolist(), part.segment.title_words.tolist()) == (
        [LAST_PLACE],
        [LAST_PLACE],
    )
    assert part.segment.lengths.tolist() == [120_004]
    assert made.titled([ANALYZER.forms("alpha")] * 3).tolist() == [True]
    assert made.titled([ANALYZER.forms("gamma")]).tolist() == [False]


def test_a_giant_of_hyphens_is_found_and_stands_in_no_row() -> None:
    """Nor does its whole end anywhere amid it; what it is made of stands in rows."""
    parts = [f"p{number}z" for number in range(200)]
    found = collection(Document(title="", abstract=f"alpha {'-'.join(parts)} omega"))
    assert found.having(ANALYZER.forms("-".join(parts))).tolist() == [True]
    assert found.having(ANALYZER.forms("".join(parts))).tolist() == [True]
    assert in_a_row(found, "".join(parts)) == [True]
    assert in_a_row(found, "alpha", *parts, "omega") == [True]
    assert in_a_row(found, parts[80], parts[81]) == [True]
    assert in_a_row(found, parts[80], parts[82]) == [False]
    assert in_a_row(found, "".join(parts), "omega") == [False]
    assert [part for part in parts if in_a_row(found, "".join(parts), part) == [True]] == []


LABELS = ["a\nb", "a b", "c\ud800", "c\ud801", "c?", "d\r\n", "d", "A B"]


@pytest.mark.parametrize("sought", ["a b", "a", "c", "c?", "d", "zzz", ""])
def test_labels_with_line_breaks_and_surrogates_are_labels(sought: str) -> None:
    """Whichever stand beside them, each document is found by its own; a line break is a blank there."""
    made = collection(
        *(
            Document(title="", abstract="x", labels=[label, "all"] if "b" in label else [label])
            for label in LABELS
        )
    )
    shown = [
        [label.replace("\n", " ").replace("\ud800", "?").replace("\ud801", "?").casefold()]
        for label in LABELS
    ]
    assert made.labelled(sought).tolist() == [
        any(sought in each for each in [*label, *(["all"] if "b" in label[0] else [])]) for label in shown
    ]


def test_lone_surrogates_part_words_and_do_no_harm() -> None:
    """In texts, names and what explains an acronym."""
    made = of(
        Document(
            title="xy\ud800zw",
            abstract="mixture \udfff of experts (MoE)",
            authors=["X\ud800u"],
            labels=["\ud800"],
        )
    )
    assert listed(made.words) == [
        (2, {"xy": 1, "zw": 1}), (3, {"moe": 1}), (7, {"mixture": 1, "experts": 1})
    ]  # fmt: skip
    assert listed(made.author_words) == [(1, {"x": 1, "u": 1})]
    assert listed(made.explained) == [(key("moe"), {"moe\tmixture ? of experts": 1})]
    assert labelled(made) == {"?": [0]}


@given(st.lists(DOCUMENT, max_size=4), st.data())
def test_a_part_shows_what_is_kept(documents: list[Document], data: st.DataObject) -> None:
    """Postings, their number, and flags; without flags all are kept."""
    made = segment(numbered(documents), ANALYZER.forms)
    kept = np.array(
        data.draw(st.lists(st.booleans(), min_size=made.size, max_size=made.size)), dtype=np.bool_
    )
    whole, part = Part(made), Part(made, kept)
    for place in range(-1, len(made.text.hashes)):
        every = postings(whole, place)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("bot.search.segment._PIECE", 1)
            assert postings(whole, place) == every
        expected = [(document, times) for document, times in every if kept[document]]
        assert postings(part, place) == expected
        assert (part.frequency(place), whole.frequency(place)) == (len(expected), len(every))
    flags = ~kept
    assert whole.among(None) is None
    assert whole.among(flags) is flags
    assert part.among(None) is kept
    everywhere = part.among(np.ones(made.size, dtype=np.bool_))
    assert everywhere is not None
    assert everywhere.tolist() == kept.tolist()


def test_of_nothing_a_segment_is_made() -> None:
    """All its arrays are there, and empty but for bounds."""
    made = of()
    assert made.size == 0
    assert sorted({*chain.from_iterable(array.tolist() for _, array in flat(made))}) == [0]
