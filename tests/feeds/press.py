"""Twenty feeds that tell papers in four parts of a day, what they are asked, and what of it is new.

Eight are queries of arXiv, eight Atom, four RSS. Each tells papers of its own, and every second one those of
the feed before it as well, a part of the day later. Some papers stand in the corpus before a feed tells them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple
from zlib import crc32

from bot.feeds.addresses import feed_of
from tests.feeds.server import Answer, Asked, Server, arxiv_page, atom

API = "/api/query"
QUERIES = ("cs.CL", "cs.AI", "cs.CV", "cs.LG", "cs.CR", "cs.IR", "stat.ML", 'ti:"backdoor attack"')
FEEDS = range(20)
FIRST_RSS = 16
MANY, KILLED, DOWN, QUIET = 5, 13, 17, 18
SILENT = {(MANY, 1), (QUIET, 1), (QUIET, 3)}  # feeds, and the parts of the day in which they tell nothing
KINDS = (
    *("Green tea", "Black tea", "White tea", "Green coffee", "Black coffee", "White coffee"),
    *["Water"] * 11,
)


class Made(NamedTuple):
    """A made paper, in one of its versions."""

    number: int
    title: str
    version: int = 1

    @property
    def arxiv_id(self) -> str:
        """Its id, without the version."""
        return f"2611.{self.number:05}"

    @property
    def abstract(self) -> str:
        """Its abstract, which tells versions apart."""
        return f"This is version {self.version}."


class News(NamedTuple):
    """A paper that is new, the part of the day when it is, and the feed that tells it first."""

    paper: Made
    part: int
    feed: int


def at(hour: int, minute: int = 0) -> datetime:
    """Return a time of the day, a Monday."""
    return datetime(2026, 11, 30, hour, minute, tzinfo=UTC)


OUT = (at(0), at(5), at(11), at(17, 30))  # from when on the papers of each part are told


def _own(feed: int, part: int) -> Made:
    number = len(OUT) * feed + part
    return Made(number, f"{KINDS[number % len(KINDS)]} {number}")


OLD = [Made(number, f"Old paper {number}") for number in range(20_000, 20_230)]
CORPUS = [
    Made(90_000, "Green tea at home"),
    *(each for feed in FEEDS for part in range(len(OUT)) if (each := _own(feed, part)).number % 9 == 1),
]


def parts_by(moment: datetime) -> range:
    """Return the parts of the day whose papers are told at a moment."""
    return range(sum(out <= moment for out in OUT))


def listed(feed: int, moment: datetime) -> list[Made]:
    """Return what a feed holds at a moment: each paper once, in its last version, the newest first."""
    found: dict[int, Made] = {}
    for part in reversed(parts_by(moment)):
        for paper in _told(feed, part):
            found.setdefault(paper.number, paper)
    return [*found.values()]


def news() -> list[News]:
    """Return what all feeds bring in the day, where those that are due at once are fetched by their order."""
    known = {each.number for each in CORPUS}
    found = []
    for part in range(len(OUT)):
        for feed in FEEDS:
            for paper in _told(feed, part):
                if paper.number not in known:
                    known.add(paper.number)
                    found.append(News(paper, part, feed))
    return found


def _told(feed: int, part: int) -> list[Made]:
    """Return what a feed tells in a part of the day that it did not tell before."""
    before = _first(feed - 1, max(0, part - 1)) if feed % 2 else []
    return [*_first(feed, part), *before]


def _first(feed: int, part: int) -> list[Made]:
    """Return what a feed tells by itself in a part of the day."""
    if (feed, part) in SILENT:
        return []
    if feed == MANY and part == 0:
        return [_own(feed, part), *OLD]
    if feed == MANY and part == 2:
        return [_own(feed, part), _own(feed, 0)._replace(version=2)]
    return [_own(feed, part)]


class Press:
    """The feeds at a server, by a clock.

    `names` are theirs in order. `answered` is by feed what was answered each time: of a query the number at
    which the page begins, of an address the status; `asked` is when.
    """

    def __init__(self, server: Server, clock: Callable[[], datetime]) -> None:
        self.answered: dict[int, list[int]] = defaultdict(list)
        self.asked: dict[int, list[datetime]] = defaultdict(list)
        self.api = server.url(API, "127.0.0.1")
        self._clock = clock
        paths = {feed: f"/{feed}.{'rss' if feed >= FIRST_RSS else 'atom'}" for feed in FEEDS[len(QUERIES) :]}
        self.names = [
            *(f"arxiv:{query}" for query in QUERIES),
            *(server.url(path, "127.0.0.1") for path in paths.values()),
        ]
        self._by_query = {feed_of(name).query: feed for feed, name in enumerate(self.names)}
        server.answers[API] = self._query
        for feed, path in paths.items():
            server.answers[path] = partial(self._address, feed)

    def _query(self, asked: Asked) -> Answer:
        feed = self._by_query[asked.query["search_query"]]
        start, most = int(asked.query["start"]), int(asked.query["max_results"])
        self._note(feed, start)
        papers = listed(feed, self._clock())
        return arxiv_page(map(_entry, papers[start : start + most]), len(papers))

    def _address(self, feed: int, asked: Asked) -> Answer:
        answer = self._answer(feed, asked)
        self._note(feed, answer.status)
        return answer

    def _note(self, feed: int, answered: int) -> None:
        self.answered[feed].append(answered)
        self.asked[feed].append(self._clock())

    def _answer(self, feed: int, asked: Asked) -> Answer:
        if feed == DOWN and len(self.answered[feed]) == 1:
            return Answer(status=500)
        papers = listed(feed, self._clock())
        body = _rss(papers) if feed >= FIRST_RSS else atom(map(_entry, papers))
        etag = f'"{crc32(body)}"'
        if asked.headers.get("if-none-match") == etag:
            return Answer(status=304)
        return Answer(body, headers={"ETag": etag})


def _entry(paper: Made) -> str:
    return (
        f"<entry><id>http://arxiv.org/abs/{paper.arxiv_id}v{paper.version}</id><title>{paper.title}</title>"
        f"<summary>{paper.abstract}</summary></entry>"
    )


def _rss(papers: Iterable[Made]) -> bytes:
    items = "\n".join(
        f"<item><title>{paper.title}</title><link>http://arxiv.org/abs/{paper.arxiv_id}</link>"
        f"<description>{paper.abstract}</description></item>"
        for paper in papers
    )
    return f'<?xml version="1.0"?>\n<rss version="2.0"><channel>{items}</channel></rss>'.encode()
