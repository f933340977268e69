"""What a source says of a paper, field by field → a record, or why it is none."""

import re
from collections.abc import Iterable
from typing import Required, TypedDict, Unpack

from bot import ids
from bot.corpus.lines import LONGEST_ABSTRACT, NOT_UTF8
from bot.corpus.mend import mend
from bot.corpus.sentences import first_sentence
from bot.papers import Problem, Record, Source, TitleOrigin

LONGEST_TITLE = 1_000
LONGEST_NAME = 300
MOST_AUTHORS = 10_000  # the largest collaborations have some five thousand

_SURROGATE = re.compile("[\ud800-\udfff]")
_FORMS = {  # of the fields that are no ids
    "year": re.compile(r"1[5-9][0-9]{2}|20[0-9]{2}|2100"),
    "url": re.compile(r"https?://[^\s<>|\ud800-\udfff]+", re.IGNORECASE),
}
_RESOLVER = re.compile(r"\s*(?:https?://)?(?:[\w-]{1,20}\.){0,2}doi\.org/", re.IGNORECASE)


class Said(TypedDict, total=False):
    """What a source says of a paper, as it stands there, with TeX, line breaks, prefixes and addresses."""

    title: Required[str]
    abstract: Required[str]
    authors: Iterable[str]
    year: str
    arxiv_id: str
    acl_id: str
    doi: str
    url: str


def matched(field: str, *values: str) -> str:
    """Return what is kept of the first value that is what such a field must be, or nothing."""
    for value in values:
        if value and (kept := _kept(field, value)):
            return kept
    return ""


def record(file: str, line: int, **said: Unpack[Said]) -> Record | Problem:
    """Return the record of a paper.

    What cannot be an id, a year or an address is left out. An id that is not given is taken from the DOI or
    the address, where that is a link to a library. Without a title the abstract's first sentence stands in.
    A Problem where there is neither, or what there is is too long or not UTF-8.
    """
    names, doi, url = list(said.get("authors", ())), said.get("doi", ""), said.get("url", "")
    if fault := _fault(said["title"], said["abstract"], names):
        return Problem(file, line, fault)
    title, abstract = mend(said["title"]), mend(said["abstract"])
    if not any(map(str.isalnum, title + abstract)):
        return Problem(file, line, "no title and no abstract")
    authors = tuple(filter(None, map(mend, names)))
    told = ids.of_doi(doi) if doi else {}
    if url and not told and _RESOLVER.match(url):
        told = ids.of_doi(url)
    year = matched("year", said.get("year", ""))
    return Record(
        title=title or first_sentence(abstract),
        title_origin=TitleOrigin.PAGE if title else TitleOrigin.SENTENCE,
        abstract=abstract,
        first_author=authors[0] if authors else "",
        authors=authors,
        year=int(year) if year else None,
        arxiv_id=matched("arxiv_id", said.get("arxiv_id", ""), told.get("arxiv_id", ""), url),
        acl_id=matched("acl_id", said.get("acl_id", ""), told.get("acl_id", ""), url),
        doi=told.get("doi", ""),
        url=matched("url", url),
        source=Source(file, line),
    )


def _kept(field: str, value: str) -> str:
    value = value.strip()
    if len(value) > ids.LONGEST_URL:  # and `ids` keeps what it is asked in mind
        return ""
    if form := _FORMS.get(field):
        return value if form.fullmatch(value) else ""
    return ids.whole(field, value)


def _fault(title: str, abstract: str, names: list[str]) -> str:
    """Return why these texts cannot be kept, or nothing."""
    texts = "".join((title, abstract, *names))
    if not texts.isascii() and _SURROGATE.search(texts):
        return NOT_UTF8
    for what, text, most in (("title", title, LONGEST_TITLE), ("abstract", abstract, LONGEST_ABSTRACT)):
        if len(text) > most:
            return f"the {what} is too long: {len(text):,} characters, at most {most:,}"
    if max(map(len, names), default=0) > LONGEST_NAME:
        return f"an author's name is longer than {LONGEST_NAME} characters"
    return f"{len(names):,} authors, at most {MOST_AUTHORS:,}" if len(names) > MOST_AUTHORS else ""
