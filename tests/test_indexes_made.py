"""What a load indexes itself of what it wrote, `Indexes.made_with`: on a real store and a real disk."""

import logging
import re
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import timedelta
from errno import ENOSPC
from pathlib import Path

import pytest

from bot.errors import OperatorError
from bot.store import Store, generations, loads, papers, records
from bot.store.generations import Generation
from bot.store.loads import Load
from bot.store.papers import Entry
from bot.store.records import New
from tests.test_indexes import (
    LATER,
    answers,
    at,
    committed,
    current,
    described,
    filled,
    folder,
    folders,
    fresh,
    indexes,
    numbers,
    opened,
    revise,
    root,
)

CHANGED = 4  # papers that `write` changes
SHORT = "indexing the papers takes more memory than there is"
FOLLOWED = "what has changed is indexed by whoever searches: "


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a store of three papers, which are indexed."""
    store = filled(tmp_path / "data" / "paperboy.db")
    opened(store)
    return store


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """Return what tells the warnings there were."""
    return lambda: [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]


def write(store: Store, change: int = 2) -> None:
    """Write a change that nobody sees yet: 1 revised, 2 gone, 4 and 5 new."""
    with store.writing() as db:
        told = {1: "backdoor experts", 4: "model backdoor", 5: "language routing"}
        papers.put(
            db,
            change,
            [
                Entry(number, f"p{number}", described(text), [f"id:p{number}"])
                for number, text in told.items()
            ],
            LATER,
        )
        papers.end(db, change, [2])
        records.end(db, change, [row.id for row in records.of(db, [2])])
        places = [at(number).source for number in (4, 5)]
        records.add(
            db,
            change,
            [
                New(records.enter(db, place.file), place.line, 0, number, None)
                for number, place in enumerate(places, 4)
            ],
        )


def publish(store: Store, made: "Made", change: int = 2) -> None:
    """Write a change, have made of it what a load makes, and publish both."""
    write(store, change)
    with indexes(store).made_with(change, LATER) as commit:
        made.meanwhile = answers(opened(store))
        with store.writing() as db:
            commit(db)
            loads.publish(db, Load(loaded_at=LATER, records=4, papers=4, change=change))


@dataclass
class Made:
    """What was found while a change was indexed and not published yet."""

    meanwhile: object = None


@pytest.fixture
def bounds(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], None]:
    """Return what sets from how many changed papers on a generation is made, and how many are followed."""

    def set_bounds(unsettled: int, followed: int = 50_000) -> None:
        monkeypatch.setattr("bot.indexes._UNSETTLED", unsettled)
        monkeypatch.setattr("bot.indexes.FOLLOWED", followed)

    return set_bounds


def test_little_that_has_changed_makes_no_generation(
    store: Store, tmp_path: Path, bounds: Callable[[int, int], None], said: Callable[[], list[str]]
) -> None:
    """It is followed by whoever searches, be it that they cannot: this asks for nothing of the disk."""
    bounds(CHANGED, 0)
    index, before, then = opened(store), current(store), folders(store)
    write(store)
    with indexes(store).made_with(2, LATER) as commit, store.writing() as db:
        assert commit(db) is None
        loads.publish(db, Load(loaded_at=LATER, records=4, papers=4, change=2))
    assert (current(store), folders(store), said()) == (before, then, [])
    bounds(CHANGED, 50_000)
    followed = indexes(store).follow(index)
    assert (followed.generation, followed.settled, followed.change) == (1, 1, 2)
    assert answers(followed) == answers(opened(store)) == fresh(store, tmp_path / "fresh")


@pytest.mark.parametrize("followed", [CHANGED, CHANGED - 1])
def test_much_that_has_changed_makes_a_generation(
    store: Store,
    tmp_path: Path,
    bounds: Callable[[int, int], None],
    said: Callable[[], list[str]],
    followed: int,
) -> None:
    """Onto the one there is, or with all else; until it is published all is found as it was."""
    bounds(CHANGED - 1, followed)
    index, made = opened(store), Made()
    before = answers(index)
    publish(store, made)
    assert made.meanwhile == before
    (name,) = folders(store)
    assert current(store) == Generation(id=2, folder=name, change=2, made_at=LATER)
    started = opened(store)
    assert (started.generation, started.settled, started.change, len(started.collection.parts)) == (
        2,
        2,
        2,
        1,
    )
    expected = fresh(store, tmp_path / "fresh")
    assert answers(started) == answers(indexes(store).follow(index)) == expected
    assert (numbers(started, "backdoor"), numbers(started, "experts")) == ([1, 4], [1])
    assert said() == []


def test_what_was_not_settled_before_is_in_the_generation(
    store: Store, tmp_path: Path, bounds: Callable[[int], None]
) -> None:
    """It holds all changes up to its own, also those that were followed so far."""
    revise(store, 3, "zzz")
    bounds(CHANGED - 1)
    publish(store, Made(), 3)
    started = opened(store)
    assert (started.generation, started.settled, started.change, committed(store)) == (2, 3, 3, 2)
    assert numbers(started, "zzz") == [3]
    assert answers(started) == fresh(store, tmp_path / "fresh")


def remove(store: Store) -> None:
    """Remove the generation."""
    for path in folder(store).iterdir():
        path.unlink()
    folder(store).rmdir()


def damage(store: Store) -> None:
    """Damage the generation."""
    (folder(store) / "numbers.npy").write_bytes(b"")


@pytest.mark.parametrize("breaks", [remove, damage])
def test_where_there_is_no_index_one_is_made_of_all_papers(
    store: Store, tmp_path: Path, bounds: Callable[[int], None], breaks: Callable[[Store], None]
) -> None:
    """As beside a copy of the database; with what the change says of them."""
    breaks(store)
    bounds(CHANGED - 1)
    write(store)
    with indexes(store).made_with(2, LATER) as commit, store.writing() as db:
        commit(db)
        loads.publish(db, Load(loaded_at=LATER, records=4, papers=4, change=2))
    (name,) = folders(store)
    assert current(store) == Generation(id=2, folder=name, change=2, made_at=LATER)
    started = opened(store)
    assert (started.generation, started.settled, committed(store)) == (2, 2, 2)
    assert answers(started) == fresh(store, tmp_path / "fresh")


def test_what_is_not_published_leaves_no_generation(store: Store, bounds: Callable[[int], None]) -> None:
    """Where publishing fails, its folder is gone, and the one there was goes on."""
    bounds(CHANGED - 1)
    before, then, found = current(store), folders(store), answers(opened(store))
    write(store)

    def fail() -> None:
        with indexes(store).made_with(2, LATER + timedelta(hours=1)) as commit, store.writing() as db:
            commit(db)
            assert generations.current(db) != before
            assert len(folders(store)) == 2
            raise OSError(ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        fail()
    assert (current(store), folders(store), answers(opened(store))) == (before, then, found)


# Where no generation can be made


def no_place(store: Store, _: pytest.MonkeyPatch) -> str:
    """Let a file be where generations lie."""
    remove(store)
    root(store).rmdir()
    root(store).write_text("")
    return r"no index can be kept beside the database: \[Errno \d+\] .*paperboy\.db-index.*"


def no_lock(store: Store, _: pytest.MonkeyPatch) -> str:
    """Let there be no lock."""
    lock = store.path.with_name("paperboy.db-index.lock")
    lock.unlink()
    lock.mkdir()
    return rf"no index can be kept beside the database: \[Errno 21\] Is a directory: '{re.escape(str(lock))}'"


def no_disk(_: Store, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let the disk be full."""
    fail(monkeypatch, OSError(ENOSPC, "No space left on device"))
    return r"no index can be kept beside the database: \[Errno 28\] No space left on device"


