"""Misspelt words → the nearest that there are.

Law: nothing is invented. A word that is far from all others has no neighbour, and a digit is no slip: llama-3
is not llama-2.
"""

from collections.abc import Mapping

_SHORTEST = 4  # a slip in a shorter word makes too many others
_LONG = 8  # from here on two slips may be one word
_SMALL = 5


def distance(one: str, other: str) -> int:
    """Return how many slips lie between two words: a letter too many, too few, wrong, or two swapped."""
    from rapidfuzz.distance import OSA

    return OSA.distance(one, other)


def lengths(word: str) -> range:
    """Return how long a word may be that is near another."""
    slips = _slips(word)
    return range(len(word) - slips, len(word) + slips + 1) if slips else range(0)


def nearest(word: str, counts: Mapping[str, int]) -> str | None:
    """Return the word with the fewest slips, then with the same first letter, then the most frequent.

    `word` and those counted are folded to lower case. None where none is near: one slip away, two for a word
    of eight letters or more. In a word of up to five letters, most of whose neighbours are names of something
    else (sora and sota, peft and eft), no letter is wrong, and the first is right; so it is where two are.
    """
    slips = _slips(word)
    if not slips:
        return None
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    near = process.extract(word, counts.keys(), scorer=OSA.distance, score_cutoff=slips, limit=None)
    ranked = [
        (found, other[0] != word[0], -counts[other], other)
        for other, found, _ in near
        if _digits(other) == _digits(word) and _likely(word, other, found)
    ]
    return min(ranked)[-1] if ranked else None


def _slips(word: str) -> int:
    """Return how many slips may lie between a word and its nearest."""
    return (len(word) >= _SHORTEST) + (len(word) >= _LONG)


def _likely(word: str, other: str, slips: int) -> bool:
    if len(word) <= _SMALL:
        return other[0] == word[0] and (len(other) != len(word) or sorted(other) == sorted(word))
    return slips == 1 or other[0] == word[0]


def _digits(word: str) -> list[str]:
    return [character for character in word if character.isdigit()]
