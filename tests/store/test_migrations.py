from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.papers import Description, Paper, Problem
from bot.store import Database, Store, deliveries, generations, loads, papers, records
from bot.store.generations import Generation
from bot.store.loads import Load
from bot.store.migrations import migrations
from bot.store.papers import FOREVER, Version
from bot.store.records import FileState, Standing
from bot.topics import Place
from tests import stock
from tests.stock import BARE, KNOWN, NOW

SEEN = int(NOW.timestamp())
HERE = Place("T1", "C1")
AUTHORS = '["Jiashu Xu", "Søren, O\'Neil"]'
OLD_BARE = ("B", "sentence", "B.", "", "[]", None, "", "", "")
OLD_KNOWN = (
    KNOWN.title,
    "catalog",
    KNOWN.abstract,
    "Jiashu Xu",
    AUTHORS,
    2023,
    KNOWN.arxiv_id,
    KNOWN.acl_id,
    KNOWN.url,
)


def paper(number: int, *places: tuple[str, int], of: Description = BARE) -> Paper:
    """Return a paper that stands in these places."""
    return stock.paper(number, f"p{number}", *places, of=of)


def insert(db: Database, table: str, *rows: tuple[Any, ...]) -> None:
    """Write rows as an older version did, in the order of its columns."""
    marks = ", ".join("?" * len(rows[0]))
    db.conn.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 (ours)


def sound(db: Database) -> bool:
    """Tell whether each reference leads somewhere, and no page is damaged."""
    damage = db.conn.execute("PRAGMA integrity_check").fetchall()
    return (db.conn.execute("PRAGMA foreign_key_check").fetchall(), damage) == ([], [("ok",)])


@pytest.fixture
def oldest(tmp_path: Path) -> Path:
    """Return a file of the oldest schema, with two papers in two files."""
    path = tmp_path / "paperboy.db"
    db = Database(path)
    migrations.apply(db, stop_before="m002_loads")
    insert(db, "paper", (1, "p1", *OLD_BARE), (3, "p3", *OLD_KNOWN))
    insert(db, "paper_key", ("id:p1", 1), ("id:p3", 3))
    insert(
        db, "paper_source", (1, 3, "b.txt", 1, "raw"), (2, 1, "b.txt", 2, "raw"), (3, 1, "a.txt", 3, "raw")
    )
    db.conn.commit()
    db.close()
    return path


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """Return a file of the last schema before papers had versions.

    1 has been there from the start, 2 was gone and 3 revised, 5 is new, and the newest, 6, was gone as well.
    A channel got 1 and 2, and a load brought problems that a later one no longer did.
    """
    path = tmp_path / "paperboy.db"
    db = Database(path)
    migrations.apply(db, stop_before="m008_versions")
    insert(
        db,
        "paper",
        (1, "p1", *OLD_BARE, SEEN, 0, 0, ""),
        (2, "p2", *OLD_BARE, SEEN, 4, 1, "10.1/two"),
        (3, "p3", *OLD_KNOWN, SEEN, 3, 0, KNOWN.doi),
        (5, "p5", *OLD_BARE, SEEN + 86_400, 5, 0, ""),
        (6, "p6", *OLD_BARE, SEEN + 86_400, 6, 1, ""),
    )
    insert(db, "paper_key", ("title:t", 2), ("id:p2", 2), ("title:t", 5), ("doi:10.1234/abc", 3))
    insert(
        db,
        "paper_source",
        (1, 3, "b.txt", 1, "raw"),
        (3, 1, "b.txt", 20, "raw"),
        (7, 1, "b.txt", 3, "raw"),
        (8, 1, "a.txt", 4, "raw"),
        (9, 5, "c.txt", 1, "raw"),
    )
    when = [(NOW + timedelta(days=day)).isoformat() for day in range(3)]
    insert(db, "load", (1, when[0], 4, 3), (2, when[1], 4, 4), (4, when[2], 5, 3))
    insert(db, "load_problem", (1, 1, "x", 1, "old"), (2, 4, "b.txt", 9, "two"), (3, 4, "a.txt", 0, "one"))
    insert(db, "delivery", (1, "d1", "T1", "C1", 1.0, 1.0, 0, "done", ""))
    insert(db, "delivered_paper", ("T1", "C1", 1, 1), ("T1", "C1", 2, 1))
    insert(db, "generation", (1, "index/1", 5, NOW.timestamp()))
    db.conn.commit()
    db.close()
    return path


def test_papers_of_the_oldest_file_have_not_changed(oldest: Path) -> None:
    """None is gone, all come back whole, there is no index of them, and there was no load."""
    with Store(oldest).reading() as db:
        assert list(papers.everything(db)) == [
            paper(1, ("a.txt", 3), ("b.txt", 2)),
            paper(3, ("b.txt", 1), of=replace(KNOWN, doi="")),
        ]
        assert records.by_file(db) == {"a.txt": 1, "b.txt": 2}
        assert [papers.known_as(db, key) for key in ("id:p1", "id:p3")] == [[1], [3]]
        assert (papers.published(db), papers.changed_since(db, 0), papers.changes_since(db, 0, 9)) == (
            0,
            ([], []),
            0,
        )
        assert (generations.current(db), loads.latest(db), loads.problems(db)) == (None, None, ())
        assert sound(db)


def test_what_changes_in_the_oldest_file_is_new(oldest: Path) -> None:
    """Changes are counted from 1, and numbers go on."""
    with Store(oldest).writing() as db:
        stock.add(db, [("p4", BARE, ["id:p4"], [])], NOW)
        stock.remove(db, [3])
        assert papers.changed_since(db, 0) == ([paper(4)], [3])
        assert papers.changed_since(db, 1) == ([], [3])
        assert [each.number for each in papers.everything(db)] == [1, 4]
        assert papers.newest(db) == 4


