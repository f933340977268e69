"""How papers, numbers and times are put into words, wherever they are shown: in Slack or in a terminal.

Pure, and plain text: whoever shows it escapes it as the place demands.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from urllib.parse import quote

from bot.papers import Paper

_NAMED_AUTHORS = 2
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_ACL_ID = re.compile(r"(\d{4})\.(findings-)?([a-z0-9]+)")
_ARXIVS = re.compile(r"https?://(?:[a-z-]+\.)?arxiv\.org/", re.IGNORECASE)
_VENUES = {
    "2024.lrec": "LREC-COLING",
    "babylm": "BabyLM",
    "conll": "CoNLL",
    "repl4nlp": "RepL4NLP",
    "sem": "*SEM",
}


def address(paper: Paper) -> str:
    """Return where the paper can be read, or an empty string; at arXiv, its page for all versions."""
    if paper.url and not (paper.arxiv_id and _ARXIVS.match(paper.url)):
        return paper.url
    if paper.arxiv_id:
        return f"https://arxiv.org/abs/{paper.arxiv_id}"
    if paper.acl_id:
        return f"https://aclanthology.org/{paper.acl_id}/"
    return f"https://doi.org/{quoted_doi(paper)}" if paper.doi else ""


def quoted_doi(paper: Paper) -> str:
    """Return the DOI as it may stand in an address, which is a name of the paper too."""
    return quote(paper.doi, safe="/:;(),", errors="replace")


def byline(paper: Paper) -> str:
    """Return authors, year, id and venue in one line; what is not known is left out."""
    year = str(paper.year) if paper.year else ""
    return " · ".join(filter(None, (authors(paper), year, named_id(paper), venue(paper.acl_id))))


def authors(paper: Paper) -> str:
    """Name up to two authors, of more the first and how many follow; say so when only the first is known."""
    if not paper.authors:
        return f"first author {paper.first_author}" if paper.first_author else ""
    if len(paper.authors) <= _NAMED_AUTHORS:
        return ", ".join(paper.authors)
    return f"{paper.authors[0]} + {len(paper.authors) - 1}"


def all_authors(paper: Paper, longest: int) -> str:
    """Name all authors; those who do not fit into so many characters are counted."""
    if not paper.authors:
        return authors(paper)
    named = paper.authors[0]
    for count, author in enumerate(paper.authors[1:], 1):
        if len(named) + len(author) + 2 > longest:
            return f"{shorten(named, longest)} and {len(paper.authors) - count:,} more"
        named += f", {author}"
    return shorten(named, longest)


def named_id(paper: Paper) -> str:
    """Return the id that people cite, with the library that gave it; without any, our own."""
    if paper.arxiv_id:
        return f"arXiv {paper.arxiv_id}"
    if paper.acl_id:
        return f"Anthology {paper.acl_id}"
    return f"doi {paper.doi}" if paper.doi else paper.shown_id


def venue(acl_id: str) -> str:
    """Return the venue that an Anthology id names: `2024.findings-naacl.82` is Findings of NAACL 2024."""
    match = _ACL_ID.match(acl_id)
    if not match:
        return ""
    year, findings, slug = match.groups()
    name = _VENUES.get(f"{year}.{slug}") or _VENUES.get(slug) or slug.upper()
    return f"{'Findings of ' if findings else ''}{name} {year}"


def ago(span: timedelta) -> str:
    """Return how long ago something was: `just now`, `5 min ago`, `2 h ago`, `3 days ago`."""
    if span < _MINUTE:
        return "just now"
    if span < _HOUR:
        return f"{span // _MINUTE} min ago"
    return f"{span // _HOUR} h ago" if span < 2 * _DAY else f"{span // _DAY} days ago"


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return `1 paper`, `2 papers`, `1,200 papers`; some nouns have a `plural` of their own."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def shorten(text: str, longest: int) -> str:
    """Cut a text between words to at most `longest` characters, an ellipsis included."""
    if len(text) <= longest:
        return text
    head = text[: longest - 1]
    between = head.rpartition(" ")[0]
    return (between if len(between) > longest // 2 else head).rstrip(" ,;:") + "…"


def pieces(text: str, longest: int) -> Iterator[str]:
    """Cut a text between words into pieces of at most `longest` characters, without blanks at their ends."""
    start = 0
    while start < len(text):
        end = start + longest
        if end < len(text):
            blank = max(text.rfind(" ", start, end + 1), text.rfind("\n", start, end + 1))
            end = blank if blank > start + longest // 2 else end
        if piece := text[start:end].strip():
            yield piece
        start = end


def every(words: int) -> str:
    """Return what a paper has that has all of so many words: `it`, `both words`, `every word`."""
    return {0: "it", 1: "it", 2: "both words"}.get(words, "every word")


def listed(words: Sequence[str], joined: str = "or") -> str:
    """Return `a`, `a or b`, `a, b or c`; there is at least one."""
    return f" {joined} ".join(filter(None, (", ".join(words[:-1]), words[-1])))
