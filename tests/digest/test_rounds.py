"""The thread that goes rounds, and the lock by which only one process does."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Queue

import pytest

from bot.digest import rounds
from bot.digest.rounds import FEEDS, Rounds, alone
from bot.errors import OperatorError

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
HOLDS = """
import sys
from pathlib import Path
from bot.digest.rounds import alone
with alone(Path(sys.argv[1]), 0) as is_mine:
    print(is_mine, flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(db: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a process that holds the lock until its input ends; killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(db)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout
        assert process.stdout.readline() == "True\n"
        yield process
        process.kill()


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Return where a database might be."""
    return tmp_path / "paperboy.db"


def is_free(db: Path) -> bool:
    """Tell whether the lock can be had at once."""
    with alone(db, 0) as is_mine:
        return is_mine


def test_one_process_at_a_time(db: Path) -> None:
    """While another one holds the lock there is none to be had, in this database alone."""
    assert is_free(db)
    with holder(db):
        assert not is_free(db)
        assert is_free(db.with_name("other.db"))


def test_a_killed_process_frees_the_lock(db: Path) -> None:
    """The operating system does so, and at once."""
    with holder(db) as process:
        process.kill()
        process.wait()
        assert is_free(db)


def test_a_lock_is_waited_for(db: Path) -> None:
    """Whoever is patient has it as soon as the other process has done."""
    with holder(db) as process:
        assert process.stdin
        process.stdin.close()
        with alone(db, 60) as is_mine:
            assert is_mine


def test_one_at_a_time_in_a_process(db: Path) -> None:
    """Threads exclude each other as processes do, and so does a thread itself."""
    found: list[bool] = []
    with alone(db, 0) as is_mine:
        assert is_mine
        assert not is_free(db)
        thread = threading.Thread(target=lambda: found.append(is_free(db)))
        thread.start()
        thread.join(20)
    assert (found, is_free(db)) == ([False], True)


def test_a_fault_frees_the_lock(db: Path) -> None:
    """It goes on as it is."""

    def fail() -> None:
        with alone(db, 0):
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert is_free(db)


@contextmanager
def going(db: Path, go: Callable[[], float | None]) -> Iterator[Rounds]:
    """Go rounds while the block runs."""
    each = Rounds(db, lambda: NOW)
    with each.going(go):
        yield each


def test_a_round_is_gone_on_each_tick(db: Path) -> None:
    """In one thread, under the lock; none before the first tick, whose time is noted."""
    gone: Queue[tuple[str, bool]] = Queue()

    def go() -> None:
        gone.put((threading.current_thread().name, is_free(db)))

    with going(db, go) as each:
        assert (each.went_at, each.stopping(), gone.empty()) == (None, False, True)
        for _ in range(3):
            each.tick()
            assert gone.get(timeout=20) == ("digests", False)
        assert each.went_at == NOW
    assert (each.stopping(), gone.empty()) == (True, True)
    assert "digests" not in {thread.name for thread in threading.enumerate()}


def test_a_tick_during_a_round_is_not_lost(db: Path) -> None:
    """It does not wait for the round, and another one follows it."""
    began, ends, counted = threading.Event(), threading.Event(), Queue[int]()

    def go() -> None:
        began.set()
        assert ends.wait(20)
        counted.put(1)

    with going(db, go) as each:
        each.tick()
        assert began.wait(20)
        each.tick()
        each.tick()
        ends.set()
        assert [counted.get(timeout=20), counted.get(timeout=20)] == [1, 1]
    assert counted.empty()


def test_a_round_is_gone_again_when_it_asks_for_it(db: Path) -> None:
    """After the seconds that it returned, without a tick; with None there is no other."""
    rests = iter([0.0, 0.001, 0, None])
    gone: Queue[float | None] = Queue()

    def go() -> float | None:
        gone.put(rest := next(rests))
        return rest

    with going(db, go) as each:
        each.tick()
        assert [gone.get(timeout=20) for _ in range(4)] == [0.0, 0.001, 0, None]
    assert gone.empty()


def test_a_long_rest_is_cut_short_by_a_tick(db: Path) -> None:
    """However long it is, even beyond what a thread can wait."""
    gone: Queue[int] = Queue()

    def go() -> float:
        gone.put(1)
        return 1e300

    with going(db, go) as each:
        for _ in range(3):
            each.tick()
            assert gone.get(timeout=20) == 1


def test_a_fault_ends_no_rounds(db: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged, and the next tick goes a round again."""
    gone: Queue[int] = Queue()

    def go() -> None:
        gone.put(1)
        raise ZeroDivisionError

    with going(db, go) as each:
        for _ in range(2):
            each.tick()
            assert gone.get(timeout=20) == 1
    assert [record.getMessage() for record in caplog.records] == ["a round of digests failed"] * 2
    assert is_free(db)


def test_a_round_is_told_to_stop(db: Path) -> None:
    """It ends by itself between two messages; what it asks for then is not done any more."""
    began, asked, told = threading.Event(), Queue[bool](), threading.Event()

    def go() -> float:
        began.set()
        assert told.wait(20)
        asked.put(each.stopping())
        return 0.0

    with going(db, go) as each:
        each.tick()
        assert began.wait(20)
        stopping = threading.Thread(target=tell_of_its_stopping, args=(each, told))
        stopping.start()
    stopping.join(20)
    assert (asked.get(timeout=20), asked.empty()) == (True, True)


def tell_of_its_stopping(each: Rounds, told: threading.Event) -> None:
    """Tell once the block is being left."""
    assert each.stop.wait(20)
    told.set()


def test_no_round_while_another_process_does(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried again a moment later, and gone once the other one has died."""
    monkeypatch.setattr(rounds, "_AGAIN", 0.001)
    tries, gone = Queue[bool](), threading.Event()

    @contextmanager
    def watched(db: Path, patience: float, what: str) -> Iterator[bool]:
        with alone(db, patience, what) as is_mine:
            tries.put(is_mine)
            yield is_mine

    monkeypatch.setattr(rounds, "alone", watched)
    with holder(db) as process, going(db, gone.set) as each:
        each.tick()
        assert [tries.get(timeout=20) for _ in range(3)] == [False] * 3
        assert not gone.is_set()
        process.kill()
        assert gone.wait(20)


def test_feeds_are_fetched_while_digests_are_delivered(db: Path) -> None:
    """And the other way round; a fetch may take minutes."""
    with alone(db, 0) as digests, alone(db, 0, FEEDS) as feeds, alone(db, 0, FEEDS) as others:
        assert (digests, feeds, others) == (True, True, False)


def test_it_is_known_when_a_round_went_well(db: Path) -> None:
    """Not when one failed: then nobody looks after digests, and /readyz says so."""
    outcomes: Queue[Exception | None] = Queue()
    gone: Queue[None] = Queue()
    times = iter([NOW, NOW + timedelta(days=1)])
    each = Rounds(db, lambda: next(times))

    def go() -> None:
        gone.put(None)
        if fault := outcomes.get(timeout=20):
            raise fault

    with each.going(go):
        for outcome in (None, OperatorError("disk full"), ValueError("a defect"), None):
            outcomes.put(outcome)
            each.tick()
            gone.get(timeout=20)
    assert each.went_at == NOW + timedelta(days=1)


def test_a_folder_that_takes_no_lock_is_named(tmp_path: Path) -> None:
    """Nothing can be delivered there, and whoever runs it must know why."""
    (tmp_path / "paperboy.db.lock").mkdir()
    with pytest.raises(OperatorError) as raised, alone(tmp_path / "paperboy.db", 0):
        pass
    assert str(raised.value).startswith(f"{tmp_path / 'paperboy.db.lock'} cannot be locked: ")


def test_a_link_to_a_database_has_its_lock(tmp_path: Path) -> None:
    """By whichever name it is called, one process is at it."""
    (tmp_path / "link.db").symlink_to(tmp_path / "paperboy.db")
    with alone(tmp_path / "paperboy.db", 0) as first, alone(tmp_path / "link.db", 0) as second:
        assert (first, second) == (True, False)


def test_who_is_to_stop_waits_for_no_lock(tmp_path: Path) -> None:
    """However patient it was."""
    db, asked = tmp_path / "paperboy.db", threading.Event()

    def stopping() -> bool:
        asked.set()
        return True

    with alone(db, 0) as first, alone(db, 20, stopping=stopping) as second:
        assert (first, second, asked.is_set()) == (True, False, True)
