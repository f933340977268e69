"""Rows of figures, and how they are printed: aligned, and Markdown at the same time."""

import os
import platform
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HEAD = ("what", "measured", "target", "met")


@dataclass(frozen=True, slots=True)
class Row:
    """A figure; `met` is None where there is no target."""

    what: str
    measured: str
    target: str = ""
    met: bool | None = None

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """The row as it is printed."""
        met = "" if self.met is None else "yes" if self.met else "no"
        return self.what, self.measured, self.target, met


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells under heads; `notes` say how they came about, `faults` what was wrong, not slow."""

    title: str
    head: Sequence[str]
    lines: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    faults: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Figures that belong together, as a grid with a line a figure."""

    title: str
    rows: Sequence[Row]
    notes: Sequence[str] = ()
    faults: Sequence[str] = ()

    @property
    def grid(self) -> Grid:
        """The table as it is printed."""
        return Grid(self.title, HEAD, [row.cells for row in self.rows], self.notes, self.faults)


def show(table: Table | Grid) -> None:
    """Print a table, and how busy the machine was in the last minute."""
    grid = table.grid if isinstance(table, Table) else table
    widths = [max(map(len, column)) for column in zip(grid.head, *grid.lines, strict=True)]
    rule = tuple("-" * width for width in widths)
    print(f"\n### {grid.title}\n")
    for cells in (grid.head, rule, *grid.lines):
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        print(f"| {' | '.join(padded)} |")
    print()
    for note in (*grid.notes, f"load average over the last minute: {os.getloadavg()[0]:.1f}"):
        print(f"- {note}", flush=True)


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that at least `percent` of the values do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, -int(-len(ranked) * percent // 100) - 1)]


def duration(seconds: float) -> str:
    """Return a time to three digits in the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= 0.9995 * size:  # which is 1 with three digits
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def machine() -> str:
    """Return what everything was measured on, in a line."""
    system = f"{platform.system()} {platform.machine()}"
    return f"Python {platform.python_version()}, {system}, {os.cpu_count()} cores of {_processor()}"


def verdict(faults: Sequence[str]) -> int:
    """Print what was wrong; returns the exit code, 1 where something was."""
    for fault in faults:
        print(f"\nWRONG RESULT: {fault}", file=sys.stderr)
    return 1 if faults else 0


def _processor() -> str:
    try:
        found = re.search("^model name\\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or "an unknown processor"
