"""What tests of segments share: documents, and how segments are compared."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from bot.search.analyze import Analyzer
from bot.search.segment import Array, Document, Part, Segment, flat
from bot.search.words import Words

ANALYZER = Analyzer()
LISTS = ("labels", "words", "author_words", "explained")
REMEMBERED = (
    "words",
    "author_words",
    "explained",
)  # what is known of documents that are left out, and `lower`

SPELLINGS = [
    "fine-tuning",
    "finetuned",
    "fine",
    "tuning",
    "the",
    "Model",
    "model",
    "PolyLM",
    "MobileBERT-Tiny",
    "self-self",
    "大模型",
    "Über",
    "safe",
    "mixture of experts (MoE)",
    "selective attention for engines (SAFE)",
    "model " * 84,  # in a title 252 times
    "x-" * 70 + "x",
]
TEXT = st.lists(st.sampled_from(SPELLINGS), max_size=6).map(" ".join)
DOCUMENT = st.builds(
    Document,
    title=TEXT,
    abstract=TEXT,
    authors=st.lists(st.sampled_from(["Jiashu Xu", "Xu Jian-Yun", "Søren O'Neil", "李明", ""]), max_size=3),
    labels=st.lists(st.sampled_from(["1.txt", "2.txt", "ARXIV", "arXiv", "Ä"]), max_size=3),
    year=st.sampled_from([None, 1999, 2023]),
    dated=st.sampled_from([0, 2305_014710, 9912_099999]),
)


def arrays(segment: Segment) -> dict[str, Array]:
    """Return a segment's arrays, but for lists of words."""
    return {
        name: array
        for name, array in flat(segment)
        if name.partition(".")[0] not in LISTS and name not in {"label_documents", "lower"}
    }


def listed(words: Words) -> list[tuple[int, dict[str, int]]]:
    """Return the groups of words, each as it is found by its number."""
    return [(number, words.group(number)) for number in words.groups.tolist()]


def labelled(segment: Segment) -> dict[str, list[int]]:
    """Return the documents of each label."""
    counts = segment.labels.everything()
    bounds = np.cumsum([0, *counts.values()]).tolist()
    assert bounds[-1] == len(segment.label_documents)
    documents = segment.label_documents.tolist()
    return {
        label: documents[first:last] for label, first, last in zip(counts, bounds, bounds[1:], strict=False)
    }


def same_arrays(found: Mapping[str, Array], expected: Mapping[str, Array]) -> None:
    """See that the same arrays have the same kinds, shapes and values."""
    assert list(found) == list(expected) or set(found) == set(expected)
    for name, array in expected.items():
        assert (name, found[name].dtype, found[name].shape) == (name, array.dtype, array.shape)
        assert (name, found[name].tobytes()) == (name, array.tobytes())


def same_segment(found: Segment, expected: Segment, remembered: Segment | None = None) -> None:
    """See that a segment says the same as another; of words, the same as one that `remembered` more."""
    same_arrays(arrays(found), arrays(expected))
    assert labelled(found) == labelled(expected)
    known = remembered or expected
    for name in REMEMBERED:
        assert listed(getattr(found, name)) == listed(getattr(known, name))
    assert (found.lower.dtype, found.lower.tolist()) == (known.lower.dtype, known.lower.tolist())


def numbered(documents: Sequence[Document]) -> list[tuple[int, Document]]:
    """Give documents numbers with gaps."""
    return [(3 * place + 1, document) for place, document in enumerate(documents)]


def postings(part: Part, place: int) -> list[tuple[int, int]]:
    """Return the documents that have the term at a place, each with how often."""
    return [
        pair
        for piece in part.postings(place)
        for pair in zip(*(each.tolist() for each in piece), strict=True)
    ]


def resident(name: str) -> int:
    """Return how many bytes memory holds of what this process has mapped of files called so."""
    maps = Path("/proc/self/smaps").read_text(encoding="utf-8")
    mapped = re.findall(rf"{re.escape(name)}\n(?:.*\n)*?Rss:\s+(\d+)", maps)
    return 1024 * sum(map(int, mapped))
