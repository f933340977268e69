"""Corpora read at once, as tests compare them."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import NamedTuple

from bot.corpus import Catalog, Piece, find_corpus, formats, pieces_of
from bot.corpus.numbered import Lines
from bot.papers import Problem, Record


class Read(NamedTuple):
    """What stands in a corpus: its papers, what is wrong with it, and the names of its files."""

    records: tuple[Record, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: tuple[str, ...] = ()


def read_corpus(paths: Sequence[Path]) -> Read:
    """Read all papers of these files and folders."""
    corpus = find_corpus(paths)
    found: list[Record | Problem] = []
    for file in corpus.files:
        with suppress(OSError):  # which a Problem has told of
            found += map(read_piece, pieces_of(file, corpus.catalog))
    return Read(
        tuple(each for each in found if isinstance(each, Record)),
        (*corpus.problems, *(each for each in found if isinstance(each, Problem))),
        tuple(file.name for file in corpus.files),
    )


def read(file: str, text: str, catalog: Catalog) -> Iterator[Record | Problem]:
    """Read a text of whatever format, with lone surrogates for bytes that are not UTF-8."""
    lines = Lines(BufferedReader(BytesIO(text.encode(errors="surrogateescape"))))
    return map(read_piece, formats.pieces(file, iter(lines), catalog))


def read_piece(piece: Piece | Problem) -> Record | Problem:
    """Read a piece, unless it is told that there is none."""
    return piece if isinstance(piece, Problem) else piece.read()
