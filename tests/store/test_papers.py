import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.papers import Description, Paper, Record, Source, TitleOrigin
from bot.store import Database, Store, loads, papers, records
from bot.store.loads import Load
from bot.store.papers import FOREVER, Entry, Version
from bot.store.records import New
from tests import stock
from tests.stock import BARE, KNOWN, NOW, paper, publish

DAY = timedelta(days=1)
ANEW = replace(BARE, abstract="B anew.")
LOT = 2
LARGE = re.compile(r"^SCAN (?:paper|paper_key|description|record|old|later)\b|AUTOMATIC")
PLACES = re.compile(r"FOR (?:RIGHT PART|LAST 2 TERMS) OF ORDER BY$")  # 3.40 and 3.47 say it so


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a new store."""
    return Store(tmp_path / "paperboy.db")


@pytest.fixture
def db(store: Store) -> Iterator[Database]:
    """Return an open store that holds three papers in two files, as of change 2; the third one is gone."""
    with store.writing() as db:
        stock.add(
            db,
            [
                ("a", BARE, ["id:a", "title:b"], [at("a.txt", 1), at("b.txt", 1)]),
                ("b", BARE, ["id:b", "title:b"], [at("a.txt", 2)]),
                ("c", BARE, ["id:c"], [at("b.txt", 3)]),
            ],
            NOW,
        )
        stock.remove(db, [3])
        yield db


def at(file: str, line: int) -> Record:
    """Return a record of a place."""
    return Record(title="", title_origin=TitleOrigin.PAGE, abstract="", source=Source(file, line))


def put(db: Database, number: int, description: Description, *keys: str, change: int = 3) -> None:
    """Describe a paper from the next change on."""
    papers.put(db, change, [Entry(number, f"n{number}", description, keys)], NOW + DAY)


def discard(db: Database) -> None:
    """Take back what was never published, lot by lot: the records first, which refer to papers."""
    while not records.discard(db, LOT):
        pass
    while not papers.discard(db, LOT):
        pass


def everything_read(db: Database) -> dict[str, Any]:
    """Return what all questions about what is published are answered."""
    return {
        "published": papers.published(db),
        "everything": list(papers.everything(db)),
        "by_number": papers.by_number(db, range(9)),
        "known_as": [
            papers.known_as(db, key) for key in ("id:a", "id:b", "id:c", "id:d", "id:new", "title:b")
        ],
        "changed_since": [papers.changed_since(db, change) for change in range(3)],
        "changes_since": [papers.changes_since(db, change, 99) for change in range(3)],
        "newest": papers.newest(db),
        "arrivals": papers.arrivals(db),
        "by_file": records.by_file(db),
        "latest": loads.latest(db),
        "current": loads.current(db),
        "problems": loads.problems(db),
    }


def write(db: Database) -> None:
    """Write what a load may write as change 3: 1 is revised, 2 merged into it, 3 back, 4 and 5 are new."""
    file = records.enter(db, "b.txt")
    put(db, 1, ANEW, "id:new")
    put(db, 3, ANEW)
    put(db, 4, BARE, "id:d")
    put(db, 5, BARE, "title:b")
    papers.hand_on(db, 3, [(2, 1)])
    papers.merge(db, 3, 1, 2)
    records.end(db, 3, [row.id for row in records.of(db, [2])])
    records.end_file(db, file, 3, 9)
    records.add(
        db, 3, [New(file, line, line, paper, None) for line, paper in ((4, 3), (5, 4), (6, 5), (7, 1))]
    )


def tables(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables."""
    return {
        name: [tuple(row) for row in db.conn.execute(f"SELECT * FROM {name} ORDER BY rowid")]  # noqa: S608
        for name in db.table_names()
    }


def plan(store: Store, ask: Callable[[Database], object]) -> list[str]:
    """Return the steps in which SQLite answers what is asked, or does it."""
    with store.snapshot() as db:
        asked: list[str] = []
        db.conn.set_trace_callback(asked.append)
        ask(db)
        db.conn.set_trace_callback(None)
        return [row[3] for sql in asked for row in db.conn.execute(f"EXPLAIN QUERY PLAN {sql}")]


