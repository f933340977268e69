"""Whose load is under way: looked at by several at once, and while it ends.

What waits between two tries sleeps; here the other one goes on instead, so that nobody waits for a clock.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock

from bot import load_lock
from bot.errors import OperatorError, UserError
from bot.store import Database, Store, loads

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LONG = 600.0  # seconds that nobody waits


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Return a new store, at whose lock everybody may look for long."""
    monkeypatch.setattr(load_lock, "_GLANCE", LONG)
    return Store(tmp_path / "paperboy.db")


class Looker:
    """A thread that looks whose load is under way, and keeps the lock until it is told to go on."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        self.saw: list[str] = []
        self._holds, self._may_go_on = threading.Event(), threading.Event()
        thread = threading.Thread(target=lambda: self.saw.append(load_lock.holder(store)))
        holds, may_go_on = self._holds, self._may_go_on

        class Kept(FileLock):
            def release(self, force: bool = False) -> None:  # noqa: FBT001, FBT002  # as filelock has it
                if threading.current_thread() is thread:
                    holds.set()
                    assert may_go_on.wait(60)
                super().release(force)

        monkeypatch.setattr(load_lock, "FileLock", Kept)
        self._thread = thread
        thread.start()
        assert holds.wait(60)

    def go_on(self) -> None:
        """Let it finish, and wait for that."""
        self._may_go_on.set()
        self._thread.join(60)


def instead_of_sleeping(monkeypatch: pytest.MonkeyPatch, do: Callable[[], object]) -> list[float]:
    """Have this done where a thread would sleep; return for how long each time."""
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        do()

    monkeypatch.setattr(time, "sleep", sleep)
    return slept


@pytest.fixture
def looker(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Looker]:
    """Return somebody who looks at the lock just now."""
    looker = Looker(store, monkeypatch)
    yield looker
    looker.go_on()


def test_nobody_holds_what_was_never_held(store: Store) -> None:
    """To look leaves nothing behind that others would see."""
    assert [load_lock.holder(store), load_lock.holder(store)] == ["", ""]
    with load_lock.held(store, "ana", NOW, 0):
        pass
    assert load_lock.holder(store) == ""


@pytest.mark.parametrize(("by", "whose"), [("ana", "ana's reload"), ("", "A load")])
def test_a_load_under_way_is_told_by_whose_it_is(
    store: Store, monkeypatch: pytest.MonkeyPatch, by: str, whose: str
) -> None:
    """To each who looks, and to who is refused."""
    monkeypatch.setattr(load_lock, "_GLANCE", 0.001)
    with load_lock.held(store, "ben", NOW, 0):
        pass
    with load_lock.held(store, by, NOW, 0):
        assert [load_lock.holder(store), load_lock.holder(store)] == [whose, whose]
        with pytest.raises(UserError) as refused, load_lock.held(store, "cy", NOW, 0):
            pass
        assert refused.value.message == f"{whose} is under way"
        assert load_lock.holder(store) == whose
    assert load_lock.holder(store) == ""


def test_one_who_looks_is_no_load_to_another(
    store: Store, looker: Looker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two who look at the same time the second one waits for the first; neither sees a load."""
    slept = instead_of_sleeping(monkeypatch, looker.go_on)
    assert load_lock.holder(store) == ""
    assert (looker.saw, len(slept)) == ([""], 1)


