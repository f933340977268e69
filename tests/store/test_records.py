from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.papers import Description
from bot.store import Database, Store, papers, records
from bot.store.papers import FOREVER, Entry
from bot.store.records import FileState, InFile, New, Standing
from tests.stock import BARE, KNOWN, NOW, publish

A, B = 1, 2  # the files' rows
LAST = (1 << 63) - 1  # the highest digest there is


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """Return an open store: papers 1 and 2, whose records, from 1, stand in two files; all is change 1."""
    with Store(tmp_path / "paperboy.db").writing() as db:
        assert [records.enter(db, name) for name in ("b.txt", "a.txt", "b.txt")] == [A, B, A]
        papers.put(db, 1, [Entry(number, f"p{number}", BARE, []) for number in (1, 2)], NOW)
        records.add(
            db,
            1,
            [
                New(A, 5, 50, 1, None),
                New(A, 3, -50, 2, None),
                New(A, 9, 50, 2, None),
                New(B, 7, LAST, 1, KNOWN),
                New(A, 1, 50, 1, None),
            ],
        )
        publish(db, 1)
        yield db


def lines(db: Database, change: int | None = None) -> list[int]:
    """Return on which lines papers stand, as readers see them, or will when a change is published."""
    return sorted(source.line for paper in papers.everything(db, change) for source in paper.sources)


def rows(db: Database) -> list[tuple[int, int, int]]:
    """Return of each record its row, and between which changes it stands."""
    return [tuple(row) for row in db.conn.execute("SELECT id, since, until FROM record ORDER BY id")]


def test_records_come_back_whole(db: Database) -> None:
    """In the order of the files' names and of lines, those of several papers together."""
    assert records.of(db, [2, 1, 9]) == [
        Standing(4, B, "a.txt", 7, LAST, 1, 1, FOREVER, KNOWN),
        Standing(5, A, "b.txt", 1, 50, 1, 1, FOREVER, None),
        Standing(2, A, "b.txt", 3, -50, 2, 1, FOREVER, None),
        Standing(1, A, "b.txt", 5, 50, 1, 1, FOREVER, None),
        Standing(3, A, "b.txt", 9, 50, 2, 1, FOREVER, None),
    ]
    assert [row.id for row in records.of(db, [2])] == [2, 3]
    assert records.of(db, []) == []


@pytest.mark.parametrize(
    "said", [KNOWN, BARE, replace(BARE, title=""), replace(KNOWN, authors=(), year=None, abstract="")]
)
def test_what_a_record_alone_says_comes_back_whole(db: Database, said: Description) -> None:
    """Of one that stood already, and of a new one; others say nothing alone."""
    records.tell_apart(db, [(2, said)])
    records.add(db, 1, [New(B, 8, 1, 2, said)])
    assert [(row.id, row.said) for row in records.of(db, [2])] == [(6, said), (2, said), (3, None)]


def test_records_of_one_text_are_taken_one_by_one(db: Database) -> None:
    """Each once, the first in the file first, whatever other texts there are; the rest is left."""
    found = records.in_file(db, A)
    assert [found.take(digest) for digest in (50, LAST, 50, -50, 0)] == [(5, 1), None, (1, 5), (2, 3), None]
    assert list(found.left()) == [3]
    assert [found.take(digest) for digest in (50, 50, -50)] == [(3, 9), None, None]
    assert list(found.left()) == []


def test_what_nobody_takes_is_left(db: Database) -> None:
    """All records of a text, and of a text that is not known: those have no digest to take them by."""
    assert sorted(records.in_file(db, A).left()) == [1, 2, 3, 5]
    assert list(records.in_file(db, 99).left()) == []
    largest = (1 << 31) - 1, (1 << 32) - 1
    assert InFile([(largest[0], LAST, largest[1])]).take(LAST) == largest
    assert sorted(InFile([(1, 0, 7), (2, 0, 8), (3, 0, 9)]).left()) == [1, 2, 3]


def test_records_move(db: Database) -> None:
    """Only their lines are others; who reads papers sees that once it is published, written down or not."""
    before = {row.id: row for row in records.of(db, [1, 2])}
    records.move(db, 2, [(1, 50), (3, 2)])
    after = {row.id: row for row in records.of(db, [1, 2])}
    assert after == before | {1: before[1]._replace(line=50), 3: before[3]._replace(line=2)}
    assert (lines(db), lines(db, 2)) == ([1, 3, 5, 7, 9], [1, 2, 3, 7, 50])
    assert records.forget(db, 9)
    assert lines(db) == [1, 3, 5, 7, 9]
    publish(db, 2)
    assert lines(db) == [1, 2, 3, 7, 50]
    assert [records.forget(db, 1) for _ in range(3)] == [False, False, True]
    assert (lines(db), records.in_file(db, A).take(50)) == ([1, 2, 3, 7, 50], (5, 1))
    assert records.of(db, [1, 2]) == sorted(after.values(), key=lambda row: (row.name, row.line))
    assert db.table("moved").count == 0


