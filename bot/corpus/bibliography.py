"""BibTeX with abstracts, as the ACL Anthology and arXiv give it.

The file is cut into entries here and each is parsed by itself, so a fault costs its own entry only.
"""

import re
from collections.abc import Iterable, Iterator
from functools import partial

from bot.corpus.catalog import Catalog
from bot.corpus.pieces import Numbered, Piece
from bot.papers import Problem

LONGEST_ENTRY = 100_000
MOST_STRINGS = 1_000  # an anthology defines a few dozen
LONGEST_STRING = 1_000
LONGEST_PREFACE = 1_000

_START = re.compile(r"[ \t]*@([A-Za-z]+)[ \t]*[{(]")
_START_ANYWHERE = re.compile(r"@[A-Za-z]+[ \t]*\{")  # at column 0: whatever is open, an entry begins
_HEAD = re.compile(r"^\ufeff?[ \t]*@[A-Za-z]+[ \t]*[{(]", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*%.*$", re.MULTILINE)
_BRACE = re.compile(r"(?<!\\)[{}]")  # as bibtexparser counts them
_STRING = re.compile(r"\s*@string\s*[{(]\s*([^\s={}\"#,]+)\s*=", re.IGNORECASE)
_NAMED = re.compile(r"[=#]\s*([^\s={}()\"#,]+)")  # a value that is the name of a @string
_ABSTRACT = re.compile(r"\babstract\s*=", re.IGNORECASE)
_NO_PAPERS = ("comment", "preamble", "string")
_VOLUMES = ("proceedings", "book")  # papers only where they have an abstract


def recognises(head: str) -> bool:
    """Tell BibTeX: an entry comes first, after nothing but comments and a short text."""
    first = _HEAD.search(head)
    return first is not None and len(_COMMENT.sub("", head[: first.start()]).strip()) <= LONGEST_PREFACE


def pieces(file: str, lines: Iterable[Numbered], catalog: Catalog) -> Iterator[Piece | Problem]:
    """Yield the papers of a BibTeX file, and the entries that are too long to be one."""
    del catalog  # entries have titles of their own
    from bot.corpus.entries import read

    strings: dict[str, str] = {}  # by name, in lower case: the definition
    for line, kind, text in _entries(lines):
        if kind == "string":
            _define(text, strings)
        elif kind in _NO_PAPERS or (kind in _VOLUMES and not _ABSTRACT.search(text)):
            continue
        elif len(text) > LONGEST_ENTRY:
            yield Problem(file, line, f"the entry is too long: more than {LONGEST_ENTRY:,} characters")
        else:
            # On one line: the parser takes an @ at the begin of one for an entry, also in an abstract.
            whole = "\n".join([*_used(text, strings), text.replace("\n", " ")])
            yield Piece(line, whole, partial(read, file, line, whole))


def _entries(lines: Iterable[Numbered]) -> Iterator[tuple[int, str, str]]:
    """Cut the lines into entries: the line of each, its kind in lower case, and its text.

    Of an entry that is too long only so much is kept that this can be seen.
    """
    begun, kind, size, depth = 0, "", 0, 0
    kept: list[str] = []
    for number, line in lines:
        text = line.removeprefix("\ufeff")
        start = _START.match(text)
        if start and (depth <= 0 or _START_ANYWHERE.match(text)):
            if kept:
                yield begun, kind, "\n".join(kept).rstrip()
            begun, kind, size, depth, kept = number, start[1].lower(), 0, 0, []
        if not begun:
            continue  # BibTeX calls it a comment
        depth += sum(1 if brace == "{" else -1 for brace in _BRACE.findall(text))
        if size <= LONGEST_ENTRY:
            kept.append(text[: LONGEST_ENTRY + 1])
            size += len(kept[-1]) + 1
    if kept:
        yield begun, kind, "\n".join(kept).rstrip()


def _define(text: str, strings: dict[str, str]) -> None:
    """Keep a @string's definition; a later one of the same name wins."""
    name = _STRING.match(text)
    if not name or len(text) > LONGEST_STRING:
        return
    key = name[1].lower()
    if key in strings or len(strings) < MOST_STRINGS:
        strings[key] = text


def _used(text: str, strings: dict[str, str]) -> list[str]:
    """Return the definitions that an entry names: with them, its text says all that is read from it."""
    if not strings:
        return []
    return [
        strings[name] for name in sorted({name.lower() for name in _NAMED.findall(text)} & strings.keys())
    ]
