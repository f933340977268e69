from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.analyze import split
from bot.search.vocabulary import Vocabulary


def test_a_vocabulary_is_the_words_as_they_stand() -> None:
    """Each distinct spelling once, in order of first appearance; texts are numbers of words."""
    vocabulary = Vocabulary.of(["The model, the Model", "", "fine-tuned 大模型 model’s the"])
    assert vocabulary.words == ("The", "model", "the", "Model", "fine-tuned", "大模型", "model’s")
    assert vocabulary.stream.tolist() == [0, 1, 2, 3, 4, 5, 6, 2]
    assert vocabulary.bounds.tolist() == [0, 4, 4, 8]


def test_words_are_counted() -> None:
    """Each as it is spelled."""
    assert Vocabulary.of(["a b a", "A b b"]).counts() == {"a": 2, "b": 3, "A": 1}


def test_no_texts_are_a_vocabulary() -> None:
    """It has no words, and no text begins in it."""
    vocabulary = Vocabulary.of([])
    assert (vocabulary.words, vocabulary.stream.tolist(), vocabulary.bounds.tolist()) == ((), [], [0])
    assert vocabulary.counts() == {}


@given(
    st.lists(
        st.lists(
            st.sampled_from(["the", "The,", "(fine-tuned)", "--", "a_b’s", "大模型x", "x\u00a0y", "-é"])
        ),
        max_size=9,
    )
)
def test_texts_are_the_words_that_stand_in_them(texts: list[list[str]]) -> None:
    """Whatever stands between them, and however texts are cut into spans."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.search.arrays.AT_ONCE", 3)
        vocabulary = Vocabulary.of([" ".join(text) for text in texts])
    read = [vocabulary.words[number] for number in vocabulary.stream]
    assert [read[first:last] for first, last in pairwise(vocabulary.bounds)] == [
        split(" ".join(text)) for text in texts
    ]
