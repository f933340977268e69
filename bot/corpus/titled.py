"""A title, below it its abstract, and so on: pages of trending papers, with or without blank lines between.

Shape decides which line is which, so a missing line costs its own paper and not those after it.
"""

from collections.abc import Iterator
from itertools import zip_longest

from bot.corpus.furniture import is_trending
from bot.corpus.lines import Found, Line, Shape, Stray, content, too_short

LONELY = "title without an abstract"


def recognises(lines: tuple[Line, ...]) -> bool:
    """Tell a page of trending papers, or a text where most of the abstracts stand right under a title."""
    if any(line.shape is Shape.FURNITURE and is_trending(line.text) for line in lines):
        return bool(content(lines))
    parts = list(read(lines))
    found = [part for part in parts if isinstance(part, Found)]
    # A sentence over a sentence may be two short abstracts: only lines that can be nothing else count.
    titles = sum(part.title is not None and part.title.shape is Shape.SHORT for part in found)
    return titles * 2 > len(found) and len(found) * 2 >= len(parts)


def read(lines: tuple[Line, ...]) -> Iterator[Found | Stray]:
    """Pair each abstract with the title right above it; strays are titles and abstracts that miss the other.

    An abstract without a title is found all the same. A title above a line that cannot be read goes with it.
    """
    title: Line | None = None
    inside = content(lines)
    for line, below in zip_longest(inside, inside[1:]):
        if _is_title(line, title, below):
            if title:
                yield Stray(title, LONELY)
            title = line
            continue
        yield Stray(line, too_short(line)) if line.shape is Shape.SHORT else Found(line, title)
        title = None
    if title:
        yield Stray(title, LONELY)


def _is_title(line: Line, above: Line | None, below: Line | None) -> bool:
    """Whether the line is a title, given the title above that waits for its abstract, and the line below."""
    if line.shape in (Shape.LONG, Shape.NOISE):
        return False
    stands_over_abstract = below is not None and below.shape is not Shape.SHORT
    if line.shape is Shape.SENTENCE:
        return above is None and stands_over_abstract
    # Two titles in a row, or a title and a text too short to be its abstract? The full stop tells.
    return above is None or stands_over_abstract or not line.ends_in_full_stop
