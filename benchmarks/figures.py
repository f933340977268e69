"""What was measured of engines, and how it is printed, a column an engine."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import NamedTuple

from benchmarks.contender import PATIENCE, TOP
from benchmarks.contenders import BM25S, FTS5, OURS
from benchmarks.table import Grid, duration
from benchmarks.tokens import COUNT, Amounts

ENDLESS = float("inf")  # an engine that cannot


@dataclass(frozen=True, slots=True)
class Engine:
    """Figures by their name in FIGURES, and the best papers of each query that was asked."""

    figures: dict[str, float] = field(default_factory=dict)
    best: list[list[int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Paperboy's scores beside rank-bm25's: their largest difference, queries whose best papers differ.

    `refused` is why there is none.
    """

    queries: int = 0
    difference: float = 0.0
    otherwise: int = 0
    refused: str = ""


@dataclass(slots=True)
class Measured:
    """Engines over the same papers; `notes` say what was left out, `faults` what went wrong."""

    amounts: Amounts
    engines: dict[str, Engine] = field(default_factory=dict)
    agreement: Agreement | None = None
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def get(self, engine: str, figure: str) -> float:
        """Return a figure; KeyError where it was not measured."""
        return self.engines[engine].figures[figure]


def size(count: float) -> str:
    """Return bytes to three digits in the unit that suits them."""
    for unit, bytes_ in (("GB", 1e9), ("MB", 1e6)):
        if count >= bytes_:
            return f"{count / bytes_:.3g} {unit}"
    return f"{count / 1e3:.3g} kB"


def times(ratio: float) -> str:
    """Return a ratio as it is read."""
    return f"{ratio:,.{0 if ratio >= 100 else 2}f}×"


class Figure(NamedTuple):
    """How a figure is called and written."""

    label: str
    text: Callable[[float], str]


FIGURES = {
    "build": Figure("building", duration),
    "build peak": Figure("most memory, building", size),
    "disk": Figure("on disk", lambda count: size(count) if count else "no file"),
    "posting": Figure("on disk, bytes a posting", lambda count: f"{count:.1f}" if count else ""),
    "start": Figure("process start to first answer", duration),
    "open": Figure("index open to first answer", duration),
    "warming": Figure("then, until queries are at full speed", duration),
    "p50": Figure("a query, p50", duration),
    "p99": Figure("a query, p99", duration),
    "fresh": Figure("a query the first time, p50", duration),
    "peak": Figure("most memory, searching (mapped files too)", size),
    "add": Figure("adding one paper until it is found", lambda s: duration(s) if s < ENDLESS else "rebuild"),
    "threads": Figure("queries a second in two threads, times one", times),
    "shared": Figure(f"share of its {TOP} best that {BM25S} has too", "{:.3f}".format),
}


def title(engine: str) -> str:
    """Return an engine's name with its version."""
    if engine == FTS5:
        return f"{FTS5}, SQLite {sqlite3.sqlite_version}"
    library, *way = engine.split()
    return engine if engine == OURS else " ".join((library, version(library), *way))


def beside(measured: Measured) -> Grid:
    """Return a column an engine."""
    amounts, lines = measured.amounts, list[list[str]]()
    for name, figure in FIGURES.items():
        found = [each.figures.get(name) for each in measured.engines.values()]
        lines.append([figure.label, *("–" if each is None else figure.text(each) for each in found)])
    notes = [
        f"{amounts.terms:,} terms, {amounts.distinct:,} distinct, {amounts.postings:,} postings",
        *(
            f"{name}: the first {len(each.best)} of the {COUNT} queries, all it answers in {PATIENCE:g} s"
            for name, each in measured.engines.items()
            if 0 < len(each.best) < COUNT
        ),
        *measured.notes,
    ]
    heads = ["", *(title(name) for name in measured.engines)]
    return Grid(f"Engines, {amounts.papers:,} papers", heads, lines, notes, measured.faults)