def test_papers_come_back_whole(store: Store) -> None:
    """Numbers go up from 1 in the order given; sources are in the order of files and lines."""
    with store.writing() as db:
        stock.add(
            db,
            [
                (
                    "2305.14710",
                    KNOWN,
                    ["arxiv_id:2305.14710"],
                    [at("b.txt", 1), at("a.txt", 10), at("a.txt", 9)],
                ),
                ("p0", BARE, [], []),
            ],
            NOW,
        )
        stock.add(db, [("p1", BARE, [], [at("a.txt", 2)])], NOW)
    with store.reading() as db:
        assert papers.by_number(db, [3, 1, 2]) == {
            1: Paper(
                number=1,
                shown_id="2305.14710",
                title="Über *Backdoors* <&> 大模型",
                title_origin=TitleOrigin.CATALOG,
                abstract="We “plant”\nbackdoors.",
                first_author="Jiashu Xu",
                authors=("Jiashu Xu", "Søren, O'Neil"),
                year=2023,
                arxiv_id="2305.14710",
                acl_id="2024.naacl-long.171",
                doi="10.1234/abc",
                url="https://arxiv.org/abs/2305.14710",
                sources=(Source("a.txt", 9), Source("a.txt", 10), Source("b.txt", 1)),
            ),
            2: Paper(number=2, shown_id="p0", title="B", title_origin=TitleOrigin.SENTENCE, abstract="B."),
            3: Paper(
                number=3,
                shown_id="p1",
                title="B",
                title_origin=TitleOrigin.SENTENCE,
                abstract="B.",
                sources=(Source("a.txt", 2),),
            ),
        }


def test_papers_nobody_has_are_left_out(store: Store) -> None:
    """Asking for them is no error, nor is asking for none."""
    with store.writing() as db:
        stock.add(db, [("x", BARE, [], [])], NOW)
    with store.reading() as db:
        assert list(papers.by_number(db, [2, 1, 99, 1])) == [1]
        assert papers.by_number(db, []) == {}


def test_any_number_of_papers_can_be_asked_for(store: Store) -> None:
    """A question may hold more numbers than SQLite takes parameters."""
    with store.writing() as db:
        stock.add(db, [("x", BARE, [], [at("a", 1)])], NOW)
    with store.reading() as db:
        assert list(papers.by_number(db, range(300_000))) == [1]


def test_papers_are_found_by_a_key(store: Store) -> None:
    """Several may have it, the oldest first."""
    with store.writing() as db:
        stock.add(db, [("x", BARE, ["title:b", "id:x"], []), ("y", BARE, ["id:y", "title:b"], [])], NOW)
    with store.reading() as db:
        assert [papers.known_as(db, key) for key in ("id:y", "title:b", "id:z")] == [[2], [1, 2], []]


def test_papers_are_known_by_when_they_were_first_seen(store: Store) -> None:
    """When the first and the last came, and how many of some came since a time."""
    with store.writing() as db:
        assert papers.newest(db) == 0
        stock.add(db, [("x", BARE, [], []), ("y", BARE, [], [])], NOW)
        stock.add(db, [("z", BARE, [], [])], NOW + timedelta(days=1))
    with store.reading() as db:
        assert papers.newest(db) == 3
        assert papers.arrivals(db) == (NOW, NOW + timedelta(days=1))
        assert [papers.arrived(db, [1, 3, 9], NOW + timedelta(hours=hours)) for hours in (0, 1, 25)] == [
            2,
            1,
            0,
        ]


def test_a_revision_takes_away_what_is_not_known_any_more(store: Store) -> None:
    """What the new description leaves open is empty."""
    with store.writing() as db:
        stock.add(db, [("x", KNOWN, [], [at("a.txt", 1)])], NOW)
        stock.revise(db, 1, BARE, [], [])
        assert papers.by_number(db, [1]) == {1: paper(1, "x")}


