"""Processes: how long until the seeds are loaded, and until `paperboy search` has printed its answer."""

import statistics
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from benchmarks.processes import Finished, environment, timed
from benchmarks.table import Row, Table, duration

STARTS = 15
LOADS = 7
LOADED_WITHIN = 1.0
ANSWERED_WITHIN = 0.4
SEARCH = ("-m", "bot", "search", "backdoor instruction tuning")
FOUND = "Instructions as Backdoors"  # what must come first

_LOAD = """
import os, sys, time
from datetime import UTC, datetime
from pathlib import Path
from bot.library import Library
begun = time.perf_counter()
db, corpus = (Path(os.environ[name]) for name in ("PAPERBOY_DB", "PAPERBOY_CORPUS"))
library = Library.at(db, [corpus], lambda: datetime.now(UTC))
print(time.perf_counter() - begun, library.size)
"""
_FLOORS = {
    "an empty Python": ("-c", "pass"),
    "Python with numpy and sqlite-utils": ("-c", "import numpy, sqlite_utils"),
    "Python with what `paperboy search` imports": ("-c", "import dotenv, bot.cli, bot.library, bot.wording"),
}


def measure() -> Table:
    """Measure fresh processes, the different kinds by turns."""
    faults: list[str] = []
    with tempfile.TemporaryDirectory(prefix="paperboy-bench-") as folder:
        inside, whole = _loads(Path(folder), faults)
        runs = _starts(Path(folder), faults)
    median = statistics.median(inside)
    loading = f"{duration(median)} (worst {duration(max(inside))})"
    rows = [
        Row("loading and indexing the seeds from nothing", loading, *_target(median, LOADED_WITHIN)),
        _row("`paperboy search` with no database yet, process start to answer", whole, LOADED_WITHIN),
        _row("`paperboy search` once loaded, process start to answer", runs.pop("search"), ANSWERED_WITHIN),
        *(_row(f"for comparison: {name}", those, None) for name, those in runs.items()),
    ]
    note = f"medians of {LOADS} loads and {STARTS} starts, each a process of its own"
    return Table("Start", rows, [note, "met or not: the median"], faults)


def _loads(folder: Path, faults: list[str]) -> tuple[list[float], list[Finished]]:
    """Load into a new database again and again: seconds within a process, and whole searches."""
    inside, whole = [], []
    for turn in range(LOADS):
        fresh = environment(PAPERBOY_DB=str(folder / f"{turn}-inside.db"))
        seconds, size = timed(("-c", _LOAD), folder, fresh).output.split()
        inside.append(float(seconds))
        if not int(size):
            faults.append("the seeds gave no papers")
        fresh = environment(PAPERBOY_DB=str(folder / f"{turn}-whole.db"))
        whole.append(_search(folder, fresh, faults))
    return inside, whole


def _starts(folder: Path, faults: list[str]) -> dict[str, list[Finished]]:
    """Start each kind of process by turns, after one turn that does not count."""
    variables = environment(PAPERBOY_DB=str(folder / "loaded.db"))
    runs: defaultdict[str, list[Finished]] = defaultdict(list)
    for _ in range(STARTS + 1):
        runs["search"].append(_search(folder, variables, faults))
        for name, arguments in _FLOORS.items():
            runs[name].append(timed(arguments, folder, variables))
    return {name: those[1:] for name, those in runs.items()}


def _search(folder: Path, variables: dict[str, str], faults: list[str]) -> Finished:
    done = timed(SEARCH, folder, variables)
    if FOUND not in done.output.partition("\n")[0]:
        faults.append(f"`paperboy search` put something else first than {FOUND!r}")
    return done


def _row(what: str, runs: Sequence[Finished], target: float | None) -> Row:
    seconds = [run.seconds for run in runs]
    median, processor = statistics.median(seconds), statistics.median([run.processor for run in runs])
    measured = f"{duration(median)} (worst {duration(max(seconds))}, processor {duration(processor)})"
    return Row(what, measured, *_target(median, target))


def _target(median: float, target: float | None) -> tuple[str, bool | None]:
    return (f"under {duration(target)}", median < target) if target else ("", None)