def test_numbers_in_the_oldest_file_are_not_given_again(oldest: Path) -> None:
    """Its newest paper is known, though nobody recorded when it was loaded."""
    with Store(oldest).reading() as db:
        assert papers.newest(db) == 3


def test_papers_of_a_newer_file_come_back_whole(newer: Path) -> None:
    """Those that stand with their places, those that are gone without any; keys and arrivals are kept."""
    with Store(newer).reading() as db:
        first = paper(1, ("a.txt", 4), ("b.txt", 3), ("b.txt", 20))
        third, fifth = paper(3, ("b.txt", 1), of=KNOWN), paper(5, ("c.txt", 1))
        gone = {2: paper(2, of=replace(BARE, doi="10.1/two")), 6: paper(6)}
        assert list(papers.everything(db)) == [first, third, fifth]
        assert papers.by_number(db, range(9)) == {1: first, 2: gone[2], 3: third, 5: fifth, 6: gone[6]}
        assert [papers.known_as(db, key) for key in ("title:t", "id:p2", "doi:10.1234/abc")] == [
            [5, 2],
            [2],
            [3],
        ]
        assert papers.newest(db) == papers.newest_ever(db) == 6
        assert papers.arrivals(db) == (NOW, NOW + timedelta(days=1))
        assert records.by_file(db) == {"a.txt": 1, "b.txt": 3, "c.txt": 1}


def test_changes_of_a_newer_file_have_their_numbers(newer: Path) -> None:
    """An index made of an earlier change is brought up as before."""
    with Store(newer).reading() as db:
        third, fifth = paper(3, ("b.txt", 1), of=KNOWN), paper(5, ("c.txt", 1))
        assert papers.published(db) == 6
        assert [papers.changed_since(db, change) for change in (0, 3, 4, 5, 6)] == [
            ([third, fifth], [2, 6]),
            ([fifth], [2, 6]),
            ([fifth], [6]),
            ([], [6]),
            ([], []),
        ]
        assert [papers.changes_since(db, change, 9) for change in (0, 3, 4, 5, 6)] == [4, 3, 2, 1, 0]
        assert generations.current(db) == Generation(id=1, folder="index/1", change=5, made_at=NOW)
        assert papers.versions(db, [2, 3, 6]) == {
            2: [Version(0, 4, "p2", replace(BARE, doi="10.1/two"))],
            3: [Version(3, FOREVER, "p3", KNOWN)],
            6: [Version(0, 6, "p6", BARE)],
        }


def test_files_of_a_newer_file_are_to_be_read(newer: Path) -> None:
    """Nobody knows how they were; their records have no digests, and say what their papers do."""
    with Store(newer).reading() as db:
        assert list(records.files(db).values()) == [
            FileState("a.txt", -1, -1, "", "", 1),
            FileState("b.txt", -1, -1, "", "", 3),
            FileState("c.txt", -1, -1, "", "", 1),
        ]
        rows = {state.name: row for row, state in records.files(db).items()}
        assert [row._replace(id=0) for row in records.of(db, [1, 3])] == [
            Standing(0, rows["a.txt"], "a.txt", 4, 0, 1, 0, FOREVER, None),
            Standing(0, rows["b.txt"], "b.txt", 1, 0, 3, 0, FOREVER, None),
            Standing(0, rows["b.txt"], "b.txt", 3, 0, 1, 0, FOREVER, None),
            Standing(0, rows["b.txt"], "b.txt", 20, 0, 1, 0, FOREVER, None),
        ]
        assert [records.standing_in(db, row) for row in rows.values()] == [1, 3, 1]


def test_loads_of_a_newer_file_are_known(newer: Path) -> None:
    """The last one brought what is read, with its problems in their order; nobody knows who asked for it."""
    with Store(newer).reading() as db:
        latest = loads.latest(db)
        assert latest == Load(loaded_at=NOW + timedelta(days=2), records=5, papers=3, new=3, change=6)
        assert loads.problems(db) == (Problem("b.txt", 9, "two"), Problem("a.txt", 0, "one"))
        assert loads.begun_by(db) == ""
        assert db.table("load").count == 3


def test_what_is_read_was_loaded_last(newer: Path) -> None:
    """As far as an older version recorded it: not by the first load there ever was."""
    with Store(newer).reading() as db:
        assert loads.current(db) == loads.latest(db)


def test_a_newer_file_is_sound(newer: Path) -> None:
    """Each reference leads somewhere, and what was delivered stays delivered."""
    with Store(newer).reading() as db:
        assert sound(db)
        assert deliveries.taken(db, HERE) == {1, 2}
        delivered = db.conn.execute("SELECT * FROM delivered_paper ORDER BY rowid").fetchall()
        assert delivered == [("T1", "C1", 1, 1), ("T1", "C1", 2, 1)]


def test_changes_go_on_in_a_newer_file(newer: Path) -> None:
    """With higher numbers, of changes and of papers; one that was gone comes back as itself."""
    with Store(newer).writing() as db:
        stock.add(db, [("p7", BARE, [], [])], NOW)
        stock.revise(db, 2, BARE, [], [])
        stock.remove(db, [3])
        assert papers.published(db) == 9
        assert papers.changed_since(db, 6) == ([paper(2), paper(7)], [3])
        assert papers.newest(db) == 7
        assert records.by_file(db) == {"a.txt": 1, "b.txt": 2, "c.txt": 1}
        while not (records.discard(db, 2) and papers.discard(db, 2)):
            pytest.fail("something was not published")
        while not (records.forget(db, 2) and papers.forget(db, 2)):
            pass
        assert list(papers.by_number(db, range(9))) == [1, 2, 3, 5, 6, 7]
        assert sound(db)