def test_a_number_is_never_given_again(store: Store) -> None:
    """Not even when the newest paper is gone."""
    with store.writing() as db:
        stock.add(db, [("a", BARE, [], []), ("b", BARE, [], [])], NOW)
        stock.remove(db, [2])
        stock.add(db, [("c", BARE, [], [])], NOW)
        assert list(papers.everything(db)) == [paper(1, "a"), paper(3, "c")]


def test_a_paper_that_was_gone_comes_back(store: Store) -> None:
    """As the same paper, where it stands now."""
    with store.writing() as db:
        stock.add(db, [("a", BARE, ["id:a"], [at("a.txt", 1)])], NOW)
        stock.remove(db, [1])
        stock.revise(db, 1, BARE, ["id:a"], [at("b.txt", 2)])
        assert list(papers.everything(db)) == [paper(1, "a", ("b.txt", 2))]


def test_everything_is_of_one_moment(store: Store) -> None:
    """What others write after the first paper was taken is not in it."""
    with store.writing() as db:
        stock.add(db, [(each, BARE, [], [at("a.txt", 1)]) for each in "abc"], NOW)
    with store.reading() as reader:
        coming = papers.everything(reader)
        taken = [next(coming)]
        with store.writing() as db:
            stock.remove(db, [2])
            stock.revise(db, 3, KNOWN, [], [])
            stock.add(db, [("d", BARE, [], [])], NOW)
        assert [*taken, *coming] == [
            paper(number, shown, ("a.txt", 1)) for number, shown in enumerate("abc", 1)
        ]


def test_everything_comes_in_the_order_of_numbers(store: Store) -> None:
    """Each paper whole, however many there are and whichever are gone."""
    with store.writing() as db:
        given: list[stock.Given] = [
            ("x", KNOWN, [], [at("b.txt", 2), at("a.txt", 1)]),
            *((f"p{n}", BARE, [], []) for n in range(2500)),
        ]
        stock.add(db, given, NOW)
        stock.remove(db, range(3, 2101))
        known = papers.by_number(db, [1, 2, *range(2101, 2502)])
        assert list(papers.everything(db)) == list(known.values())


def test_an_empty_store_has_nothing(store: Store) -> None:
    """No paper and no record; putting none is no error."""
    start = datetime.fromtimestamp(0, UTC)
    with store.writing() as db:
        papers.put(db, 1, [], NOW)
        papers.end(db, 1, [])
        papers.know(db, 1, [])
        assert everything_read(db) == {
            "published": 0,
            "everything": [],
            "by_number": {},
            "known_as": [[]] * 6,
            "changed_since": [([], [])] * 3,
            "changes_since": [0] * 3,
            "newest": 0,
            "arrivals": (start, start),
            "by_file": {},
            "latest": None,
            "current": None,
            "problems": (),
        }
        assert (papers.newest_ever(db), papers.owners(db, ["id:a"]), papers.versions(db, [1])) == (0, {}, {})


def test_what_is_not_published_is_seen_by_nobody(db: Database) -> None:
    """Whatever a load has written, each question is answered as before."""
    before = everything_read(db)
    write(db)
    assert everything_read(db) == before
    assert before["everything"] == [
        paper(1, "a", ("a.txt", 1), ("b.txt", 1)),
        paper(2, "b", ("a.txt", 2)),
    ]


def test_what_is_published_is_seen_at_once(db: Database) -> None:
    """Every question is answered anew: papers, keys, changes, arrivals and files."""
    write(db)
    as_written = list(papers.everything(db, 3))
    states = [
        state._replace(records=count) for state, count in zip(records.files(db).values(), (1, 4), strict=True)
    ]
    records.stamp(db, states)
    publish(db, 3)
    first = paper(1, "n1", ("a.txt", 1), ("b.txt", 7), of=ANEW)
    others = [
        paper(3, "n3", ("b.txt", 4), of=ANEW),
        paper(4, "n4", ("b.txt", 5)),
        paper(5, "n5", ("b.txt", 6)),
    ]
    load = Load(loaded_at=NOW, records=0, papers=0, change=3)
    assert everything_read(db) == {
        "published": 3,
        "everything": [first, *others],
        "by_number": {each.number: each for each in (first, paper(2, "b"), *others)},
        "known_as": [[1], [1, 2], [3], [4], [1], [1, 5, 2]],
        "changed_since": [([first, *others], [2])] * 3,
        "changes_since": [5, 5, 5],
        "newest": 5,
        "arrivals": (NOW, NOW + DAY),
        "by_file": {"a.txt": 1, "b.txt": 4},
        "latest": load,
        "current": load,
        "problems": (),
    }
    assert as_written == [first, *others]


