"""Atom and RSS files: what arXiv's API answers, arXiv's RSS, and other feeds of papers.

Law: nothing is fetched, nothing but the given text is opened, and no entity is expanded that a file declares.
"""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from html.parser import HTMLParser
from io import BytesIO
from typing import Any, NamedTuple
from xml.sax import SAXParseException

from bot.corpus.catalog import Catalog
from bot.corpus.fields import matched, record
from bot.corpus.lines import LONGEST_ABSTRACT
from bot.corpus.pieces import Numbered, Piece
from bot.papers import Problem, Record

MOST_MIB = 32

_HEAD = re.compile(
    r"\ufeff?(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)*+<(?:feed|rss|rdf:RDF)[\s>/]",
    re.DOTALL | re.IGNORECASE,
)
_DECLARATION = re.compile(r"\ufeff?\s*(?:<\?xml\s[^>]*>)?")
_UTF8 = "<?xml version='1.0' encoding='utf-8'?>"
# Bounded, for a text full of them; what stands farther off declares entities, or does no harm.
_DECLARES = re.compile(r"<!ENTITY|<!DOCTYPE[^>\[]{0,1000}\[", re.IGNORECASE)
# Comments and quoted text are passed over, to the end where they never close.
_ENTRY = re.compile(
    r"<!--(?:.*?-->|.*)|<!\[CDATA\[(?:.*?\]\]>|.*)|<(?:\w+:)?(entry|item)(?=[\s/>])",
    re.DOTALL | re.IGNORECASE,
)
_TAG = re.compile(
    r"<!--(?:.*?-->|.*)|<!\[CDATA\[(?:.*?\]\]>|.*)|<(/?)\w[^<>]*?(/?)>",
    re.DOTALL,
)
_MOST_TAGS = 2_000  # in an abstract
_DEEPEST = 1_000  # tags within tags; the parser takes more than twice as long for twice as many
_ARXIV_HEAD = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*[\w-]+\s+Abstract:\s*")
_YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")
_SURROGATE = re.compile("[\ud800-\udfff]")
_STAND_IN = (
    "\ufdd0"  # a noncharacter, for use inside programs; XML allows it, and lone surrogates it does not
)
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


class _Fields(NamedTuple):
    """What a feed says of a paper. Its `repr` is the text of the piece."""

    title: str
    abstract: str
    authors: tuple[str, ...]
    year: str
    arxiv_id: str
    acl_id: str
    doi: str
    url: str

    def read(self, file: str, line: int) -> Record | Problem:
        return record(file, line, **self._asdict())


def recognises(head: str) -> bool:
    """Tell Atom and RSS by the first tag, after the XML declaration, comments and a document type."""
    return _HEAD.match(head) is not None


def pieces(file: str, lines: Iterable[Numbered], catalog: Catalog) -> Iterator[Piece | Problem]:
    """Yield the entries of a feed, and where it is no XML; of that, the entries that can be read."""
    del catalog  # entries have titles of their own
    text = _whole(lines)
    if text is None:
        yield Problem(file, 0, f"larger than {MOST_MIB} MiB; split it")
    elif declares := _DECLARES.search(text):
        yield Problem(
            file, text.count("\n", 0, declares.start()) + 1, "declares entities, which are not read"
        )
    elif line := _too_deep(text):
        yield Problem(file, line, f"more than {_DEEPEST:,} tags stand within each other")
    else:
        yield from _pieces(file, text)


def _whole(lines: Iterable[Numbered]) -> str | None:
    """Join the lines, or return None as soon as they are too many."""
    kept, left = [], MOST_MIB << 20
    for _, text in lines:
        left -= len(text) + 1
        if left < 0:
            return None
        kept.append(text)
    return "\n".join(kept)


def _too_deep(text: str) -> int:
    """Return the line where tags are too deep within others, 0 where they are nowhere."""
    depth = 0
    for found in _TAG.finditer(text):
        if found[1] is not None:
            depth += -1 if found[1] else not found[2]
            if depth > _DEEPEST:
                return text.count("\n", 0, found.start()) + 1
    return 0


def _pieces(file: str, text: str) -> Iterator[Piece | Problem]:
    try:
        feed = _parse(text)
    except _FAULTS:
        yield Problem(file, 0, "not readable as a feed")
        return
    fault = feed.get("bozo_exception")
    if isinstance(fault, SAXParseException):
        line = fault.getLineNumber() or 0
        # The parser counts from its own copy of the text.
        yield Problem(file, min(line, text.count("\n") + 1), f"a fault in the XML: {fault.getMessage()}")
    starts = _starts(text)
    if len(starts) != len(feed.entries):
        starts = [0] * len(feed.entries)  # which is which cannot be told
    is_rss = not feed.version.startswith("atom")
    for line, entry in zip(starts, feed.entries, strict=True):
        fields = _fields(entry, is_rss=is_rss)
        yield Piece(line, repr(fields), partial(fields.read, file, line))


def _parse(text: str) -> Any:
    """Parse the text as UTF-8, whatever it declares: it has been decoded, and checked, as that.

    Bytes in memory are all that the parser is given: a string it would take for an address or a file's name.
    """
    import feedparser  # type: ignore[import-untyped]  # it ships no types, and nobody else does

    begins = _DECLARATION.match(text)
    end = begins.end() if begins else 0
    body = _SURROGATE.sub(_STAND_IN, _UTF8 + "\n" * text.count("\n", 0, end) + text[end:])
    return feedparser.parse(
        BytesIO(body.encode()),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        resolve_relative_uris=False,
        sanitize_html=False,
    )


def _starts(text: str) -> list[int]:
    """Return the line of each tag that begins an entry."""
    lines, line, seen = [], 1, 0
    for found in _ENTRY.finditer(text):
        if found[1]:
            line += text.count("\n", seen, found.start())
            seen = found.start()
            lines.append(line)
    return lines


def _fields(entry: dict[str, Any], *, is_rss: bool) -> _Fields:
    link, name = _string(entry, "link"), _string(entry, "id").removeprefix("oai:arXiv.org:")
    arxiv_id = matched("arxiv_id", link) or matched("arxiv_id", name)
    authors = tuple(str(author.get("name", "")) for author in dict.get(entry, "authors", ()))
    if is_rss and arxiv_id:  # arXiv's RSS names all authors in one element
        authors = tuple(name for each in authors for name in each.split(", "))
    dated = _YEAR.search(_string(entry, "published")) or _YEAR.search(_string(entry, "updated"))
    return _Fields(
        title=_text(dict.get(entry, "title_detail")),
        abstract=_abstract(entry),
        authors=tuple(filter(None, authors)),
        year=dated[0] if dated else "",
        arxiv_id=arxiv_id,
        acl_id=matched("acl_id", link),
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
    value = str(detail.get("value") or "").replace(_STAND_IN, "\udcff")
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