def no_memory(_: Store, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let memory be short."""
    fail(monkeypatch, BrokenProcessPool("a process was terminated abruptly"))
    return SHORT


def fail(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let no index be written."""

    def failing(_: object, folder: Path, __: int) -> None:
        folder.mkdir(parents=True)
        (folder / "numbers.npy").write_bytes(b"half of it")
        raise error

    monkeypatch.setattr("bot.indexes.keep", failing)
    monkeypatch.setattr("bot.indexes.build", failing)


@pytest.mark.parametrize("breaks", [no_place, no_lock, no_disk, no_memory])
def test_where_none_can_be_made_what_can_be_followed_is(
    store: Store,
    tmp_path: Path,
    bounds: Callable[[int, int], None],
    said: Callable[[], list[str]],
    breaks: Callable[[Store, pytest.MonkeyPatch], str],
) -> None:
    """The log tells why; what is written is published all the same, and found."""
    bounds(CHANGED - 1, CHANGED)
    index, before = opened(store), current(store)
    write(store)
    with pytest.MonkeyPatch.context() as patch:
        why = breaks(store, patch)
        then = folders(store) if root(store).is_dir() else []
        with indexes(store).made_with(2, LATER) as commit, store.writing() as db:
            assert commit(db) is None
            loads.publish(db, Load(loaded_at=LATER, records=4, papers=4, change=2))
    (warning,) = said()
    assert re.fullmatch(re.escape(FOLLOWED) + why, warning)
    assert current(store) == before
    assert (folders(store) if root(store).is_dir() else []) == then
    followed = indexes(store).follow(index)
    assert (followed.generation, followed.change) == (1, 2)
    assert answers(followed) == fresh(store, tmp_path / "fresh")


@pytest.mark.parametrize("breaks", [no_place, no_lock, no_disk, no_memory])
def test_where_none_can_be_made_what_is_too_much_is_refused(
    store: Store,
    bounds: Callable[[int, int], None],
    said: Callable[[], list[str]],
    breaks: Callable[[Store, pytest.MonkeyPatch], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Before anything is published, so whoever searches finds what there was."""
    bounds(CHANGED - 1, CHANGED - 1)
    index = opened(store)
    before = current(store)
    write(store)
    why = breaks(store, monkeypatch)
    then = folders(store) if root(store).is_dir() else []
    with pytest.raises(OperatorError) as refused, indexes(store).made_with(2, LATER):
        pytest.fail("nothing is to be published")
    assert re.fullmatch(why, str(refused.value))
    assert (current(store), said()) == (before, [])
    assert (folders(store) if root(store).is_dir() else []) == then
    assert indexes(store).follow(index) is index


def test_what_fails_in_publishing_is_not_taken_for_the_disk(
    store: Store, bounds: Callable[[int], None], said: Callable[[], list[str]]
) -> None:
    """The store's error is told as it is, whether a generation was made or not."""
    write(store)
    error = OperatorError("PAPERBOY_DB: it cannot be used: database is locked")
    for unsettled in (CHANGED, CHANGED - 1):
        bounds(unsettled)
        with pytest.raises(OperatorError) as failed, indexes(store).made_with(2, LATER):
            raise error
        assert failed.value is error
    assert (said(), committed(store)) == ([], 1)
