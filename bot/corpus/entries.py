"""One BibTeX entry → a record."""

import logging
import re

from bibtexparser.entrypoint import parse_string
from bibtexparser.exceptions import ParsingException
from bibtexparser.library import Library
from bibtexparser.middlewares import RemoveEnclosingMiddleware, ResolveStringReferencesMiddleware
from bibtexparser.middlewares.names import parse_single_name_into_parts, split_multiple_persons_names
from bibtexparser.model import DuplicateFieldKeyBlock, Entry

from bot.corpus.fields import matched, record
from bot.papers import Problem, Record

logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # it warns of what is a Problem here

_PREPRINT = re.compile(r"\barxiv:\s*(\S+)", re.IGNORECASE)
_BRACE = re.compile(r"(?<!\\)[{}]")
_ESCAPE = re.compile(r"\{?\\([_%&#~])(?:\{\})?\}?")  # in addresses

_UNREADABLE = "not readable as BibTeX: a brace, quotation mark, comma or = is missing or one too many"


def read(file: str, line: int, text: str) -> Record | Problem:
    """Read the text of one entry, the definitions of its @strings in front."""
    try:
        library = parse_string(text, parse_stack=[])
    except ParsingException:
        return Problem(file, line, _UNREADABLE)
    twice = [block for block in library.failed_blocks if isinstance(block, DuplicateFieldKeyBlock)]
    # A field that stands twice is no reason to lose a paper: as for BibTeX, the first counts.
    entries = library.entries + [block.ignore_error_block for block in twice]
    if len(entries) > 1:
        return Problem(file, line, "more than one entry on a line; begin each on a line of its own")
    if len(library.failed_blocks) > len(twice) or not isinstance(entry := next(iter(entries), None), Entry):
        return Problem(file, line, _UNREADABLE)
    single = Library([*library.strings, entry])
    for step in (ResolveStringReferencesMiddleware(), RemoveEnclosingMiddleware()):
        single = step.transform(single)
    fields = {field.key.lower(): str(field.value) for field in reversed(single.entries[0].fields)}
    return _record(file, line, fields)


def _record(file: str, line: int, fields: dict[str, str]) -> Record | Problem:
    url = _ESCAPE.sub(r"\1", fields.get("url", ""))
    return record(
        file,
        line,
        title=fields.get("title", ""),
        abstract=fields.get("abstract", ""),
        authors=_people(fields.get("author", "")),
        year=fields.get("year", "") or fields.get("date", "")[:4],
        arxiv_id=_arxiv_id(fields),
        doi=_ESCAPE.sub(r"\1", fields.get("doi", "")),
        url=url,
    )


def _arxiv_id(fields: dict[str, str]) -> str:
    """Return the first arXiv id among the places where bibliographies alone put it."""
    archive = fields.get("archiveprefix") or fields.get("eprinttype") or "arxiv"
    preprint = _PREPRINT.search(fields.get("journal", ""))
    eprint = fields.get("eprint", "") if archive.strip().lower() == "arxiv" else ""
    return matched("arxiv_id", eprint, preprint[1] if preprint else "")


def _people(names: str) -> list[str]:
    """Split a BibTeX list of names, and put each the way people say it; "others" is nobody."""
    people = split_multiple_persons_names(" ".join(names.split()))
    return [_spoken(name) for name in people if name.lower() != "others"]


def _spoken(name: str) -> str:
    """Turn "King, Jr., Martin" into "Martin King, Jr."; a name in braces is one as it stands."""
    if (whole := _unbraced(name)) != name:
        return _unbraced(whole)
    try:
        parts = parse_single_name_into_parts(name, strict=True)
    except ValueError:  # too many commas, or braces that do not match
        return name
    said = " ".join(parts.first + parts.von + parts.last)
    return ", ".join(filter(None, (said, " ".join(parts.jr))))


def _unbraced(name: str) -> str:
    """Return a name without a pair of braces around all of it; "{A} and {B}" has none such."""
    depth = 0
    for brace in _BRACE.finditer(name) if name.startswith("{") else ():
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return name[1:-1] if brace.end() == len(name) else name
    return name
