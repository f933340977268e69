"""A paper by its fields' names, with values of any type, as JSON and tables give it → a record.

Law: `NAMES` is all that is known of what sources call a field. Ids are fields of their own.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import Any

from bot.corpus.fields import matched, record
from bot.papers import Problem, Record

# What sources call a field, as `name_of` has it; the first that has a text in it is taken.
NAMES: dict[str, tuple[str, ...]] = {
    "title": ("title", "titles", "paper_title", "title_of_paper"),
    "abstract": (
        *("abstract", "abstracts", "paper_abstract", "abstract_text", "abstract_note"),
        *("summary", "summaries"),
    ),
    "authors": ("authors", "author", "author_names"),
    "year": (
        *("year", "publication_year", "published", "published_date"),
        *("publication_date", "publicationdate", "publish_time"),
    ),
    "later": ("date", "update_date"),  # what may tell the year of a later version
    "arxiv_id": ("arxiv_id", "arxiv", "arxivid"),
    "id": ("id", "entry_id"),  # anybody's; arXiv's where it looks like one
    "acl_id": ("acl_id", "anthology_id", "acl"),
    "doi": ("doi",),
    "url": ("url", "link", "pdf_url"),
}
_APART = ("authors_parsed", "first_author", "versions", "externalids")  # what some sources have besides
_LONGEST_HEADER = 2_000  # characters; what is longer is not kept in mind
_LONGEST_NAME = max(len(name) for names in NAMES.values() for name in names) + 30  # spaces around it

_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_ID_DATE = re.compile(r"([a-z.-]+/)?([0-9]{2})(?:0[1-9]|1[0-2])", re.IGNORECASE)  # archive, year, month
_AFFILIATION = re.compile(r"\((?:[^()]++|\([^()]*+\))*+\)")
_SUFFIX = r"(?:Jr|Sr|II|III|IV)\b\.?"
_BETWEEN_NAMES = re.compile(rf",?\s+and\s+|,\s*(?!\s|{_SUFFIX})|\s+(?=et\.? al\b)")
_BETWEEN_QUOTED = re.compile(r"(?<=['\"]), (?=['\"])")
_AND = re.compile(r",?\s+and\s+")
_INITIALS = re.compile(r"(?:[^\W\d_]\.[\s-]*)+")
_SURNAME_FIRST = re.compile(rf"([^,]+),(?!\s*{_SUFFIX})([^,]+)")
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # a word is a whole name
_AND_OTHERS = ("et al.", "et al", "et. al.", "et. al", "others")


class _Given:
    """What a source gives, by its own names of fields, looked up by ours."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self._names = _names_in(values)

    def all(self, field: str) -> Iterator[Any]:
        """Yield the values of a field, by whichever name has one."""
        return map(self._values.__getitem__, self._names.get(field, ()))

    def text(self, field: str) -> str:
        """Return the first text of a field, as it stands; a list of texts is one."""
        for name in self._names.get(field, ()):
            text = self._values[name]
            if isinstance(text, list) and {str}.issuperset(map(type, text)):
                text = " ".join(text)
            if isinstance(text, str) and text and not text.isspace():
                return text
        return ""


def paper(file: str, line: int, values: Mapping[str, Any]) -> Record | Problem:
    """Return the record of a paper given by fields with values of any type."""
    given = _Given(values)
    names, complete = _authors(given)
    others = next((_Given(ids) for ids in given.all("externalids") if isinstance(ids, dict)), _NOTHING)
    doi, url = given.text("doi") or others.text("doi"), given.text("url")
    own_id = matched("arxiv_id", given.text("id"))
    told = given.text("arxiv_id"), others.text("arxiv_id"), own_id if year_of_id(own_id) else ""
    found = record(
        file,
        line,
        title=given.text("title"),
        abstract=given.text("abstract"),
        authors=names,
        year=_year(given, matched("arxiv_id", *told, doi, url)),
        arxiv_id=matched("arxiv_id", *told),
        acl_id=matched("acl_id", given.text("acl_id"), others.text("acl_id")),
        doi=doi,
        url=url,
    )
    return found if complete or isinstance(found, Problem) else replace(found, authors=())


def name_of(field: str) -> str:
    """Return a field's name as `NAMES` has it: "arXiv ID" is `arxiv_id`."""
    return _folded(field) if len(field) <= _LONGEST_NAME else field  # no long one is known, nor kept


