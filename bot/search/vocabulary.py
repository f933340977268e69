"""Texts → the words they are written in, each distinct one looked at once.

Law: a word here is as it stands on the page, capitals and endings included; what it means to an index is the
analyzer's affair.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, count

import numpy as np

from bot.search.analyze import split
from bot.search.arrays import Integers, Numbers, spans, spread


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The distinct words of some texts in order of first appearance, and the texts as numbers of words.

    Text n is `stream[bounds[n]:bounds[n + 1]]`.
    """

    words: tuple[str, ...]
    stream: Numbers
    bounds: Integers

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Vocabulary":
        """Read texts.

        What stands between blanks is looked at once, however often it does: no word goes across a blank.
        """
        chunks: defaultdict[str, int] = defaultdict(count().__next__)
        read, lengths = array("i"), array("q")
        for text in texts:  # one after the other: a text's words as strings take ten times its room
            pieces = text.split()
            read.extend(map(chunks.__getitem__, pieces))
            lengths.append(len(pieces))
        numbers: defaultdict[str, int] = defaultdict(count().__next__)
        words = [_words(chunk) for chunk in chunks]
        flat = np.fromiter(map(numbers.__getitem__, chain.from_iterable(words)), dtype=np.int32)
        sizes = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
        stream, counts = [flat[:0]], [sizes[:0]]
        bounds = np.cumsum([0, *lengths], dtype=np.int64)
        for first, last in spans(np.diff(bounds)):
            piece = np.array(read[bounds[first] : bounds[last]], dtype=np.int32)
            index, owners = spread(sizes, piece)
            stream.append(flat[index])
            texts_of = np.repeat(np.arange(last - first), np.diff(bounds[first : last + 1]))[owners]
            counts.append(np.bincount(texts_of, minlength=last - first))
        return cls(
            tuple(numbers), np.concatenate(stream), np.concatenate(([0], np.cumsum(np.concatenate(counts))))
        )

    def counts(self) -> dict[str, int]:
        """Return how often each word stands in the texts."""
        counts = np.bincount(self.stream, minlength=len(self.words)).tolist()
        return dict(zip(self.words, counts, strict=True))


def _words(chunk: str) -> list[str]:
    return [chunk] if chunk.isascii() and chunk.isalnum() else split(chunk)
