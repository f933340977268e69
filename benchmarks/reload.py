"""Loads of a large corpus: `python -m benchmarks.reload [--papers N]`; `make bench-reload`.

Law: a load is `paperboy reload` in a process of its own, and what it brings is seen by another that has the
library open all the while. A million papers take half an hour, 12 GB of disk for a while.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from benchmarks import answer, arxiv
from benchmarks.figures import size, times
from benchmarks.loads import TELLING_THE_SCAN, kill, load, scanned, written
from benchmarks.onlooker import PAUSE, Onlooker, Searches, onlooker
from benchmarks.table import Row, Table, duration, machine, percentile, show, verdict
from bot.answers import Loaded
from bot.library import Library
from bot.store import Store

PAPERS = 1_000_000
RATE, PEAK = 5_000, 2e9  # papers a second, bytes
UNCHANGED_WITHIN, ONE_LINE_WITHIN, TEN_PAPERS_WITHIN = 3.0, 15.0, 1.0
SLOWER_AT_MOST = 2.0
TEN = 10
REPEATS = 3  # of a reload that changes nothing
QUERIES = range(1, 11)  # as many lots of 40
_ONE, _NEW, _TENTH = "quokkaglimmer", "numbatshimmer", "wombatflicker"  # words that no paper has


@dataclass(slots=True)
class _Bench:
    """A corpus, the database it is loaded into, and what was found out so far."""

    folder: Path
    papers: int
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def corpus(self) -> Path:
        """The folder of the corpus."""
        return self.folder / "corpus"

    @property
    def snapshot(self) -> Path:
        """Its large file."""
        return self.corpus / "arxiv.jsonl"

    def db(self, name: str) -> Path:
        """Return the place of a database, in a folder of its own."""
        path = self.folder / name / "paperboy.db"
        path.parent.mkdir(exist_ok=True)
        return path

    def expect(self, what: str, found: object, expected: object) -> None:
        """Note what is not as it should be."""
        if found != expected:
            self.faults.append(f"{what}: {found}, where it should be {expected}")


def main(arguments: Sequence[str]) -> int:
    """Print the table; returns 1 where a result was wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reload")
    parser.add_argument("--papers", type=int, default=PAPERS, metavar="N", help="how many")
    print(machine())
    table = measure(parser.parse_args(arguments).papers)
    show(table)
    return verdict(table.faults)


def measure(papers: int) -> Table:
    """Load, kill, load again, and search beside it."""
    with tempfile.TemporaryDirectory(prefix="paperboy-bench-") as name:
        bench = _Bench(Path(name), papers)
        _say(f"writing {papers:,} papers")
        bench.corpus.mkdir()
        arxiv.write(bench.snapshot, papers)
        bench.notes.append(f"JSON Lines as arXiv's snapshot has them, {size(bench.snapshot.stat().st_size)}")
        _first(bench)
        _killed(bench)
        _unchanged(bench)
        with onlooker(bench.db("first")) as beside:
            bench.expect("papers that an open library has", beside.papers, papers)
            _one_line(bench, beside)
            _ten_papers(bench, beside)
            _searches(bench, beside)
    return Table(f"Reload, {papers:,} papers", bench.rows, bench.notes, bench.faults)


def _first(bench: _Bench) -> None:
    """Load for the first time, and have another process open what came."""
    _say("the first load")
    db = bench.db("first")
    done = load(db, bench.corpus, weighed=True)
    bench.expect("papers of the first load", _count(db), bench.papers)
    bench.expect("problems of the first load", _last(db).problems, ())
    if not db.with_name(f"{db.name}-index").is_dir():
        bench.notes.append("the first load was too small to be indexed on the way; opening it did that")
    with onlooker(db) as other:
        opening = other.opening
    bench.rows += [
        rate("first load: papers a second, parsed, stored and indexed", bench.papers, done.seconds, opening),
        Row("… peak memory of its processes", size(done.peak), f"under {size(PEAK)}", done.peak < PEAK),
        progress("… progress at a terminal", done.shares),
    ]


