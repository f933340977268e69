"""JSON Lines, a paper a line: arXiv's public metadata snapshot, and other sources with keys like its.

Law: a line stands alone: a damaged one costs itself, even the first. JSON that is not in lines is told once.
"""

import json
import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import Any

from bot.corpus.catalog import Catalog
from bot.corpus.named import paper
from bot.corpus.pieces import Numbered, Piece
from bot.papers import Problem, Record

LONGEST_LINE = 1_000_000

_TRIED = 20  # lines that are not blank; that all of these are damaged is not to be expected
_DECODER = json.JSONDecoder(strict=False)  # a tab within an abstract is no reason to lose it
_BEGINS_LIKE_AN_OBJECT = re.compile(r'\{\s*"')
_ARRAY = re.compile(r'\s*\[\s*\{\s*(?:"|\Z)')
_SPREAD = re.compile(r'\s*\{[ \t\r]*\n\s*"')
_NOT_IN_LINES = (
    (_ARRAY, "a JSON array; write one object a line (JSON Lines), for example by jq -c '.[]'"),
    (_SPREAD, "a JSON object over several lines; write each in one (JSON Lines), for example by jq -c ."),
)


def recognises(head: str) -> bool:
    """Tell a text that has a JSON object among its first lines, or begins with JSON that is not in lines."""
    head = head.lstrip()
    if _why_not_in_lines(head):
        return True
    if head.startswith("<"):  # a web page may have JSON in it
        return False
    lines = head.split("\n" if "\n" in head else "\r")
    tried = islice((line for line in lines if line and not line.isspace()), _TRIED)
    return any(line.lstrip().startswith("{") and isinstance(_parsed(line), dict) for line in tried) or (
        len(lines) == 1 and _BEGINS_LIKE_AN_OBJECT.match(head) is not None  # the head ends within it
    )


def pieces(file: str, lines: Iterable[Numbered], _catalog: Catalog) -> Iterator[Piece | Problem]:
    """Make a piece of each line that is not blank. Only reading the piece parses it."""
    rest = (line for line in lines if line[1] and not line[1].isspace())
    first = list(islice(rest, 2))
    if why := _why_not_in_lines("\n".join(text for _, text in first)):
        yield Problem(file, first[0][0], why)
        return
    for number, chunks in groupby(chain(first, rest), key=itemgetter(0)):
        text, *more = (text for _, text in islice(chunks, 2))
        # What a long line holds may take twenty times as much memory.
        if len(text) > LONGEST_LINE or more:
            yield Problem(file, number, f"the line is longer than {LONGEST_LINE:,} characters")
        else:
            yield Piece(number, text, partial(_read, file, number, text))


def _why_not_in_lines(head: str) -> str:
    return next((why for form, why in _NOT_IN_LINES if form.match(head)), "")


def _read(file: str, line: int, text: str) -> Record | Problem:
    found = _parsed(text)
    if isinstance(found, str):
        return Problem(file, line, found)
    return paper(file, line, found)


def _parsed(text: str) -> dict[str, Any] | str:
    """Return the JSON object that the text is, or why it is none."""
    try:
        found = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        return f"not valid JSON: {error.msg.removesuffix(' starting at').rstrip(': ')}"
    except RecursionError:
        return "not readable JSON: nested too deeply"
    except ValueError:  # Python reads no integers of more than 4,300 digits
        return "not readable JSON: a number is too long"
    return found if isinstance(found, dict) else "not a JSON object"
