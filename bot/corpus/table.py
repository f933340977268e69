"""CSV and TSV: a header with a column of abstracts, then a row a paper; a quoted field may span lines.

Law: one quotation mark that is open or out of place costs its own row, or the next few, never the rest; and
no line is read more than a few times, whatever stands in it.
"""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby, islice
from operator import itemgetter
from typing import NamedTuple

from bot.corpus.catalog import KEY, Catalog
from bot.corpus.lines import LONGEST_ABSTRACT
from bot.corpus.named import NAMES, name_of, paper
from bot.corpus.pieces import Numbered, Piece
from bot.papers import Problem, Record

LONGEST_ROW = 1_000_000
MOST_LINES = 20_000  # in a row; a blank line takes memory too

_DELIMITERS = (",", "\t", ";")
_EXCELS = re.compile(r'"?sep=([,;\t|])"?', re.IGNORECASE)  # a first line that names the delimiter
_LONGEST_NAME = 50  # "Abstract, ..." may also begin a sentence
_FEWEST_NAMES = 3  # that make a header of names which are not known
_LIKE_A_NAME = re.compile(r"(?: ?[^\W\d_][\w -]*)?")  # or nothing, above the numbers of rows
_NOTHING = frozenset({"nan", "none", "null", "n/a", "-"})  # what programs write into an empty cell

_OPEN = "a quotation mark is open or out of place"
_TOO_LONG = f"the row is longer than {LONGEST_ROW:,} characters"
_NO_ABSTRACT = "no column abstract in the header: call one abstract or summary"


class _Header(NamedTuple):
    """The names of the columns as `named.NAMES` has them, and what stands between two of them."""

    names: tuple[str, ...]
    delimiter: str


class _Row(NamedTuple):
    """A row's first line, its text, and why that line is no row, or nothing."""

    line: int
    text: str
    why: str = ""


def recognises(head: str) -> bool:
    """Tell a text whose first line is a header, and not a catalog's.

    One without a column of abstracts is a table's too, to be told so: names alone, and as many cells below.
    """
    lines = head.split("\n") if "\n" in head else head.split("\r")
    written = ((number, line.rstrip("\r")) for number, line in enumerate(lines) if not _is_blank(line))
    (_, first), delimiters = _first(written)
    if _header(first, delimiters):
        return True
    below = [line for _, line in written]
    return any(_is_without_abstract(first, below, delimiter) for delimiter in delimiters)


def pieces(file: str, lines: Iterable[Numbered], _catalog: Catalog) -> Iterator[Piece | Problem]:
    """Make a piece of each row, with the line it begins at."""
    whole = _whole(lines)
    (number, text), delimiters = _first((number, text) for number, text in whole if not _is_blank(text))
    header = _header(text, delimiters)
    if header is None:
        yield Problem(file, number, _NO_ABSTRACT)
        return
    named = header.delimiter.join(header.names)
    for row in _rows(whole, header):
        if row.why:
            yield Problem(file, row.line, row.why)
        else:
            text = f"{named}\n{row.text}"  # by other names the same cells say something else
            yield Piece(row.line, text, partial(_read, file, row.line, header, row.text))


def _whole(lines: Iterable[Numbered]) -> Iterator[Numbered]:
    """Yield each line once; of one that came in chunks or is too long for a row, as much as shows that."""
    for number, chunks in groupby(lines, key=itemgetter(0)):
        text, *more = (text for _, text in islice(chunks, 2))
        yield number, text + " " * LONGEST_ROW if more else text


def _first(written: Iterator[Numbered]) -> tuple[Numbered, tuple[str, ...]]:
    """Return the line of the header, and the delimiters that it may have."""
    line = next(written, (0, ""))
    if told := _EXCELS.fullmatch(line[1]):
        return next(written, line), (told[1],)
    return line, _DELIMITERS


def _header(line: str, delimiters: Iterable[str]) -> _Header | None:
    """Return the header that the line is, or None where it has no column of abstracts."""
    for delimiter in delimiters:
        try:
            names = tuple(map(name_of, _cells(line, delimiter)))
        except csv.Error:
            continue
        if KEY in names or any(len(name) > _LONGEST_NAME for name in names):
            continue
        if len(names) > 1 and not set(NAMES["abstract"]).isdisjoint(names):
            return _Header(names, delimiter)
    return None


