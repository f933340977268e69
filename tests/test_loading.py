import gzip
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import product
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import pytest
from sqlite_utils import Database

from bot import beside
from bot.answers import Answer, Loaded, Progress, Status
from bot.corpus import File, pieces_of
from bot.errors import OperatorError, UserError
from bot.library import Library
from bot.papers import Paper, Problem, Source
from bot.resolution import Read, Resolver
from bot.settings import Settings
from bot.store import Store, deliveries, papers
from bot.store.database import transaction
from bot.store.papers import FOREVER
from bot.topics import Place

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
NEXT = NOW + timedelta(days=1)
LATER = NEXT + timedelta(days=1)
PLACE = Place("T1", "C1")
DAMAGED = "{"
WHY = "not valid JSON: Expecting property name enclosed in double quotes"
QUERIES = ("paper", "old", "revised words", "anthology arxiv", "split", "source:b.jsonl", "zzz")
STORED = {
    "paper": "SELECT * FROM paper",
    "key": "SELECT * FROM paper_key",
    "merged": "SELECT * FROM merged",
    "problem": "SELECT file, line, reason FROM problem",
    "description": "SELECT paper, since, until, shown_id, title, title_origin, abstract, first_author,"
    " authors, year, arxiv_id, acl_id, doi, url FROM description",
    "record": "SELECT name, line, record.digest, paper, since, until, fields"
    " FROM record JOIN file ON file.id = record.file",
    "file": "SELECT name, size, changed, digest, reader, records FROM file WHERE size >= 0 OR records",
}

WAYS: tuple[Mapping[str, int], ...] = (
    {},  # what has changed is indexed by whoever searches
    {"bot.indexes._UNSETTLED": 0},  # by the load, onto the index there is
    {"bot.indexes._UNSETTLED": 0, "bot.indexes.FOLLOWED": 0},  # by the load, with all else
)

Files = Mapping[str, Sequence[str]]  # the lines of each


def line(title: str, abstract: str = "", **ids: str) -> str:
    """Return a paper as a line of a corpus file; its abstract is like no other title's."""
    own = f"Old {sha256(title.encode()).hexdigest()}"
    return json.dumps({"title": title, "abstract": abstract or own, **ids})


STEADY = line("Steady paper", arxiv_id="2301.00001")
BACK = line("Paper that is back")
SPLIT = line("Split paper", arxiv_id="2301.00005")
ANTHOLOGY = line("Anthology paper", "What the anthology has.", acl_id="2024.acl-long.3")
ARXIV = line("Another title of the paper", "What arXiv has.", arxiv_id="2301.00003")
BOTH = line("Another title of the paper", "What arXiv has.", arxiv_id="2301.00003", acl_id="2024.acl-long.3")
FIRST: Files = {"a.jsonl": [STEADY, BACK]}
BEFORE: Files = {
    "a.jsonl": [STEADY, line("Revised paper", arxiv_id="2301.00002"), ARXIV, SPLIT, DAMAGED],
    "b.jsonl": [ANTHOLOGY, line("Split paper", "Of its own."), line("Removed paper"), line("Twin paper")],
    "gone.jsonl": [line("Twin paper"), line("Paper that is gone")],
}
AFTER: Files = {
    "a.jsonl": [STEADY, line("Revised paper", "Revised words.", arxiv_id="2301.00002"), BOTH, SPLIT],
    "b.jsonl": [
        ANTHOLOGY,
        line("Split paper", "Of its own.", arxiv_id="2301.00055"),
        BACK,
        line("Twin paper"),
        DAMAGED,
    ],
    "sub/c.jsonl": [line(f"New paper {n}", "Words, revised.") for n in range(3)],
}


class Seen(NamedTuple):
    """What people see of a library."""

    answers: list[Answer | str]
    status: Status


def write(folder: Path, files: Files) -> Path:
    """Let a folder hold these files and no others; a file with the same text has the same stamp."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, lines in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(f"{each}\n" for each in lines))
        stamp = crc32(path.read_bytes()) & 0x3FFFFFFF  # in seconds: long ago
        os.utime(path, (stamp, stamp))
    return folder


def reload(db: Path, corpus: Path, by: str = "ana", now: datetime = NEXT) -> Loaded:
    """Reload as a process of its own would, with a clock that stands still."""
    return Library(Store(db)).reload([corpus], by, lambda: now)


def opened(db: Path) -> Library:
    """Open the library as a process does when it starts."""
    library = Library(Store(db))
    library.open(NOW)
    return library


def begin(db: Path, corpus: Path, *history: Files) -> Path:
    """Load one corpus after the other."""
    for files in history:
        reload(db, write(corpus, files), "", NOW)
    return db


def current(library: Library) -> object:
    """Return the index that is searched."""
    catalogue = library._current  # noqa: SLF001  # nobody else is told whether it is the same one
    return catalogue and catalogue.index


def answers(library: Library) -> list[Answer | str]:
    """Return the answers to all queries, with scores; why there is none, where that is so."""
    return [answer(library, query) for query in QUERIES]


def seen(library: Library) -> Seen:
    """Return what people see: answers with scores, and the status."""
    return Seen(answers(library), library.status())


def answer(library: Library, query: str) -> Answer | str:
    """Return the answer, or why there is none."""
    try:
        return library.search(query, 99)
    except UserError as error:
        return error.message


def tables(db: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return all that loads write to the store, but which loads there were."""
    with Store(db).snapshot() as opened:
        return {name: sorted(opened.conn.execute(sql).fetchall(), key=repr) for name, sql in STORED.items()}


