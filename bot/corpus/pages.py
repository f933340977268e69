"""Texts without any markup: whatever no other format recognises. Their layouts are in `formats`."""

from collections.abc import Iterable, Iterator
from functools import partial

from bot.corpus.catalog import Catalog
from bot.corpus.documents import parse
from bot.corpus.pieces import Numbered, Piece
from bot.papers import Problem, Record


def recognises(_: str) -> bool:
    """Take any text; where it has no known layout, that is told."""
    return True


def pieces(file: str, lines: Iterable[Numbered], catalog: Catalog) -> Iterator[Piece | Problem]:
    """Yield the papers of a page; how they stand to each other tells which line is what, so all are taken."""
    for found in parse(file, "\n".join(text for _, text in lines), catalog):
        if isinstance(found, Record):
            yield Piece(found.source.line, repr(found), partial(_same, found))
        else:
            yield found


def _same(record: Record) -> Record:
    return record
