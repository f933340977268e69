import numpy as np

from bot.search.vocabulary import Vocabulary, spread


def test_a_vocabulary_is_the_words_as_they_stand() -> None:
    """Each distinct spelling once, in order of first appearance; texts are numbers of words."""
    vocabulary = Vocabulary.of(["The model, the Model", "", "fine-tuned 大模型 model’s the"])
    assert vocabulary.words == ("The", "model", "the", "Model", "fine-tuned", "大模型", "model’s")
    assert vocabulary.stream.tolist() == [0, 1, 2, 3, 4, 5, 6, 2]
    assert vocabulary.bounds.tolist() == [0, 4, 4, 8]
    assert vocabulary.texts.tolist() == [0, 0, 0, 0, 2, 2, 2, 2]


def test_words_are_counted() -> None:
    """Each as it is spelled."""
    assert Vocabulary.of(["a b a", "A b b"]).counts() == {"a": 2, "b": 3, "A": 1}


def test_no_texts_are_a_vocabulary() -> None:
    """It has no words, and no text begins in it."""
    vocabulary = Vocabulary.of([])
    assert (vocabulary.words, vocabulary.stream.tolist(), vocabulary.bounds.tolist()) == ((), [], [0])
    assert vocabulary.counts() == {}


def test_items_spread_along_the_stream() -> None:
    """A word's items stand wherever the word does: their places among all items, and the word's place."""
    items = [["a", "b"], [], ["c"]]
    index, owners = spread(items, np.array([2, 0, 1, 0]))
    assert index.tolist() == [2, 0, 1, 0, 1]
    assert owners.tolist() == [0, 1, 1, 3, 3]
    assert [each.tolist() for each in spread([], np.array([], dtype=np.int64))] == [[], []]