def _is_without_abstract(line: str, below: list[str], delimiter: str) -> bool:
    """Tell the header of another table from prose, which has a space behind its commas."""
    try:
        cells = _cells(line, delimiter)
        row = next(_reader(below, delimiter), [])
    except csv.Error:
        return False
    names = set(map(name_of, cells))
    return (
        len(row) == len(cells) == len(names) >= _FEWEST_NAMES
        and all(len(cell) <= _LONGEST_NAME and _LIKE_A_NAME.fullmatch(cell) for cell in cells)
        and (not any(cell.startswith(" ") for cell in cells) or not names.isdisjoint(NAMES["title"]))
        and KEY not in names
    )


def _rows(lines: Iterator[Numbered], header: _Header) -> Iterator[_Row]:
    """Yield each row and each line that is none."""
    again: deque[Numbered] = deque()  # taken for a row that was none
    # What is open at the end of a line above this one makes no row: a row that was tried above was open there
    # too, up to this line, and failed. Else each of many lines could be read on as far as a row may go.
    hopeless = 0
    while line := _next(again, lines):
        number, text = line
        if _is_blank(text):
            continue
        if len(text) > LONGEST_ROW:
            yield _Row(number, "", _TOO_LONG)
            continue
        if '"' not in text:
            yield _Row(number, text)
            continue
        taken = [line]
        below = _below(taken, again, lines) if number >= hopeless else iter(())
        try:
            cells = next(_reader(_texts(line, below), header.delimiter))
        except csv.Error:
            why = _OPEN
        else:
            why = _why_no_row(cells, header) if len(taken) > 1 else ""
        if why:
            hopeless = max(hopeless, taken[-1][0])
            again.extendleft(reversed(taken[1:]))
        yield _Row(number, "\n".join(text for _, text in taken), why)


def _texts(line: Numbered, below: Iterator[Numbered]) -> Iterator[str]:
    yield line[1] + "\n"
    for _, text in below:
        yield text + "\n"


def _below(taken: list[Numbered], again: deque[Numbered], lines: Iterator[Numbered]) -> Iterator[Numbered]:
    """Yield the lines below the one that is taken, as they are asked for and as far as a row may go."""
    room = LONGEST_ROW - len(taken[0][1])
    while len(taken) < MOST_LINES and (line := _next(again, lines)):
        taken.append(line)
        room -= len(line[1]) + 1
        if room < 0:
            return
        yield line


def _next(again: deque[Numbered], lines: Iterator[Numbered]) -> Numbered | None:
    return again.popleft() if again else next(lines, None)


def _why_no_row(cells: list[str], header: _Header) -> str:
    """Say why several lines are not one row, or nothing.

    A quotation mark that closes what it should open makes one field of the end of a row and the beginning of
    the next, or of many rows. A row with too many fields is one row, where a comma was not quoted.
    """
    if len(cells) < len(header.names):
        return _counted(len(cells), header)
    texts = (cell for name, cell in zip(header.names, cells, strict=False) if name in NAMES["abstract"])
    return _OPEN if any(len(text) > LONGEST_ABSTRACT for text in texts) else ""


def _read(file: str, line: int, header: _Header, text: str) -> Record | Problem:
    try:
        cells = _cells(text, header.delimiter)
    except csv.Error:
        return Problem(file, line, _OPEN)
    if len(cells) != len(header.names):
        return Problem(file, line, _counted(len(cells), header))
    told = ("" if cell.strip().lower() in _NOTHING else cell for cell in cells)
    return paper(file, line, dict(zip(header.names, told, strict=True)))


def _cells(text: str, delimiter: str) -> list[str]:
    """Return the fields of one row. Raises csv.Error."""
    return next(_reader([text], delimiter), [])


def _reader(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """Read rows; a carriage return is a space, since it would end a row within a line."""
    # The limit is the whole process's, so it is set where needed; catalogs' cells may then be longer too.
    # A paper's full text in a column of its own is no reason to lose the paper.
    csv.field_size_limit(2 * LONGEST_ROW)
    return csv.reader((line.replace("\r", " ") for line in lines), delimiter=delimiter, strict=True)


def _counted(found: int, header: _Header) -> str:
    return f"{'1 field' if found == 1 else f'{found} fields'} where the header has {len(header.names)}"


def _is_blank(text: str) -> bool:
    return not text or text.isspace()
