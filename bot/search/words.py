"""Words in groups, with counts, as arrays.

Law: words never change once they are made. A group is found by its number and read without the others; its
words keep the order in which they were given.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Words:
    """`groups` ascend; of group n the words are `text[starts[n]:starts[n + 1]]`, UTF-8, a line each.

    Their counts are `counts[firsts[n]:firsts[n + 1]]`.
    """

    groups: NDArray[np.uint64]
    starts: NDArray[np.int64]
    firsts: NDArray[np.int64]
    text: NDArray[np.uint8]
    counts: NDArray[np.int32]

    @classmethod
    def of(cls, counts: Mapping[str, int], group: Callable[[str], int]) -> "Words":
        """Keep words with their counts; `group` gives the number of a word's group, below 2⁶⁴."""
        grouped: dict[int, list[str]] = {}
        for word in counts:
            grouped.setdefault(group(word), []).append(word)
        numbers = sorted(grouped)
        blocks = ["".join(f"{line(word)}\n" for word in grouped[number]).encode() for number in numbers]
        return cls(
            groups=np.array(numbers, dtype=np.uint64),
            starts=np.cumsum([0, *map(len, blocks)], dtype=np.int64),
            firsts=np.cumsum([0, *(len(grouped[number]) for number in numbers)], dtype=np.int64),
            text=np.frombuffer(b"".join(blocks), dtype=np.uint8),
            counts=np.array([counts[word] for number in numbers for word in grouped[number]], dtype=np.int32),
        )

    def group(self, number: int) -> dict[str, int]:
        """Return the words of a group with their counts."""
        place = int(self.groups.searchsorted(np.uint64(number)))
        if place == len(self.groups) or self.groups[place] != number:
            return {}
        return self._at(place)

    def everything(self) -> dict[str, int]:
        """Return all words with their counts."""
        found: dict[str, int] = {}
        for place in range(len(self.groups)):
            found |= self._at(place)
        return found

    def _at(self, place: int) -> dict[str, int]:
        lines = self.text[self.starts[place] : self.starts[place + 1]].tobytes().decode().split("\n")
        counts = self.counts[self.firsts[place] : self.firsts[place + 1]].tolist()
        return dict(zip(lines[:-1], counts, strict=True))


def line(word: str) -> str:
    """Return a word as one line that UTF-8 can hold: a file's name may have line breaks, and worse."""
    return word.replace("\n", " ").encode(errors="replace").decode()