def test_a_change_can_be_read_before_it_is_published(db: Database) -> None:
    """By whoever writes it: papers as they will be, and those that will be gone without sources."""
    write(db)
    assert papers.by_number(db, [2, 4], 3) == {2: paper(2, "b"), 4: paper(4, "n4", ("b.txt", 5))}
    assert papers.by_number(db, [2, 4]) == {2: paper(2, "b", ("a.txt", 2))}
    assert [each.number for each in papers.everything(db, 3)] == [1, 3, 4, 5]


def test_what_a_killed_load_left_is_taken_back(db: Database) -> None:
    """Every row of every table is as it was, lot by lot, and again where a load is killed again."""
    before = tables(db)
    write(db)
    discard(db)
    assert tables(db) == before
    write(db)
    write(db)
    papers.end(db, 3, [1, 4])
    discard(db)
    assert tables(db) == before


def test_taking_back_is_done_by_lots(db: Database) -> None:
    """Each step takes back at most so many rows of a kind, and says when nothing is left."""
    for number in range(4, 9):
        put(db, number, BARE, f"id:{number}")
    steps = []
    while not papers.discard(db, LOT):
        steps.append([db.table(name).count for name in ("description", "paper_key", "paper")])
    assert steps == [[6, 8, 8], [4, 6, 8], [3, 5, 8], [3, 5, 6], [3, 5, 4], [3, 5, 3]]
    assert papers.discard(db, LOT)


def test_what_has_been_published_is_not_taken_back(db: Database) -> None:
    """Not a row of it."""
    write(db)
    publish(db, 3)
    before = tables(db)
    discard(db)
    assert tables(db) == before


def test_what_has_been_replaced_is_forgotten(db: Database) -> None:
    """Lot by lot; not what a paper was last said to be that is gone, nor what is not published yet."""
    for change in (3, 4, 5):
        put(db, 1, replace(BARE, abstract=f"In {change}."), change=change)
        put(db, 2, replace(BARE, abstract=f"In {change}."), change=change)
    papers.end(db, 6, [2])
    publish(db, 6)
    put(db, 1, ANEW, change=7)
    read = everything_read(db)
    assert not papers.forget(db, LOT)
    assert db.table("description").count == 10 - LOT
    while not papers.forget(db, LOT):
        pass
    last = replace(BARE, abstract="In 5.")
    assert papers.versions(db, [1, 2, 3]) == {
        1: [Version(5, 7, "n1", last), Version(7, FOREVER, "n1", ANEW)],
        2: [Version(5, 6, "n2", last)],
        3: [Version(1, 2, "c", BARE)],
    }
    assert everything_read(db) == read


def test_a_paper_has_versions(db: Database) -> None:
    """Each from the change that wrote it up to the one that replaced it, or for which it is gone."""
    put(db, 1, KNOWN)
    put(db, 3, ANEW)
    papers.end(db, 3, [2])
    assert papers.versions(db, [3, 2, 1, 9]) == {
        1: [Version(1, 3, "a", BARE), Version(3, FOREVER, "n1", KNOWN)],
        2: [Version(1, 3, "b", BARE)],
        3: [Version(1, 2, "c", BARE), Version(3, FOREVER, "n3", ANEW)],
    }


def test_a_change_describes_a_paper_once(db: Database) -> None:
    """What it said before is replaced, be the paper known or new; when it was first seen stays."""
    for number in (1, 4):
        put(db, number, BARE)
        papers.put(db, 3, [Entry(number, "again", ANEW, [])], NOW + 9 * DAY)
    assert papers.versions(db, [1, 4]) == {
        1: [Version(1, 3, "a", BARE), Version(3, FOREVER, "again", ANEW)],
        4: [Version(3, FOREVER, "again", ANEW)],
    }
    publish(db, 3)
    assert papers.arrivals(db) == (NOW, NOW + DAY)


