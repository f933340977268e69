"""The ids that libraries give papers, and our own: their shapes, and where they stand in links and texts.

Law: an id decides which paper is meant; versions, prefixes and addresses make no difference. An id within
another is none: digits in a DOI are no arXiv id. Every pattern is linear, whatever the text.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote

LONGEST_DOI = 500
LONGEST_URL = 2_000

# What a DOI is made of, up to another in the same text, or to what follows it in an address.
_IN_DOI = r'(?:(?![,;](?:https?:|doi|10\.)|\]\(|&\w+=)[^\x00- "#<>?|\x7f-\U0010ffff])'
_SHAPES = {  # a DOI first: the others may stand in one
    "doi": rf"10\.\d{{4,9}}/{_IN_DOI}+",
    "arxiv_id": r"\d{4}\.\d{4,5}|(?<![a-z-])(?!arxiv)[a-z][a-z-]{1,9}(?:\.[a-z]{2})?/\d{7}",
    "acl_id": r"\d{4}\.[a-z0-9_]{1,40}-[a-z0-9_]{1,40}\.\d{1,6}|[a-z]\d{2}-\d{4,5}",
    "id": r"p[0-9a-f]{10}",
}
# What may stand before and behind an id in a text that says other things too.
_BOUNDS = {
    "doi": (r"(?<![\w.])", ""),
    "arxiv_id": (r"(?<!\d)(?<!\d\.)", r"(?![0-9a-uw-z])"),
    "acl_id": (r"(?<![\w.-])", r"(?!\d)"),
    "id": (r"(?<!\w)", r"(?!\w)"),
}
_SITE = r"(?:https?://)?(?:[\w-]{1,20}\.){0,2}"
_PATH = r"(?:[\w-]{1,15}/){0,3}"
_RESOLVER = rf"(?:doi:\s{{0,9}}|{_SITE}doi\.org/)?"
_ON_ARXIV = rf"{_SITE}(?:arxiv|ar5iv|alphaxiv|semanticscholar)\.org/{_PATH}"
_IN_ANTHOLOGY = rf"{_SITE}(?:aclanthology\.(?:org|info)|aclweb\.org|semanticscholar\.org)/{_PATH}"
_PLACE = r"(?:[?#]\S*)?"
# What may stand before and behind an id in a text that is nothing else.
_DRESS = {
    "doi": (_RESOLVER, ""),
    "arxiv_id": (
        rf"(?:{_ON_ARXIV}|{_RESOLVER}10\.48550/)?(?:arxiv[:.]\s{{0,9}})?",
        rf"(?:v\d{{1,4}})?(?:\.pdf)?/?{_PLACE}(?:\s{{0,9}}\[[\w.-]{{1,20}}\])?",
    ),
    "acl_id": (
        rf"(?:{_IN_ANTHOLOGY}|{_RESOLVER}10\.(?:18653|3115)/v1/)?(?:acl:\s{{0,9}})?",
        rf"(?:v\d{{1,4}})?(?:\.[a-z.]{{2,9}})?(?:/[\w-]{{0,20}})?{_PLACE}",
    ),
    "id": ("", ""),
}

_FLAGS = re.IGNORECASE | re.ASCII
_WITHIN = re.compile(
    "|".join(f"{_BOUNDS[kind][0]}(?P<{kind}>{shape}){_BOUNDS[kind][1]}" for kind, shape in _SHAPES.items()),
    _FLAGS,
)
_WHOLE = {
    kind: re.compile(f"{_DRESS[kind][0]}({shape}){_DRESS[kind][1]}", _FLAGS)
    for kind, shape in _SHAPES.items()
}
_SUBJECT_CLASS = re.compile(r"\.[a-z]{2}(?=/)")  # of an old arXiv id: math.GT/0309136 is math/0309136

_BEHIND = "`.,;:!?)]}'*/"  # a DOI may end so, but hardly one does
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_VIEW = re.compile(r"(?:(?:v\d{1,2})?\.full|\.pdf|/(?:full|e?pdf|abstract|meta))+\Z", re.IGNORECASE)

_LINK = re.compile(r"(?:https?://|(?:[a-z0-9-]{1,60}\.){1,4}[a-z]{2,10}/)[^\s,]+", re.IGNORECASE)
_SCHOLAR = re.compile(
    r"semanticscholar\.org/(?:(?:paper|reader)/(?:(?P<slug>[^/\s<>|]{1,400})/)?[0-9a-f]{40}(?![0-9a-f])"
    r"|(?:[a-z0-9]{1,9}/){0,3}CorpusID:\d)",
    _FLAGS,
)


@lru_cache(1 << 10)  # a source may tell one id in several places
def whole(kind: str, value: str) -> str:
    """Return the id of this kind that a field's value is, or nothing."""
    if kind == "doi":
        return of_doi(value).get(kind, "")
    return _kept(kind, unquote(value.strip()))


