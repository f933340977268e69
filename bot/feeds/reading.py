"""A feed's bytes → its entries, by the corpus's reader of feeds.

Law: nothing but Atom and RSS is read here, whatever else the corpus may hold.
"""

from collections.abc import Iterator
from io import BufferedReader, BytesIO

from bot.corpus import Catalog, Piece, feed
from bot.corpus.numbered import Lines
from bot.feeds.faults import FeedError
from bot.papers import Problem

_HEAD = 1 << 16  # bytes
_EMPTY = "no entries"  # what the reader says of a feed without any


def entries_of(name: str, body: bytes) -> Iterator[Piece | Problem]:
    """Return the entries of a feed and what cannot be one, in the feed's order; `name` is for problems.

    A feed may have none: on a day without papers that is no problem. Raises FeedError at once where the bytes
    are no feed.
    """
    if not feed.recognises(body[:_HEAD].decode("utf-8", "surrogateescape")):
        raise FeedError("What is sent there is no Atom or RSS feed.")
    lines = Lines(BufferedReader(BytesIO(body)))
    return _without_emptiness(feed.pieces(name, lines, Catalog()), Problem(name, 0, _EMPTY))


def _without_emptiness(found: Iterator[Piece | Problem], empty: Problem) -> Iterator[Piece | Problem]:
    return (each for each in found if each != empty)
