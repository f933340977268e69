"""A paper by its fields' names, with values of any type, as JSON and tables give it → a record."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.corpus.fields import matched, record
from bot.papers import Problem, Record

_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_ID_DATE = re.compile(r"([a-z.-]+/)?([0-9]{2})(?:0[1-9]|1[0-2])", re.IGNORECASE)  # archive, year, month
_AFFILIATION = re.compile(r"\((?:[^()]++|\([^()]*+\))*+\)")
_SUFFIX = r"(?:Jr|Sr|II|III|IV)\b\.?"
_BETWEEN_NAMES = re.compile(rf",?\s+and\s+|,\s*(?!\s|{_SUFFIX})|\s+(?=et\.? al\b)")
_AND = re.compile(r",?\s+and\s+")
_INITIALS = re.compile(r"(?:[^\W\d_]\.[\s-]*)+")
_SURNAME_FIRST = re.compile(rf"([^,]+),(?!\s*{_SUFFIX})([^,]+)")
_AND_OTHERS = ("et al.", "et al", "et. al.", "et. al", "others")


def paper(file: str, line: int, given: Mapping[str, Any]) -> Record | Problem:
    """Return the record of a paper given by fields named as `name_of` does, with values of any type."""
    names, complete = _authors(given)
    arxiv_id = _text(given, "arxiv_id", "arxiv")
    own_id = matched("arxiv_id", _text(given, "id"))
    if not arxiv_id and _year_of_id(own_id):
        arxiv_id = own_id
    found = record(
        file,
        line,
        title=_text(given, "title"),
        abstract=_text(given, "abstract", "summary"),
        authors=names,
        year=_year(given, matched("arxiv_id", arxiv_id)),
        arxiv_id=arxiv_id,
        acl_id=_text(given, "acl_id", "anthology_id"),
        doi=_text(given, "doi"),
        url=_text(given, "url", "link"),
    )
    return found if complete or isinstance(found, Problem) else replace(found, authors=())


def name_of(field: str) -> str:
    """Return a field's name as `paper` knows it: "arXiv ID" is `arxiv_id`."""
    return field.strip().lower().replace(" ", "_").replace("-", "_")


def _text(given: Mapping[str, Any], *names: str) -> str:
    """Return the first of these fields that has a text in it, as it stands; a list of texts is one."""
    for name in names:
        value = given.get(name)
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            value = " ".join(value)
        if isinstance(value, str) and value.strip():
            return value
    return ""


def _year(given: Mapping[str, Any], arxiv_id: str) -> str:
    """Return the year a paper first appeared; what may tell of a later version comes last."""
    versions = given.get("versions")
    first = versions[0] if isinstance(versions, list) and versions else None
    created = first.get("created") if isinstance(first, dict) else None
    tellers = (given.get("year"), given.get("published"), created, _year_of_id(arxiv_id))
    for value in (*tellers, given.get("date"), given.get("update_date")):
        if isinstance(value, (str, int, float)) and (match := _YEAR.search(str(value))):
            return match[0]
    return ""


def _year_of_id(arxiv_id: str) -> str:
    """Return the year an arXiv id tells, or nothing where it has no month: hep-th/9901001 is of 1999."""
    match = _ID_DATE.match(arxiv_id)
    if not match:
        return ""
    # arXiv began in 1991; ids without an archive in 2007.
    return f"19{match[2]}" if match[1] and match[2] > "90" else f"20{match[2]}"


def _authors(given: Mapping[str, Any]) -> tuple[list[str], bool]:
    """Return the authors' names, and whether these are all of them."""
    names = _parsed_authors(given.get("authors_parsed")) or _names(
        given.get("authors") or given.get("author")
    )
    if not names:
        return [name for name in [_turned(_text(given, "first_author"))] if name], False
    return (names[:1], False) if names[-1].lower() in _AND_OTHERS else (names, True)


def _parsed_authors(value: object) -> list[str]:
    """Return the names of arXiv's [surname, first names, suffix, …] lists; none where one is no such list."""
    names = []
    for parts in value if isinstance(value, list) else ():
        if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
            return []
        surname, first, suffix, *_ = *parts, "", "", ""
        names.append(" ".join(f"{first} {surname} {suffix}".split()))
    return [name for name in names if name]


def _names(value: object) -> list[str]:
    """Return the names in a string, or in a list of strings or of objects with a name; none where unclear."""
    if isinstance(value, str):
        return _split(value)
    if not isinstance(value, list):
        return []
    names = [each.get("name") if isinstance(each, dict) else each for each in value]
    texts = [name for name in names if isinstance(name, str)]
    return [name for text in texts if (name := _turned(text))] if len(texts) == len(names) else []


def _split(text: str) -> list[str]:
    """Return the names in one string, however they are separated."""
    text = " ".join(_AFFILIATION.sub(" ", text).split()).replace(" ,", ",")
    if text.startswith("[") and text.endswith("]"):  # a table's cell may hold a list: ['A. Bee', 'C. Dee']
        parts = [part.strip(" '\"") for part in text[1:-1].split(", ")]
    elif ";" in text:
        parts = text.split(";")
    else:
        parts = _AND.split(text)
        if len(parts) == 1 or any(part.count(",") != 1 for part in parts):  # else: Bee, Ann and Dee, Carl
            parts = _BETWEEN_NAMES.split(text)
    parts = [part.strip(" ,") for part in parts]
    if not len(parts) % 2 and all(map(_INITIALS.fullmatch, parts[1::2])):  # Bee, A., Dee, C.
        return [f"{first} {last}" for last, first in zip(parts[::2], parts[1::2], strict=True)]
    return [name for part in parts if (name := _turned(part))]


def _turned(name: str) -> str:
    """Return a name as people say it: "Bee, A." is A. Bee."""
    match = _SURNAME_FIRST.fullmatch(name.strip())
    return f"{match[2].strip()} {match[1].strip()}" if match else name.strip()
