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
_KINDS = (
    "article|book|booklet|collection|comment|conference|dataset|inbook|incollection|inproceedings|manual"
    "|mastersthesis|misc|online|phdthesis|preamble|proceedings|report|string|techreport|thesis|unpublished"
)
# A known kind, or a key and a comma: prose may begin with "@name (".
_HEAD = re.compile(
    rf"^\ufeff?[ \t]*@(?:(?:{_KINDS})[ \t]*[{{(]|[a-z]+[ \t]*\{{\s*[^\s,{{}}()]+\s*,)",
    re.MULTILINE | re.IGNORECASE,
)
_COMMENT = re.compile(r"^[ \t]*%.*$", re.MULTILINE)
_MARK = re.compile(r'(?<!\\)[{}"]')  # as bibtexparser counts them
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

    Of an entry that is too long only so much is kept that this can be seen. Comments between its fields are
    left out.
    """
    begun, kind, size, last = 0, "", 0, 0
    depth, outside, is_quoted = 0, 1, False  # outside: the depth between fields
    kept: list[str] = []
    for number, line in lines:
        text = line.removeprefix("\ufeff")
        goes_on, last = number == last, number
        start = None if goes_on else _START.match(text)
        if start and (depth <= 0 or _START_ANYWHERE.match(text)):
            if kept:
                yield begun, kind, "".join(kept).rstrip()
            begun, kind, size, kept = number, start[1].lower(), 0, []
            depth, outside, is_quoted = 0, int(start[0].endswith("{")), False
        if not begun:
            continue  # BibTeX calls it a comment
        if depth <= outside and not (is_quoted or goes_on) and _COMMENT.match(text):
            continue
        for mark in _MARK.findall(text):
            if mark == '"':
                is_quoted ^= depth <= outside
            else:
                depth += 1 if mark == "{" else -1
        if size <= LONGEST_ENTRY:
            kept += ["\n" * (bool(kept) and not goes_on), text[: LONGEST_ENTRY + 1]]
            size += len(kept[-1]) + 1
    if kept:
        yield begun, kind, "".join(kept).rstrip()


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