def test_records_that_were_to_move_stay_where_nothing_comes_of_it(db: Database) -> None:
    """Lot by lot, as all else is taken back."""
    records.move(db, 2, [(1, 50), (3, 2)])
    assert [records.discard(db, 1) for _ in range(3)] == [False, False, True]
    publish(db, 2)
    assert lines(db) == [1, 3, 5, 7, 9]


def test_records_end(db: Database) -> None:
    """They are told of until that is published; what the same change wrote is taken back."""
    records.add(db, 2, [New(A, 20, 7, 1, None), New(A, 21, 8, 1, None)])
    records.end(db, 2, [6, 1])
    assert [(row.id, row.since, row.until) for row in records.of(db, [1])] == [
        (4, 1, FOREVER),
        (5, 1, FOREVER),
        (1, 1, 2),
        (7, 2, FOREVER),
    ]
    assert records.in_file(db, A).take(7) is None
    assert [records.standing_in(db, file) for file in (A, B, 99)] == [4, 1, 0]
    publish(db, 2)
    assert [row.id for row in records.of(db, [1])] == [4, 5, 7]


def test_a_file_ends_in_lots(db: Database) -> None:
    """At most so many records at a time, until there are none that stand; other files do not."""
    steps = []
    for _ in range(3):
        done = records.end_file(db, A, 2, 2)
        steps.append((done, records.standing_in(db, A), records.standing_in(db, B)))
    assert steps == [(False, 2, 1), (False, 0, 1), (True, 0, 1)]
    assert rows(db) == [(1, 1, 2), (2, 1, 2), (3, 1, 2), (4, 1, FOREVER), (5, 1, 2)]


def test_papers_that_a_change_leaves(db: Database) -> None:
    """Each once, ascending, at most so many; not what another change ended."""
    records.end(db, 2, [3, 2, 1])
    records.end(db, 3, [5])
    assert (records.left_by(db, 2), records.left_by(db, 2, 1), records.left_by(db, 3)) == ([1, 2], [1], [1])
    assert records.left_by(db, 4) == []


def test_what_was_never_published_is_taken_back(db: Database) -> None:
    """At most so many rows of a kind at a time."""
    before = rows(db)
    records.add(db, 2, [New(A, line, line, 1, None) for line in range(30, 33)])
    records.end(db, 2, [1, 2, 3])
    steps = []
    while not records.discard(db, 2):
        steps.append(rows(db))
    assert [len(step) for step in steps] == [6, 5]
    assert sum(until == 2 for *_, until in steps[0]) == 1
    assert rows(db) == before
    assert records.discard(db, 2)


def test_what_no_longer_stands_is_forgotten(db: Database) -> None:
    """At most so many at a time; not what ends with a change that is not published."""
    records.end(db, 2, [1, 2, 3])
    publish(db, 2)
    records.end(db, 3, [4])
    assert [records.forget(db, 2), len(rows(db)), records.forget(db, 2), records.forget(db, 2)] == [
        False,
        3,
        False,
        True,
    ]
    assert rows(db) == [(4, 1, 3), (5, 1, FOREVER)]


def test_files_are_kept_as_they_were_read(db: Database) -> None:
    """By name, each with its row; one that nobody has read is to be read, and one that is no more too."""
    read = FileState("b.txt", 9 << 40, 1 << 60, "f00", "1 abc", 4)
    new = FileState("A.txt", 0, -1, "", "1", 0)
    records.stamp(db, [read, new])
    unread = FileState("a.txt", -1, -1, "", "", 0)
    assert list(records.files(db).items()) == [(3, new), (B, unread), (A, read)]
    assert list(records.by_file(db).items()) == [("b.txt", 4)]
    again = read._replace(size=5, records=3)
    records.stamp(db, [again, unread._replace(records=1)])
    assert list(records.by_file(db).items()) == [("a.txt", 1), ("b.txt", 3)]
    records.unstamp(db, [A])
    assert records.files(db)[A] == again._replace(size=-1, digest="", records=0)
    assert records.by_file(db) == {"a.txt": 1}
