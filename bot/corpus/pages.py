"""Texts without any markup: whatever no other format recognises. Their layouts are in `formats`."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from bot.corpus.catalog import Catalog
from bot.corpus.documents import parse
from bot.corpus.pieces import Numbered, Piece
from bot.papers import Problem, Record, Source

_NOWHERE = Source("", 0)  # a record that only moves stays what it is
MOST_MIB = 32  # twenty thousand papers: they are read at once


def recognises(_: str) -> bool:
    """Take any text; where it has no known layout, that is told."""
    return True


def pieces(file: str, lines: Iterable[Numbered], catalog: Catalog) -> Iterator[Piece | Problem]:
    """Yield the papers of a page; how they stand to each other tells which line is what, so all are taken."""
    text = _whole(lines)
    if text is None:
        yield Problem(file, 0, f"the file is larger than {MOST_MIB} MiB; split it")
        return
    for found in parse(file, text, catalog):
        if isinstance(found, Record):
            yield Piece(found.source.line, repr(replace(found, source=_NOWHERE)), partial(_same, found))
        else:
            yield found


def _whole(lines: Iterable[Numbered]) -> str | None:
    """Join the lines, or return None as soon as they are too many.

    Of one that comes in chunks the first is taken, which is too long for whatever a line may be.
    """
    kept: list[str] = []
    last, size = 0, -1  # no line feed stands before the first
    for number, text in lines:
        if number != last:
            kept.append(text)
            last, size = number, size + 1
        size += len(text)
        if size > MOST_MIB << 20:
            return None
    return "\n".join(kept)


def _same(record: Record) -> Record:
    return record
