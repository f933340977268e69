"""Fetches of feeds: `python -m benchmarks.feeds [--papers N]`; `make bench-feeds`.

Law: a fetch goes the bot's own way in a process of its own, from a server on this machine that tells made
papers as arXiv's API does. For arXiv's pace nobody waits, but how long that would have been is counted;
nothing else is left out, from the first request until the library searches what came.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from benchmarks import answer, arxiv, arxiv_api
from benchmarks.arxiv_api import ADDRESS, API, MadeArXiv
from benchmarks.fetcher import Fetched, Fetcher, Weight, fetcher
from benchmarks.figures import size, times
from benchmarks.loads import load
from benchmarks.onlooker import PAUSE, Searches
from benchmarks.processes import SEEDS, environment, timed
from benchmarks.table import Row, Table, duration, machine, percentile, show, verdict
from bot.feeds.arxiv import MOST, PAGE, SECONDS

PAPERS = 100_000
ENTRIES, FEW = MOST, 20
WITHIN = 2.0  # seconds beyond the waits
FLAT = 1e6  # bytes a fetch, beyond what its papers take
REPEATS = 5
MORE = 10  # fetches, each of other papers
BESIDE = 5  # fetches with searches beside them
WAITING = 1.0  # of the waits of one before those
QUERIES = range(1, 11)  # as many lots of 40
_CATEGORY = "arxiv:cs.CL"
_SEEDS = 382  # papers
_ALIKE = 0.01  # of made papers, which have another's title and are no new ones


@dataclass(slots=True)
class _Bench:
    """A folder for databases, a server of made papers, and what was found out so far."""

    folder: Path
    arxiv: MadeArXiv
    rows: list[Row] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @contextmanager
    def fetching(self, base: Path, feed: str = _CATEGORY) -> Iterator[Fetcher]:
        """Have a process fetch into a copy of a database."""
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            copy = Path(name, "copy")
            shutil.copytree(base.parent, copy)
            with fetcher(copy / base.name, feed, self.arxiv.url(API)) as found:
                yield found

    def fetch(self, process: Fetcher, told: Sequence[str], new: int, pages: int) -> Fetched:
        """Have fetched what the server tells from now on."""
        self.arxiv.entries = told
        return self.checked(process.fetch(), new, pages)

    def checked(self, done: Fetched, new: int, pages: int) -> Fetched:
        """Note what of a fetch is not as it should be."""
        if done.fault:
            self.faults.append(f"a fetch: {done.fault}")
        if done.waits != pages:
            self.faults.append(f"pages asked for: {done.waits}, where it should be {pages}")
        if done.searched != done.new or not new * (1 - _ALIKE) <= done.new <= new:
            self.faults.append(f"new: {done.new}, searched: {done.searched}, where it should be {new}")
        return done


def main(arguments: Sequence[str]) -> int:
    """Print the table; returns 1 where a result was wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.feeds")
    parser.add_argument("--papers", type=int, default=PAPERS, metavar="N", help="how many there are before")
    print(machine())
    table = measure(parser.parse_args(arguments).papers)
    show(table)
    return verdict(table.faults)


def measure(papers: int) -> Table:
    """Fetch into the seeds and into more papers, weigh that, and search beside it."""
    server = MadeArXiv()
    with tempfile.TemporaryDirectory(prefix="paperboy-bench-") as name, server.serving():
        bench = _Bench(Path(name), server)
        _say(f"loading the seeds, and {papers:,} papers")
        corpus = bench.folder / "corpus"
        shutil.copytree(SEEDS, corpus)
        seeds = _filled(bench.folder / "seeds", corpus)
        made = bench.folder / "made.jsonl"
        arxiv.write(made, papers)
        many = _filled(bench.folder / "many", made)
        _timed(bench, "the seeds", seeds, _told(2 * ENTRIES, _SEEDS))
        _timed(bench, f"{papers:,} papers", many, _told(2 * ENTRIES, papers))
        _weighed(bench, seeds, corpus)
        _searches(bench, many, papers)
    length = statistics.mean(len(paper["abstract"]) for paper in arxiv.entries(ENTRIES, _SEEDS))
    notes = [
        f"made papers with abstracts of {length:,.0f} characters on average",
        f"medians of {REPEATS} fetches, each the first in its process, until the library searches what came",
        f"arXiv is asked {SECONDS:g} s after its last answer: counted, and waited for once, beside searches",
        f"searches: one at a time, {duration(PAUSE)} between them, in the process that fetches",
    ]
    return Table("Feeds", bench.rows, notes, bench.faults)


