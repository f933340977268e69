from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.analyze import Analyzer
from bot.search.inverted import invert
from bot.search.postings import graded, packed, shortest
from bot.search.vocabulary import Vocabulary

ANALYZER = Analyzer()
SPELLINGS = [
    "fine-tuning",
    "finetuned",
    "fine",
    "tuning",
    "the",
    "PolyLM",
    "poly",
    "LM",
    "MobileBERT-Tiny",
    "mobile",
    "MobileBERT",
    "BERT",
    "tiny",
    "in-context",
    "context",
    "大模型",
    "模型",
    "大模",
    "self-self",
    "self",
]
TEXT = st.lists(st.sampled_from(SPELLINGS), max_size=7).map(" ".join)


def holding(texts: list[str], phrase: str) -> list[bool]:
    """Tell of each text whether it holds the words of the phrase in a row."""
    vocabulary = Vocabulary.of(texts)
    postings = invert(vocabulary, [ANALYZER.forms(word) for word in vocabulary.words], texts_each=1).postings
    everywhere = np.ones(len(texts), dtype=np.bool_)
    holders, _ = postings.holding([word.forms for word in ANALYZER.words(phrase)], everywhere)
    return [text in set(holders.tolist()) for text in range(len(texts))]


@pytest.mark.parametrize(
    ("phrase", "text", "held"),
    [
        ("length bias", "Length biases", True),
        ("length bias", "length, (bias)", True),
        ("bias length", "length bias", False),
        ("length bias", "length and model bias", False),
        ("length bias", "length of the bias", True),
        ("length length", "length bias length", False),
        ("length length", "length length", True),
        ("bias", "length bias", True),
        ("fine tuning safety", "fine-tuning safety", True),
        ("finetuning safety", "fine-tuning safety", True),
        ("fine-tuning safety", "finetuned safety", True),
        ("fine-tuning safety", "fine tuned safety", True),
        ("fine-tuning safety", "fine-tuned safety", True),
        ("fine safety", "fine-tuning safety", False),
        ("tuning safety", "fine-tuning safety", True),
        ("fine-tuning", "fine, then tuning", True),
        ("poly lm model", "PolyLM model", True),
        ("polylm model", "PolyLM model", True),
        ("PolyLM model", "poly LM model", True),
        ("poly model", "PolyLM model", False),
        ("mobile bert tiny", "MobileBERT-Tiny", True),
        ("mobilebert tiny", "MobileBERT-Tiny", True),
        ("mobileberttiny x", "MobileBERT-Tiny x", True),
        ("mobile tiny", "MobileBERT-Tiny", False),
        ("mobilebert bert tiny", "MobileBERT-Tiny", False),
        ("context learning", "in-context learning", True),
        ("大模型", "我们的大模型很好", True),
        ("模型很", "大模型很好", True),
        ("大模型很好", "大模型好", False),
        ("大模型 bert", "这是大模型 BERT", True),
        ("模型模型", "模型模型", True),
        ("模型模型", "模型 型模", False),
    ],
)
def test_a_phrase_is_words_in_a_row(phrase: str, text: str, *, held: bool) -> None:
    """In this order, whatever their forms; stop words between them take no place."""
    assert holding([text], phrase) == [held]


def test_a_row_never_goes_on_in_another_text() -> None:
    """Texts lie apart, those without a word too."""
    assert holding(["length", "bias", "", "length bias", "the", "bias length", "bias"], "length bias") == [
        False,
        False,
        False,
        True,
        False,
        False,
        False,
    ]


def test_what_no_text_has_is_held_by_none() -> None:
    """A row of no words neither, and where there is no text there is no answer."""
    assert holding(["length bias"], "length zzz") == [False]
    assert holding(["length bias"], "zzz") == [False]
    assert holding(["length bias"], "") == [False]
    assert holding([], "length") == []


def rows(text: str) -> list[list[str]]:
    """Return all the rows of terms that a text may be read as, each word in one of its ways."""
    ways = [word.forms.ways for word in ANALYZER.words(text)]
    return [[term for way in chosen for term in way] for chosen in product(*ways)]


@given(
    st.lists(TEXT, min_size=1, max_size=6),
    st.lists(st.sampled_from(SPELLINGS), min_size=1, max_size=3),
    st.sampled_from([1, 2, 5, 1 << 18]),
)
def test_a_text_holds_what_its_rows_of_terms_hold(texts: list[str], words: list[str], at_once: int) -> None:
    """Some reading of the phrase stands in a row in some reading of the text, span by span or at once."""
    phrase = " ".join(words)

    def inside(row: list[str], text: list[str]) -> bool:
        return any(text[place : place + len(row)] == row for place in range(len(text)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.search.arrays.AT_ONCE", at_once)
        patch.setattr("bot.search.postings._AT_ONCE", at_once)
        held = holding(texts, phrase)
    assert held == [
        any(inside(row, text) for row in rows(phrase) if row for text in rows(each)) for each in texts
    ]


@pytest.mark.parametrize(("documents", "kind"), [(1 << 24, np.uint32), ((1 << 24) + 1, np.uint64)])
def test_entries_have_room_for_every_document(documents: int, kind: type) -> None:
    """And for its grade, and for a frequency up to what stands for all that are greater."""
    grades = np.full(documents, 15, dtype=np.uint8)
    last = documents - 1
    entries = packed(np.array([0, last]), np.array([1, 99]), grades)
    assert entries.dtype == kind
    assert entries.tolist() == [15 << 4 | 1, last << 8 | 15 << 4 | 15]


def test_lengths_are_graded() -> None:
    """A grade begins with the shortest length of it; about as many documents have each."""
    lengths = np.array([7, 3, 3, 3, *range(100, 128)], dtype=np.int32)
    begins = shortest(lengths)
    assert begins.tolist() == [3, 3, *range(100, 128, 2)]
    assert graded(lengths, begins).tolist() == [1, 1, 1, 1, *(2 + each // 2 for each in range(28))]
    assert shortest(lengths[:0]).tolist() == [0] * 16
