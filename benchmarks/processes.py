"""Child processes, in an environment without secrets and a folder without `.env`."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"
_PATIENCE = 30  # seconds
_OURS = ("SLACK_", "PAPERBOY_", "COVERAGE_")


def environment(**more: str) -> dict[str, str]:
    """Return this process's environment without Paperboy's and Slack's variables, and with `more`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {**kept, "PYTHONPATH": str(ROOT), "PAPERBOY_CORPUS": str(SEEDS), **more}


@dataclass(frozen=True, slots=True)
class Finished:
    """A process that ran: seconds from its start to its end, its processor's seconds, what it printed."""

    seconds: float
    processor: float
    output: str


def timed(
    arguments: Sequence[str], folder: Path, variables: Mapping[str, str], patience: float = _PATIENCE
) -> Finished:
    """Run Python with these arguments in a folder; CalledProcessError where it fails."""
    before, begun = _children(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=dict(variables),
        capture_output=True,
        text=True,
        check=True,
        timeout=patience,
    )
    return Finished(time.perf_counter() - begun, _children() - before, done.stdout)


def _children() -> float:
    """Return the processor time of the child processes that have ended."""
    times = os.times()
    return times.children_user + times.children_system


@contextmanager
def running(
    arguments: Sequence[str], folder: Path, variables: Mapping[str, str]
) -> Iterator[tuple[int, str]]:
    """Run Python beside this process while the block runs; yields its process id and its first line.

    RuntimeError where it ends before it prints one; what it says on stderr goes to stderr.
    """
    with subprocess.Popen(
        [sys.executable, *arguments], cwd=folder, env=dict(variables), stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            greeting = process.stdout.readline()
            if not greeting:
                raise RuntimeError(f"{' '.join(arguments)} did not start")
            yield process.pid, greeting
        finally:
            process.terminate()
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


def processor_seconds(pid: int) -> float | None:
    """Return the processor time a running process has used, None where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def watched(weigh: Callable[[], int] = lambda: _family("self"), every: float = 0.05) -> Iterator[list[int]]:
    """Look now and then, while the block runs, how many bytes there are; else of this process and its own."""
    found, done = [0], threading.Event()

    def look() -> None:
        while not done.wait(every):
            found.append(weigh())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield found
    finally:
        done.set()
        watcher.join()


def memory(process: str, what: str) -> int:
    """Return the bytes that a line of a process's status tells, 0 where the system does not."""
    try:
        found = re.search(rf"^{what}:\s+(\d+) kB", Path("/proc", process, "status").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0


def _family(process: str) -> int:
    try:
        started = " ".join(path.read_text() for path in Path("/proc", process, "task").glob("*/children"))
    except OSError:  # it has ended
        return 0
    return memory(process, "VmRSS") + sum(map(_family, started.split()))
