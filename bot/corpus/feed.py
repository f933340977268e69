"""Atom and RSS files: what arXiv's API answers, arXiv's RSS, and other feeds of papers.

Each entry is parsed by itself. Law: nothing is fetched, and nothing but the given text is opened.
"""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

from bot.corpus.catalog import Catalog
from bot.corpus.elements import Frame, RefusedError, cut
from bot.corpus.fields import matched, record
from bot.corpus.lines import LONGEST_ABSTRACT, NOT_UTF8
from bot.corpus.named import year_of_id
from bot.corpus.pieces import Numbered, Piece
from bot.corpus.wellformed import Fault, wellformed
from bot.papers import Problem, Record

_HEAD = re.compile(
    r"\ufeff?(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)*+<(?:feed|rss|rdf:RDF)[\s>/]",
    re.DOTALL | re.IGNORECASE,
)
_RESPONSE = {"content-type": "application/xml; charset=utf-8"}
_MOST_TAGS = 2_000  # in an abstract
_ARXIV_HEAD = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*[\w-]+\s+Abstract:\s*")
_YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BLOCKS = frozenset(
    {"p", "br", "div", "li", "ul", "ol", "tr", "td", "h1", "h2", "h3", "h4", "blockquote", "pre"}
)
# What a parser may raise where a text is not what it expects; feedparser and html.parser promise nothing.
_FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


def recognises(head: str) -> bool:
    """Tell Atom and RSS by the first tag, after the XML declaration, comments and a document type."""
    return _HEAD.match(head) is not None


def pieces(file: str, lines: Iterable[Numbered], catalog: Catalog) -> Iterator[Piece | Problem]:
    """Yield the entries of a feed; what else stands in it may be no XML."""
    del catalog  # entries have titles of their own
    try:
        frame, entries = cut(lines)
        if isinstance(fault := wellformed(frame.around("")), Fault):
            yield Problem(file, frame.line, fault.why)
            return
        for line, text, why in entries:
            if why:
                yield Problem(file, line, why)
            else:
                yield Piece(line, frame.around(text), partial(_read, file, line, frame, text))
    except RefusedError as refused:
        yield Problem(file, refused.line, refused.why)


def _read(file: str, line: int, frame: Frame, entry: str) -> Record | Problem:
    if _SURROGATE.search(entry):
        return Problem(file, line, NOT_UTF8)
    text = wellformed(frame.around(entry))
    if isinstance(text, Fault):
        return Problem(file, line + text.below, text.why)
    try:
        feed = _parse(text)
    except _FAULTS:
        return Problem(file, line, "not readable as an entry of a feed")
    if len(feed.entries) != 1:  # its name is, but not its namespace
        return Problem(file, line, "no entry of Atom or RSS")
    return _record(file, line, feed.entries[0], is_rss=not feed.version.startswith("atom"))


def _parse(text: str) -> Any:
    """Parse a feed.

    Bytes in memory are all that the parser is given: a string it would take for an address or a file's name.
    """
    import feedparser  # type: ignore[import-untyped]  # it ships no types, and nobody else does

    # Or it looks, for each entry, for another parser than Python's, which is that of `wellformed`.
    feedparser.api.PREFERRED_XML_PARSERS.clear()
    return feedparser.parse(
        BytesIO(text.encode(errors="replace")),
        response_headers=_RESPONSE,
        resolve_relative_uris=False,
        sanitize_html=False,
    )


def _record(file: str, line: int, entry: dict[str, Any], *, is_rss: bool) -> Record | Problem:
    link, name = _string(entry, "link"), _string(entry, "id")
    of_rss = name.removeprefix("oai:arXiv.org:")  # in the Atom that arXiv makes of its RSS, too
    arxiv_id = matched("arxiv_id", link, of_rss)
    authors = [str(author.get("name", "")) for author in dict.get(entry, "authors", ())]
    if arxiv_id and (is_rss or of_rss != name):  # these name all authors in one element
        authors = [name for each in authors for name in each.split(", ")]
    dated = _YEAR.search(_string(entry, "published")) or _YEAR.search(_string(entry, "updated"))
    return record(
        file,
        line,
        title=_text(dict.get(entry, "title_detail")),
        abstract=_abstract(entry),
        authors=filter(None, authors),
        # An old paper that is announced again has a date of today.
        year=year_of_id(arxiv_id) or (dated[0] if dated else ""),
        arxiv_id=arxiv_id,
        doi=_string(entry, "arxiv_doi") or _string(entry, "prism_doi"),
        url=link,
    )


def _string(entry: dict[str, Any], key: str) -> str:
    # Not the entry's own `get`: it warns where it gives "published" for "updated".
    return str(dict.get(entry, key) or "")


def _abstract(entry: dict[str, Any]) -> str:
    """Return the longest of what an entry says of itself: a summary may be cut short, and a content empty."""
    said = (dict.get(entry, "summary_detail"), *(dict.get(entry, "content") or ()))
    return max(map(_text, said), key=len)


def _text(detail: dict[str, Any] | None) -> str:
    """Return a text construct without its HTML, and without the head of arXiv's RSS descriptions."""
    if not detail:
        return ""
    value = str(detail.get("value") or "")
    if head := _ARXIV_HEAD.match(value):
        return value[head.end() :]  # plain text, in which "<" is less-than
    return value if detail.get("type") == "text/plain" else _without_html(value)


def _without_html(text: str) -> str:
    if "<" not in text and "&" not in text:
        return text
    if len(text) > 2 * LONGEST_ABSTRACT or text.count("<") > _MOST_TAGS:  # its parser would take minutes
        return text
    stripper = _Stripper()
    try:
        stripper.feed(text)
        stripper.close()
    except _FAULTS:
        return text
    return "".join(stripper.kept).strip()


class _Stripper(HTMLParser):
    """Keeps the text of HTML: characters decoded, blocks apart, scripts and styles left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.kept: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep blocks apart."""
        del attrs
        if tag in _BLOCKS:
            self.kept.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Keep blocks apart."""
        if tag in _BLOCKS:
            self.kept.append("\n")

    def handle_data(self, data: str) -> None:
        """Keep the text, but not a program's."""
        if self.cdata_elem is None:
            self.kept.append(data)
