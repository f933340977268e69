"""JSON Lines, a paper a line: arXiv's public metadata snapshot, and other sources with keys like its."""

import json
import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from bot.corpus.catalog import Catalog
from bot.corpus.named import name_of, paper
from bot.corpus.pieces import Numbered, Piece
from bot.papers import Problem, Record

LONGEST_LINE = 1_000_000

_BEGINS_LIKE_AN_OBJECT = re.compile(r'\{\s*"')


def recognises(head: str) -> bool:
    """Tell a text whose first line is a JSON object, or begins like one where the head ends within it."""
    line, end, _ = head.lstrip().partition("\n" if "\n" in head else "\r")
    return isinstance(_parsed(line), dict) or (not end and _BEGINS_LIKE_AN_OBJECT.match(line) is not None)


def pieces(file: str, lines: Iterable[Numbered], _catalog: Catalog) -> Iterator[Piece | Problem]:
    """Make a piece of each line that is not blank. Only reading the piece parses it."""
    for number, text in lines:
        if len(text) > LONGEST_LINE:  # what it holds may take twenty times as much memory
            yield Problem(file, number, f"the line is longer than {LONGEST_LINE:,} characters")
        elif text and not text.isspace():
            yield Piece(number, text, partial(_read, file, number, text))


def _read(file: str, line: int, text: str) -> Record | Problem:
    found = _parsed(text)
    if isinstance(found, str):
        return Problem(file, line, found)
    return paper(file, line, {name_of(key): value for key, value in found.items()})


def _parsed(text: str) -> dict[str, Any] | str:
    """Return the JSON object that the text is, or why it is none."""
    try:
        found = json.loads(text, strict=False)  # a tab within an abstract is no reason to lose it
    except json.JSONDecodeError as error:
        return f"not valid JSON: {error.msg.removesuffix(' starting at').rstrip(': ')}"
    except RecursionError:
        return "not readable JSON: nested too deeply"
    except ValueError:  # Python reads no integers of more than 4,300 digits
        return "not readable JSON: a number is too long"
    return found if isinstance(found, dict) else "not a JSON object"
