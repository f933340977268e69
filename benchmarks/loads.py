"""`paperboy reload` in a process of its own, at a terminal of its own, and what is seen of it from outside.

Law: only processes that were started here are ended, by their id.
"""

import os
import pty
import re
import signal
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import environment, memory, watched

RELOAD = ("-m", "bot", "reload", "--json")
# The same, which tells as well when it knew which files have changed.
TELLING_THE_SCAN = (
    "-c",
    """
import sys, time
from bot.cli import main
from bot.loading import Loading
compare = Loading.compare
def timed(load):
    compare(load)
    print("scanned", time.monotonic(), flush=True)
Loading.compare = timed
sys.exit(main(["reload", "--json"]))
""",
)
PATIENCE = 3600.0  # seconds
_LOOK = 0.2  # seconds between looks at memory
_GLANCE = 0.005  # seconds between looks at what is written
_FAREWELL = 10.0  # seconds in which processes end whose parent was killed
_SHARE = re.compile(r"(\d+) %\|")
_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Load:
    """A load that ended: seconds from the start of its process to its end, and what it printed.

    `peak` is the most bytes that it and the processes it started had, 0 where nobody looked; `shares` are the
    percentages that its bar showed.
    """

    seconds: float
    said: str
    peak: int
    shares: list[int]


def load(db: Path, corpus: Path, arguments: Sequence[str] = RELOAD, *, weighed: bool = False) -> Load:
    """Load a corpus and wait for it; RuntimeError where that fails."""
    begun = time.monotonic()
    with _started(db, corpus, arguments) as (process, drawn):
        weights = watched(lambda: sum(map(_weight, _family(process.pid))), _LOOK)
        with weights if weighed else nullcontext([0]) as found:
            process.wait(PATIENCE)
            seconds = time.monotonic() - begun
        assert process.stdout is not None
        said = process.stdout.read()
    if process.returncode:
        raise RuntimeError(f"paperboy reload: exit code {process.returncode}; {''.join(drawn)[-500:]}")
    return Load(seconds, said, max(found), shares("".join(drawn)))


def kill(db: Path, corpus: Path, size: int) -> bool:
    """Load a corpus, and kill that by SIGKILL once the database has so many bytes.

    Returns whether it was still running. RuntimeError where processes that it started outlive it.
    """
    with _started(db, corpus, RELOAD) as (process, _):
        while process.poll() is None and written(db) < size:
            time.sleep(_GLANCE)  # when it is killed goes by what it has written
        others = _family(process.pid)[1:]
        process.kill()
        process.wait()
        end = time.monotonic() + _FAREWELL
        while (left := [pid for pid in others if _runs(pid)]) and time.monotonic() < end:
            time.sleep(_GLANCE)  # nobody tells when another's child ends
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    if left:
        raise RuntimeError(f"{len(left)} processes outlived the load by {_FAREWELL:g} s")
    return process.returncode == -signal.SIGKILL


def written(db: Path) -> int:
    """Return the bytes of a database and of its log."""
    sizes = 0
    for path in (db, db.with_name(f"{db.name}-wal")):
        with suppress(OSError):
            sizes += path.stat().st_size
    return sizes


def shares(drawn: str) -> list[int]:
    """Return the percentages that a bar showed, one after the other, each once in a row."""
    found = [int(share) for share in _SHARE.findall(drawn)]
    return [share for share, before in zip(found, [-1, *found], strict=False) if share != before]


def scanned(said: str) -> float:
    """Return the instant at which a load that tells the scan had ended it."""
    return float(next(line for line in said.splitlines() if line.startswith("scanned ")).split()[1])


def proportional(rollup: str) -> int | None:
    """Return the bytes that a smaps_rollup tells as PSS, None where it does not."""
    found = _PSS.search(rollup)
    return int(found[1]) * 1024 if found else None


@contextmanager
def _started(
    db: Path, corpus: Path, arguments: Sequence[str]
) -> Iterator[tuple["subprocess.Popen[str]", list[str]]]:
    """Start a load; yields its process, and what it draws, which grows."""
    variables = environment(PAPERBOY_DB=str(db), PAPERBOY_CORPUS=str(corpus))
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    drawn: list[str] = []
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=db.parent,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    ) as process:
        os.close(theirs)
        reader = threading.Thread(target=_read, args=(ours, drawn), daemon=True)
        reader.start()
        try:
            yield process, drawn
        finally:
            process.kill()  # which does nothing to one that has ended
            process.wait()
            reader.join()


def _read(terminal: int, drawn: list[str]) -> None:
    with open(terminal, "rb", buffering=0) as screen, suppress(OSError):  # EIO: nobody draws any more
        while chunk := screen.read(1 << 16):
            drawn.append(chunk.decode(errors="replace"))


def _weight(pid: int) -> int:
    """Return a process's PSS, where it may be read, else its RSS."""
    pss = None
    with suppress(OSError):
        pss = proportional(Path(f"/proc/{pid}/smaps_rollup").read_text())
    return memory(str(pid), "VmRSS") if pss is None else pss


def _family(pid: int) -> list[int]:
    """Return a process and those that it started, and so on; none where it has ended."""
    try:
        tasks = Path(f"/proc/{pid}/task").glob("*/children")
        started = [int(child) for path in tasks for child in path.read_text().split()]
    except OSError:
        return [pid]
    return [pid, *(each for child in started for each in _family(child))]


def _runs(pid: int) -> bool:
    """Tell whether a process is there and no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}
