"""A feed of whatever kind → its entries.

Law: every request goes through the one client that is given, and to whichever host of arXiv at its pace.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from bot.corpus import Piece
from bot.feeds.addresses import Feed
from bot.feeds.arxiv import ArXiv
from bot.feeds.fetching import NO_VALIDATORS, Client, Validators, fetch
from bot.feeds.reading import entries_of
from bot.papers import Problem


class Gathered(NamedTuple):
    """What a feed holds: its entries, to go through once, and what to ask with the next time.

    None for entries: nothing has changed since the validators were told.
    """

    entries: Iterator[Piece | Problem] | None
    validators: Validators = NO_VALIDATORS


def gather(
    client: Client, arxiv: ArXiv, feed: Feed, validators: Validators, known: Callable[[Piece], bool]
) -> Gathered:
    """Fetch a feed; `known` tells whether an entry was read before.

    A feed at an address is one page, read to its end. Of arXiv's pages each is fetched when its entries are
    asked for, up to the first where all are known. Raises FeedError, and so does going through the entries.
    """
    if feed.query:
        return Gathered(arxiv.entries(feed, known))
    fetched = fetch(client, feed.url, validators, turn=arxiv.turn)
    if fetched.body is None:
        return Gathered(None, fetched.validators)
    return Gathered(entries_of(feed.name, fetched.body), fetched.validators)
