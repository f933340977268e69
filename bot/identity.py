"""When two records are one paper, what such a paper is called, and which description it gets.

Law: an id decides. Records that share an arXiv id, an Anthology id or a DOI are one paper. A title alone
joins two only if no ids of theirs conflict, and their first authors agree or are not known.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from bot.papers import Description, Record, TitleOrigin

_IDS = ("arxiv_id", "acl_id", "doi")
_ARXIV = r"\d{4}\.\d{4,5}|(?<![a-z-])(?!arxiv)[a-z][a-z-]{1,9}(?:\.[a-z]{2})?/\d{7}"  # bounded, to be quick
_OWN = r"p[0-9a-f]{10}"
_ACL = r"\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+|[a-z]\d{2}-\d{4,5}"
_ARXIV_ID = re.compile(rf"(?<!\d)(?<!\d\.)({_ARXIV})(?!\d)", re.IGNORECASE)
_A_DOI = r"10\.(?!48550/)\d{4,9}/[^\s<>|]+"  # arXiv's own hold its id, which is all that is needed
_DOI = re.compile(rf"(?<![\w.]){_A_DOI}", re.IGNORECASE)
_ACL_ID = re.compile(rf"(?<![\w.-])({_ACL})(?!\d)", re.IGNORECASE)
_OWN_ID = re.compile(rf"(?<!\w){_OWN}(?!\w)", re.IGNORECASE)
_SUBJECT_CLASS = re.compile(r"\.[a-z]{2}(?=/)")  # of an old arXiv id: math.GT/0309136 is math/0309136
_BEHIND = "`.,;:!?)'\""  # a DOI may end so, but hardly one does
_ONE_ID = re.compile(
    rf"(?:10\.48550/)?(?:arxiv[:.]\s*)?(?!-)(?:{_ARXIV})(?:v\d+)?|(?:10\.18653/v1/)?(?:{_ACL})|{_OWN}"
    rf"|(?:doi:\s*)?{_A_DOI}",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"(?:https?://|www\.|(?:(?:dx\.)?doi|(?:[a-z]+\.)?arxiv|aclanthology)\.org/)[^\s,]+", re.IGNORECASE
)
_STRENGTH = tuple(TitleOrigin)


def group(records: Iterable[Record]) -> list[list[Record]]:
    """Put the records of one paper together; groups and records keep the order of their first appearance."""
    groups: dict[int, dict[int, Record]] = {}  # by the place of the first record; within, by each one's place
    by_id: dict[str, int] = {}
    by_title: dict[str, list[int]] = {}
    for place, record in enumerate(records):
        found = {by_id[key] for key in id_keys(record) if key in by_id}
        same = [record, *(member for other in found for member in groups[other].values())]
        alike = by_title.get(title_key(record), [])
        found.update([other for other in alike if _agree([*groups[other].values(), *same])][:1])
        home = min(found, default=place)
        joined = groups.setdefault(home, {})
        for other in found - {home}:
            joined |= groups.pop(other)
        joined[place] = record
        for member in joined.values():
            by_id.update(dict.fromkeys(id_keys(member), home))
            homes = by_title.setdefault(title_key(member), [])
            homes[:] = sorted({home, *(other for other in homes if other in groups)})
    return [[members[place] for place in sorted(members)] for members in groups.values()]


def describe(records: Sequence[Record]) -> Description:
    """Join what the records of one paper know: the strongest title; of all else the first that is known."""
    best = min(records, key=lambda record: _STRENGTH.index(record.title_origin))
    known: dict[str, Any] = {"title": best.title, "title_origin": best.title_origin}
    for field in fields(Description):
        values = [getattr(record, field.name) for record in records]
        known.setdefault(field.name, next(filter(None, values), values[0]))
    return Description(**known)


def keys(records: Iterable[Record]) -> list[str]:
    """Return everything a paper is known by: all its records' ids and titles, and the ids people see."""
    known = [
        key
        for record in records
        for key in (*id_keys(record), title_key(record), f"id:{shown_id(record).lower()}")
    ]
    return list(dict.fromkeys(known))


def shown_id(description: Description) -> str:
    """Return the id people see and type: arXiv's, else the Anthology's, else `p` and 10 hex digits."""
    about = f"{title_key(description)}\n{_folded(description.first_author)}"
    if description.doi:  # which keeps two editorials apart
        about = f"doi:{_plain(description.doi)}"
    return description.arxiv_id or description.acl_id or "p" + _digest(about)[:10]


def id_keys(description: Description) -> list[str]:
    """Return the keys made of the ids that libraries have given the paper."""
    return [f"{name}:{_plain(value)}" for name in _IDS if (value := getattr(description, name))]


def reference_keys(text: str) -> list[str]:
    """Return the keys that an id or a link, as people type or paste it, may stand for; the likeliest first.

    Versions, DOIs, PDF addresses and Slack's own markup around a link make no difference.
    """
    text = text.encode(errors="replace").decode()  # a store takes no halves of surrogate pairs
    arxiv = [f"arxiv_id:{_plain(match[1])}" for match in _ARXIV_ID.finditer(text)]
    acl = [f"acl_id:{_plain(match[1])}" for match in _ACL_ID.finditer(text)]
    doi = [f"doi:{_plain(match[0].rstrip(_BEHIND))}" for match in _DOI.finditer(text)]
    own = [f"id:{match[0].lower()}" for match in _OWN_ID.finditer(text)]
    return list(dict.fromkeys([*arxiv, *acl, *doi, *own, f"id:{text.strip().lower()}"]))


def names_a_paper(text: str) -> bool:
    """Tell whether a text is a DOI or an id of arXiv or the ACL Anthology, or a link with one; all of it."""
    if _LINK.fullmatch(text):
        return any(known.search(text) for known in (_ARXIV_ID, _ACL_ID, _DOI))
    return bool(_ONE_ID.fullmatch(text))


def title_key(description: Description) -> str:
    """Return the key made of the title; where a sentence stands in for one, of the abstract."""
    if description.title_origin is TitleOrigin.SENTENCE:
        return f"abstract:{_digest(_folded(description.abstract))}"
    return f"title:{_folded(description.title) or _digest(description.title)}"


def _agree(records: Sequence[Record]) -> bool:
    ids = [{_plain(getattr(record, name)) for record in records} - {""} for name in _IDS]
    authors = {_folded(record.first_author) for record in records} - {""}
    return all(len(values) <= 1 for values in (*ids, authors))


def _plain(library_id: str) -> str:
    """Return an id as it is compared: without case, and without an old arXiv id's subject class."""
    return _SUBJECT_CLASS.sub("", library_id.lower())


def _folded(text: str) -> str:
    """Return the letters and digits of a text, without case, diacritics and what stands between them."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKD", text).casefold())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
