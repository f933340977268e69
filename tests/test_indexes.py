import json
import logging
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from errno import ENOSPC
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import pytest
from filelock import FileLock

from bot.errors import OperatorError
from bot.indexes import Index, Indexes, document
from bot.library import Library
from bot.library import settle as settled_by_library
from bot.papers import Description, Paper, Record, Source, TitleOrigin
from bot.search.build import build, keep
from bot.search.files import DamagedError, load
from bot.search.query import parse_query
from bot.search.rank import rank
from bot.search.segment import Segment
from bot.store import Store, generations, papers
from bot.store.database import PATIENCE
from bot.store.generations import Generation
from tests import stock
from tests.looker import ANALYZER

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
QUERIES = ("backdoor", "model routing", "experts backdoor", '"language model"', "source:1.txt", "zzz")
FIRST = ("backdoor model", "routing experts", "language model")

IN_MEMORY = "no index can be kept beside the database, so each start builds one: "
LEFT = "20261120T090000-0123abcd"  # a folder as a process leaves it that is killed

Answers = dict[str, list[tuple[int, float]]]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a store of three papers."""
    return filled(tmp_path / "data" / "paperboy.db")


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """Return what tells the warnings since it was last asked."""

    def tell() -> list[str]:
        found = [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]
        caplog.clear()
        return found

    return tell


def filled(path: Path) -> Store:
    """Return a store of three papers in a file."""
    store = Store(path)
    put(store, *FIRST)
    return store


def put(store: Store, *abstracts: str) -> None:
    """Add papers."""
    with store.writing() as db:
        first = papers.newest(db) + 1
        stock.add(
            db,
            (
                (f"p{number}", described(abstract), [f"id:p{number}"], [at(number)])
                for number, abstract in enumerate(abstracts, first)
            ),
            NOW,
        )


def revise(store: Store, number: int, abstract: str) -> None:
    """Describe a paper anew."""
    with store.writing() as db:
        stock.revise(db, number, described(abstract), [], [at(number)])


def remove(store: Store, *numbers: int) -> None:
    """Let papers be gone."""
    with store.writing() as db:
        stock.remove(db, numbers)


def described(abstract: str) -> Description:
    """Return a paper."""
    return Description(title="", title_origin=TitleOrigin.PAGE, abstract=abstract)


def at(number: int) -> Record:
    """Return where a paper stands."""
    source = Source(f"{number % 3}.txt", number)
    return Record(title="", title_origin=TitleOrigin.PAGE, abstract="", source=source)


def indexes(store: Store) -> Indexes:
    """Return the indexes as another process would: with a store of its own."""
    return Indexes(Store(store.path), ANALYZER)


def opened(store: Store, now: datetime = NOW) -> Index:
    """Open the index, as a process does when it starts."""
    index = indexes(store).open(now)
    assert index is not None
    return index


def settle(store: Store, now: datetime = LATER, above: int = 0) -> None:
    """Settle, as another process would, where more than so many papers changed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.indexes._UNSETTLED", above)
        indexes(store).settle(now)


def answers(index: Index) -> Answers:
    """Return what is found, in order, with scores."""
    found = {}
    for text in QUERIES:
        hits = rank(index.collection, parse_query(text, ANALYZER), 99).hits
        found[text] = [(int(index.collection.numbers[hit.document]), hit.score) for hit in hits]
    return found


def numbers(index: Index, query: str) -> list[int]:
    """Return the numbers of the papers found, ascending."""
    hits = rank(index.collection, parse_query(query, ANALYZER), 99).hits
    return sorted(int(index.collection.numbers[hit.document]) for hit in hits)


def fresh(store: Store, folder: Path) -> Answers:
    """Return what an index made at once of all that the store holds finds."""
    folder.mkdir()
    with closing(sqlite3.connect(store.path)) as one, closing(sqlite3.connect(folder / "copy.db")) as other:
        one.backup(other)
    return answers(opened(Store(folder / "copy.db")))


def current(store: Store) -> Generation | None:
    """Return the generation that was committed last."""
    with store.reading() as db:
        return generations.current(db)


def committed(store: Store) -> int:
    """Return how many generations were ever committed."""
    with store.reading() as db:
        return int(db.conn.execute("SELECT count(*) FROM generation").fetchone()[0])


def root(store: Store) -> Path:
    """Return where the generations lie."""
    return store.path.with_name("paperboy.db-index")


