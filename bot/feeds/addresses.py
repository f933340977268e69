"""What people write for a feed → `Feed`. Pure.

Law: a feed that is written in two ways is one, by its name; what cannot be fetched is refused here, with
words that say what can be.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import SplitResult, quote, urlsplit

from bot.errors import UserError
from bot.feeds import queries
from bot.wording import shorten

LONGEST = 2_000  # characters
EXAMPLES = ("arxiv:cs.CL", 'arxiv:ti:"backdoor attack"', "https://example.org/feed.xml")
_ARXIV = "arxiv:"
_SHOWN = 80
_LONGEST_HOST = 253
_PORTS = {"http": 80, "https": 443}

# As phones type it, and as our own messages show what could be markup.
_TYPED = str.maketrans("“”„‟«»∶∗∼ˍˋ", '"""""":*~_`')
_MARKUP = re.compile(r"<(?P<target>[^<>|\s]+)(?:\|(?P<label>[^<>]*))?>")
_NAMES_SOMEBODY = re.compile(r"[\w+.-]*:?//[^/?#]*@")
_BRACKET = re.compile("[<>]")
_WORD = re.compile(r'(?:"[^"]*"|[^\s"])+')
_OPERATORS = ("AND", "OR", "ANDNOT")
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_SAFE = "/%:@!$&'()*+,;=~?[]"


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: `query` is what arXiv's API is asked, `url` the address of any other; one of them is empty.

    `name` is the same however the feed was written, and `feed_of` reads it.
    """

    name: str
    query: str = ""
    url: str = ""


def feed_of(text: str) -> Feed:
    """Return the feed that somebody wrote, with Slack's markup around links or without.

    Raises UserError.
    """
    written = _plain(text)
    if not written:
        raise _refused("No feed is named.")
    if any(unicodedata.category(sign) in {"Cc", "Cf", "Cs"} for sign in written):
        raise _refused("That holds characters that cannot be seen.")
    if written.lower().startswith(_ARXIV):
        return _of_arxiv(written[len(_ARXIV) :].strip(), written)
    return _of_arxiv(written, written) if queries.names_a_category(written) else _of_address(written)


def split(text: str) -> tuple[str, ...]:
    """Return the feeds of a setting, each as it is written there.

    White space parts them, but not between double quotes, and not beside AND, OR and ANDNOT. Quotes around a
    whole feed are taken off. Raises UserError for a quote that is not closed.
    """
    text = text.translate(_TYPED)
    if text.count('"') % 2:
        raise _refused("A double quote is not closed.")
    return tuple(_unquoted(feed) for feed in _joined(_WORD.findall(text)))


def _joined(words: list[str]) -> Iterator[str]:
    """Put the words of a query together again."""
    feed: list[str] = []
    for word in words:
        if feed and not (word in _OPERATORS or feed[-1] in _OPERATORS):
            yield " ".join(feed)
            feed = []
        feed.append(word)
    if feed:
        yield " ".join(feed)


def _unquoted(feed: str) -> str:
    whole = feed.startswith('"') and feed.endswith('"') and feed.count('"') == len('""')
    return feed[1:-1] if whole else feed


def _plain(text: str) -> str:
    """Return what was typed: Slack makes links in the middle of words, for `cs.cl` looks like a host."""
    text = " ".join(unicodedata.normalize("NFC", text.translate(_TYPED)).split()).strip("`")
    whole = _MARKUP.fullmatch(text)
    if whole and not (whole["label"] or "").lower().startswith(_ARXIV):
        return whole["target"]
    return _MARKUP.sub(lambda link: link["label"] or link["target"], text)


def _of_arxiv(asked: str, written: str) -> Feed:
    if _BRACKET.search(asked):
        raise _refused(f"{shorten(written, _SHOWN)}: arXiv is not asked for < or >.")
    try:
        query = queries.query_of(asked)
    except ValueError as fault:
        raise _refused(f"{shorten(written, _SHOWN)}: {fault}.") from None
    short = query.removeprefix("cat:")
    return Feed(f"{_ARXIV}{short if queries.is_category(short) else query}", query=query)


def _of_address(written: str) -> Feed:
    if _NAMES_SOMEBODY.match(written):  # which no message repeats
        raise _refused("The address holds a user's name or a password, which I do not keep.")
    try:
        parts = urlsplit(written)
        port = parts.port
        host = _host(parts.hostname or "")
    except ValueError:  # brackets, a port or a host that mean nothing
        raise _refused(f"{shorten(written, _SHOWN)} is no address.") from None
    if parts.scheme not in _PORTS:
        raise _refused(f"{shorten(written, _SHOWN)} is no feed that I can read.")
    if not host or re.search(r"\s", written) or port == 0:
        raise _refused(f"{shorten(written, _SHOWN)} is no address.")
    url = _url(parts, host, port)
    if len(url) > LONGEST:
        raise _refused(f"That is too long for a feed: {len(url):,} characters, at most {LONGEST:,}.")
    return Feed(url, url=url)


def _host(host: str) -> str:
    """Return a host in lower case and in ASCII. Raises ValueError."""
    if ":" in host:
        if "%" in host:
            raise ValueError(host)
        return f"[{IPv6Address(host)}]"
    if len(host) > _LONGEST_HOST:
        raise ValueError(host)
    host = host.encode("idna").decode().removesuffix(".")
    if host and not _HOST.fullmatch(host):
        raise ValueError(host)
    return host


def _url(parts: SplitResult, host: str, port: int | None) -> str:
    """Put an address together again, without what makes no difference."""
    place = f":{port}" if port not in {None, _PORTS[parts.scheme]} else ""
    query = f"?{quote(parts.query, safe=_SAFE)}" if parts.query else ""
    return f"{parts.scheme}://{host}{place}{quote(parts.path or '/', safe=_SAFE)}{query}"


def _refused(why: str) -> UserError:
    return UserError(
        f"{why} A feed is a category or a search of arXiv, or the address of an Atom or RSS feed; for example"
        f" {EXAMPLES[0]}, {EXAMPLES[1]} or {EXAMPLES[2]}."
    )
