"""What every format of corpus files makes of a text: pieces, each read into a record on demand."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol

from bot.corpus.catalog import Catalog
from bot.papers import Problem, Record

# A line of a file, from 1, and its text without the end, blank ones too; joined by line feeds they are all.
# A line of more than LONGEST_CHUNK bytes comes in chunks of so many, which all bear its number.
Numbered = tuple[int, str]
LONGEST_CHUNK = 1 << 20


class Piece(NamedTuple):
    """A paper as a file gives it: the line it begins at, the text that it is made of, and what reads that.

    While the text stays the same, so does what is read.
    """

    line: int
    text: str
    read: Callable[[], Record | Problem]


class Format(Protocol):
    """What a format's module offers. It never raises for what stands in a file."""

    def recognises(self, head: str, /) -> bool:
        """Tell whether a text has this format, by how it begins."""

    def pieces(self, file: str, lines: Iterable[Numbered], catalog: Catalog, /) -> Iterator[Piece | Problem]:
        """Yield the papers of a file and what cannot be one, in the order of their lines.

        The lines are taken one by one, and no more of them kept than a paper takes. Bytes that were not UTF-8
        are lone surrogates (`errors="surrogateescape"`). The chunks of a line are joined where papers do not
        go by lines, as in a feed; elsewhere such a line is reported once.
        """