def folders(store: Store) -> list[str]:
    """Return the names of what lies there."""
    return sorted(path.name for path in root(store).iterdir()) if root(store).exists() else []


def files(store: Store) -> dict[str, tuple[int, int]]:
    """Return which files lie there, and when each was written."""
    return {
        str(path): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in root(store).rglob("*")
        if path.is_file()
    }


def folder(store: Store) -> Path:
    """Return the folder of the current generation."""
    generation = current(store)
    assert generation is not None
    return root(store) / generation.folder


def leave(store: Store, name: str) -> None:
    """Let there be a folder with a file."""
    (root(store) / name).mkdir(parents=True)
    (root(store) / name / "numbers.npy").write_text("")


@contextmanager
def locked(store: Store) -> Iterator[None]:
    """Hold the lock, as a process does that is making an index."""
    with FileLock(store.path.with_name("paperboy.db-index.lock")):
        yield


def test_the_first_to_open_builds_a_generation(store: Store, said: Callable[[], list[str]]) -> None:
    """It is committed, and is the one folder there."""
    index = opened(store)
    assert (index.generation, index.change, index.loaded_at) == (1, 1, NOW)
    assert (numbers(index, "model"), numbers(index, "backdoor"), numbers(index, "zzz")) == ([1, 3], [1], [])
    generation = current(store)
    assert generation == Generation(1, folder(store).name, change=1, made_at=NOW)
    assert folders(store) == [folder(store).name]
    assert said() == []


def test_the_next_to_open_uses_it(store: Store, said: Callable[[], list[str]]) -> None:
    """Nothing is built or written."""
    first = opened(store)
    before = files(store)
    second = opened(store, LATER)
    assert (second.generation, committed(store), files(store)) == (1, 1, before)
    assert answers(second) == answers(first)
    assert said() == []


@pytest.mark.parametrize("loaded", [False, True])
def test_without_a_paper_there_is_no_index(tmp_path: Path, *, loaded: bool) -> None:
    """Be it that nothing was loaded, or that the corpus was empty."""
    store = Store(tmp_path / "paperboy.db")
    if loaded:
        with store.writing() as db:
            stock.load(db, NOW)
    assert indexes(store).open(NOW) is None
    indexes(store).settle(NOW)
    assert (committed(store), folders(store)) == (0, [])


def test_what_does_not_change_is_followed_by_the_same_index(store: Store) -> None:
    """It is not made anew."""
    index = opened(store)
    assert indexes(store).follow(index) is index


def change_one(store: Store) -> None:
    """Let a paper be about other things."""
    revise(store, 1, "quantum routing")


def add_two(store: Store) -> None:
    """Add two papers."""
    put(store, "backdoor experts", "quantum backdoor")


def remove_two(store: Store) -> None:
    """Remove two papers."""
    remove(store, 1, 3)


def do_all(store: Store) -> None:
    """Add, revise and remove, and bring one back."""
    add_two(store)
    remove(store, 1, 2, 5)
    revise(store, 3, "experts of the language model")
    revise(store, 2, "backdoor routing model")
    put(store, "language model")


@pytest.mark.parametrize("change", [change_one, add_two, remove_two, do_all])
def test_a_change_is_found_at_once(store: Store, tmp_path: Path, change: Callable[[Store], None]) -> None:
    """By a running process and by one that starts, on the same generation; as by an index made anew."""
    running = opened(store)
    change(store)
    before = files(store)
    followed, started = indexes(store).follow(running), opened(store)
    expected = fresh(store, tmp_path / "fresh")
    assert answers(followed) == expected
    assert answers(started) == expected
    assert (followed.generation, started.generation, files(store)) == (1, 1, before)
    assert followed.change == started.change > running.change
    assert indexes(store).follow(followed) is followed


def test_a_revision_keeps_its_number(store: Store) -> None:
    """It is found by what it says now alone."""
    index = opened(store)
    change_one(store)
    index = indexes(store).follow(index)
    assert (numbers(index, "quantum"), numbers(index, "backdoor"), numbers(index, "model")) == ([1], [], [3])


def test_what_was_removed_is_not_found_until_it_is_back(store: Store) -> None:
    """By its number again."""
    index = opened(store)
    remove(store, 1)
    index = indexes(store).follow(index)
    assert (numbers(index, "backdoor"), index.collection.size) == ([], 2)
    revise(store, 1, "backdoor model")
    index = indexes(store).follow(index)
    assert (numbers(index, "backdoor"), index.collection.size) == ([1], 3)


