"""A process that has the library open, and searches it while others load: `python -m benchmarks.onlooker DB`.

Law: it is told of no load; like a bot that runs, it finds out by its searches. It takes orders as lines of
JSON, one at a time, and answers each by one. Instants are of the system's monotonic clock, which all
processes share.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks.processes import ROOT, environment
from bot.library import Library
from bot.store import Store

TOP = 5
PAUSE = 0.02  # seconds between searches: people ask, they do not hammer
LOOK = 0.01  # seconds between looks at whether something is found
PATIENCE = 3600.0

Search = Callable[[str], tuple[float, str]]  # a question → seconds, and what was wrong


@dataclass(slots=True)
class Searches:
    """Searches that were made: seconds each, and why some failed."""

    seconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class Onlooker:
    """That process, seen from the one that started it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        greeting = self._hear()
        self.opening: float = greeting["opening"]  # seconds, without what makes searches fast
        self.papers: int = greeting["papers"]

    @contextmanager
    def finding(self, text: str, papers: int) -> Iterator[list[float]]:
        """Have it look until so many papers have every word, while the block runs and after.

        Yields a list that holds the instant of that in the end; it stays empty where that never came.
        """
        instants: list[float] = []
        self._tell(do="find", text=text, papers=papers)
        self._hear()
        yield instants
        instants += self._hear()["at"]

    def ask(self, questions: Sequence[str]) -> Searches:
        """Have each question asked once."""
        self._tell(do="ask", questions=list(questions), times=len(questions))
        return self._searches()

    @contextmanager
    def asking(self, questions: Sequence[str]) -> Iterator[Searches]:
        """Have it ask while the block runs, and once more; what is yielded is filled in the end."""
        searches = Searches()
        self._tell(do="ask", questions=list(questions), times=None)
        yield searches
        self._tell(do="stop")
        found = self._searches()
        searches.seconds, searches.faults = found.seconds, found.faults

    def _searches(self) -> Searches:
        return Searches(**self._hear())

    def _tell(self, **order: object) -> None:
        assert self._process.stdin is not None
        print(json.dumps(order), file=self._process.stdin, flush=True)

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the process that has the library open has ended")
        heard: dict[str, Any] = json.loads(line)
        return heard


@contextmanager
def onlooker(db: Path) -> Iterator[Onlooker]:
    """Have a process open the library in a database while the block runs."""
    command = [sys.executable, "-m", "benchmarks.onlooker", str(db)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Onlooker(process)
        finally:
            process.kill()


def main(db: Path) -> None:
    """Open the library and do what is ordered until there is nobody who orders."""
    library = Library(Store(db))
    begun = time.monotonic()
    library.open(datetime.now(UTC))
    opening = time.monotonic() - begun
    library.warm()
    _say(opening=opening, papers=library.size)
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "find":
            _find(library, order["text"], order["papers"])
        else:
            _ask(library, order["questions"], order["times"])


def _find(library: Library, text: str, papers: int) -> None:
    before, end = library.loaded_at, time.monotonic() + PATIENCE
    _say(looking=True)
    while time.monotonic() < end:
        library.catch_up()
        if library.loaded_at != before:
            before = library.loaded_at
            if library.search(text, TOP).complete == papers:
                _say(at=[time.monotonic()])
                return
        time.sleep(LOOK)  # no figure is of less than some ten milliseconds
    _say(at=[])


def asked(
    search: Search, questions: Sequence[str], searches: Searches, stopped: threading.Event, times: int | None
) -> None:
    """Search so often, and note that; where that is None, until `stopped` is set, and once more."""
    for question in islice(cycle(questions), times):
        last = stopped.is_set()  # whatever was loaded has been published then
        seconds, fault = search(question)
        searches.seconds.append(seconds)
        searches.faults += filter(None, [fault])
        if last:
            return
        stopped.wait(PAUSE)


def searched(library: Library, sizes: Container[int], question: str) -> tuple[float, str]:
    """Return how long a search took, and what was wrong with its answer, or among how many papers it was."""
    begun, fault = time.perf_counter(), ""
    try:
        answer = library.search(question, TOP)
    except Exception as error:  # noqa: BLE001  # whatever it is, it is what is counted
        fault = repr(error)
    else:
        if not answer.found or answer.corpus_size not in sizes:
            fault = f"{len(answer.found)} found in {answer.corpus_size:,} papers"
    return time.perf_counter() - begun, fault and f"{question!r}: {fault}"


def _ask(library: Library, questions: Sequence[str], times: int | None) -> None:
    """Ask so often; where that is None, until the next line comes, and once more."""
    searches, stopped = Searches(), threading.Event()
    search = partial(searched, library, {library.size})
    asker = threading.Thread(target=asked, args=(search, questions, searches, stopped, times))
    asker.start()
    if times is None:
        sys.stdin.readline()
        stopped.set()
    asker.join()
    _say(seconds=searches.seconds, faults=searches.faults)


def _say(**found: object) -> None:
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