def of_doi(value: str) -> dict[str, str]:
    """Return what the first DOI in a text tells, by kind: itself, and the id its library knows it by."""
    matches = _WITHIN.finditer(unquote(value))
    return next((_told(match["doi"]) for match in matches if match["doi"]), {})


def reference_keys(text: str) -> list[str]:
    """Return the keys that an id or a link, as people type or paste it, may stand for; the likeliest first.

    Versions, DOIs, PDF addresses and Slack's own markup around a link make no difference.
    """
    text = text.encode(errors="replace").decode()  # a store takes no halves of surrogate pairs
    known = [f"{kind}:{plain(found)}" for kind, found in _found(text)]
    return list(dict.fromkeys([*known, f"id:{text.strip().lower()}"]))


def names_a_paper(text: str) -> bool:
    """Tell whether a text is an id of a paper, or a link to one; all of it."""
    if len(text) > LONGEST_URL:
        return False
    if _LINK.fullmatch(text):
        ids = any(kind != "id" for kind, _ in _found(text))
        return ids or bool(_SCHOLAR.search(text))
    return any(match.fullmatch(unquote(text)) for match in _WHOLE.values())


def words_of_link(text: str) -> tuple[str, ...] | None:
    """Return the words in a link to Semantic Scholar that has no id: of the title, then surnames.

    Of a long title only the first words are there, in a short link there are none. None for all else.
    """
    match = _SCHOLAR.search(text)
    return tuple(re.findall(r"[^\W_]+", unquote(match["slug"] or ""))) if match else None


def plain(library_id: str) -> str:
    """Return an id as it is compared: without case, and without an old arXiv id's subject class."""
    lowered = library_id.lower()
    return _SUBJECT_CLASS.sub("", lowered) if "/" in lowered else lowered


def _found(text: str) -> Iterator[tuple[str, str]]:
    """Yield kind and value of each id in a text."""
    for match in _WITHIN.finditer(unquote(text)):
        if doi := match["doi"]:
            yield from _told(doi).items()
        else:
            yield str(match.lastgroup), match[0]


def _told(found: str) -> dict[str, str]:
    doi = _trimmed(found)
    own = {kind: kept for kind in ("arxiv_id", "acl_id") if (kept := _kept(kind, doi))}
    if not doi or doi.startswith("10.48550/"):  # arXiv's own, which says no more than its id
        return own
    return {**own, "doi": doi}


def _kept(kind: str, text: str) -> str:
    """Return the id that a text is, as its library spells it in addresses: P19-1001, 2020.acl-main.1."""
    match = _WHOLE[kind].fullmatch(text)
    if not match or kind != "acl_id":
        return match[1] if match else ""
    return match[1].upper() if match[1][0].isalpha() else match[1].lower()


def _trimmed(doi: str) -> str:
    """Return a DOI without what stands behind it in a text or an address; nothing, if it is too long."""
    if len(doi) > LONGEST_DOI:
        return ""
    while doi[-1] in _BEHIND and not _closes(doi):
        doi = doi[:-1]
    doi = _VIEW.sub("", doi)
    return doi if "/" in doi else ""


def _closes(doi: str) -> bool:
    """Tell whether a DOI ends with a bracket that was opened in it: 10.1016/s0378-4371(02)."""
    last = doi[-1]
    return last in _BRACKETS and doi.count(_BRACKETS[last]) >= doi.count(last)
