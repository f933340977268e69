"""The layouts a page of plain text may have. The first that recognises its lines reads it.

A layout that recognises less stands before one that recognises more.
"""

from collections.abc import Iterator
from typing import Protocol

from bot.corpus import plain, titled
from bot.corpus.lines import Found, Line, Stray


class Layout(Protocol):
    """What a layout's module offers. Lines come in order and without blank ones, furniture among them."""

    def recognises(self, lines: tuple[Line, ...]) -> bool:
        """Whether these lines have this layout."""

    def read(self, lines: tuple[Line, ...]) -> Iterator[Found | Stray]:
        """Give each line a part: an abstract, its title, or a stray. Furniture has none."""


LAYOUTS: tuple[Layout, ...] = (titled, plain)


def recognise(lines: tuple[Line, ...]) -> Layout | None:
    """Return the layout of these lines, or None where nobody knows it."""
    return next((known for known in LAYOUTS if known.recognises(lines)), None)
