"""CSV and TSV: a header with a column of abstracts, then a row a paper; a quoted field may span lines.

Law: one quotation mark that is open or out of place costs its own row, or the next one too, never the rest.
"""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from functools import partial

from bot.corpus.catalog import KEY, Catalog
from bot.corpus.lines import LONGEST_ABSTRACT
from bot.corpus.named import name_of, paper
from bot.corpus.pieces import Numbered, Piece
from bot.papers import Problem, Record

_DELIMITERS = (",", "\t", ";")
_LONGEST_NAME = 50  # "Abstract, ..." may also begin a sentence

_OPEN = "a quotation mark is open or out of place"
_TOO_LONG = "a field is too long"


def recognises(head: str) -> bool:
    """Tell a text whose first line is a header with a column of abstracts, and not a catalog's."""
    lines = head.split("\n") if "\n" in head else head.split("\r")
    return _header(next((line for line in lines if not _is_blank(line)), "").rstrip("\r")) is not None


def pieces(file: str, lines: Iterable[Numbered], _catalog: Catalog) -> Iterator[Piece | Problem]:
    """Make a piece of each row, with the line it begins at."""
    rest = iter(lines)
    number, text = next((line for line in rest if not _is_blank(line[1])), (0, ""))
    found = _header(text)
    if found is None:
        yield Problem(file, number, "no column abstract in the header")
        return
    header, delimiter = found
    for line, row, why in _rows(rest, delimiter, len(header)):
        if why:
            yield Problem(file, line, why)
        else:
            yield Piece(line, row, partial(_read, file, line, header, delimiter, row))


def _header(line: str) -> tuple[tuple[str, ...], str] | None:
    """Return the names of the columns and what stands between them, or None where it is no header."""
    for delimiter in _DELIMITERS:
        try:
            names = tuple(map(name_of, _cells(line, delimiter)))
        except csv.Error:
            continue
        if KEY in names or any(len(name) > _LONGEST_NAME for name in names):
            continue
        if len(names) > 1 and ("abstract" in names or "summary" in names):
            return names, delimiter
    return None


def _rows(lines: Iterator[Numbered], delimiter: str, columns: int) -> Iterator[tuple[int, str, str]]:
    """Yield each row's first line, its text, and why that line is no row, or nothing."""
    again: deque[Numbered] = deque()  # taken for a row that was none
    while line := _next(again, lines):
        number, text = line
        if _is_blank(text):
            continue
        if '"' not in text:
            yield number, text, ""
            continue
        taken = [line]
        try:
            found = len(next(_reader(_row_from(taken, again, lines), delimiter)))
        except csv.Error as error:
            why = _why(error)
        else:
            # A quotation mark that closes what it should open makes one field of the end of a row and the
            # beginning of the next. A row with too many fields is one row, where a comma was not quoted.
            why = _counted(found, columns) if len(taken) > 1 and found < columns else ""
        if why:
            again.extendleft(reversed(taken[1:]))
        yield number, "\n".join(text for _, text in taken), why


def _row_from(taken: list[Numbered], again: deque[Numbered], lines: Iterator[Numbered]) -> Iterator[str]:
    """Yield the line that is taken, then those below as they are asked for, no more than an abstract has."""
    yield taken[0][1] + "\n"
    room = LONGEST_ABSTRACT
    while line := _next(again, lines):
        taken.append(line)
        room -= len(line[1]) + 1
        if room < 0:
            return
        yield line[1] + "\n"


def _next(again: deque[Numbered], lines: Iterator[Numbered]) -> Numbered | None:
    return again.popleft() if again else next(lines, None)


def _read(file: str, line: int, header: tuple[str, ...], delimiter: str, text: str) -> Record | Problem:
    try:
        cells = _cells(text, delimiter)
    except csv.Error as error:
        return Problem(file, line, _why(error))
    if len(cells) != len(header):
        return Problem(file, line, _counted(len(cells), len(header)))
    return paper(file, line, dict(zip(header, cells, strict=True)))


def _cells(text: str, delimiter: str) -> list[str]:
    """Return the fields of one row. Raises csv.Error."""
    return next(_reader([text], delimiter), [])


def _reader(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """Read rows; a carriage return is a space, since it would end a row within a line."""
    return csv.reader((line.replace("\r", " ") for line in lines), delimiter=delimiter, strict=True)


def _counted(found: int, columns: int) -> str:
    return f"{'1 field' if found == 1 else f'{found} fields'} where the header has {columns}"


def _why(error: csv.Error) -> str:
    return _TOO_LONG if "field limit" in str(error) else _OPEN


def _is_blank(text: str) -> bool:
    return not text or text.isspace()
