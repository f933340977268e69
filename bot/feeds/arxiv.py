"""ArXiv's API, page by page: a query → its entries, those that changed last first.

Law: no page is asked for that can be done without. Whatever takes its `turn` goes to whichever host of arXiv
at the one `Pace` that is given, and not at all while arXiv asks to be left alone.
https://info.arxiv.org/help/api/user-manual.html
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import urlencode

import httpx

from bot.corpus import Piece
from bot.feeds.addresses import Feed
from bot.feeds.faults import FeedError
from bot.feeds.fetching import Client, fetch
from bot.feeds.pace import Pace
from bot.feeds.reading import entries_of
from bot.papers import Problem, Record
from bot.wording import shorten

BASE = "https://export.arxiv.org/api/query"
SECONDS = 3.0  # between two requests, as arXiv's terms of use ask
MOST = 2_000  # entries of a query, at one go
PAGE = 200  # entries
_OK, _BAD_QUERY = 200, 400
_SHOWN = 200
_TOTAL = re.compile(rb"<(?:\w+:)?totalResults\b[^>]*>\s*([0-9]{1,9})\s*<")
_ERROR = re.compile(r"<(?:\w+:)?id\b[^>]*>\s*https?://[^<\s]*/api/errors")


def is_arxivs(url: httpx.URL) -> bool:
    """Tell whether an address is of a host of arXiv's, such as that of its RSS."""
    return f".{url.raw_host.decode('ascii').removesuffix('.')}".endswith(".arxiv.org")


class _Page(NamedTuple):
    """The entries of a page, and how many the query has in whole, where that is said."""

    entries: tuple[Piece | Problem, ...]
    total: int | None


class ArXiv:
    """ArXiv's API, at `base`."""

    def __init__(self, client: Client, pace: Pace, base: str = BASE) -> None:
        self._client = client
        self._pace = pace
        self._base = str(httpx.URL(base))

    @contextmanager
    def turn(self, url: httpx.URL) -> Iterator[None]:
        """Wait until an address may be asked, if it is arXiv's; the block is what asks it.

        Raises FeedError where arXiv is to be left alone, as it may say by a FeedError of the block.
        """
        if not (is_arxivs(url) or str(url).partition("?")[0] == self._base):
            yield
            return
        if (left := self._pace.left_alone()) > 0:
            raise FeedError("arXiv asks to be left alone for now.", left)
        with self._pace.turn():
            try:
                yield
            except FeedError as error:
                self._pace.leave_alone(error.retry_after or 0)
                raise

    def entries(self, feed: Feed, known: Callable[[Piece], bool]) -> Iterator[Piece | Problem]:
        """Yield the entries of a query, known ones too, up to the end of the page where all are known.

        `known` is asked before the entries of a page are yielded. Raises FeedError; what came before stands.
        """
        start = 0
        total: int | None = None
        while start < MOST:
            page = self._page(feed, start, total)
            total = page.total if total is None else total
            is_last = all(isinstance(each, Problem) or known(each) for each in page.entries)
            yield from page.entries
            start += len(page.entries)
            if is_last or (len(page.entries) < PAGE if total is None else start >= total):
                return

    def _page(self, feed: Feed, start: int, total: int | None) -> _Page:
        """Return a page; one that is empty and should not be, as arXiv sends some, is asked for once more."""
        for _ in range(2):
            page = self._ask(feed, start)
            if page.entries or (page.total if total is None else total) == 0:
                return page
        raise FeedError("arXiv sent an empty page where there are papers.")

    def _ask(self, feed: Feed, start: int) -> _Page:
        asked = {
            "search_query": feed.query,
            "sortBy": "lastUpdatedDate",
            "sortOrder": "descending",
            "start": start,
            "max_results": min(PAGE, MOST - start),
        }
        url = f"{self._base}?{urlencode(asked)}"
        fetched = fetch(self._client, url, statuses={_OK, _BAD_QUERY}, turn=self.turn)
        body = fetched.body or b""
        page = _read(feed.name, body, fetched.status)
        if fetched.status != _OK:
            raise FeedError(f"arXiv sent no feed, but status {fetched.status}.")
        return page


def _read(name: str, body: bytes, status: int) -> _Page:
    """Read a page; a query that arXiv does not take is answered by an entry that says why."""
    if not body.strip() or (status != _OK and b"<feed" not in body):
        return _Page((), None)
    entries = tuple(entries_of(name, body))
    for entry in entries[:1]:
        if isinstance(entry, Piece) and _ERROR.search(entry.text):
            raise FeedError(_told(entry.read()))
    found = _TOTAL.search(body)
    return _Page(entries, int(found[1]) if found else None)


def _told(error: Record | Problem) -> str:
    if isinstance(error, Problem) or not error.abstract:
        return "arXiv does not take this search, and does not say why."
    said = shorten(error.abstract, _SHOWN)
    return f"arXiv does not take this search: {said}{'' if said.endswith(('.', '…')) else '.'}"
