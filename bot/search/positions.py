"""Where each term stands: what a phrase needs, and a field.

Law: places are counted in words over all texts, one after the other, and texts lie apart by one place; so
what stands in a row has places in a row, and nothing stands in a row with another text. Stop words take no
place.

A word with several forms takes places for all of them, and no row changes from one form to another within it:
`fine-tuning` takes two, where `fine` is the first, `tune` the second, and `finetun` both.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain, count, islice

import numpy as np
from numpy.typing import NDArray

from bot.search.analyze import Forms
from bot.search.vocabulary import Numbers, Vocabulary, spread

Flags = NDArray[np.bool_]


_Step = tuple[
    str, int, int
]  # a term inside a word, and where it begins and ends, from the word's first place


class Positions:
    """The places of every term in the texts of a vocabulary; `forms` are those of its words, in order."""

    def __init__(self, vocabulary: Vocabulary, forms: Sequence[Forms]) -> None:
        steps = [_steps(each) for each in forms]
        flat = list(chain.from_iterable(steps))
        numbers: defaultdict[str, int] = defaultdict(count().__next__)
        terms = np.array([numbers[term] for term, _, _ in flat], dtype=np.int64)
        offsets = np.array([place for _, *places in flat for place in places], dtype=np.int64).reshape(-1, 2)
        spans = np.array([_span(each) for each in forms], dtype=np.int64)
        passed = np.concatenate(([0], np.cumsum(spans[vocabulary.stream])))
        self._firsts = passed[vocabulary.bounds[:-1]] + np.arange(len(vocabulary.bounds) - 1)
        index, owners = spread(steps, vocabulary.stream)
        begins = (passed[:-1] + vocabulary.texts)[owners]
        order = np.argsort(terms[index], kind="stable")
        self._numbers = dict(numbers)
        self._bounds = [0, *np.cumsum(np.bincount(terms[index], minlength=len(numbers))).tolist()]
        self._starts = (begins + offsets[index, 0])[order]
        self._ends = (begins + offsets[index, 1])[order]

    def holding(self, words: Sequence[Forms]) -> Flags:
        """Return for each text whether it holds the words in a row, each in whichever form."""
        ends: Numbers | None = None
        for forms in words:
            ends = np.concatenate([self._follow(way, ends) for way in forms.ways])
        holds = np.zeros(len(self._firsts), dtype=np.bool_)
        if ends is not None:
            holds[np.searchsorted(self._firsts, ends - 1, side="right") - 1] = True
        return holds

    def _follow(self, way: Sequence[str], ends: Numbers | None) -> Numbers:
        """Return where the terms of a way end that begin at one of the places `ends`; None: anywhere."""
        for term in way:
            number = self._numbers.get(term)
            stretch = slice(0) if number is None else slice(self._bounds[number], self._bounds[number + 1])
            starts, after = self._starts[stretch], self._ends[stretch]
            ends = after if ends is None else after[_are_in(starts, ends)]
        return self._ends[:0] if ends is None else ends


def _are_in(values: Numbers, pool: Numbers) -> Flags:
    """Return which values are in a pool; as both are nearly sorted, this takes a third of np.isin's time."""
    if not len(pool):
        return np.zeros(len(values), dtype=np.bool_)
    pool = np.sort(pool)
    places = np.searchsorted(pool, values)
    places[places == len(pool)] = 0
    found: Flags = pool[places] == values
    return found


def _span(forms: Forms) -> int:
    """Return how many places a word takes: one, and one for each joint within one of its ways."""
    return 1 + sum(len(way) - 1 for way in forms.ways) if forms.ways else 0


def _steps(forms: Forms) -> Sequence[_Step]:
    """Return the steps of all ways of a word; each way has joints of its own."""
    if len(forms.terms) == 1 == len(forms.ways):  # nearly every word, so this is worth a line
        return ((forms.terms[0], 0, 1),)
    span = _span(forms)
    joints = count(1)
    steps: list[_Step] = []
    for way in forms.ways:
        edges = [0, *islice(joints, len(way) - 1), span]
        steps += zip(way, edges, edges[1:], strict=False)
    return steps