def loads_in(db: Path) -> list[tuple[str, int]]:
    """Return who asked for the loads there were, and the change of each."""
    with Store(db).reading() as opened:
        return opened.conn.execute("SELECT by, change FROM load ORDER BY id").fetchall()


def everything(db: Path) -> list[Paper]:
    """Return all papers, by their numbers."""
    with Store(db).snapshot() as opened:
        return list(papers.everything(opened))


def brought(by: str, at: datetime, counts: tuple[int, ...], *problems: Problem) -> Loaded:
    """Return what a load brought: counts of papers, new, revised, unchanged and removed ones."""
    count, new, revised, unchanged, removed = counts
    return Loaded(
        by=by,
        at=at,
        seconds=0.0,
        papers=count,
        new=new,
        revised=revised,
        unchanged=unchanged,
        removed=removed,
        problems=problems,
    )


def paperboy(db: Path, corpus: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=db.parent,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PAPERBOY_DB": str(db),
            "PAPERBOY_CORPUS": str(corpus),
        },
        capture_output=True,
        text=True,
        check=False,
    )


def patch(monkeypatch: pytest.MonkeyPatch, constants: Mapping[str, int]) -> None:
    """Give constants of modules other values."""
    for name, value in constants.items():
        monkeypatch.setattr(name, value)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return where the corpus is."""
    return tmp_path / "corpus"


@pytest.fixture
def db(tmp_path: Path, corpus: Path) -> Path:
    """Return a database after two loads, with a paper that has left."""
    return begin(tmp_path / "data" / "paperboy.db", corpus, FIRST, BEFORE)


def test_a_reload_tells_what_it_brought(db: Path, corpus: Path) -> None:
    """New, revised, merged, split, gone and returned papers are counted, and stand where the files say."""
    assert {each.number: each.title for each in everything(db)} == {
        1: "Steady paper",
        3: "Revised paper",
        4: "Another title of the paper",
        5: "Split paper",
        6: "Anthology paper",
        7: "Removed paper",
        8: "Twin paper",
        9: "Paper that is gone",
    }
    done = reload(db, write(corpus, AFTER))
    # revised: 3, 4 (with 6 in it), 5 (which lost a record) and 8 (so did it); back: 2
    assert done == brought("ana", NEXT, (10, 4, 5, 1, 3), Problem("b.jsonl", 5, WHY))
    assert [(each.number, each.title, each.sources) for each in everything(db)] == [
        (1, "Steady paper", (Source("a.jsonl", 1),)),
        (2, "Paper that is back", (Source("b.jsonl", 3),)),
        (3, "Revised paper", (Source("a.jsonl", 2),)),
        (4, "Anthology paper", (Source("a.jsonl", 3), Source("b.jsonl", 1))),
        (5, "Split paper", (Source("a.jsonl", 4),)),
        (8, "Twin paper", (Source("b.jsonl", 4),)),
        (10, "Split paper", (Source("b.jsonl", 2),)),
        *((11 + n, f"New paper {n}", (Source("sub/c.jsonl", 1 + n),)) for n in range(3)),
    ]
    assert Library(Store(db)).status() == Status(
        papers=10,
        records=11,
        records_by_file={"a.jsonl": 4, "b.jsonl": 4, "sub/c.jsonl": 3},
        records_by_feed={},
        last=done,
        under_way="",
    )


def test_lots_end_where_texts_are_long(tmp_path: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However few papers they are: each may have thousands of authors."""
    sizes = list[int]()

    def settle(resolver: Resolver, opened: Database, lot: Sequence[Read], left: Iterable[int]) -> list[Paper]:
        sizes.append(len(lot))
        return Resolver.settle(resolver, opened, lot, left)

    monkeypatch.setattr("bot.change._LETTERS", 1_900)
    monkeypatch.setattr("bot.change.Resolver", type("Watched", (Resolver,), {"settle": settle}))
    authors = [f"Ann Bee {number}" for number in range(9)]  # which count for 1,000
    said = [{"title": f"Paper {number}", "abstract": "x", "authors": authors} for number in range(5)]
    reload(tmp_path / "paperboy.db", write(corpus, {"a.jsonl": [json.dumps(each) for each in said]}))
    assert sizes == [2, 2, 1]