def test_all_may_be_removed(store: Store) -> None:
    """Then nothing is found, also once it is settled; what comes then is."""
    index = opened(store)
    remove(store, 1, 2, 3)
    for each in (indexes(store).follow(index), opened(store)):
        assert (each.collection.size, answers(each)) == (0, {text: [] for text in QUERIES})
    settle(store)
    index = indexes(store).follow(index)
    assert (index.generation, index.collection.size) == (2, 0)
    put(store, "backdoor")
    assert numbers(indexes(store).follow(index), "backdoor") == [4]
    settle(store)
    assert (opened(store).generation, numbers(opened(store), "backdoor")) == (3, [4])


def hear_of_rag(store: Store, index: Index) -> Index:
    """Let a paper come that explains an acronym, and another one; follow each."""
    for abstract in ("retrieval augmented generation (RAG) by zebras", "quagga"):
        put(store, abstract)
        index = indexes(store).follow(index)
    assert (numbers(index, "RAG"), numbers(index, "quagga")) == ([4, 6], [7])
    return index


def known(index: Index) -> tuple[Any, ...]:
    """Return what is found, and what is known without a document: words, and meanings of acronyms."""
    collection, lengths = index.collection, range(1, 30)
    words = collection.words(lengths)
    meanings = [collection.long_form(word) for word in ("RAG", "rag", "MoE")]
    return answers(index), words, collection.names(lengths), meanings


@pytest.mark.parametrize(
    "change", [lambda store: revise(store, 6, "of no such thing"), lambda s: remove(s, 6)]
)
@pytest.mark.parametrize("on_disk", [True, False])
def test_what_was_never_settled_is_forgotten(
    store: Store, tmp_path: Path, change: Callable[[Store], None], *, on_disk: bool
) -> None:
    """Who has seen a paper before it changed knows the same of words and acronyms as who has not."""
    put(store, "retrieval augmented generation helps", "something")
    if not on_disk:
        root(store).write_text("")
    first = opened(store)
    reader = hear_of_rag(store, first)
    change(store)
    reader = indexes(store).follow(reader)
    assert (reader.generation, numbers(reader, "RAG"), numbers(reader, "quagga")) == (on_disk, [], [7])
    for other in (opened(store), indexes(store).follow(first)):
        assert known(reader) == known(other)
    assert answers(reader) == fresh(store, tmp_path / "fresh")


def test_what_was_settled_stays_known_to_all(store: Store) -> None:
    """Who followed up to the generation knows what one knows who starts on it."""
    put(store, "retrieval augmented generation helps", "something")
    reader = hear_of_rag(store, opened(store))
    settle(store)
    revise(store, 6, "of no such thing")
    assert known(indexes(store).follow(reader)) == known(opened(store))


def test_another_processs_generation_is_followed(store: Store, said: Callable[[], list[str]]) -> None:
    """The answers are the same."""
    index = opened(store)
    do_all(store)
    before = answers(indexes(store).follow(index))
    settle(store)
    after = indexes(store).follow(index)
    assert (after.generation, after.settled, after.change) == (2, index.change + 5, index.change + 5)
    assert answers(after) == before
    assert said() == []


@pytest.mark.parametrize(("change", "changed"), [(change_one, 1), (add_two, 2), (remove_two, 2), (do_all, 6)])
def test_it_is_settled_where_more_has_changed_than_may(
    store: Store, tmp_path: Path, change: Callable[[Store], None], changed: int
) -> None:
    """Whatever happened to them, papers count once; nothing else changes."""
    index = opened(store)
    change(store)
    index = indexes(store).follow(index)
    settle(store, above=changed)
    assert (committed(store), indexes(store).follow(index)) == (1, index)
    settle(store, above=changed - 1)
    generation = current(store)
    assert generation == Generation(2, folder(store).name, index.change, LATER)
    expected = fresh(store, tmp_path / "fresh")
    for each in (indexes(store).follow(index), opened(store)):
        assert (each.generation, each.change, each.loaded_at) == (2, index.change, NOW)
        assert answers(each) == answers(index) == expected
    settle(store)
    assert committed(store) == 2


def test_only_one_process_settles(store: Store) -> None:
    """Another goes on."""
    index = opened(store)
    do_all(store)
    with locked(store):
        settle(store)
    assert (committed(store), len(folders(store))) == (1, 1)
    assert indexes(store).follow(index).generation == 1