def _killed(bench: _Bench) -> None:
    """Load for the first time, into another database, and once more after that was killed."""
    _say("a load that is killed")
    db, begun = bench.db("killed"), monotonic()
    was_running = kill(db, bench.corpus, written(bench.db("first")) // 2)
    lasted = monotonic() - begun
    bench.expect("the load was running when it was killed", was_running, expected=True)
    seen = _count(db)
    bench.expect("papers of a load that was killed", seen, 0)
    done = load(db, bench.corpus)
    count = _count(db)
    bench.expect("papers after a load that was killed", count, bench.papers)
    bench.rows.append(
        Row(
            f"killed by SIGKILL after {duration(lasted)}, half of it written; then loaded again",
            f"{seen:,} papers, then {count:,} in {duration(done.seconds)}",
            f"0, then {bench.papers:,}",
            was_running and (seen, count) == (0, bench.papers),
        )
    )
    shutil.rmtree(db.parent)


def _unchanged(bench: _Bench) -> None:
    _say("reloads that change nothing")
    db, whole, inside = bench.db("first"), [], []
    for _ in range(REPEATS):
        whole.append(load(db, bench.corpus).seconds)
        last = _last(db)
        inside.append(last.seconds)
        bench.expect("papers that have not changed", last.unchanged, bench.papers)
    bench.notes.append(f"nothing changed: medians of {REPEATS} reloads")
    bench.rows += [
        within(
            "nothing changed: `paperboy reload`, start to end", statistics.median(whole), UNCHANGED_WITHIN
        ),
        within("… the load itself", statistics.median(inside), UNCHANGED_WITHIN),
    ]


def _one_line(bench: _Bench, beside: Onlooker) -> None:
    _say("one line changed")
    db, middle = bench.db("first"), bench.papers // 2 + 1
    arxiv.rewrite(
        bench.snapshot, lambda number, text: arxiv.with_word(text, _ONE) if number == middle else text
    )
    with beside.finding(_ONE, 1) as found:
        begun = monotonic()
        done = load(db, bench.corpus)
    bench.expect("papers revised by one line", _last(db).revised, 1)
    bench.rows += [
        _until(
            bench, "one line changed: start until an open library finds it", begun, found, ONE_LINE_WITHIN
        ),
        Row("… until the process has ended", duration(done.seconds)),
    ]


def _ten_papers(bench: _Bench, beside: Onlooker) -> None:
    _say("ten papers more")
    db, path = bench.db("first"), bench.corpus / "new.jsonl"
    arxiv.write(path, TEN, skip=bench.papers)
    arxiv.rewrite(path, lambda _, text: arxiv.with_word(text, _NEW))
    with beside.finding(_NEW, TEN) as found:
        begun = monotonic()
        done = load(db, bench.corpus, TELLING_THE_SCAN)
    bench.expect("new papers", _last(db).new, TEN)
    bench.rows += [
        _until(
            bench,
            "ten papers in a new file: end of the scan until an open library finds them",
            scanned(done.said),
            found,
            TEN_PAPERS_WITHIN,
        ),
        _until(bench, "… in whole, from the start", begun, found),
    ]


def _searches(bench: _Bench, beside: Onlooker) -> None:
    """Search alone, then beside a reload, and that again beside a first load."""
    questions = [text for seed in QUERIES for text in answer.queries(seed)]
    bench.notes += [
        f"{len(questions)} different queries, one at a time, {duration(PAUSE)} between them",
        "searches go on for one more after the reload has ended, which follows it",
    ]
    _say("searches")
    beside.ask(questions)  # what is read and compiled the first time is no part of the comparison
    alone = beside.ask(questions)
    bench.rows += searched("searches alone", alone)
    _fault(bench, "searches alone", alone)

    arxiv.rewrite(bench.snapshot, lambda number, text: text if number % 10 else arxiv.with_word(text, _TENTH))
    for what, db in (("a reload, every tenth line changed", "first"), ("a first load elsewhere", "other")):
        _say(f"searches beside {what}")
        with beside.asking(questions) as busy:
            done = load(bench.db(db), bench.corpus)
        bench.rows += searched(f"beside {what} ({duration(done.seconds)})", busy, alone)
        _fault(bench, f"searches beside {what}", busy)
        bench.expect(f"papers after {what}", _count(bench.db(db)), bench.papers + TEN)
    bench.expect("revised, every tenth line changed", _last(bench.db("first")).revised, bench.papers // 10)


def rate(what: str, papers: int, loading: float, opening: float) -> Row:
    """Return how many papers a second there are from the start of a load until they can be searched."""
    found = papers / (loading + opening)
    told = f"{found:,.0f} ({duration(loading)}, then {duration(opening)} to open it)"
    return Row(what, told, f"over {RATE:,}", found > RATE)


def progress(what: str, shares: Sequence[int]) -> Row:
    """Return how often a bar was drawn; it shows progress where it was drawn with more than one share."""
    told = f"{len(shares)} steps, {shares[0]} to {shares[-1]} %" if shares else "none"
    return Row(what, told, "shown", len(set(shares)) > 1)


def within(what: str, seconds: float, target: float) -> Row:
    """Return what should take less than so many seconds."""
    return Row(what, duration(seconds), f"under {duration(target)}", seconds < target)


def searched(what: str, searches: Searches, alone: Searches | None = None) -> list[Row]:
    """Return how long searches took, beside those alone, and how many failed."""
    half, most = (percentile(searches.seconds, percent) for percent in (50, 99))
    rows = [Row(f"{what}: p50", duration(half)), Row("… p99", duration(most))]
    if alone:
        ratio = half / percentile(alone.seconds, 50)
        slower = most / percentile(alone.seconds, 99)
        rows = [
            Row(
                f"{what}: p50",
                f"{duration(half)}, {times(ratio)} alone",
                f"at most {times(SLOWER_AT_MOST)}",
                ratio <= SLOWER_AT_MOST,
            ),
            Row("… p99", f"{duration(most)}, {times(slower)} alone"),
        ]
    failed, asked = len(searches.faults), len(searches.seconds)
    return [*rows, Row("… failed", f"{failed} of {asked:,}", "none", failed == 0)]


def _until(
    bench: _Bench, what: str, begun: float, found: Sequence[float], target: float | None = None
) -> Row:
    if not found:
        bench.faults.append(f"{what}: never")
        return Row(what, "never", f"under {duration(target)}" if target else "", met=False)
    return within(what, found[0] - begun, target) if target else Row(what, duration(found[0] - begun))


def _fault(bench: _Bench, what: str, searches: Searches) -> None:
    bench.faults += [f"{what}: {fault} (one of {len(searches.faults)})" for fault in searches.faults[:1]]


def _last(db: Path) -> Loaded:
    last = Library(Store(db)).status().last
    assert last is not None
    return last


def _count(db: Path) -> int:
    return Library(Store(db)).status().papers


def _say(what: str) -> None:
    print(f"{what} …", file=sys.stderr)  # or half an hour passes in silence


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