@lru_cache(maxsize=1024)  # every line of a file has the same few
def _folded(field: str) -> str:
    return field.strip().lower().replace(" ", "_").replace("-", "_")


def _names_in(values: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    """Return by which of these names each field of ours goes, in the order in which they are tried."""
    names = tuple(values)
    return (_known_names if sum(map(len, names)) <= _LONGEST_HEADER else _sorted_out)(names)


def _sorted_out(names: tuple[str, ...]) -> Mapping[str, Sequence[str]]:
    called: dict[str, list[str]] = {}
    for name in names:
        called.setdefault(name_of(name), []).append(name)
    fields = chain(NAMES.items(), ((name, (name,)) for name in _APART))
    return {field: [own for name in tried for own in called.get(name, ())] for field, tried in fields}


_known_names = lru_cache(maxsize=1024)(_sorted_out)  # every line of a file has the same few
_NOTHING = _Given({})


def _year(given: _Given, arxiv_id: str) -> str:
    """Return the year a paper first appeared; what may tell of a later version comes last."""
    versions = next(given.all("versions"), None)
    first = versions[0] if isinstance(versions, list) and versions else None
    created = first.get("created") if isinstance(first, dict) else None
    for value in chain(given.all("year"), (created, year_of_id(arxiv_id)), given.all("later")):
        if isinstance(value, (str, int, float)) and (match := _YEAR.search(str(value))):
            return match[0]
    return ""


def year_of_id(arxiv_id: str) -> str:
    """Return the year an arXiv id tells, or nothing where it has no month: hep-th/9901001 is of 1999."""
    match = _ID_DATE.match(arxiv_id)
    if not match:
        return ""
    # arXiv began in 1991; ids without an archive in 2007.
    return f"19{match[2]}" if match[1] and match[2] > "90" else f"20{match[2]}"


def _authors(given: _Given) -> tuple[list[str], bool]:
    """Return the authors' names, and whether these are all of them."""
    parsed = next(given.all("authors_parsed"), None)
    names = _parsed_authors(parsed) or _names(next(filter(None, given.all("authors")), None))
    if not names:
        first = next(given.all("first_author"), None)
        return [name for name in [_turned(first if isinstance(first, str) else "")] if name], False
    return (names[:1], False) if names[-1].lower() in _AND_OTHERS else (names, True)


def _parsed_authors(value: object) -> list[str]:
    """Return the names of arXiv's [surname, first names, suffix, …] lists; none where one is no such list."""
    names = []
    for parts in value if isinstance(value, list) else ():
        if not isinstance(parts, list) or not {str}.issuperset(map(type, parts)):
            return []
        surname, first, suffix, *_ = *parts, "", "", ""
        names.append(f"{first} {surname} {suffix}".strip())
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
        listed = text[1:-1]
        quoted = listed.startswith(("'", '"'))
        parts = [
            part.strip(" '\"") for part in (_BETWEEN_QUOTED.split(listed) if quoted else listed.split(", "))
        ]
    elif ";" in text:
        parts = text.split(";")
    elif _is_one_name(text):
        parts = [text]
    else:
        parts = _AND.split(text)
        if len(parts) == 1 or any(part.count(",") != 1 for part in parts):  # else: Bee, Ann and Dee, Carl
            parts = _BETWEEN_NAMES.split(text)
    parts = [part.strip(" ,") for part in parts]
    if not len(parts) % 2 and all(map(_INITIALS.fullmatch, parts[1::2])):  # Bee, A., Dee, C.
        return [f"{first} {last}" for last, first in zip(parts[::2], parts[1::2], strict=True)]
    return [name for part in parts if (name := _turned(part))]


def _is_one_name(text: str) -> bool:
    """Tell "Bee, Ann" from "Ann Bee, Carl Dee": one word is half a name, before or behind the only comma.

    So are the surnames "Bee, Dee" taken for one name: authors are seldom named by these alone.
    """
    surname, _, rest = text.partition(",")
    halves = surname.split(), rest.split()
    return (
        "," not in rest
        and 1 in map(len, halves)
        and " ".join(halves[1]).lower() not in _AND_OTHERS
        and not {"and", "&"} & {*halves[0], *halves[1]}
        and not _EAST_ASIAN.search(text)
    )


def _turned(name: str) -> str:
    """Return a name as people say it: "Bee, A." is A. Bee."""
    match = _SURNAME_FIRST.fullmatch(name.strip())
    return f"{match[2].strip()} {match[1].strip()}" if match else name.strip()
