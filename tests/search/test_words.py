from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.postings import key
from bot.search.words import Words

LINE = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=6)


@given(st.dictionaries(LINE, st.integers(1, 2**31 - 1), max_size=20), st.sampled_from([len, key]))
def test_words_are_what_was_put_in(counts: dict[str, int], group: Callable[[str], int]) -> None:
    """Each in its group, in the order of putting in, with its count; no other group has any."""
    words = Words.of(counts, group)
    assert words.everything() == counts
    for number in {group(word) for word in counts}:
        expected = [(word, count) for word, count in counts.items() if group(word) == number]
        assert list(words.group(number).items()) == expected
    assert words.group(2**64 - 1) == {}
    assert words.group(7) == {word: count for word, count in counts.items() if group(word) == 7}


def test_words_lie_in_arrays_as_told() -> None:
    """Groups ascend; UTF-8, a line each."""
    words = Words.of({"bb": 2, "ä": 3, "": 4, "cc": 5}, len)
    assert words.groups.tolist() == [0, 1, 2]
    assert words.starts.tolist() == [0, 1, 4, 10]
    assert words.firsts.tolist() == [0, 1, 2, 4]
    assert words.text.tobytes() == "\nä\nbb\ncc\n".encode()
    assert words.counts.tolist() == [4, 3, 2, 5]
    kinds = [array.dtype for array in (words.groups, words.starts, words.firsts, words.text, words.counts)]
    assert kinds == [np.uint64, np.int64, np.int64, np.uint8, np.int32]


@pytest.mark.parametrize(
    ("word", "kept"),
    [
        ("a\nb", "a b"),
        ("\n", " "),
        ("a\ud800", "a?"),
        ("\r\u2028\x1c\t", "\r\u2028\x1c\t"),
        ("\0", "\0"),
        ("大模型🙂", "大模型🙂"),
    ],
)
def test_a_word_is_one_line_that_can_be_written(word: str, kept: str) -> None:
    """A line feed becomes a blank, a lone surrogate a question mark; nothing else parts lines."""
    assert Words.of({"z": 1, word: 2, "y": 3}, lambda _: 0).everything() == {"z": 1, kept: 2, "y": 3}


def test_no_words_are_words() -> None:
    """They have no group."""
    words = Words.of({}, len)
    assert (words.everything(), words.group(0), words.group(5)) == ({}, {}, {})
    assert (words.starts.tolist(), words.firsts.tolist(), words.text.tolist()) == ([0], [0], [])
