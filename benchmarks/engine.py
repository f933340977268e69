"""The engine beside its peers: `python -m benchmarks engine [--sizes N …]`; `make bench-engine`.

Law: every engine gets the same terms and the same queries, and every command of `benchmarks.contender` runs
in a process of its own, one at a time. Times are medians of five runs after one that does not count; where
one takes longer than SLOW, of that one alone. All four sizes take an hour, for rank-bm25 some 6 GB of memory
(where they are short, it is left out) and 4 GB of disk for a while.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import figures, targets, tokens
from benchmarks.contender import THREADS, TOP, Report
from benchmarks.contenders import BM25S, ENGINES, OURS
from benchmarks.figures import ENDLESS, Agreement, Engine, Measured
from benchmarks.processes import environment, running, timed
from benchmarks.table import machine, percentile, show, verdict

SIZES = (382, 10_000, 100_000, 1_000_000)
SLOW = 10.0  # seconds
_PATIENCE = 3600.0


class UnmeasuredError(Exception):
    """A process did not do what was asked; `fault` is whether that is wrong, rather than too much to ask."""

    def __init__(self, why: str, *, fault: bool) -> None:
        super().__init__(why)
        self.fault = fault


def main(arguments: Sequence[str]) -> int:
    """Print a table a size, as soon as it is known, and the targets; returns 1 where a result was wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks engine")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="numbers of papers")
    print(machine())
    measured, faults = [], list[str]()
    for papers in parser.parse_args(arguments).sizes:
        measured.append(measure(papers))
        beside = figures.beside(measured[-1])
        show(beside)
        faults += beside.faults
    table = targets.compare(measured)
    show(table)
    return verdict([*faults, *table.faults])


def measure(papers: int) -> Measured:
    """Measure every engine over so many papers; no file stays."""
    with tempfile.TemporaryDirectory(prefix="paperboy-bench-") as name:
        folder = Path(name)
        amounts = tokens.write(papers, folder)
        measured = Measured(amounts)
        for engine in ENGINES:
            index = folder / engine
            try:
                measured.engines[engine] = Engine()  # what was measured stays, whatever fails after it
                _measure(engine, measured.engines[engine], folder, index)
                if engine == OURS:
                    measured.agreement = _agreement(folder, index)
            except UnmeasuredError as error:
                (measured.faults if error.fault else measured.notes).append(f"{engine}: {error}")
            finally:
                shutil.rmtree(index, ignore_errors=True)
            print(f"{papers:,} papers, {engine}: done", file=sys.stderr)  # or an hour passes in silence
    for each in measured.engines.values():
        if pairs := list(zip(each.best, measured.engines[BM25S].best, strict=False)):
            each.figures["shared"] = sum(len({*one} & {*other}) for one, other in pairs) / len(pairs) / TOP
        if "disk" in each.figures:
            each.figures["posting"] = each.figures["disk"] / amounts.postings
    return measured


def _measure(name: str, engine: Engine, folder: Path, index: Path) -> None:
    """Measure one engine, process after process."""

    def run(command: str) -> Report:
        return _report(_run("benchmarks.contender", name, command, str(folder), str(index)))

    def build() -> tuple[float, float]:
        shutil.rmtree(index, ignore_errors=True)
        index.mkdir()
        built = run("build")
        return built.seconds[0], built.peak

    def first() -> tuple[float, float]:
        arguments = ("-m", "benchmarks.contender", name, "first", str(folder), str(index))
        begun = time.perf_counter()
        try:
            with running(arguments, folder, environment()) as (_, line):
                return time.perf_counter() - begun, _report(line).seconds[0]
        except RuntimeError as error:
            raise UnmeasuredError(str(error), fault=True) from error

    found = engine.figures
    found["build"], found["build peak"] = _of_five(build)
    found["disk"] = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
    found["start"], found["open"] = _of_five(first)
    asked = run("ask")
    engine.best.extend(asked.best)
    found |= {f"p{percent}": percentile(asked.seconds, percent) for percent in (50, 99)}
    found |= {"fresh": percentile(asked.fresh, 50), "peak": asked.peak}
    found["add"] = next(iter(run("add").seconds), ENDLESS)
    if name == OURS:
        found["warming"] = asked.warming
        alone, together = run("threads").seconds
        found["threads"] = THREADS * alone / together


def _of_five(run: Callable[[], tuple[float, float]]) -> tuple[float, float]:
    """Return the medians of what a run measures, of which the first is how long it takes."""
    once = run()
    runs = [once] if once[0] > SLOW else [run() for _ in range(5)]
    one, other = (statistics.median(values) for values in zip(*runs, strict=True))
    return one, other


def _agreement(folder: Path, index: Path) -> Agreement:
    return Agreement(**json.loads(_run("benchmarks.okapi", str(folder), str(index))))


def _run(module: str, *arguments: str) -> str:
    """Return what a process prints."""
    try:
        return timed(("-m", module, *arguments), Path(arguments[-2]), environment(), _PATIENCE).output
    except subprocess.CalledProcessError as error:
        said = (error.stderr.strip() or f"exit code {error.returncode}").splitlines()[-1]
        raise UnmeasuredError(f"{' '.join((module, *arguments[:-2]))}: {said}", fault=True) from error


def _report(line: str) -> Report:
    found = Report(**json.loads(line))
    if found.refused:
        raise UnmeasuredError(found.refused, fault=False)
    return found
