"""catalog.csv: what is known of an abstract besides its text, joined by the hash of its line.

Never by line number: a line inserted above would give every paper below it another's title.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from bot import ids
from bot.corpus.fields import matched
from bot.corpus.lines import NOT_UTF8, Line, split
from bot.corpus.mend import mend
from bot.papers import Problem

KEY = "sha256"
COLUMNS = ("title", "first_author", "authors", "year", "arxiv_id", "acl_id", "doi", "url")

_HASH = re.compile(r"[0-9a-f]{64}")
_CHECKED = ("year", "arxiv_id", "acl_id", "doi", "url")
_OPTIONAL = ("doi",)  # catalogs were written before it was asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a catalog knows of one abstract, as `bot.papers.Description` has it; unknown is empty or None."""

    title: str = ""
    first_author: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    arxiv_id: str = ""
    acl_id: str = ""
    doi: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Catalog:
    """Entries by the SHA-256, in hexadecimal, of an abstract's line as UTF-8 without its end."""

    entries: Mapping[str, Entry] = field(default_factory=dict)

    def of(self, raw: str) -> Entry | None:
        """Look up the abstract on this line, which must be valid Unicode."""
        return self.entries.get(sha256(raw.encode()).hexdigest()) if self.entries else None

    @property
    def digest(self) -> str:
        """A hash of all entries, in whatever order; empty where there is none. It goes through them all."""
        return sha256(repr(sorted(self.entries.items())).encode()).hexdigest() if self.entries else ""


def read_catalog(file_name: str, text: str) -> tuple[Catalog, tuple[Problem, ...]]:
    """Read a catalog's text: a header, then a row a line. Pure, and it never raises.

    A row or a field that cannot be used is reported and left out, and the rest stands. Where one hash has
    two rows that differ, the first is used.
    """
    lines = split(text)
    if not lines:
        return Catalog(), (Problem(file_name, 0, "the file is empty"),)
    header = [name.strip().lower() for name in _fields(lines[0]) or ()]
    if KEY not in header:
        return Catalog(), (Problem(file_name, lines[0].number, f"no column {KEY} in the header"),)
    problems = []
    if missing := [name for name in COLUMNS if name not in (*header, *_OPTIONAL)]:
        problems.append(Problem(file_name, lines[0].number, f"no column {', '.join(missing)} in the header"))
    entries: dict[str, Entry] = {}
    for line in lines[1:]:
        reasons = _add_row(entries, header, line)
        problems += [Problem(file_name, line.number, reason) for reason in reasons]
    return Catalog(entries), tuple(problems)


def _fields(line: Line) -> list[str] | None:
    """Return a row's fields, or None. Row by row, so that a stray quotation mark costs its own row only."""
    try:
        return next(csv.reader([line.text], strict=True))
    except (csv.Error, StopIteration):
        return None


def _add_row(entries: dict[str, Entry], header: list[str], line: Line) -> Iterator[str]:
    """Add a row's entry; yield why it, or a field of it, is left out."""
    fields = _fields(line)
    if line.fault == NOT_UTF8:
        yield NOT_UTF8
    elif fields is None:
        yield "a quotation mark is open or out of place"
    elif len(fields) != len(header):
        yield f"{len(fields)} fields where the header has {len(header)}"
    else:
        row = dict(zip(header, (value.strip() for value in fields), strict=True))
        key = row[KEY].lower()
        if not _HASH.fullmatch(key):
            yield f"{KEY} is not 64 hexadecimal digits"
            return
        yield from _unusable(row)
        entry = _entry(row)
        if entries.setdefault(key, entry) != entry:
            yield f"an earlier row has the same {KEY} and other values, and is used"


def _entry(row: Mapping[str, str]) -> Entry:
    authors = tuple(name for part in row.get("authors", "").split(";") if (name := mend(part)))
    year = matched("year", row.get("year", ""))
    told, url = ids.of_doi(row.get("doi", "")), row.get("url", "")
    return Entry(
        title=mend(row.get("title", "")),
        first_author=mend(row.get("first_author", "")) or next(iter(authors), ""),
        authors=authors,
        year=int(year) if year else None,
        arxiv_id=matched("arxiv_id", row.get("arxiv_id", ""), told.get("arxiv_id", ""), url),
        acl_id=matched("acl_id", row.get("acl_id", ""), told.get("acl_id", ""), url),
        doi=told.get("doi", ""),
        url=matched("url", url),
    )


def _unusable(row: Mapping[str, str]) -> Iterator[str]:
    for column in _CHECKED:
        if not row.get(column) or matched(column, row[column]):
            continue
        if column != "doi" or not ids.of_doi(row[column]):  # a library's own is no more than its id
            yield f"{column} is not understood: {mend(row[column])[:60]}"