def test_those_that_start_at_once_build_once(store: Store) -> None:
    """The others wait for it."""
    together = Barrier(4)

    def start() -> Index:
        together.wait(timeout=30)
        return opened(store)

    with ThreadPoolExecutor(4) as threads:
        found = [done.result() for done in [threads.submit(start) for _ in range(4)]]
    assert [index.generation for index in found] == [1] * 4
    assert [answers(index) for index in found] == [answers(found[0])] * 4
    assert (committed(store), len(folders(store))) == (1, 1)


def edit(path: Path, change: dict[str, Any]) -> None:
    """Change a list of arrays."""
    path.write_text(json.dumps(json.loads(path.read_text()) | change))


def cut(store: Store) -> None:
    """Cut a file short."""
    path = folder(store) / "text.entries.npy"
    path.write_bytes(path.read_bytes()[:-1])


def flip(store: Store) -> None:
    """Flip a bit."""
    path = folder(store) / "numbers.npy"
    data = path.read_bytes()
    path.write_bytes(data[:-2] + bytes([data[-2] ^ 4]) + data[-1:])


def lose_a_file(store: Store) -> None:
    """Remove a file."""
    (folder(store) / "years.npy").unlink()


def lose_the_list(store: Store) -> None:
    """Remove the list."""
    (folder(store) / "index.json").unlink()


def lose_everything(store: Store) -> None:
    """Empty the folder."""
    for path in folder(store).iterdir():
        path.unlink()


def other_format(store: Store) -> None:
    """Let it be another format's."""
    edit(folder(store) / "index.json", {"format": 0})


def other_analysis(store: Store) -> None:
    """Let it be another analyzer's."""
    edit(folder(store) / "index.json", {"analysis": "0"})


def other_corpus(store: Store) -> None:
    """Let it be of an earlier moment than the store believes."""
    with store.writing() as db:
        db.conn.execute("UPDATE generation SET change = change + 1")


SPOILED = [cut, flip, lose_a_file, lose_the_list, lose_everything, other_format, other_analysis, other_corpus]


@pytest.mark.parametrize("spoil", SPOILED)
def test_what_is_of_no_use_is_built_anew(
    store: Store, said: Callable[[], list[str]], spoil: Callable[[Store], None]
) -> None:
    """With one warning; it is never searched, and swept."""
    expected = answers(opened(store))
    spoilt = folder(store)
    spoil(store)
    index = opened(store, LATER)
    assert (index.generation, answers(index)) == (2, expected)
    (warning,) = said()
    assert warning.startswith("the index is built anew: ")
    assert (folders(store), folder(store) != spoilt) == ([folder(store).name], True)
    assert opened(store).generation == 2
    assert said() == []


def test_beside_a_copy_of_the_database_an_index_is_built(store: Store, said: Callable[[], list[str]]) -> None:
    """Nobody is told: nothing is amiss."""
    expected = answers(opened(store))
    shutil.rmtree(root(store))
    index = opened(store, LATER)
    assert (index.generation, answers(index), said()) == (2, expected, [])


@pytest.mark.parametrize("spoil", SPOILED[:-1])
def test_an_index_in_use_goes_on_where_the_new_one_is_of_no_use(
    store: Store, tmp_path: Path, said: Callable[[], list[str]], spoil: Callable[[Store], None]
) -> None:
    """With all that has changed, and one warning; until somebody makes another."""
    index = opened(store)
    do_all(store)
    settle(store)
    spoil(store)
    change_one(store)
    followed = indexes(store).follow(index)
    assert answers(followed) == fresh(store, tmp_path / "one")
    (warning,) = said()
    assert warning.startswith("the new index is of no use, and the old one goes on: ")
    put(store, "backdoor")
    followed = indexes(store).follow(followed)
    expected = fresh(store, tmp_path / "other")
    assert (answers(followed), said()) == (expected, [])
    assert (opened(store).generation, len(said())) == (3, 1)
    followed = indexes(store).follow(followed)
    assert (followed.generation, answers(followed)) == (3, expected)


def test_an_index_in_use_goes_on_where_the_new_one_is_gone(store: Store, tmp_path: Path) -> None:
    """With all that has changed, again and again."""
    index = opened(store)
    do_all(store)
    settle(store)
    shutil.rmtree(root(store))
    for number in range(3):
        put(store, f"backdoor {'model ' * number}")
        index = indexes(store).follow(index)
        assert answers(index) == fresh(store, tmp_path / str(number))


