"""A process that has the library open and fetches a feed: `python -m benchmarks.fetcher DB FEED API`.

Law: a fetch goes the bot's own way, but for arXiv's pace, which is counted and waited for only as far as is
asked; it lasts until the library searches what came. Orders come as lines of JSON, one at a time, each
answered by one.
"""

import gc
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any

from benchmarks.onlooker import Searches, asked, searched
from benchmarks.processes import ROOT, environment, memory, timed
from bot.arriving import Arrived
from bot.feed_list import FeedList
from bot.feeds.addresses import feed_of
from bot.feeds.arxiv import MOST, SECONDS, ArXiv
from bot.feeds.fetching import Client
from bot.feeds.gathering import gather
from bot.feeds.guard import Guard
from bot.feeds.pace import Pace
from bot.fetches import Fetches, Gather, Means
from bot.library import Library
from bot.store import Store

_EVERY, _DUE = timedelta(hours=6), timedelta(hours=7)  # how often it is fetched, and when it surely is due
_SETTLE = (
    "-c",
    """
import sys
from datetime import UTC, datetime
from pathlib import Path
from bot.library import settle
settle(Path(sys.argv[1]), datetime.now(UTC))
""",
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A fetch: seconds of work and of the processor, how often arXiv was to be waited for, and how long.

    `new` papers came, `searched` more are searched after it; `fault` is what went wrong.
    """

    work: float
    processor: float
    waits: int
    waited: float
    new: int
    searched: int
    fault: str

    @property
    def beyond(self) -> float:
        """How much longer it would have lasted than its waits would, if there were no work in them."""
        return self.work + self.waited - self.waits * SECONDS


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes of a process: in whole, those that are no file's, and the most since it was weighed last."""

    whole: int
    own: int
    peak: int


class Fetcher:
    """That process, seen from the one that started it."""

    def __init__(self, process: "subprocess.Popen[str]", db: Path) -> None:
        self._process = process
        self.db = db
        self._hear()

    def fetch(self) -> Fetched:
        """Have the feed fetched."""
        return Fetched(**self._told(do="fetch"))

    def fetch_beside(self, questions: Sequence[str], waiting: float) -> tuple[Fetched, Searches]:
        """Have the feed fetched, this share of its waits waited for, and searches made in another thread."""
        found = self._told(do="fetch", questions=list(questions), waiting=waiting)
        searches = Searches(**found.pop("searches"))
        return Fetched(**found), searches

    def ask(self, questions: Sequence[str]) -> Searches:
        """Have each question asked once."""
        return Searches(**self._told(do="ask", questions=list(questions)))

    def catch_up(self) -> None:
        """Have the library follow what other processes have done."""
        self._told(do="catch up")

    def settle(self) -> None:
        """Have another process make the index anew where it is time for that, as the bot has."""
        timed((*_SETTLE, str(self.db)), self.db.parent, environment())
        self.catch_up()

    def weigh(self, *, tidied: bool = False) -> Weight:
        """Return how many bytes it has, once it is tidied of what nothing holds any more."""
        return Weight(**self._told(do="weigh", tidied=tidied))

    def _told(self, **order: object) -> dict[str, Any]:
        assert self._process.stdin is not None
        print(json.dumps(order), file=self._process.stdin, flush=True)
        return self._hear()

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the process that fetches has ended")
        heard: dict[str, Any] = json.loads(line)
        return heard


@contextmanager
def fetcher(db: Path, feed: str, api: str) -> Iterator[Fetcher]:
    """Have a process open the library in a database while the block runs."""
    command = [sys.executable, "-m", "benchmarks.fetcher", str(db), feed, api]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Fetcher(process, db)
        finally:
            process.kill()


class _Bot:
    """The library and what fetches, as the bot has them."""

    def __init__(self, db: Path, feed: str, api: str) -> None:
        self._now = datetime.now(UTC)
        self._waits: list[float] = []
        self._waiting = 0.0
        store = Store(db)
        self.library = Library(store)
        self.library.open(self._now)
        self.library.warm()
        client = Client(Guard(allow_private=True), time.monotonic, self._clock)

        def begin() -> Gather:
            pace = Pace(time.monotonic, self._wait, SECONDS)
            return partial(gather, client, ArXiv(client, pace, api))

        means = Means(begin, self._clock, Event(), _EVERY)
        self._fetches = Fetches(store, self.library, FeedList(store, [feed_of(feed)]), means)

    def fetch(self) -> Fetched:
        """Fetch what is due, as a round of the bot does."""
        self._now += _DUE
        self._waits.clear()
        before = self.library.size
        begun, used = time.perf_counter(), time.process_time()
        (done,) = self._fetches.fetch_due()
        self.library.catch_up()
        work, processor = time.perf_counter() - begun, time.process_time() - used
        came = done.arrived or Arrived()
        return Fetched(
            work=work,
            processor=processor,
            waits=len(self._waits),
            waited=sum(self._waits),
            new=came.new,
            searched=self.library.size - before,
            fault=done.fault or ", ".join(each.reason for each in came.problems),
        )

    def fetch_beside(self, questions: Sequence[str], waiting: float) -> tuple[Fetched, Searches]:
        """Fetch, while another thread searches."""
        self._waiting = waiting
        found, ended, before = Searches(), Event(), self.library.size
        search = partial(searched, self.library, range(before, before + MOST + 1))
        asker = Thread(target=asked, args=(search, questions, found, ended, None))
        asker.start()
        try:
            return self.fetch(), found
        finally:
            ended.set()
            asker.join()

    def _wait(self, seconds: float) -> None:
        self._waits.append(seconds)
        time.sleep(seconds * self._waiting)  # searches go on beside a fetch while arXiv is left alone

    def _clock(self) -> datetime:
        return self._now


def main(db: Path, feed: str, api: str) -> None:
    """Open the library and do what is ordered until there is nobody who orders."""
    bot = _Bot(db, feed, api)
    _say(opened=True)
    for line in sys.stdin:
        order = json.loads(line)
        match order["do"], order.get("questions"):
            case "fetch", None:
                _say(**asdict(bot.fetch()))
            case "fetch", questions:
                fetched, searches = bot.fetch_beside(questions, order["waiting"])
                _say(**asdict(fetched), searches=asdict(searches))
            case "ask", questions:
                searches = Searches()
                search = partial(searched, bot.library, {bot.library.size})
                asked(search, questions, searches, Event(), len(questions))
                _say(**asdict(searches))
            case "catch up", _:
                bot.library.catch_up()
                _say()
            case _:
                _say(**asdict(_weighed(tidied=order["tidied"])))


def _weighed(*, tidied: bool) -> Weight:
    if tidied:
        gc.collect()
    whole, own, peak = (memory("self", what) for what in ("VmRSS", "RssAnon", "VmHWM"))
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak begins anew
    return Weight(whole, own, peak)


def _say(**found: object) -> None:
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
