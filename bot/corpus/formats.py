"""The formats of corpus files. The first that recognises how a file begins reads it.

A new one is a module with the two functions of `pieces.Format`, its name in `FORMATS`, and a test. The
content decides, never the file's name; a format that recognises less stands before one that recognises more.
"""

from collections.abc import Iterator

from bot.corpus import bibliography, feed, jsonl, pages, table
from bot.corpus.catalog import Catalog
from bot.corpus.pieces import Format
from bot.papers import Problem, Record

FORMATS: tuple[Format, ...] = (jsonl, feed, bibliography, table, pages)
_HEAD = 1 << 16  # characters


def read(file: str, text: str, catalog: Catalog) -> Iterator[Record | Problem]:
    """Yield the papers of a file's text and what could not be read of it, in the order of their lines.

    Bytes that were not UTF-8 are expected as lone surrogates (`errors="surrogateescape"`).
    """
    text = text.removeprefix("\ufeff")
    head = text[:_HEAD]
    found = next(known for known in FORMATS if known.recognises(head))
    lines = ((number, line.rstrip("\r")) for number, line in enumerate(text.split("\n"), 1))
    nothing = True
    for piece in found.pieces(file, lines, catalog):
        nothing = False
        yield piece if isinstance(piece, Problem) else piece.read()
    if nothing:
        yield Problem(file, 0, "the file holds no papers")
