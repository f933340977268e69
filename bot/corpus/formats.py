"""The formats of corpus files. The first that recognises how a file begins reads it.

A new one is a module with the two functions of `pieces.Format`, its name in `FORMATS`, and a test. The
content decides, never the file's name; a format that recognises less stands before one that recognises more.
"""

from collections.abc import Iterator
from itertools import chain

from bot.corpus import bibliography, feed, jsonl, pages, table
from bot.corpus.catalog import Catalog
from bot.corpus.pieces import Format, Numbered, Piece
from bot.papers import Problem

FORMATS: tuple[Format, ...] = (jsonl, feed, table, bibliography, pages)
_HEAD = 1 << 16  # characters


def pieces(file: str, lines: Iterator[Numbered], catalog: Catalog) -> Iterator[Piece | Problem]:
    """Yield the papers of a file's lines and what cannot be one, in the order of their lines."""
    first = _first(lines)
    head = "\n".join(text for _, text in first)[:_HEAD]
    found = next(known for known in FORMATS if known.recognises(head))
    made = found.pieces(file, chain(first, lines), catalog)
    yield next(made, Problem(file, 0, "the file holds no papers"))
    yield from made


def _first(lines: Iterator[Numbered]) -> list[Numbered]:
    """Take the lines that hold the head."""
    taken, size = [], 0
    for line in lines:
        taken.append(line)
        size += len(line[1]) + 1
        if size > _HEAD:
            break
    return taken
