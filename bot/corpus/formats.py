"""The layouts a corpus file may have. The first that recognises a file's lines reads it.

A new one is a module with these two functions, a line in `FORMATS`, and a test. The content decides, never
the file's name; a format that recognises less stands before one that recognises more.
"""

from collections.abc import Iterator
from typing import Protocol

from bot.corpus import plain, titled
from bot.corpus.lines import Found, Line, Stray


class Format(Protocol):
    """What a format's module offers. Lines come in order and without blank ones, furniture among them."""

    def recognises(self, lines: tuple[Line, ...]) -> bool:
        """Whether these lines have this layout."""

    def read(self, lines: tuple[Line, ...]) -> Iterator[Found | Stray]:
        """Give each line a part: an abstract, its title, or a stray. Furniture has none."""


FORMATS: tuple[Format, ...] = (titled, plain)


def recognise(lines: tuple[Line, ...]) -> Format | None:
    """Return the format of these lines, or None where nobody knows it."""
    return next((known for known in FORMATS if known.recognises(lines)), None)