def test_an_index_in_use_goes_on_where_the_new_one_is_swept_just_now(
    store: Store, monkeypatch: pytest.MonkeyPatch, said: Callable[[], list[str]]
) -> None:
    """Nobody is told: another process has replaced it, and that one is followed next."""
    index = opened(store)
    do_all(store)
    settle(store)
    replaced: list[Path] = []

    def too_late(folder: Path, *asked: Any) -> Segment:
        if not replaced:
            replaced.append(folder)
            put(store, "backdoor")
            settle(store)
        return load(folder, *asked)

    monkeypatch.setattr("bot.search.collection.load", too_late)
    followed = indexes(store).follow(index)
    assert (replaced[0].exists(), followed.change, said()) == (False, index.change + 5, [])
    followed = indexes(store).follow(followed)
    assert (followed.generation, numbers(followed, "backdoor"), said()) == (3, [2, 4, 7], [])


def test_whoever_settles_builds_anew_what_is_damaged(
    store: Store, tmp_path: Path, said: Callable[[], list[str]]
) -> None:
    """Or what changes would be indexed by every process at every start; the log tells."""
    index = opened(store)
    flip(store)
    do_all(store)
    settle(store)
    (warning,) = said()
    assert warning.startswith("the index is built anew: ")
    assert warning.endswith("numbers.npy is not as it was written")
    followed = indexes(store).follow(index)
    assert (followed.generation, committed(store)) == (2, 2)
    assert answers(followed) == fresh(store, tmp_path / "fresh")


