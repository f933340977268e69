"""Rows of figures, and how they are printed: aligned, and Markdown at the same time."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

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
class Table:
    """Figures that belong together; `notes` say how they came about, `faults` what was wrong, not slow."""

    title: str
    rows: Sequence[Row]
    notes: Sequence[str] = ()
    faults: Sequence[str] = ()


def show(table: Table) -> None:
    """Print a table, and how busy the machine was in the last minute."""
    lines = [HEAD, *(row.cells for row in table.rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rule = tuple("-" * width for width in widths)
    print(f"\n### {table.title}\n")
    for cells in (HEAD, rule, *lines[1:]):
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        print(f"| {' | '.join(padded)} |")
    print()
    for note in (*table.notes, f"load average over the last minute: {os.getloadavg()[0]:.1f}"):
        print(f"- {note}")


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that at least `percent` of the values do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, -int(-len(ranked) * percent // 100) - 1)]


def duration(seconds: float) -> str:
    """Return a time to three digits in the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"