def _filled(folder: Path, corpus: Path) -> Path:
    """Return a database into which a corpus is loaded, with its index."""
    folder.mkdir()
    db = folder / "paperboy.db"
    variables = environment(PAPERBOY_DB=str(db), PAPERBOY_CORPUS=str(corpus))
    load(db, corpus)
    timed(("-m", "bot", "search", "backdoor"), folder, variables)
    return db


def _told(count: int, skip: int) -> list[str]:
    return list(arxiv_api.entries(count, skip))


def _timed(bench: _Bench, what: str, base: Path, told: Sequence[str]) -> None:
    """Fetch again and again where all is new, a little, and nothing."""
    _say(f"fetches onto {what}")
    first, few = told[:ENTRIES], [*told[ENTRIES : ENTRIES + FEW], *told[: ENTRIES - FEW]]
    whole, nothing, some, document = list[Fetched](), list[Fetched](), list[Fetched](), list[Fetched]()
    for _ in range(REPEATS):
        with bench.fetching(base) as process:
            whole.append(bench.fetch(process, first, ENTRIES, ENTRIES // PAGE))
            nothing.append(bench.fetch(process, first, 0, 1))
            some.append(bench.fetch(process, few, FEW, 2))
        with bench.fetching(base, bench.arxiv.url(ADDRESS)) as process:
            document.append(bench.fetch(process, first, ENTRIES, 0))
    bench.rows += [
        beyond(f"{ENTRIES:,} new entries of arXiv's API onto {what}", whole, WITHIN),
        worked("… all its work, what goes on in the waits too", whole),
        beyond(f"… {FEW} new ones among {ENTRIES:,}", some),
        beyond("… nothing new", nothing),
        beyond(f"{ENTRIES:,} new entries in one document onto {what}", document, WITHIN),
    ]


def beyond(what: str, fetches: Sequence[Fetched], target: float | None = None) -> Row:
    """Return how much longer than its waits a fetch lasted."""
    waits, seconds = fetches[0].waits, [each.beyond for each in fetches]
    label = f"{what}: beyond {waits} × {SECONDS:g} s of waits" if waits else what
    if target is None:
        return Row(label, middle(seconds))
    return Row(label, middle(seconds), f"under {duration(target)}", statistics.median(seconds) < target)


def worked(what: str, fetches: Sequence[Fetched]) -> Row:
    """Return how long a fetch worked, and how long of that on a processor, which others may have used too."""
    processor = duration(statistics.median(each.processor for each in fetches))
    return Row(what, f"{middle([each.work for each in fetches])}, {processor} of the processor")


def middle(seconds: Sequence[float]) -> str:
    """Return the median and the worst."""
    return f"{duration(statistics.median(seconds))} (worst {duration(max(seconds))})"


def _weighed(bench: _Bench, seeds: Path, corpus: Path) -> None:
    """Weigh a process that fetches, and one that follows while the same papers are loaded from files."""
    _say("memory")
    told = _told((2 + MORE) * ENTRIES, _SEEDS)
    few, *lots = (told[-PAGE:], *(told[at : at + ENTRIES] for at in range(0, (1 + MORE) * ENTRIES, ENTRIES)))
    with bench.fetching(seeds) as process:
        before = process.weigh()
        bench.fetch(process, few, PAGE, 1)
        after_few = process.weigh()
        fetched = _grown(process, lambda number: bench.fetch(process, lots[number], ENTRIES, ENTRIES // PAGE))

    with bench.fetching(seeds) as other:

        def bring(number: int) -> None:
            arxiv.write(corpus / f"{number}.jsonl", ENTRIES, _SEEDS + number * ENTRIES)
            load(other.db, corpus)
            other.catch_up()

        loaded = _grown(other, bring)
    first, *_, last = fetched.weights
    most = max(weight.peak for weight in fetched.weights)
    bench.rows += [
        Row("memory of the process with the seeds open", size(before.whole)),
        Row(f"… after a fetch of {PAGE}", weighed(after_few)),
        Row(f"… after one of {ENTRIES:,}", weighed(first)),
        Row(
            f"… after {MORE} more, each of {ENTRIES:,} others",
            f"{size(last.whole)}, {size(most)} at most in one of them",
        ),
        grew("… what it grows by with each", fetched.each, loaded.each),
    ]


@dataclass(frozen=True, slots=True)
class _Growth:
    """What a process weighed after each lot of papers, and the bytes that each but the first left in it."""

    weights: Sequence[Weight]
    each: float


def _grown(process: Fetcher, bring: Callable[[int], object]) -> _Growth:
    """Bring lots of papers, and have the index made anew after each, as the bot does within minutes."""
    weights, own = list[Weight](), list[int]()
    for number in range(1 + MORE):
        bring(number)
        weights.append(process.weigh())
        process.settle()
        if number in {0, MORE}:
            own.append(process.weigh(tidied=True).own)
    return _Growth(weights, (own[1] - own[0]) / MORE)


def weighed(weight: Weight) -> str:
    """Return what a process has, and had at most."""
    return f"{size(weight.whole)}, {size(weight.peak)} at most"


def grew(what: str, fetched: float, loaded: float) -> Row:
    """Return what was left by each fetch beside what the same papers leave that come otherwise."""
    told = f"{fetched / 1e6:.1f} MB; {loaded / 1e6:.1f} MB where its papers come from files"
    return Row(what, told, "the same, to 1 MB", fetched - loaded < FLAT)


def _searches(bench: _Bench, many: Path, papers: int) -> None:
    """Search alone, beside a fetch as it goes, and beside fetches that nothing holds up."""
    _say("searches")
    questions = [text for seed in QUERIES for text in answer.queries(seed)]
    told = iter(_told((1 + BESIDE) * ENTRIES, papers))
    with bench.fetching(many) as process:

        def beside(waiting: float) -> tuple[Fetched, Searches]:
            bench.arxiv.entries = list(islice(told, ENTRIES))
            done, searches = process.fetch_beside(questions, waiting)
            return bench.checked(done, ENTRIES, ENTRIES // PAGE), searches

        process.ask(questions)  # what is read and compiled the first time is no part of the comparison
        alone = process.ask(questions)
        whole, slowly = beside(WAITING)
        fetches, lots = zip(*(beside(0) for _ in range(BESIDE)), strict=True)
    at_once = Searches(
        [second for lot in lots for second in lot.seconds], [fault for lot in lots for fault in lot.faults]
    )
    bench.faults += [fault for each in (alone, slowly, at_once) for fault in each.faults[:1]]
    bench.rows += [
        Row(f"searches of {papers:,} papers alone: p50", duration(percentile(alone.seconds, 50))),
        Row("… p99", duration(percentile(alone.seconds, 99))),
        *slowed(f"beside a fetch of {ENTRIES:,} ({duration(whole.work)} with its waits)", slowly, alone),
        *slowed(f"beside its work alone ({middle([each.work for each in fetches])})", at_once, alone),
    ]


def slowed(what: str, busy: Searches, alone: Searches) -> list[Row]:
    """Return how long searches took beside something, and how many failed."""
    rows = []
    for label, percent in ((f"{what}: p50", 50), ("… p99", 99)):
        seconds, before = (percentile(each.seconds, percent) for each in (busy, alone))
        rows.append(Row(label, f"{duration(seconds)}, {times(seconds / before)} alone"))
    failed, asked = len(busy.faults), len(busy.seconds)
    return [
        *rows,
        Row("… worst", duration(max(busy.seconds))),
        Row("… failed", f"{failed} of {asked:,}", "none", failed == 0),
    ]


def _say(what: str) -> None:
    print(f"{what} …", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
