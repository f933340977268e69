"""What the engine's figures should be, and whether they are."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from benchmarks import corpora
from benchmarks.contenders import NUMBA, OURS, RANK_BM25, TANTIVY
from benchmarks.figures import Measured, size, times
from benchmarks.table import Row, Table, duration

SAME = 1e-9  # scores that differ by no more are the same

_MILLION = 1_000_000


class Target(NamedTuple):
    """A figure over so many papers, and its bound: the most that it should be, or the least."""

    papers: int
    what: str
    value: Callable[[Measured], float]
    text: Callable[[float], str]
    bound: float
    at_least: bool = False

    def row(self, measured: Measured) -> Row:
        """Compare; KeyError or ValueError where an engine is missing."""
        value, wish = (
            self.value(measured),
            f"at {'least' if self.at_least else 'most'} {self.text(self.bound)}",
        )
        met = value >= self.bound if self.at_least else value <= self.bound
        return Row(f"{self.papers:,} papers: {self.what}", self.text(value), wish, met)


def _own(figure: str) -> Callable[[Measured], float]:
    return lambda measured: measured.get(OURS, figure)


def _slower_than(engine: str) -> Callable[[Measured], float]:
    return lambda measured: measured.get(OURS, "p50") / measured.get(engine, "p50")


def _slower_than_any(measured: Measured) -> float:
    peers = [each.figures for name, each in measured.engines.items() if name != OURS]
    return measured.get(OURS, "p50") / min(each["p50"] for each in peers if "p50" in each)


def _faster_than_rank_bm25(measured: Measured) -> float:
    return 1 / _slower_than(RANK_BM25)(measured)


TARGETS = (
    *(
        Target(papers, "p50, times the fastest peer's", _slower_than_any, times, 2)
        for papers in (382, 10_000)
    ),
    Target(_MILLION, f"p50, times {NUMBA}'s", _slower_than(NUMBA), times, 1.2),
    Target(_MILLION, f"p50, times {TANTIVY}'s", _slower_than(TANTIVY), times, 0.7),
    Target(_MILLION, f"p50, faster than {RANK_BM25}", _faster_than_rank_bm25, times, 1000, at_least=True),
    Target(_MILLION, "p99", _own("p99"), duration, 0.002),
    Target(_MILLION, "process start to first answer", _own("start"), duration, 1.2),
    Target(_MILLION, "index open to first answer", _own("open"), duration, 0.2),
    Target(_MILLION, "bytes a posting", _own("posting"), "{:.1f}".format, 8),
    Target(_MILLION, "adding one paper until it is found", _own("add"), duration, 0.005),
    Target(_MILLION, "building", _own("build"), duration, 120),
    Target(_MILLION, "most memory, building", _own("build peak"), size, 3e9),
    Target(_MILLION, "two threads, times one", _own("threads"), times, 1.6, at_least=True),
)


def compare(sizes: Sequence[Measured]) -> Table:
    """Return a row a target whose size was measured, and one a size for what rank-bm25 scores."""
    rows, faults = list[Row](), list[str]()
    by_papers = {measured.amounts.papers: measured for measured in sizes}
    for target in TARGETS:
        if target.papers in by_papers:
            try:
                rows.append(target.row(by_papers[target.papers]))
            except (KeyError, ValueError):
                rows.append(Row(f"{target.papers:,} papers: {target.what}", "not measured"))
    for measured in sizes:
        row = _agreement(measured)
        rows.append(row)
        if row.met is False:
            faults.append(f"{row.what}: {row.measured}")
    notes = [
        "all get the same terms and queries, of 2 to 6 distinct terms of one paper; each asks in one thread",
        "k1 1.5, b .75; tantivy and FTS5 have 1.2, .75, and cannot be told",
        "times are medians of five; building and starting, where it takes longer than 10 s, of one",
        "Paperboy's index has places of words too; it adds a paper in memory, tantivy and FTS5 on disk",
        "Paperboy's first answer scores all papers; the bot reads what passes most over beside its start",
        "Paperboy's processes are kept from scipy, which its peers bring here, and which it does not install",
        f"made papers: V = {corpora.HEAPS_K} · n^{corpora.HEAPS_BETA} distinct among n terms (Heaps' law)",
    ]
    return Table("Engine, targets", rows, notes, faults)


def _agreement(measured: Measured) -> Row:
    label = f"{measured.amounts.papers:,} papers: scores beside {RANK_BM25}'s under Okapi's idf"
    found = measured.agreement
    if found is None or found.refused:
        return Row(label, "not measured" if found is None else found.refused)
    return Row(
        f"{label}, {found.queries} queries",
        f"largest difference {found.difference:g}, another top 100 {found.otherwise} times",
        f"at most {SAME:g}, the same top 100",
        found.difference <= SAME and not found.otherwise,
    )
