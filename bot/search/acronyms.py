"""Acronyms that a corpus explains itself: "mixture of experts (MoE)".

Law: an acronym stands for the long form that explains it most often, in a tie for the alphabet's first.

The long form is the words before the bracket whose initials are the acronym, or else what Schwartz and
Hearst find (A simple algorithm for identifying abbreviation definitions in biomedical text, 2003): the
letters of the acronym, from the last to the first, each stand somewhere in it in this order, and the first
begins a word.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from bot.search.postings import key

LONGEST = 10  # letters

_IN_BRACKETS = re.compile(r"\((?=[^()]*[A-Z][^()]*[A-Z])([A-Za-z][A-Za-z0-9-]{1,9}?)s?\)")
_BROKEN = re.compile(r'[.,;:"“”()]')  # what crosses these is no name of anything
_INITIAL = re.compile(r"\b\w")
_CAPITALS = 2
_FARTHEST = 120  # characters before the bracket; a long form is a few words


def explained(texts: Iterable[str]) -> Counter[str]:
    """Count each acronym, in lower case, with a tab and its long form as the texts write it."""
    return Counter(
        f"{short.lower()}\t{long}" for text in texts if "(" in text for short, long in _explanations(text)
    )


def group(explanation: str) -> int:
    """Return the hash of the acronym that is explained."""
    return key(explanation.partition("\t")[0])


def meaning(short: str, explanations: Mapping[str, int]) -> str:
    """Return what an acronym in lower case stands for by counted explanations, or nothing."""
    found = [
        (-count, long)
        for each, count in explanations.items()
        for shorts, _, long in [each.partition("\t")]
        if shorts == short
    ]
    return min(found)[1] if found else ""


def looks_like_one(word: str) -> bool:
    """Tell whether a word is written as acronyms are, with two capitals at least."""
    return sum(letter.isupper() for letter in word) >= _CAPITALS


def _explanations(text: str) -> Iterator[tuple[str, str]]:
    for match in _IN_BRACKETS.finditer(text):
        short = match[1]
        words = text[max(0, match.start() - _FARTHEST) : match.start()].split()
        before = " ".join(words[-min(len(short) + 5, 2 * len(short)) :])
        long = _long_form(short.lower(), before.lower())
        if (
            looks_like_one(short)
            and long
            and not _BROKEN.search(long)
            and short.lower() not in long.lower().split()
        ):
            yield short, before[-len(long) :]


def _long_form(short: str, before: str) -> str:
    """Return the end of `before` that spells the acronym, or nothing."""
    letters = [letter for letter in short if letter.isalnum()]
    starts = [match.start() for match in _INITIAL.finditer(before)][-len(letters) :]
    if [before[start] for start in starts] == letters:
        return before[starts[0] :]
    place = len(before)
    for number, letter in reversed(list(enumerate(letters))):
        place = before.rfind(letter, 0, place)
        while number == 0 and place > 0 and before[place - 1].isalnum():
            place = before.rfind(letter, 0, place)
        if place < 0:
            return ""
    return before[place:]