def test_what_a_change_said_of_a_paper_that_it_ends_is_taken_back(db: Database) -> None:
    """The last description that was published is the last; one that comes back after all has no gap."""
    put(db, 1, ANEW)
    put(db, 4, BARE)
    papers.end(db, 3, [1, 4, 3, 99])
    assert papers.versions(db, [1, 3, 4]) == {1: [Version(1, 3, "a", BARE)], 3: [Version(1, 2, "c", BARE)]}
    put(db, 1, ANEW)
    assert papers.versions(db, [1]) == {1: [Version(1, 3, "a", BARE), Version(3, FOREVER, "n1", ANEW)]}


def test_a_paper_that_is_gone_stays_known(db: Database) -> None:
    """It stands nowhere and is not among the papers; its number, arrival and keys are still known."""
    assert papers.by_number(db, [3]) == {3: paper(3, "c")}
    assert [each.number for each in papers.everything(db)] == [1, 2]
    assert (papers.known_as(db, "id:c"), papers.newest(db)) == ([3], 3)
    assert papers.arrived(db, [1, 2, 3], NOW) == 3


def test_a_revision_describes_a_paper_anew(db: Database) -> None:
    """Description and sources are replaced, keys are added; arrival and other papers stay."""
    stock.revise(db, 1, KNOWN, ["title:b", "title:k"], [at("c.txt", 3), at("b.txt", 8)])
    assert list(papers.everything(db)) == [
        paper(1, "a", ("b.txt", 8), ("c.txt", 3), of=KNOWN),
        paper(2, "b", ("a.txt", 2)),
    ]
    assert [papers.known_as(db, key) for key in ("id:a", "title:b", "title:k")] == [[1], [1, 2], [1]]
    assert papers.arrivals(db) == (NOW, NOW)


def test_keys_belong_to_papers(db: Database) -> None:
    """Published or not, the oldest paper first; a key that is known stays as old as it was."""
    put(db, 4, BARE, "title:b", "id:d")
    papers.know(db, 3, [("title:x", 2), ("title:b", 1)])
    assert papers.owners(db, ["title:b", "id:d", "title:x", "id:z"]) == {
        "title:b": [1, 2, 4],
        "id:d": [4],
        "title:x": [2],
    }
    assert [papers.known_as(db, key) for key in ("title:b", "id:d", "title:x")] == [[1, 2], [], []]
    publish(db, 3)
    assert [papers.known_as(db, key) for key in ("title:b", "id:d", "title:x")] == [[1, 2, 4], [4], [2]]


def test_of_papers_with_a_key_one_that_stands_is_meant(db: Database) -> None:
    """Before older ones that are gone, as far as that is published."""
    papers.end(db, 3, [1])
    assert papers.known_as(db, "title:b") == [1, 2]
    publish(db, 3)
    assert papers.known_as(db, "title:b") == [2, 1]
    papers.end(db, 4, [2])
    assert papers.known_as(db, "title:b") == [2, 1]
    publish(db, 4)
    assert papers.known_as(db, "title:b") == [1, 2]
    put(db, 2, BARE, change=5)
    assert papers.known_as(db, "title:b") == [1, 2]


def test_papers_that_are_one_have_each_others_keys(db: Database) -> None:
    """The older one has all of them, and comes first; the other is gone."""
    stock.revise(db, 3, BARE, ["id:c"], [])
    papers.hand_on(db, 4, [(3, 2)])
    papers.merge(db, 4, 2, 3)
    papers.hand_on(db, 4, [(2, 1)])
    papers.merge(db, 4, 1, 2)
    assert papers.owners(db, ["id:a", "id:b", "id:c"]) == {"id:a": [1], "id:b": [1, 2], "id:c": [1, 2, 3]}
    assert [papers.known_as(db, key) for key in ("id:b", "id:c")] == [[2], [3]]
    publish(db, 4)
    assert [papers.known_as(db, key) for key in ("id:b", "id:c")] == [[1, 2], [1, 2, 3]]
    assert papers.changed_since(db, 3) == ([], [2, 3])
    assert tables(db)["merged"] == [(3, 2, 4), (2, 1, 4), (3, 1, 4)]