def test_what_is_too_much_to_be_followed_is_built_anew(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By whoever settles, or starts; until then what was there is searched, and nobody waits."""
    index = opened(store)
    add_two(store)
    monkeypatch.setattr("bot.indexes.FOLLOWED", 4)
    index = indexes(store).follow(index)
    assert (index.generation, numbers(index, "backdoor")) == (1, [1, 4, 5])
    put(store, "backdoor 6", "backdoor 7", "backdoor 8")
    assert indexes(store).follow(index) is index
    settle(store)
    assert (committed(store), numbers(indexes(store).follow(index), "backdoor")) == (2, [1, 4, 5, 6, 7, 8])
    put(store, *["backdoor"] * 5)
    assert (opened(store).generation, committed(store)) == (3, 3)
    assert answers(opened(store)) == fresh(store, tmp_path / "fresh")


@pytest.fixture
def full(store: Store) -> Store:
    """Return a store beside which no index can be kept."""
    root(store).write_text("")
    return store


def test_where_nothing_can_be_kept_an_index_is_held_in_memory(
    full: Store, tmp_path: Path, said: Callable[[], list[str]]
) -> None:
    """It answers, and follows; whoever runs it is told."""
    index = opened(full)
    (warning,) = said()
    assert warning.startswith(IN_MEMORY)
    assert (index.generation, index.change, committed(full)) == (0, 1, 0)
    assert answers(index) == fresh(full, tmp_path / "one")
    do_all(full)
    with pytest.raises((NotADirectoryError, FileExistsError)):
        settle(full)
    followed = indexes(full).follow(index)
    assert (answers(followed), followed.generation) == (fresh(full, tmp_path / "other"), 0)
    assert indexes(full).follow(followed) is followed
    root(full).unlink()
    assert (opened(full).generation, indexes(full).follow(followed).generation) == (1, 1)


def test_an_index_in_memory_follows_though_a_generation_is_gone(full: Store, tmp_path: Path) -> None:
    """As beside a copy of a database, on a full disk."""
    with full.writing() as db:
        generations.commit(db, "gone", 1, NOW)
    index = opened(full)
    do_all(full)
    assert answers(indexes(full).follow(index)) == fresh(full, tmp_path / "fresh")


@pytest.mark.parametrize(
    "error",
    [
        OSError(ENOSPC, "No space left on device"),
        OperatorError("PAPERBOY_DB: it cannot be used: database or disk is full"),
        DamagedError("numbers.npy is not as it was written"),
        BrokenProcessPool("a process was terminated abruptly"),
    ],
    ids=repr,
)
def test_where_building_fails_nothing_of_it_stays(
    store: Store, monkeypatch: pytest.MonkeyPatch, said: Callable[[], list[str]], error: Exception
) -> None:
    """An index is held in memory; the next to start tries again."""

    def fail(documents: Any, folder: Path, change: int) -> None:
        build(documents, folder, change)
        raise error

    with monkeypatch.context() as patch:
        patch.setattr("bot.indexes.build", fail)
        index = opened(store)
    assert (index.generation, numbers(index, "model"), committed(store), folders(store)) == (0, [1, 3], 0, [])
    (warning,) = said()
    assert warning.startswith(IN_MEMORY)
    assert warning.endswith(str(error))
    assert (opened(store).generation, said()) == (1, [])


def test_where_memory_is_short_whoever_starts_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that helps is killed then, and another one as well; what settles is done without."""

    def fail(*_: Any) -> None:
        raise BrokenProcessPool("a process was terminated abruptly")

    monkeypatch.setattr("bot.indexes.build", fail)
    monkeypatch.setattr("bot.indexes.parts_of", fail)
    with pytest.raises(OperatorError, match=r"^indexing the papers takes more memory than there is$"):
        opened(store)
    settled_by_library(store.path, NOW)
    assert committed(store) == 0


def test_where_building_is_interrupted_nothing_of_it_stays(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is anything built instead."""

    def interrupt(documents: Any, folder: Path, change: int) -> None:
        build(documents, folder, change)
        raise KeyboardInterrupt

    monkeypatch.setattr("bot.indexes.build", interrupt)
    with pytest.raises(KeyboardInterrupt):
        opened(store)
    assert (committed(store), folders(store)) == (0, [])


def test_where_a_generation_cannot_be_committed_nothing_of_it_stays(
    store: Store, said: Callable[[], list[str]]
) -> None:
    """As where the database is not to be written."""
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        index = Indexes(Store(store.path, patience=0), ANALYZER).open(NOW)
    assert index is not None
    assert (index.generation, numbers(index, "model"), folders(store)) == (0, [1, 3], [])
    (warning,) = said()
    assert warning == f"{IN_MEMORY}PAPERBOY_DB: {store.path} cannot be used: database is locked"


def test_where_a_new_generation_is_of_no_use_at_once_an_index_is_held_in_memory(
    store: Store, monkeypatch: pytest.MonkeyPatch, said: Callable[[], list[str]]
) -> None:
    """As on a disk that fails."""

    def fail(folder: Path, *_: Any) -> Segment:
        raise DamagedError(f"{folder} is not as it was written")

    with monkeypatch.context() as patch:
        patch.setattr("bot.search.collection.load", fail)
        index = opened(store)
    assert (index.generation, numbers(index, "model")) == (0, [1, 3])
    assert said() == [f"{IN_MEMORY}{folder(store)} is not as it was written"]


def test_papers_that_cannot_be_read_are_not_indexed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the store's error, and nothing stays."""
    everything = papers.everything

    def half(db: Any) -> Iterator[Paper]:
        yield next(everything(db))
        raise sqlite3.DatabaseError("database disk image is malformed")

    monkeypatch.setattr("bot.indexes.papers.everything", half)
    with pytest.raises(OperatorError, match="cannot be used: database disk image is malformed"):
        opened(store)
    assert (committed(store), folders(store)) == (0, [])


@pytest.mark.parametrize(
    "error", [OSError(ENOSPC, "No space left on device"), DamagedError("is not as it was written")], ids=repr
)
def test_where_settling_fails_nothing_of_it_stays(
    store: Store, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """The generation before goes on."""
    opened(store)
    do_all(store)

    def fail(parts: Any, folder: Path, change: int) -> None:
        keep(parts, folder, change)
        raise error

    monkeypatch.setattr("bot.indexes.keep", fail)
    with pytest.raises(
        OSError, match=r"No space left on device|the disk does not keep what is written: is not"
    ):
        settle(store)
    assert (committed(store), folders(store)) == (1, [folder(store).name])


def test_what_was_left_is_swept_before_anything_is_written(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would fill the disk; so before the first generation and before another one."""
    before: list[list[str]] = []

    def build_and_note(documents: Any, folder: Path, change: int) -> None:
        before.append(folders(store))
        build(documents, folder, change)

    def keep_and_note(parts: Any, folder: Path, change: int) -> None:
        before.append(folders(store))
        keep(parts, folder, change)

    monkeypatch.setattr("bot.indexes.build", build_and_note)
    monkeypatch.setattr("bot.indexes.keep", keep_and_note)
    leave(store, LEFT)
    opened(store)
    first = folder(store).name
    leave(store, LEFT)
    do_all(store)
    settle(store)
    assert (committed(store), before) == (2, [[], [first]])


def test_what_was_left_is_swept_though_there_is_no_generation(tmp_path: Path) -> None:
    """As where all papers were gone before one was made."""
    store = Store(tmp_path / "paperboy.db")
    leave(store, LEFT)
    assert (indexes(store).open(NOW), folders(store)) == (None, [])


def test_what_is_not_ours_is_not_swept(store: Store) -> None:
    """Be it a folder, or a file with a name as ours have."""
    for name in ("mine", f"{LEFT}-mine", "20261120", LEFT):
        leave(store, name)
    (root(store) / f"{LEFT[:-1]}e").write_text("")
    opened(store)
    do_all(store)
    settle(store)
    expected = ["20261120", f"{LEFT}-mine", f"{LEFT[:-1]}e", folder(store).name, "mine"]
    assert folders(store) == sorted(expected)


def test_by_a_link_it_is_the_same_index(store: Store, tmp_path: Path) -> None:
    """One is built, and there is one lock."""
    link = tmp_path / "link.db"
    link.symlink_to(store.path)
    for path in (link, store.path, link):
        assert opened(Store(path)).generation == 1
    put(store, "backdoor")
    with locked(store):
        settle(Store(link))
    assert committed(store) == 1
    settle(Store(link))
    assert (opened(store).generation, committed(store), len(folders(store))) == (2, 2, 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "link.db"]


@pytest.fixture
def unlockable(store: Store) -> Store:
    """Return a store beside which there can be no lock."""
    store.path.with_name("paperboy.db-index.lock").mkdir()
    return store


def test_a_whole_index_is_searched_without_a_lock(store: Store, said: Callable[[], list[str]]) -> None:
    """Nothing is swept or settled, and nothing fails."""
    index = opened(store)
    lock = store.path.with_name("paperboy.db-index.lock")
    assert lock.stat().st_mode & 0o777 == 0o666
    lock.unlink()
    lock.mkdir()
    leave(store, LEFT)
    do_all(store)
    settle(store)
    started = opened(store)
    assert answers(started) == answers(indexes(store).follow(index))
    assert (started.generation, committed(store), folders(store)) == (
        1,
        1,
        sorted([LEFT, folder(store).name]),
    )
    assert said() == []


def test_where_nothing_can_be_locked_an_index_is_held_in_memory(
    unlockable: Store, said: Callable[[], list[str]]
) -> None:
    """Two that cannot wait for each other keep nothing; whoever runs it is told."""
    index = opened(unlockable)
    assert (index.generation, index.change, numbers(index, "model")) == (0, 1, [1, 3])
    assert (committed(unlockable), folders(unlockable)) == (0, [])
    (warning,) = said()
    assert warning.startswith(f"{IN_MEMORY}[Errno 21] Is a directory: ")
    put(unlockable, "model")
    assert numbers(indexes(unlockable).follow(index), "model") == [1, 3, 4]


@pytest.mark.parametrize(("many", "told"), [(1_000, True), (1_001, False)])
def test_whoever_waits_long_is_told_why(
    store: Store, monkeypatch: pytest.MonkeyPatch, said: Callable[[], list[str]], many: int, *, told: bool
) -> None:
    """Also where the index was another version's; not where there is one already."""
    monkeypatch.setattr("bot.indexes._MANY", many)
    waiting = ["1,001 papers are being indexed, which takes minutes for a million"] * told
    put(store, *(["model"] * 998))
    opened(store)
    assert said() == waiting
    opened(store)
    assert said() == []
    other_format(store)
    opened(store)
    damaged, *others = said()
    assert damaged.startswith("the index is built anew: ")
    assert others == waiting


@pytest.mark.parametrize(
    ("arxiv_id", "dated"),
    [
        ("2305.14710", 2305014710),
        ("0704.0001", 704000001),
        ("math.GT/0309136", 0),
        ("hep-th/9901001", 0),
        ("cs/0112017", 0),
        ("", 0),
        ("2305.", 0),
        (".14710", 0),
        ("2305.1471²", 0),
        ("٢٣٠٥.14710", 0),
    ],
)
def test_the_id_tells_the_date(arxiv_id: str, dated: int) -> None:
    """Where it is of the kind that begins with year and month; otherwise there is none."""
    paper = Paper(number=1, shown_id="x", sources=(), title="", title_origin=TitleOrigin.PAGE, abstract="")
    assert document(replace(paper, arxiv_id=arxiv_id)).dated == dated


def test_a_paper_with_an_old_id_is_indexed(store: Store) -> None:
    """With a class of its subject, which has a dot as well."""
    with store.writing() as db:
        described_so = replace(described("knots"), arxiv_id="math.GT/0309136")
        stock.add(db, [("p4", described_so, ["id:p4"], [at(4)])], NOW)
    assert numbers(opened(store), "knots") == [4]


def test_old_folders_are_swept_at_the_next_start(store: Store) -> None:
    """And what a process left that was killed; not while one is making an index."""
    index = opened(store)
    leave(store, LEFT)
    before = folders(store)
    with locked(store):
        expected = answers(opened(store))
        assert folders(store) == before
    indexes(store).follow(index)
    assert folders(store) == before
    assert answers(opened(store)) == expected == answers(index)
    assert folders(store) == [folder(store).name]


def test_whoever_settles_sweeps(store: Store) -> None:
    """What others have mapped stays to them."""
    index = opened(store)
    expected = answers(index)
    do_all(store)
    settle(store)
    assert folders(store) == [folder(store).name]
    assert answers(index) == expected
    assert indexes(store).follow(index).generation == 2


def search(library: Library, query: str) -> list[int]:
    """Return the numbers of the papers found."""
    return sorted(found.paper.number for found in library.search(query, 9).found)


def library(store: Store, patience: int = PATIENCE) -> Library:
    """Open the library, as a process does when it starts."""
    opened = Library(Store(store.path, patience))
    opened.open(NOW)
    return opened


def test_a_locked_database_is_searched_as_it_was(store: Store, said: Callable[[], list[str]]) -> None:
    """What is on the shelf is shown; afterwards it is followed again."""
    running = library(store, patience=0)
    before = running.search("backdoor", 9)
    put(store, "backdoor")
    with closing(sqlite3.connect(store.path)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("DELETE FROM generation WHERE id = 99")
        assert running.search("backdoor", 9) == before
        (warning,) = said()
        assert warning.startswith("the index could not be brought up to date: PAPERBOY_DB: ")
        assert warning.endswith(" cannot be used: database is locked")
        assert not running.is_unsettled()
        assert said() == [warning]
    assert search(running, "backdoor") == [1, 4]
    assert said() == []


@pytest.mark.parametrize(
    ("near", "also", "slowed", "does"),
    [
        (99, settle, "bot.search.collection.load", load),
        (2, None, "bot.indexes.papers.changed_since", papers.changed_since),
    ],
    ids=["another generation", "many papers"],
)
def test_nobody_waits_for_much_that_is_new(
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    near: int,
    also: Callable[[Store], None] | None,
    slowed: str,
    does: Callable[..., Any],
) -> None:
    """All are answered as of a moment ago, while a thread follows; a digest waits for it."""
    running = library(store)
    do_all(store)
    if also:
        also(store)
    begun, go_on = Event(), Event()

    def slow(*asked: Any) -> Any:
        begun.set()
        assert go_on.wait(timeout=30)
        return does(*asked)

    monkeypatch.setattr("bot.indexes._NEAR", near)
    monkeypatch.setattr(slowed, slow)
    assert search(running, "backdoor") == [1]
    assert begun.wait(timeout=30)
    assert search(running, "backdoor") == [1]
    go_on.set()
    running.catch_up()
    assert search(running, "backdoor") == [2, 4]


def test_papers_that_came_have_papers_like_them(store: Store) -> None:
    """Those that were there, and those that came with them; one that has gone has none."""
    running = library(store)
    put(store, "backdoor experts", "experts routing")
    assert _like(running, store) == {1: [3, 4], 4: [1, 2, 5], 5: [2, 4]}


def _like(running: Library, store: Store) -> dict[int, list[int]]:
    found = {}
    for number in (1, 4, 5):
        with store.reading() as db:
            (paper,) = papers.by_number(db, [number]).values()
        similar = running.similar(paper.shown_id, 9)
        found[number] = [each.paper.number for each in similar.found]
    return found


def test_names_of_files_with_line_breaks_are_labels(store: Store) -> None:
    """Each paper is found by its own."""
    running = library(store)
    with store.writing() as db:
        for number, file in enumerate(("a\nb.txt", "a b.txt", "c.txt", "a\nb.txt"), 10):
            source = Source(file, 1)
            record = Record(title="", title_origin=TitleOrigin.PAGE, abstract="", source=source)
            stock.add(db, [(f"p{number}", described("x"), [f"id:{number}"], [record])], NOW)
    found: Sequence[list[int]] = [
        search(running, f"source:{part}") for part in ('"a b.txt"', "c.txt", "b.txt")
    ]
    assert found == [[4, 5, 7], [6], [4, 5, 7]]