def test_one_who_looks_keeps_no_load_out(
    store: Store, looker: Looker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It begins as soon as they have looked."""
    slept = instead_of_sleeping(monkeypatch, looker.go_on)
    with load_lock.held(store, "ana", NOW, LONG):
        assert (looker.saw, len(slept)) == ([""], 1)
    assert load_lock.holder(store) == ""


@pytest.mark.parametrize("error", [None, OSError("the disk is full")])
def test_a_load_that_ends_while_somebody_looks_is_not_told(
    store: Store, monkeypatch: pytest.MonkeyPatch, error: OSError | None
) -> None:
    """Between two tries it is done, or has failed; so there is none."""
    load = ExitStack()
    load.enter_context(load_lock.held(store, "ana", NOW, 0))
    slept = instead_of_sleeping(
        monkeypatch, lambda: load.__exit__(type(error) if error else None, error, None)
    )
    assert load_lock.holder(store) == ""
    assert len(slept) == 1


def test_a_load_that_ends_meanwhile_lets_the_next_one_in(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is patient is not refused, and is told as the one under way."""
    load = ExitStack()
    load.enter_context(load_lock.held(store, "ana", NOW, 0))
    with monkeypatch.context() as patch:
        slept = instead_of_sleeping(patch, load.close)
        next_one = ExitStack()
        next_one.enter_context(load_lock.held(store, "ben", NOW, LONG))
        assert len(slept) == 1
    monkeypatch.setattr(load_lock, "_GLANCE", 0.001)
    with next_one:
        assert load_lock.holder(store) == "ben's reload"
    assert load_lock.holder(store) == ""


def test_a_feeds_papers_are_waited_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """By whoever loads, however impatient with other loads; whoever only looks sees no load."""
    arrival = ExitStack()
    arrival.enter_context(load_lock.held(store, load_lock.FEED, NOW, 0))
    with monkeypatch.context() as patch:
        patch.setattr(load_lock, "_GLANCE", 0.001)
        assert load_lock.holder(store) == ""
    slept = instead_of_sleeping(monkeypatch, arrival.close)
    with load_lock.held(store, "ana", NOW, 0):
        assert len(slept) == 1


def test_a_feeds_papers_are_not_waited_for_without_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has waited for long is told for what; a load that came between is told as one."""
    monkeypatch.setattr(load_lock, "_STORED", 0)
    arrival, load = ExitStack(), ExitStack()
    arrival.enter_context(load_lock.held(store, load_lock.FEED, NOW, 0))
    refusal = "A feed's papers are still being stored"
    with pytest.raises(UserError, match=f"^{refusal}$"), load_lock.held(store, "ana", NOW, 0):
        pass

    def begin() -> None:
        arrival.close()
        load.enter_context(load_lock.held(store, "ben", NOW, 0))

    monkeypatch.setattr(load_lock, "_STORED", 0.01)
    coming = [begin]
    instead_of_sleeping(monkeypatch, lambda: coming and coming.pop()())
    with (
        load,
        pytest.raises(UserError, match=r"^ben's reload is under way$"),
        load_lock.held(store, "ana", NOW, 0),
    ):
        pass
    assert coming == []


def test_a_load_is_not_waited_for_as_a_feed_is(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may take minutes, so whoever asks for another one is told at once."""
    monkeypatch.setattr(load_lock, "_STORED", 0.01)
    slept = instead_of_sleeping(monkeypatch, lambda: None)
    with (
        load_lock.held(store, "ana", NOW, 0),
        pytest.raises(UserError, match=r"^ana's reload is under way$"),
        load_lock.held(store, "ben", NOW, 0),
    ):
        pass
    assert slept == []


def test_a_load_does_not_go_by_the_name_of_the_one_before(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between taking the lock and saying whose it is, it is nobody's."""
    monkeypatch.setattr(load_lock, "_GLANCE", 0.001)
    saw: list[str] = []
    begin = loads.begin

    def look_first(db: Database, by: str, now: datetime) -> None:
        saw.append(load_lock.holder(store))
        begin(db, by, now)

    with load_lock.held(store, "ben", NOW):
        pass
    monkeypatch.setattr(loads, "begin", look_first)
    with load_lock.held(store, "ana", NOW):
        saw.append(load_lock.holder(store))
    assert saw == ["A load", "ana's reload"]


@pytest.mark.parametrize("patience", [0.0, LONG])
def test_where_no_lock_can_be_that_is_told(store: Store, patience: float) -> None:
    """In one line, to whoever wants to load; whoever only looks sees no load."""
    place = store.path.with_name("paperboy.db-load.lock")
    place.mkdir()
    with (
        pytest.raises(OperatorError, match=r"^the lock .*db-load\.lock cannot be taken: is a directory$"),
        load_lock.held(store, "ana", NOW, patience),
    ):
        raise AssertionError
    assert load_lock.holder(store) == ""