def test_what_changed_since(store: Store) -> None:
    """Papers as they are now and the numbers of those gone, each once and by number, whatever came first."""
    revised = replace(BARE, title="B2")
    with store.writing() as db:
        stock.add(db, [(each, BARE, [], [at("a.txt", 1)]) for each in "abcdef"], NOW)
        for number in (5, 3):
            stock.revise(db, number, revised, [], [at("b.txt", number)])
        for number in (4, 3, 2):
            stock.remove(db, [number])
        stock.revise(db, 4, revised, [], [])
        first, sixth = paper(1, "a", ("a.txt", 1)), paper(6, "f", ("a.txt", 1))
        fourth, fifth = paper(4, "d", of=revised), paper(5, "e", ("b.txt", 5), of=revised)
        expected = [
            ([first, fourth, fifth, sixth], [2, 3]),
            ([fourth, fifth], [2, 3]),
            ([fourth], [2, 3]),
            ([fourth], [2, 3]),
            ([fourth], [2, 3]),
            ([fourth], [2]),
            ([fourth], []),
            ([], []),
        ]
        assert papers.published(db) == 7
        assert [papers.changed_since(db, change) for change in range(8)] == expected
        while not papers.forget(db, LOT):
            pass
        assert [papers.changed_since(db, change) for change in range(8)] == expected
        assert [papers.changes_since(db, change, 99) for change in (2, 4, 5, 6, 7)] == [3, 3, 2, 1, 0]
        assert papers.changes_since(db, 1, 1) == 2


@pytest.mark.parametrize(
    "ask",
    [
        papers.published,
        papers.newest,
        papers.newest_ever,
        loads.current,
        lambda db: papers.changed_since(db, 0),
        lambda db: papers.changes_since(db, 0, 9),
        lambda db: papers.by_number(db, [1]),
        lambda db: papers.by_number(db, [1], 2),
        lambda db: papers.known_as(db, "id:a"),
        lambda db: papers.owners(db, ["id:a"]),
        lambda db: papers.versions(db, [1]),
        lambda db: papers.arrived(db, [1], NOW),
        lambda db: put(db, 1, BARE, "id:a"),
        lambda db: papers.end(db, 1, [1]),
        lambda db: papers.forget(db, LOT),
        lambda db: records.of(db, [1]),
        lambda db: records.in_file(db, 1),
        lambda db: records.standing_in(db, 1),
        lambda db: records.left_by(db, 1),
        lambda db: records.end_file(db, 1, 1, LOT),
        lambda db: records.discard(db, LOT),
        lambda db: records.forget(db, LOT),
    ],
)
def test_no_question_goes_through_a_whole_table(store: Store, ask: Callable[[Database], object]) -> None:
    """There may be millions of papers and records: whatever is asked or done goes by an index."""
    steps = plan(store, ask)
    assert steps
    assert [step for step in steps if LARGE.search(step)] == []


def test_everything_is_read_in_its_order(store: Store) -> None:
    """Papers are not sorted, only the places of each."""
    steps = plan(store, lambda db: list(papers.everything(db)))
    assert [
        step
        for step in steps
        if not step.endswith("USING COVERING INDEX load_change")
        and "SCALAR" not in step
        and "TEMP" not in step
    ] == [
        "SCAN description USING INDEX description_paper",
        "SEARCH record USING INDEX record_paper (paper=?) LEFT-JOIN",
        "SEARCH moved USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
        "SEARCH file USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
    ]
    assert [bool(PLACES.search(step)) for step in steps if "TEMP B-TREE" in step] == [True]


def test_the_change_that_is_read_is_looked_up(store: Store) -> None:
    """One step down an index, however many loads there were; every question asks it first."""
    assert plan(store, papers.published) == [
        "SCAN CONSTANT ROW",
        "SCALAR SUBQUERY 1",
        "SEARCH load USING COVERING INDEX load_change",
    ]
