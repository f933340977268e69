"""A process of one engine: `python -m benchmarks.contender ENGINE COMMAND FOLDER INDEX` prints a Report.

FOLDER holds what `benchmarks.tokens` writes, INDEX is the engine's folder. Every command but `build` needs an
index that was built; imports are done before any clock is started, but those of `warm`.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks import contenders
from benchmarks.contenders import Contender, Growing
from benchmarks.processes import memory, watched

TOP = 10
TURNS = 5
PATIENCE = 30.0  # seconds for the queries once; of a slower engine fewer are measured
ADDED = 5
THREADS = 2


@dataclass(frozen=True, slots=True)
class Report:
    """What a command measured, and the most memory that it had, in bytes; mapped files are in it.

    `fresh` are times of queries that had not been asked before, `warming` is what was done before these;
    `refused` is why it did nothing.
    """

    seconds: list[float] = field(default_factory=list)
    warming: float = 0.0
    fresh: list[float] = field(default_factory=list)
    best: list[list[int]] = field(default_factory=list)
    peak: int = 0
    refused: str = ""


def build(engine: Contender, _queries: list[list[str]]) -> Report:
    """Measure how long the index takes; the memory of processes that help counts, looked at now and then."""
    with watched() as most:
        seconds = _timed(engine.build)
    return Report([seconds], peak=max(*most, _peak()))


def first(engine: Contender, queries: list[list[str]]) -> Report:
    """Measure opening the index and a first answer, with nothing made fast that it does not need."""
    begun = time.perf_counter()
    engine.open()
    engine.best(queries[0], TOP)
    return Report([time.perf_counter() - begun])


def ask(engine: Contender, queries: list[list[str]]) -> Report:
    """Measure each query: the first time, and of TURNS over all of them after that the median."""
    engine.open()
    warming = _timed(engine.warm)
    best, fresh, until = list[list[int]](), list[float](), time.perf_counter() + PATIENCE
    while len(best) < len(queries) and (begun := time.perf_counter()) < until:
        best.append(engine.best(queries[len(best)], TOP))
        fresh.append(time.perf_counter() - begun)
    turns = [[_timed(engine.best, query, TOP) for query in queries[: len(best)]] for _ in range(TURNS)]
    medians = [statistics.median(times) for times in zip(*turns, strict=True)]
    return Report(medians, warming, fresh, best, _peak())


def add(engine: Contender, queries: list[list[str]]) -> Report:
    """Measure adding a paper until it is found, by a term that it alone has, where an engine can add one."""
    if not isinstance(engine, Growing):
        return Report()
    engine.open()
    engine.warm()
    engine.best(queries[0], TOP)
    paper, papers = next(engine.papers()), sum(1 for _ in engine.tokens.open("rb"))
    seconds = []
    for number in range(papers, papers + ADDED):
        mark = f"added{number}"
        begun = time.perf_counter()
        engine.add(number, [*paper, mark])
        found = engine.best([mark], TOP)
        seconds.append(time.perf_counter() - begun)
        assert found == [number], f"{found} found instead of paper {number}"
    return Report([statistics.median(seconds)])


def threads(engine: Contender, queries: list[list[str]]) -> Report:
    """Measure all queries in one thread, and in each of THREADS at once; the medians of TURNS by turns."""
    engine.open()
    engine.warm()
    repeated = queries * 5  # as long as a thread takes to start, or the system to move it, must not count

    def all_of_them(_thread: int) -> None:
        for query in repeated:
            engine.best(query, TOP)

    alone, together = [], []
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(all_of_them, range(THREADS)))
        for _ in range(TURNS):
            alone.append(_timed(all_of_them, 0))
            together.append(_timed(lambda: list(pool.map(all_of_them, range(THREADS)))))
    return Report([statistics.median(alone), statistics.median(together)])


COMMANDS = {"build": build, "first": first, "ask": ask, "add": add, "threads": threads}


def main(arguments: Sequence[str]) -> None:
    """Print the report as a line of JSON."""
    name, command, folder, index = arguments
    engine = contenders.contender(name, Path(folder) / contenders.TOKENS, Path(index))
    queries = contenders.queries(Path(folder))
    try:
        report = COMMANDS[command](engine, queries)
    except MemoryError as error:
        report = Report(refused=str(error))
    print(json.dumps(asdict(report)), flush=True)


def _timed(run: Callable[..., object], *arguments: object) -> float:
    begun = time.perf_counter()
    run(*arguments)
    return time.perf_counter() - begun


def _peak() -> int:
    """Return the most memory that this process had; getrusage's starts from its parent's."""
    return memory("self", "VmHWM")


if __name__ == "__main__":
    main(sys.argv[1:])
