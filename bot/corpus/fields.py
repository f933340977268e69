"""What a source says of a paper, field by field → a record, or why it is none; the shapes of ids."""

import re
from collections.abc import Iterable

from bot.corpus.lines import LONGEST_ABSTRACT, NOT_UTF8
from bot.corpus.mend import mend
from bot.corpus.sentences import first_sentence
from bot.papers import Problem, Record, Source, TitleOrigin

LONGEST_TITLE = 1_000
LONGEST_NAME = 300
MOST_AUTHORS = 10_000  # the largest collaborations have some five thousand

_ARXIVS_DOI = re.compile(r"10\.48550/arxiv\.(.+)", re.IGNORECASE)
_ANTHOLOGYS_DOI = re.compile(r"10\.18653/v1/(.+)", re.IGNORECASE)
_SURROGATE = re.compile("[\ud800-\udfff]")
# What a field must look like; the group is what is kept: ids without prefix, version and address.
PATTERNS = {
    "year": re.compile(r"((?:19|20)[0-9]{2})"),
    "arxiv_id": re.compile(
        r"(?:arxiv:|https?://(?:www\.)?arxiv\.org/(?:abs|pdf)/)?"
        r"([0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[a-z]{2})?/[0-9]{7})(?:v[0-9]+)?(?:\.pdf)?",
        re.IGNORECASE,
    ),
    "acl_id": re.compile(
        r"(?:acl:|https?://(?:www\.)?aclanthology\.org/)?"
        r"([0-9]{4}\.[a-z0-9_]+-[a-z0-9_]+\.[0-9]+|[a-z][0-9]{2}-[0-9]{4})(?:v[0-9]+)?(?:\.pdf)?/?",
        re.IGNORECASE,
    ),
    "doi": re.compile(r"(?:doi:\s*|https?://(?:dx\.)?doi\.org/)?(10\.[0-9]{4,9}/[^\s<>|]+)", re.IGNORECASE),
    "url": re.compile(r"(https?://[^\s<>|]+)", re.IGNORECASE),
}


def matched(field: str, value: str) -> str:
    """Return what is kept of a field's value: nothing, where it is not what such a field must be."""
    match = PATTERNS[field].fullmatch(value.strip())
    return match[1] if match and not _SURROGATE.search(value) else ""


def record(  # noqa: PLR0913  # what a source may say of a paper
    file: str,
    line: int,
    *,
    title: str,
    abstract: str,
    authors: Iterable[str] = (),
    year: str = "",
    arxiv_id: str = "",
    acl_id: str = "",
    doi: str = "",
    url: str = "",
) -> Record | Problem:
    """Return the record of a paper; its fields may be as they stand in the source, with TeX and line breaks.

    What cannot be an id, a year or an address is left out. Without a title the abstract's first sentence
    stands in. A Problem where there is neither, or what there is is too long or not UTF-8.
    """
    texts = (title, abstract, *(names := list(authors)))
    if any(not text.isascii() and _SURROGATE.search(text) for text in texts):
        return Problem(file, line, NOT_UTF8)
    for what, text, most in (("title", title, LONGEST_TITLE), ("abstract", abstract, LONGEST_ABSTRACT)):
        if len(text) > most:
            return Problem(file, line, f"the {what} is too long: {len(text):,} characters, at most {most:,}")
    if any(len(name) > LONGEST_NAME for name in names):
        return Problem(file, line, f"an author's name is longer than {LONGEST_NAME} characters")
    if len(names) > MOST_AUTHORS:
        return Problem(file, line, f"{len(names):,} authors, at most {MOST_AUTHORS:,}")
    mended, named = mend(" ".join(abstract.split())), mend(" ".join(title.split()))
    if not any(map(str.isalnum, mended + named)):
        return Problem(file, line, "no title and no abstract")
    ids = {"arxiv_id": matched("arxiv_id", arxiv_id), "acl_id": matched("acl_id", acl_id), "doi": ""}
    if own := _ARXIVS_DOI.fullmatch(doi := matched("doi", doi)):  # says no more, and is not its publisher's
        ids["arxiv_id"] = ids["arxiv_id"] or matched("arxiv_id", own[1])
    else:
        ids["doi"] = doi
        if own := _ANTHOLOGYS_DOI.fullmatch(doi):
            ids["acl_id"] = ids["acl_id"] or matched("acl_id", own[1])
    people = tuple(name for each in names if (name := mend(" ".join(each.split()))))
    dated = matched("year", year)
    return Record(
        title=named or first_sentence(mended),
        title_origin=TitleOrigin.PAGE if named else TitleOrigin.SENTENCE,
        abstract=mended,
        first_author=people[0] if people else "",
        authors=people,
        year=int(dated) if dated else None,
        **ids,
        url=matched("url", url),
        source=Source(file, line),
        raw="",
    )
