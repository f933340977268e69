"""Texts → the words they are written in, each distinct one looked at once.

Law: a word here is as it stands on the page, capitals and endings included; what it means to an index is the
analyzer's affair.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from bot.search.analyze import split

Numbers = NDArray[np.int32]  # two billion words: more than any corpus here has


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The distinct words of some texts in order of first appearance, and the texts as numbers of words.

    Text n is `stream[bounds[n]:bounds[n + 1]]`; `texts[i]` is the text that `stream[i]` stands in.
    """

    words: tuple[str, ...]
    stream: Numbers
    bounds: Numbers
    texts: Numbers

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Vocabulary":
        """Read texts."""
        numbers: defaultdict[str, int] = defaultdict(count().__next__)
        stream, bounds = array("i"), [0]
        for text in texts:  # one after the other: a text's words as strings take ten times its room
            stream.extend(map(numbers.__getitem__, split(text)))
            bounds.append(len(stream))
        lengths = np.diff(bounds)
        owners = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        return cls(tuple(numbers), np.array(stream, dtype=np.int32), np.array(bounds, dtype=np.int32), owners)

    def counts(self) -> dict[str, int]:
        """Return how often each word stands in the texts."""
        counts = np.bincount(self.stream, minlength=len(self.words)).tolist()
        return dict(zip(self.words, counts, strict=True))


def spread(items: Sequence[Sequence[object]], stream: Numbers) -> tuple[Numbers, Numbers]:
    """Put each word's items in the place of the word.

    `items` has one sequence for each distinct word. Returns, for each item along the stream, its place in the
    list of all words' items one after the other, and the place in the stream of the word that it belongs to.
    """
    counts = np.fromiter(map(len, items), dtype=np.int32, count=len(items))
    starts = np.cumsum(counts, dtype=np.int32) - counts
    along = counts[stream]
    owners = np.repeat(np.arange(len(stream), dtype=np.int32), along)
    within = np.arange(len(owners), dtype=np.int32)
    within -= np.repeat(np.cumsum(along, dtype=np.int32) - along, along)
    within += starts[stream][owners]
    return within, owners