@pytest.mark.parametrize("lot", [1, 2, 3, 2_000])
@pytest.mark.parametrize("way", WAYS)
def test_lots_and_ways_of_indexing_make_no_difference(
    tmp_path: Path, corpus: Path, lot: int, way: Mapping[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many rows are written at a time, and whoever indexes them, the same is found."""
    found = []
    for name in ("usual", "patched"):
        db = begin(tmp_path / name / "paperboy.db", corpus, FIRST, BEFORE)
        bot = opened(db)
        reload(db, write(corpus, AFTER))
        bot.catch_up()
        found.append((seen(bot), seen(opened(db)), tables(db)))
        monkeypatch.setattr("bot.change._LOT", lot)
        patch(monkeypatch, way)
    assert found[1] == found[0]
    assert found[0][0] == found[0][1]


def test_what_was_replaced_is_forgotten(db: Path, corpus: Path) -> None:
    """Each paper has one description, ended where it has gone, and no record but those that stand."""
    reload(db, write(corpus, AFTER))
    stored = tables(db)
    ended = {row[0]: row[2] for row in stored["description"] if row[2] != FOREVER}
    assert sorted(row[0] for row in stored["description"]) == list(range(1, 14))
    assert ended == {6: 3, 7: 3, 9: 3}
    assert [row[5] for row in stored["record"]] == [FOREVER] * 11


# A second reload


@pytest.mark.parametrize(("by", "whose"), [("ana", "ana's reload"), ("", "A load")])
def test_a_second_reload_is_refused(db: Path, corpus: Path, by: str, whose: str) -> None:
    """It is told by name whose is under way, in this process and in another; later it goes well."""
    refusal = f"{whose} is under way"
    heard: list[object] = []

    def told(_: Progress) -> None:
        if heard:
            return
        with pytest.raises(UserError) as refused:
            reload(db, corpus, "ben")
        other = paperboy(db, corpus, "reload")
        heard[:] = [refused.value.message, (other.returncode, other.stdout, other.stderr)]
        heard.append(Library(Store(db)).status().under_way)

    write(corpus, AFTER)
    done = Library(Store(db)).reload([corpus], by, lambda: NEXT, told)
    assert heard == [refusal, (1, "", f"paperboy: {refusal}; see: paperboy status\n"), whose]
    assert done == brought(by, NEXT, (10, 4, 5, 1, 3), Problem("b.jsonl", 5, WHY))
    assert Library(Store(db)).status().under_way == ""
    assert reload(db, corpus, "ben", LATER) == brought(
        "ben", LATER, (10, 0, 0, 10, 0), Problem("b.jsonl", 5, WHY)
    )
    assert loads_in(db) == [("", 1), ("", 2), (by, 3), ("ben", 3)]


def reload_when_told(db: Path, corpus: Path, ours: Connection) -> None:
    """Reload, and go on at each step only when that is heard."""

    def told(_: Progress) -> None:
        ours.send(None)
        ours.recv()

    Library(Store(db)).reload([corpus], "ana", lambda: NEXT, told)


def test_one_is_refused_beside_another_process(db: Path, corpus: Path) -> None:
    """As long as that process loads; when it has been killed, the next one is not."""
    write(corpus, AFTER)
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=reload_when_told, args=(db, corpus, theirs))
    process.start()
    theirs.close()
    with ours:
        ours.recv()
        with pytest.raises(UserError, match=r"^ana's reload is under way$"):
            reload(db, corpus, "ben")
        assert Library(Store(db)).status().under_way == "ana's reload"
        process.kill()
        process.join()
    assert Library(Store(db)).status().under_way == ""
    assert reload(db, corpus, "ben") == brought("ben", NEXT, (10, 4, 5, 1, 3), Problem("b.jsonl", 5, WHY))


def test_a_failed_reload_lets_the_next_one_in(db: Path, corpus: Path) -> None:
    """In the same process, as in any other."""
    library = Library(Store(db))

    def told(_: Progress) -> None:
        raise RuntimeError("nobody listens")

    before = rows(db)
    with pytest.raises(RuntimeError, match="nobody listens"):
        library.reload([write(corpus, AFTER)], "ana", lambda: NEXT, told)
    assert library.status().under_way == ""
    assert rows(db) == before
    assert library.reload([corpus], "ben", lambda: NEXT) == brought(
        "ben", NEXT, (10, 4, 5, 1, 3), Problem("b.jsonl", 5, WHY)
    )


def rows(db: Path) -> dict[str, int]:
    """Return how many rows the tables have that a load writes."""
    with Store(db).reading() as opened:
        tables = ("paper", "description", "paper_key", "record", "moved")
        return {table: opened.table(table).count for table in tables}


def test_a_load_that_cannot_be_published_leaves_nothing(
    db: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that was full has room for what else is to be written; what stays, the next load takes back."""

    def full(*_: object) -> None:
        raise OperatorError("the disk is full")

    before = rows(db)
    write(corpus, AFTER)
    with monkeypatch.context() as patch:
        patch.setattr("bot.store.loads.publish", full)
        with pytest.raises(OperatorError, match=r"^the disk is full$"):
            reload(db, corpus)
        assert rows(db) == before
        patch.setattr("bot.store.records.discard", full)
        with pytest.raises(OperatorError, match=r"^the disk is full$"):
            reload(db, corpus)
    expected = begin(db.parent.with_name("whole") / "paperboy.db", corpus, FIRST, BEFORE, AFTER)
    reload(db, corpus, now=NOW)
    assert tables(db) == tables(expected)


# What is not there


def remove(path: Path) -> None:
    """Remove a file or a folder."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def vanish(path: Path, _: pytest.MonkeyPatch) -> None:
    """Let a path not be there."""
    remove(path)


def dangle(path: Path, _: pytest.MonkeyPatch) -> None:
    """Let a path be a link to nowhere."""
    remove(path)
    path.symlink_to("nowhere")


def loop(path: Path, _: pytest.MonkeyPatch) -> None:
    """Let a path be a link to itself."""
    remove(path)
    path.symlink_to(path)


def refuse_listing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody list a folder."""
    refuse(monkeypatch, "os.scandir", os.scandir, path)


def refuse_opening(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody open a file, which seems to be another than before."""
    os.utime(path, (1, 1))
    refuse(monkeypatch, "pathlib.Path.open", Path.open, path)


def refuse(monkeypatch: pytest.MonkeyPatch, name: str, do: Callable[..., Any], path: Path) -> None:
    """Let a function refuse one path."""

    def refusing(given: Path, *arguments: Any, **named: Any) -> Any:
        if Path(given) == path:
            raise PermissionError(13, "Permission denied")
        return do(given, *arguments, **named)

    monkeypatch.setattr(name, refusing)


@pytest.mark.parametrize("breaks", [vanish, dangle, loop, refuse_listing])
def test_without_its_folder_nothing_is_loaded(
    db: Path,
    corpus: Path,
    breaks: Callable[[Path, pytest.MonkeyPatch], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A corpus that cannot be reached is no reason to forget papers, be another folder there."""
    bot, other = opened(db), write(corpus.with_name("other"), AFTER)
    then = seen(bot), tables(db), loads_in(db)
    breaks(corpus, monkeypatch)
    for paths in ([corpus], [other, corpus]):
        with pytest.raises(OperatorError) as failed:
            Library(Store(db)).reload(paths, "ana", lambda: NEXT)
        assert str(failed.value) == f"{corpus} is not readable"
        assert (seen(bot), tables(db), loads_in(db)) == then
    with pytest.raises(OperatorError) as failed:
        Library(Store(db)).reload([corpus, corpus / "x"], "ana", lambda: NEXT)
    assert str(failed.value) == f"{corpus}, {corpus / 'x'} are not readable"


@pytest.mark.parametrize(
    "files",
    [{}, {"README.md": [STEADY]}, {"a.jsonl": [DAMAGED], "b.jsonl": []}, {"catalog.csv": ["sha256"]}],
)
@pytest.mark.parametrize("lot", [1, 2_000])
def test_a_corpus_without_papers_is_refused(
    db: Path, corpus: Path, files: Files, lot: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All stays as it was, also for whoever starts then, and after the corpus is put back."""
    monkeypatch.setattr("bot.change._LOT", lot)
    bot = opened(db)
    then = seen(bot), tables(db), loads_in(db)
    with pytest.raises(OperatorError) as failed:
        reload(db, write(corpus, files))
    assert str(failed.value) == "the corpus holds no papers any more"
    assert (seen(bot), seen(opened(db)), loads_in(db)) == (then[0], then[0], then[2])
    assert reload(db, write(corpus, BEFORE)) == brought(
        "ana", NEXT, (8, 0, 0, 8, 0), Problem("a.jsonl", 5, WHY)
    )
    assert tables(db) == then[1]


TOLD = {
    "dangle": "cannot be read: no such file or directory",
    "loop": "cannot be read: too many levels of symbolic links",
    "refuse_opening": "cannot be read: permission denied",
    "refuse_listing": "cannot be read: permission denied",
    "pipe": "neither a file nor a folder",
}


def pipe(path: Path, _: pytest.MonkeyPatch) -> None:
    """Let a path be a pipe."""
    remove(path)
    os.mkfifo(path)


@pytest.mark.parametrize("damage", ["cut off", "too large"])
def test_a_catalog_that_cannot_be_read_whole_changes_nothing(
    tmp_path: Path, db: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    """Titles and ids would be lost with it."""
    corpus = write(tmp_path / "corpus", {"a.jsonl": [STEADY]})
    library = Library(Store(db))
    library.reload([corpus], "ana", lambda: NOW)
    before = everything(db)
    if damage == "cut off":
        (corpus / "catalog.csv").write_bytes(gzip.compress(b"sha256,title\n" * 99)[:-20])
    else:
        monkeypatch.setattr("bot.corpus.disk.LARGEST_CATALOG", 0)
        (corpus / "catalog.csv").write_text("sha256,title\n")
    (corpus / "a.jsonl").write_text(BACK)
    with pytest.raises(OperatorError, match=r"^catalog\.csv is not readable$"):
        library.reload([corpus], "ana", lambda: NEXT)
    assert everything(db) == before


def test_a_load_is_done_though_nothing_can_be_forgotten(
    tmp_path: Path, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it replaced is forgotten by the next one."""

    def fail(*_: object) -> bool:
        raise OperatorError("the disk is full")

    library = Library(Store(db))
    corpus = tmp_path / "corpus"
    library.reload([write(corpus, BEFORE)], "ana", lambda: NOW)
    with monkeypatch.context() as patch:
        patch.setattr("bot.store.papers.forget", fail)
        done = library.reload([write(corpus, AFTER)], "ana", lambda: NEXT)
    assert done.papers == len(everything(db))
    with Store(db).reading() as kept:
        (versions,) = kept.conn.execute("SELECT count(*) FROM description").fetchone()
        library.reload([corpus], "ana", lambda: LATER)
        (fewer,) = kept.conn.execute("SELECT count(*) FROM description").fetchone()
    assert fewer < versions


@pytest.mark.parametrize(("few", "times"), [(1 << 24, 1), (0, 2), (150, 2)])
def test_a_file_in_which_little_has_changed_is_gone_through_once(
    db: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch, few: int, times: int
) -> None:
    """What comes of it is the same; where much has changed, it is not kept in memory."""
    begin(db, corpus, BEFORE)
    monkeypatch.setattr("bot.loading._FEW", few)
    read: list[str] = []

    def counted(file: File, *given: Any) -> Iterator[Any]:
        read.append(file.name)
        return pieces_of(file, *given)

    monkeypatch.setattr("bot.loading.pieces_of", counted)
    told: list[Progress] = []
    files = {**BEFORE, "a.jsonl": [DAMAGED, *AFTER["a.jsonl"]]}
    library = Library(Store(db))
    done = library.reload([write(corpus, files)], "ana", lambda: NEXT, told.append)
    assert (done.new, done.revised, done.problems) == (0, 2, (Problem("a.jsonl", 1, WHY),))
    assert (read, told[-1].share, told[-1].papers) == (["a.jsonl"] * times, 1.0, 2)
    assert [each.share for each in told] == sorted(each.share for each in told)


def test_a_file_that_returns_is_told_of_again(db: Path, corpus: Path) -> None:
    """What of it cannot be read as well, also where that is all."""
    (corpus / "bad.jsonl").write_text("{}\n")
    os.utime(corpus / "bad.jsonl", (1, 1))
    problem = Problem("bad.jsonl", 1, "no title and no abstract")
    away = corpus.with_name("away.jsonl")
    told = [reload(db, corpus).problems]
    for path, other in [(corpus / "bad.jsonl", away), (away, corpus / "bad.jsonl")]:
        path.rename(other)
        told.append(reload(db, corpus).problems)
    assert [problem in each for each in told] == [True, False, True]


def test_what_has_gone_from_an_emptied_folder_has_gone(tmp_path: Path, db: Path) -> None:
    """Also where a file there has its whole path for a name, as the second of two that are called alike."""
    one = write(tmp_path / "one", {"a.jsonl": [STEADY], "sub/b.jsonl": [ARXIV]})
    two = write(tmp_path / "two", {"a.jsonl": [BACK], "sub/b.jsonl": [SPLIT]})
    library = Library(Store(db))
    library.reload([one, two], "ana", lambda: NOW)
    (two / "a.jsonl").unlink()
    (two / "sub").rename(tmp_path / "sub")
    (two / "sub").symlink_to("sub")  # which cannot be reached, so nobody knows
    assert library.reload([one, two], "ana", lambda: NEXT).removed == 1
    (two / "sub").unlink()
    done = library.reload([one, two], "ana", lambda: LATER)
    assert (done.removed, done.problems) == (1, (Problem(str(two), 0, "the folder holds no papers"),))
    assert library.status().records_by_file == {"a.jsonl": 1, "sub/b.jsonl": 1}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes among files")
@pytest.mark.parametrize(
    ("breaks", "name"),
    [
        (dangle, "a.jsonl"),
        (loop, "a.jsonl"),
        (pipe, "a.jsonl"),
        (refuse_opening, "a.jsonl"),
        (dangle, "sub"),
        (loop, "sub"),
    ],
)
def test_what_cannot_be_reached_keeps_its_papers(
    tmp_path: Path,
    corpus: Path,
    breaks: Callable[[Path, pytest.MonkeyPatch], None],
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That is told, and the rest is loaded."""
    db = begin(tmp_path / "data" / "paperboy.db", corpus, AFTER)
    then = everything(db)
    write(corpus, {**AFTER, "d.jsonl": [line("Fresh paper")]})
    breaks(corpus / name, monkeypatch)
    expected = (Problem(name, 0, TOLD[breaks.__name__]), Problem("b.jsonl", 5, WHY))
    assert reload(db, corpus) == brought("ana", NEXT, (11, 1, 0, 10, 0), *expected)
    assert everything(db)[:-1] == then
    fresh = everything(db)[-1]
    assert (fresh.number, fresh.title, fresh.sources) == (11, "Fresh paper", (Source("d.jsonl", 1),))
    assert Library(Store(db)).status().records_by_file == {
        "a.jsonl": 4,
        "b.jsonl": 4,
        "d.jsonl": 1,
        "sub/c.jsonl": 3,
    }


@pytest.mark.parametrize("breaks", [dangle, refuse_opening])
def test_what_can_be_reached_again_is_no_problem(
    db: Path, corpus: Path, breaks: Callable[[Path, pytest.MonkeyPatch], None]
) -> None:
    """What was told of a file before it could not be reached is told again, and nothing else."""
    then = Library(Store(db)).problems()
    with pytest.MonkeyPatch.context() as patch:
        breaks(corpus / "a.jsonl", patch)
        reload(db, corpus)
    reload(db, write(corpus, BEFORE), now=LATER)
    assert Library(Store(db)).problems() == then == (Problem("a.jsonl", 5, WHY),)


def test_a_file_that_fails_while_it_is_read_keeps_its_papers(
    db: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that fails before."""
    then = everything(db)
    changed = [*BEFORE["a.jsonl"], line("Fresh paper")]
    path = write(corpus, {**BEFORE, "a.jsonl": changed}) / "a.jsonl"
    digest = File.digest

    def digest_and_refuse(file: File) -> str:
        found = digest(file)
        refuse_opening(path, monkeypatch)
        return found

    monkeypatch.setattr(File, "digest", digest_and_refuse)
    assert reload(db, corpus).problems == (Problem("a.jsonl", 0, "cannot be read: permission denied"),)
    assert everything(db) == then


# Files renamed, lines moved


MIXED = [
    line("First paper", arxiv_id="2301.00001"),
    line("Second paper"),
    line("Second paper", "Of somebody else.", arxiv_id="2301.00009"),
    json.dumps({"abstract": "The third paper has a text alone, and no title at all."}),
    line("Fourth paper", doi="10.1000/4"),
    line("Fourth paper", doi="10.1000/4"),
]
TOP = line("Fresh paper")


@pytest.mark.parametrize(
    ("files", "new"),
    [
        ({"z.jsonl": MIXED}, 0),
        ({"sub/a.jsonl": MIXED}, 0),
        ({"a.jsonl": MIXED[::-1]}, 0),
        ({"a.jsonl": ["", *MIXED[:2], "", *MIXED[2:]]}, 0),
        ({"a.jsonl": [TOP, *MIXED]}, 1),
        ({"z.jsonl": [*MIXED[3:], TOP, *MIXED[:3]]}, 1),
        ({"a.jsonl": MIXED[3:], "b.jsonl": MIXED[:3]}, 0),
        ({"b.jsonl": MIXED[3:], "c.jsonl": MIXED[:3]}, 0),
    ],
)
@pytest.mark.parametrize("lot", [1, 2_000])
def test_a_paper_stays_itself_wherever_it_stands(
    tmp_path: Path, corpus: Path, files: Files, new: int, lot: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under its number, not new and not revised, and its sources say where it stands now."""
    monkeypatch.setattr("bot.change._LOT", lot)
    db = begin(tmp_path / "data" / "paperboy.db", corpus, {"a.jsonl": MIXED})
    bot = opened(db)
    numbers = {MIXED[place.line - 1]: each.number for each in everything(db) for place in each.sources} | {
        TOP: 5
    }
    assert reload(db, write(corpus, files)) == brought("ana", NEXT, (4 + new, new, 0, 4, 0))
    expected: dict[int, list[Source]] = {}
    for name, lines in sorted(files.items()):
        for place, text in enumerate(lines, 1):
            if text:
                expected.setdefault(numbers[text], []).append(Source(name, place))
    assert {each.number: list(each.sources) for each in everything(db)} == expected
    assert seen(bot) == seen(opened(db))


@pytest.mark.parametrize("stamps", [{}, {"times": (1, 1)}])
def test_where_nothing_has_changed_only_that_is_kept(
    db: Path, corpus: Path, stamps: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who loaded and when, and no more; no file is read whose stamp is the same, and none is parsed."""
    bot = opened(db)
    then = seen(bot)
    index = current(bot)
    stored = tables(db)
    for path in corpus.iterdir():
        if stamps:
            os.utime(path, **stamps)
    if not stamps:
        monkeypatch.setattr(File, "digest", None)
    monkeypatch.setattr("bot.loading.pieces_of", None)
    done = reload(db, corpus, "ben", LATER)
    assert done == brought("ben", LATER, (8, 0, 0, 8, 0), Problem("a.jsonl", 5, WHY))
    assert seen(bot) == Seen(then.answers, replace(then.status, last=done))
    assert current(bot) is index
    assert opened(db).loaded_at == NOW
    assert {name: rows for name, rows in tables(db).items() if name != "file"} == {
        name: rows for name, rows in stored.items() if name != "file"
    }
    assert loads_in(db) == [("", 1), ("", 2), ("ben", 2)]


# What was delivered


def deliver(db: Path, *numbers: int) -> None:
    """Deliver papers to a channel."""
    with Store(db).writing() as opened:
        deliveries.claim(opened, PLACE, "token", numbers, [{"text": ""}], NOW)


def delivered(db: Path) -> set[str]:
    """Return the abstracts of the papers that a channel does not get again."""
    with Store(db).snapshot() as opened:
        taken = deliveries.taken(opened, PLACE)
        return {each.abstract for each in papers.everything(opened) if each.number in taken}


OLDER, YOUNGER = line("Older", "O.", arxiv_id="2301.00001"), line("Younger", "Y.", acl_id="2024.acl-long.1")
UNITED = line("Younger", "Y.", acl_id="2024.acl-long.1", arxiv_id="2301.00001")
THIRD = line("Third", "T.", doi="10.1000/3")
CITED = line("Third", "T.", doi="10.1000/3", acl_id="2024.acl-long.1")
ALL = line("Third", "T.", doi="10.1000/3", arxiv_id="2301.00001")
PLAIN = line("Younger", "Y.")
REWORDED = "The text of a paper without a title, which is of some length, is changed {}."


@pytest.mark.parametrize(
    ("states", "given", "expected"),
    [
        # revised
        ([[OLDER, YOUNGER], [OLDER, YOUNGER.replace("Y.", "Yes.")]], 2, {"Yes."}),
        ([[json.dumps({"abstract": REWORDED.format(n)}), OLDER] for n in "ab"], 1, {REWORDED.format("b")}),
        # gained an id, and lost it
        ([[OLDER, PLAIN], [OLDER, YOUNGER]], 2, {"Y."}),
        ([[OLDER, PLAIN], [OLDER, YOUNGER], [OLDER, PLAIN]], 2, {"Y."}),
        # merged into an older one, an older one merged into it, and again
        ([[OLDER, YOUNGER], [OLDER, UNITED]], 2, {"O."}),
        ([[YOUNGER, OLDER], [UNITED, OLDER]], 1, {"Y."}),
        ([[OLDER, YOUNGER], [OLDER, UNITED]], 1, {"O."}),
        ([[OLDER, YOUNGER], [UNITED]], 2, {"Y."}),
        ([[OLDER, THIRD, YOUNGER], [THIRD, UNITED], [ALL, UNITED]], 3, {"T."}),
        ([[THIRD, YOUNGER, OLDER], [THIRD, UNITED, OLDER], [ALL, UNITED, OLDER]], 3, {"T."}),
        ([[THIRD, YOUNGER, OLDER], [THIRD, UNITED], [THIRD, YOUNGER], [CITED, YOUNGER]], 3, {"T."}),
        # split again
        ([[OLDER, YOUNGER], [OLDER, UNITED], [OLDER, YOUNGER]], 2, {"O.", "Y."}),
        ([[OLDER, YOUNGER], [UNITED], [YOUNGER], [YOUNGER, OLDER]], 2, {"Y."}),
        # removed, and back
        ([[OLDER, YOUNGER], [OLDER], [OLDER, YOUNGER]], 2, {"Y."}),
        ([[OLDER, PLAIN], [OLDER], [OLDER], [OLDER, PLAIN]], 2, {"Y."}),
        ([[OLDER, PLAIN], [OLDER], [OLDER, YOUNGER]], 2, {"Y."}),
        ([[OLDER, YOUNGER], [OLDER], [OLDER, UNITED]], 2, {"O."}),
        ([[THIRD, OLDER, YOUNGER], [THIRD, UNITED], [THIRD], [UNITED, THIRD]], 3, {"Y."}),
    ],
)
@pytest.mark.parametrize("lot", [1, 2_000])
def test_what_was_delivered_never_comes_again(
    tmp_path: Path,
    corpus: Path,
    states: Sequence[Sequence[str]],
    given: int,
    expected: set[str],
    lot: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever becomes of it; other papers are still to come."""
    monkeypatch.setattr("bot.change._LOT", lot)
    first, *later = states
    db = begin(tmp_path / "data" / "paperboy.db", corpus, {"a.jsonl": first})
    deliver(db, given)
    for lines in later:
        reload(db, write(corpus, {"a.jsonl": lines}))
    assert delivered(db) == expected


def test_a_load_under_way_takes_nothing(db: Path, corpus: Path) -> None:
    """What is merged by a load counts once that is published."""
    deliver(db, 6)

    def told(_: Progress) -> None:
        assert delivered(db) == {"What the anthology has."}

    Library(Store(db)).reload([write(corpus, AFTER)], "ana", lambda: NEXT, told)
    assert delivered(db) == {"What the anthology has."}
    assert Library(Store(db)).paper("2024.acl-long.3").number == 4


# Large corpora


@pytest.mark.parametrize("lot", [1, 2, 3, 4])
def test_one_paper_may_come_lot_by_lot(
    tmp_path: Path, corpus: Path, lot: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records that seemed to be two papers turn out to be one, and more of it follow."""
    monkeypatch.setattr("bot.change._LOT", lot)
    lines = [OLDER, YOUNGER, UNITED, YOUNGER.replace("Y.", "Yes.")]
    db = begin(tmp_path / "data" / "paperboy.db", corpus, {"a.jsonl": lines})
    (found,) = everything(db)
    assert (found.number, found.abstract, found.arxiv_id, found.acl_id) == (
        1,
        "Yes.",
        "2301.00001",
        "2024.acl-long.1",
    )
    assert found.sources == tuple(Source("a.jsonl", place) for place in (1, 2, 3, 4))


def tangled(seed: int) -> Files:
    """Return a corpus in which papers have few ids and titles among them, and many records."""
    dice = random.Random(seed)

    def one() -> str:
        number = dice.randrange(12)
        ids = {
            "arxiv_id": f"2301.{number:05}",
            "acl_id": f"2024.acl-long.{dice.choice([number, dice.randrange(12)])}",
            "doi": f"10.1000/{dice.choice([number, dice.randrange(12)])}",
        }
        kept = dice.sample(sorted(ids), dice.choice([0, 0, 1, 1, 1, 2]))
        words = " ".join(dice.choices(["old", "revised", "words", "arxiv", "split"], k=6))
        return line(f"Paper {dice.choice([number, 99])}", words, **{name: ids[name] for name in kept})

    return {f"{name}.jsonl": [one() for _ in range(12)] for name in "abc"}


@pytest.mark.parametrize("files", [BEFORE, AFTER, *map(tangled, range(8))])
@pytest.mark.parametrize("lot", [1, 5])
def test_a_large_corpus_is_indexed_while_it_is_read(
    tmp_path: Path, corpus: Path, files: Files, lot: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With duplicates and merged papers in it the same is found as if it were small."""
    monkeypatch.setattr("bot.change._LOT", lot)
    small = begin(tmp_path / "small" / "paperboy.db", corpus, files)
    monkeypatch.setattr("bot.library._LARGE", 0)
    large = begin(tmp_path / "large" / "paperboy.db", corpus, files)
    made = sorted(large.with_name("paperboy.db-index").iterdir())
    assert (seen(opened(large)), tables(large)) == (seen(opened(small)), tables(small))
    assert (len(made), sorted(large.with_name("paperboy.db-index").iterdir())) == (1, made)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("way", WAYS)
def test_what_is_followed_is_found_as_by_whoever_starts(
    tmp_path: Path, corpus: Path, seed: int, way: Mapping[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each of several reloads of tangled papers: the same answers, and each record stands once."""
    monkeypatch.setattr("bot.change._LOT", 5)
    patch(monkeypatch, way)
    db = begin(tmp_path / "data" / "paperboy.db", corpus, tangled(seed))
    bot = opened(db)
    for other in range(seed + 100, seed + 103):
        files = tangled(other)
        done = reload(db, write(corpus, files))
        copy = tmp_path / f"{other}" / "paperboy.db"
        copy.parent.mkdir()
        with closing(sqlite3.connect(db)) as one, closing(sqlite3.connect(copy)) as another:
            one.backup(another)
        bot.catch_up()
        assert seen(bot) == seen(opened(copy))
        found = everything(db)
        places = sorted((place.file, place.line) for each in found for place in each.sources)
        assert places == [
            (name, n) for name, lines in sorted(files.items()) for n in range(1, len(lines) + 1)
        ]
        assert len(found) == done.papers == done.new + done.revised + done.unchanged


# Beside others


@contextmanager
def stepping(monkeypatch: pytest.MonkeyPatch, look: Callable[[], None]) -> Iterator[None]:
    """Look before each transaction of the block, before it is committed, and afterwards."""

    @contextmanager
    def looking(db: Database) -> Iterator[None]:
        look()
        with transaction(db):
            yield
            look()
        look()

    with monkeypatch.context() as patch:
        patch.setattr("bot.change.transaction", looking)
        patch.setattr("bot.store.database.transaction", looking)
        yield


@pytest.mark.parametrize("way", WAYS)
def test_searches_are_answered_all_the_time(
    db: Path, corpus: Path, way: Mapping[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each step from the papers before or after, by who runs already and by who starts; never by both."""
    monkeypatch.setattr("bot.change._LOT", 1)
    patch(monkeypatch, way)
    expected = begin(db.parent.with_name("whole") / "paperboy.db", corpus, FIRST, BEFORE)
    old = answers(opened(expected))
    reload(expected, write(corpus, AFTER))
    new = answers(opened(expected))
    bot = opened(db)
    steps: list[tuple[bool, bool]] = []

    def look() -> None:
        found = answers(bot), answers(opened(db))
        assert all(each in (old, new) for each in found)
        steps.append((found[0] == new, found[1] == new))

    with stepping(monkeypatch, look):
        reload(db, corpus)
    bot.catch_up()
    look()
    assert steps == sorted(steps)
    assert {*steps} - {(False, True)} == {(False, False), (True, True)}
    assert way or (False, True) not in steps
    assert len(steps) > 100


def test_threads_search_all_the_time(db: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None fails, and each answer is of the papers before or after, in this order."""
    monkeypatch.setattr("bot.change._LOT", 1)
    bot = opened(db)
    found = [[answers(bot)] for _ in range(3)]
    done = threading.Event()

    def search(found: list[list[Answer | str]]) -> None:
        while not done.is_set():
            if (now := answers(bot)) != found[-1]:
                found.append(now)

    with ThreadPoolExecutor(3) as threads:
        searching = [threads.submit(search, each) for each in found]
        try:
            for files in (AFTER, BEFORE, AFTER):
                reload(db, write(corpus, files))
        finally:
            done.set()
    assert [each.result() for each in searching] == [None] * 3
    bot.catch_up()
    assert seen(bot) == seen(opened(db))


@pytest.mark.parametrize("lot", [1, 2_000])
def test_others_write_between_lots(db: Path, corpus: Path, lot: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whenever files are read nobody is kept from writing, not even who has no patience."""
    monkeypatch.setattr("bot.change._LOT", lot)
    numbers = iter(range(1, 100))

    def told(_: Progress) -> None:
        with Store(db, patience=0).writing() as opened:
            deliveries.start(opened, f"T{next(numbers)}")

    expected = begin(db.parent.with_name("whole") / "paperboy.db", corpus, FIRST, BEFORE, AFTER)
    Library(Store(db)).reload([corpus], "", lambda: NOW, told)
    assert next(numbers) > 3
    assert (tables(db), seen(opened(db))) == (tables(expected), seen(opened(expected)))


def test_a_load_waits_for_others_to_write(db: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever holds the lock when a lot is to be written has it for as long as need be."""
    monkeypatch.setattr("bot.change._LOT", 1)
    expected = begin(db.parent.with_name("whole") / "paperboy.db", corpus, FIRST, BEFORE, AFTER)
    threads: list[threading.Thread] = []

    @contextmanager
    def waiting(loading: Database) -> Iterator[None]:
        held, wanted = threading.Event(), threading.Event()
        threads.append(threading.Thread(target=hold, args=(db, held, wanted)))
        threads[-1].start()
        assert held.wait(60)
        wanted.set()
        with transaction(loading):
            yield

    monkeypatch.setattr("bot.change.transaction", waiting)
    reload(db, corpus, "", NOW)
    for thread in threads:
        thread.join()
    assert len(threads) > 30
    assert (tables(db), seen(opened(db))) == (tables(expected), seen(opened(expected)))


def hold(db: Path, held: threading.Event, wanted: threading.Event) -> None:
    """Hold the lock until it is wanted, and then write."""
    with Store(db).writing() as opened:
        held.set()
        assert wanted.wait(60)
        deliveries.start(opened, "T1")


# Those who run already


def by_command(db: Path, corpus: Path, _: Library) -> None:
    """Reload as whoever is at a shell does."""
    done = paperboy(db, corpus, "reload", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    told.pop("seconds", None)
    assert told == {
        "papers": 10,
        "new": 4,
        "revised": 5,
        "unchanged": 1,
        "removed": 3,
        "problems": 1,
    }


def by_another(db: Path, corpus: Path, _: Library) -> None:
    """Reload by another library."""
    reload(db, corpus)


def by_itself(_: Path, corpus: Path, bot: Library) -> None:
    """Reload by the library that searches."""
    bot.reload([corpus], "ana", lambda: NEXT)


def beside_it(db: Path, corpus: Path, bot: Library) -> None:
    """Reload as the bot does when it is asked to."""
    told: list[Progress] = []
    with beside.reloading(bot, Settings(db=db, corpus=(corpus,)), lambda: NEXT) as reload:
        done = reload("ana", told.append)
    expected = brought("ana", NEXT, (10, 4, 5, 1, 3), Problem("b.jsonl", 5, WHY))
    assert replace(done, at=NEXT, seconds=0.0) == expected
    assert told[-1] == Progress(files=3, read=3, papers=7, share=1.0)


@pytest.mark.parametrize(
    ("reloads", "way"),
    [
        (by_command, {}),  # a process of its own has the constants as they are
        (beside_it, {}),
        *product([by_another, by_itself], WAYS),
    ],
)
def test_whoever_runs_follows(
    db: Path,
    corpus: Path,
    reloads: Callable[[Path, Path, Library], None],
    way: Mapping[str, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The next search finds what is new, and no longer what has gone; so does one that begins later."""
    patch(monkeypatch, way)
    bot, idle = opened(db), opened(db)
    assert [len(bot.search(query, 9).found) for query in ("removed", "new")] == [1, 0]
    reloads(db, write(corpus, AFTER), bot)
    if way:  # another index is opened beside the searches
        bot.catch_up()
        idle.catch_up()
    assert [len(bot.search(query, 9).found) for query in ("removed", "new")] == [0, 3]
    assert seen(bot) == seen(idle) == seen(opened(db))
    assert (bot.size, bot.newest, bot.loaded_at) == (10, 13, opened(db).loaded_at)
