"""A clause that ends a text, right or wrong, and what parts it from what stands before it. Pure.

Law: what parts a topic from its clauses (a comma, a dash, and, with, from) belongs to neither.
"""

import re
from dataclasses import dataclass
from typing import Any, Self

SEPARATORS = ",; \t\n"
_LINKS = ("-", "–", "—", "--", "and", "with", "from")


@dataclass(frozen=True, slots=True)
class Piece:
    """What ends a text: a clause of a `kind` that begins at `start`, or with a `fault` one that is wrong.

    `kind` is the field of a wish that it fills. `mended` is what to write instead of a wrong one. A `general`
    one (weekly) may be told more (on mondays). A `doubtful` one needs so many sure clauses before it, or
    what `reading` else asks for.
    """

    start: int
    said: str
    kind: str
    value: Any = None
    doubtful: int = 0
    general: bool = False
    fault: str = ""
    mended: str = ""

    @classmethod
    def of(cls, match: re.Match[str], kind: str, value: object = None, **more: Any) -> Self:
        """Return all of a match as a clause."""
        return cls(match.start(), match[0], kind, value, **more)

    @property
    def is_sure(self) -> bool:
        """Whether it is a clause wherever it stands, and right."""
        return not (self.fault or self.doubtful)


def ending(pattern: str) -> re.Pattern[str]:
    """Compile what ends a text, from the beginning of a word."""
    return re.compile(rf"(?:^|(?<=[\s,;]))(?:{pattern})\Z", re.ASCII | re.IGNORECASE)


def trimmed(text: str) -> str:
    """Return a text without what parts it from the clause behind it: blanks, commas, a dash, `and`."""
    text = text.rstrip(SEPARATORS)
    while (words := text.rpartition(" "))[2].lower() in _LINKS:
        text = words[0].rstrip(SEPARATORS)
    return text
