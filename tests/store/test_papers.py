import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.papers import Description, Paper, Record, Source, TitleOrigin
from bot.store import Store, papers

KNOWN = Description(
    title="Über *Backdoors* <&> 大模型",
    title_origin=TitleOrigin.CATALOG,
    abstract="We “plant”\nbackdoors.",
    first_author="Jiashu Xu",
    authors=("Jiashu Xu", "Søren, O'Neil"),
    year=2023,
    arxiv_id="2305.14710",
    acl_id="2024.naacl-long.171",
    url="https://arxiv.org/abs/2305.14710",
)
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
BARE = Description(title="B", title_origin=TitleOrigin.SENTENCE, abstract="B.")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a new store."""
    return Store(tmp_path / "paperboy.db")


def at(file: str, line: int, raw: str = "raw") -> Record:
    """Return a record of a place."""
    source = Source(file, line)
    return Record(title="", title_origin=TitleOrigin.PAGE, abstract="", source=source, raw=raw)


def paper(number: int, shown_id: str, *places: tuple[str, int]) -> Paper:
    """Return a bare paper that stands in these places."""
    sources = tuple(Source(*place) for place in places)
    return Paper(
        number=number,
        shown_id=shown_id,
        title="B",
        title_origin=TitleOrigin.SENTENCE,
        abstract="B.",
        sources=sources,
    )


def changes(db: Database) -> list[tuple[int, int, int]]:
    """Return the number of each paper, the number of its last change, and whether it is gone."""
    return [tuple(row) for row in db.conn.execute("SELECT number, changed, gone FROM paper ORDER BY number")]


def plan(store: Store, ask: Callable[[Database], object]) -> list[str]:
    """Return the steps in which SQLite answers what is asked."""
    with store.reading() as db:
        asked: list[str] = []
        db.conn.set_trace_callback(asked.append)
        ask(db)
        db.conn.set_trace_callback(None)
        questions = [sql for sql in asked if sql.startswith("SELECT")]
        return [row[3] for sql in questions for row in db.conn.execute(f"EXPLAIN QUERY PLAN {sql}")]


def table(db: Database, name: str) -> list[tuple[object, ...]]:
    """Return a table's rows in their order."""
    return [tuple(row) for row in db.conn.execute(f"SELECT * FROM {name} ORDER BY rowid")]  # noqa: S608


def test_papers_come_back_whole(store: Store) -> None:
    """Numbers go up from 1 in the order given; sources are in the order of files and lines."""
    with store.writing() as db:
        papers.add(
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
        papers.add(db, [("p1", BARE, [], [at("a.txt", 2)])], NOW)
    with store.reading() as db:
        assert papers.count(db) == 3
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


def test_keys_and_raw_texts_are_kept(store: Store) -> None:
    """Each names its paper by the permanent integer."""
    with store.writing() as db:
        papers.add(
            db,
            [
                ("x", BARE, ["title:b", "id:x"], [at("a.txt", 1, "Raw\tone")]),
                ("y", BARE, ["title:b"], [at("a.txt", 3, "二")]),
            ],
            NOW,
        )
    with store.reading() as db:
        assert table(db, "paper_key") == [("title:b", 1), ("id:x", 1), ("title:b", 2)]
        assert table(db, "paper_source") == [(1, 1, "a.txt", 1, "Raw\tone"), (2, 2, "a.txt", 3, "二")]


def test_papers_nobody_has_are_left_out(store: Store) -> None:
    """Asking for them is no error, nor is asking for none."""
    with store.writing() as db:
        papers.add(db, [("x", BARE, [], [])], NOW)
    with store.reading() as db:
        assert list(papers.by_number(db, [2, 1, 99, 1])) == [1]
        assert papers.by_number(db, []) == {}


def test_any_number_of_papers_can_be_asked_for(store: Store) -> None:
    """A question may hold more numbers than SQLite takes parameters."""
    with store.writing() as db:
        papers.add(db, [("x", BARE, [], [at("a", 1)])], NOW)
    with store.reading() as db:
        assert list(papers.by_number(db, range(300_000))) == [1]


def test_everything_comes_in_the_order_of_numbers(store: Store) -> None:
    """Each paper whole, however many there are and whichever numbers are missing."""
    with store.writing() as db:
        papers.add(
            db, [("x", KNOWN, [], [at("a.txt", 1)]), *((f"p{n}", BARE, [], []) for n in range(2500))], NOW
        )
        db.execute("DELETE FROM paper WHERE number BETWEEN 3 AND 2100")
    with store.reading() as db:
        numbers = [1, 2, *range(2101, 2502)]
        known = papers.by_number(db, numbers)
        assert list(papers.everything(db)) == [known[number] for number in numbers]


def test_a_paper_is_found_by_the_first_key_that_is_known(store: Store) -> None:
    """Of several papers with the key it is the oldest."""
    with store.writing() as db:
        papers.add(db, [("x", BARE, ["title:b", "id:x"], []), ("y", BARE, ["id:y", "title:b"], [])], NOW)
    with store.reading() as db:
        assert papers.known_as(db, ["id:y", "id:x"]) == 2
        assert papers.known_as(db, ["id:z", "title:b", "id:y"]) == 1
        assert papers.known_as(db, ["id:z"]) is None
        assert papers.known_as(db, []) is None


def test_records_are_counted_by_file(store: Store) -> None:
    """Files come by name, whichever paper each record belongs to."""
    with store.writing() as db:
        papers.add(db, [("x", BARE, [], [at("b", 1), at("a", 1)]), ("y", BARE, [], [at("b", 2)])], NOW)
    with store.reading() as db:
        assert list(papers.records_by_file(db).items()) == [("a", 1), ("b", 2)]


def test_an_empty_store_has_nothing(store: Store) -> None:
    """No paper, no text, no record; adding none is no error."""
    with store.writing() as db:
        papers.add(db, [], NOW)
    with store.reading() as db:
        assert (papers.count(db), list(papers.everything(db)), papers.records_by_file(db)) == (0, [], {})
        assert (papers.latest_change(db), papers.changed_since(db, -1)) == (0, ([], []))


def test_two_papers_cannot_be_shown_under_one_id(store: Store) -> None:
    """People type it: it has to mean one paper."""
    with pytest.raises(sqlite3.IntegrityError, match="shown_id"), store.writing() as db:
        papers.add(db, [("x", KNOWN, [], []), ("x", BARE, [], [])], NOW)
    with store.reading() as db:
        assert papers.count(db) == 0


def test_papers_are_known_by_when_they_were_first_seen(store: Store) -> None:
    """When the first and the last came, and how many of some came since a time."""
    with store.writing() as db:
        assert papers.newest(db) == 0
        papers.add(db, [("x", BARE, [], []), ("y", BARE, [], [])], NOW)
        papers.add(db, [("z", BARE, [], [])], NOW + timedelta(days=1))
    with store.reading() as db:
        assert papers.newest(db) == 3
        assert papers.arrivals(db) == (NOW, NOW + timedelta(days=1))
        assert [papers.arrived(db, [1, 3, 9], NOW + timedelta(hours=hours)) for hours in (0, 1, 25)] == [
            2,
            1,
            0,
        ]


def test_papers_are_taken_one_by_one(store: Store) -> None:
    """However many are added, each is written before the next is asked for, and they are one change."""
    with store.writing() as db:
        written = []

        def coming() -> Iterator[tuple[str, Description, list[str], list[Record]]]:
            for number in range(3):
                written.append(papers.count(db))
                yield f"p{number}", BARE, [], []

        papers.add(db, coming(), NOW)
        assert written == [0, 1, 2]
        assert changes(db) == [(1, 1, 0), (2, 1, 0), (3, 1, 0)]


def test_changes_are_counted(store: Store) -> None:
    """Each call that changes papers has one number, and the papers it changes have it."""
    with store.writing() as db:
        papers.add(db, [(each, BARE, [], []) for each in "abcd"], NOW)
        papers.add(db, [("e", BARE, [], [])], NOW)
        assert papers.latest_change(db) == 2
        papers.revise(db, 3, BARE, [], [])
        papers.remove(db, [4, 2])
        assert changes(db) == [(1, 1, 0), (2, 4, 1), (3, 3, 0), (4, 4, 1), (5, 2, 0)]
        papers.revise(db, 4, BARE, [], [])
        assert changes(db) == [(1, 1, 0), (2, 4, 1), (3, 3, 0), (4, 5, 0), (5, 2, 0)]
        assert papers.latest_change(db) == 5


def test_what_is_gone_or_unknown_cannot_go(store: Store) -> None:
    """It does not change, nor does anything where nothing shall go."""
    with store.writing() as db:
        papers.add(db, [("a", BARE, [], []), ("b", BARE, [], [])], NOW)
        papers.remove(db, [1])
        papers.remove(db, [1, 99])
        papers.remove(db, [])
        assert changes(db) == [(1, 2, 1), (2, 1, 0)]
        assert papers.latest_change(db) == 2


def test_a_revision_describes_a_paper_anew(store: Store) -> None:
    """Description and sources are replaced, keys are added; shown id, arrival and other papers stay."""
    with store.writing() as db:
        papers.add(
            db,
            [
                ("a", BARE, ["id:a", "title:b"], [at("a.txt", 1), at("b.txt", 7)]),
                ("b", BARE, ["id:b"], [at("a.txt", 2, "two")]),
            ],
            NOW,
        )
        papers.revise(db, 1, KNOWN, ["title:b", "title:k"], [at("c.txt", 3, "三"), at("b.txt", 8, "eight")])
    with store.reading() as db:
        assert list(papers.everything(db)) == [
            Paper(
                number=1,
                shown_id="a",
                title="Über *Backdoors* <&> 大模型",
                title_origin=TitleOrigin.CATALOG,
                abstract="We “plant”\nbackdoors.",
                first_author="Jiashu Xu",
                authors=("Jiashu Xu", "Søren, O'Neil"),
                year=2023,
                arxiv_id="2305.14710",
                acl_id="2024.naacl-long.171",
                url="https://arxiv.org/abs/2305.14710",
                sources=(Source("b.txt", 8), Source("c.txt", 3)),
            ),
            paper(2, "b", ("a.txt", 2)),
        ]
        assert table(db, "paper_key") == [("id:a", 1), ("title:b", 1), ("id:b", 2), ("title:k", 1)]
        assert [row[1:] for row in table(db, "paper_source")] == [
            (2, "a.txt", 2, "two"),
            (1, "c.txt", 3, "三"),
            (1, "b.txt", 8, "eight"),
        ]
        assert papers.arrivals(db) == (NOW, NOW)


def test_a_revision_takes_away_what_is_not_known_any_more(store: Store) -> None:
    """What the new description leaves open is empty."""
    with store.writing() as db:
        papers.add(db, [("x", KNOWN, [], [at("a.txt", 1)])], NOW)
        papers.revise(db, 1, BARE, [], [])
        assert papers.by_number(db, [1]) == {1: paper(1, "x")}


def test_nobody_revises_a_paper_that_there_is_not(store: Store) -> None:
    """Nothing is written."""
    with store.writing() as db:
        with pytest.raises(LookupError, match=r"^no paper 1$"):
            papers.revise(db, 1, BARE, ["id:a"], [at("a.txt", 1)])
        assert [table(db, name) for name in ("paper", "paper_key", "paper_source")] == [[], [], []]


def test_a_paper_that_is_gone_stays_known(store: Store) -> None:
    """It stands nowhere and is not among the papers; its number and keys still lead to it."""
    with store.writing() as db:
        papers.add(
            db,
            [
                ("a", BARE, ["id:a"], [at("a.txt", 1)]),
                ("b", BARE, ["id:b"], [at("a.txt", 2), at("b.txt", 1)]),
            ],
            NOW,
        )
        papers.add(db, [("c", BARE, ["id:c"], [at("c.txt", 1)])], NOW + timedelta(days=1))
        papers.remove(db, iter([3, 2]))
    with store.reading() as db:
        assert (papers.count(db), list(papers.everything(db))) == (1, [paper(1, "a", ("a.txt", 1))])
        assert papers.records_by_file(db) == {"a.txt": 1}
        assert papers.by_number(db, [1, 2, 3]) == {
            1: paper(1, "a", ("a.txt", 1)),
            2: paper(2, "b"),
            3: paper(3, "c"),
        }
        assert [papers.known_as(db, [key]) for key in ("id:b", "id:c")] == [2, 3]
        assert papers.newest(db) == 3
        assert papers.arrivals(db) == (NOW, NOW + timedelta(days=1))
        assert papers.arrived(db, [1, 2, 3], NOW) == 3


def test_a_number_is_never_given_again(store: Store) -> None:
    """Not even when the newest paper is gone."""
    with store.writing() as db:
        papers.add(db, [("a", BARE, [], []), ("b", BARE, [], [])], NOW)
        papers.remove(db, [2])
        papers.add(db, [("c", BARE, [], [])], NOW)
        assert list(papers.everything(db)) == [paper(1, "a"), paper(3, "c")]


def test_a_paper_that_was_gone_comes_back(store: Store) -> None:
    """As the same paper, where it stands now."""
    with store.writing() as db:
        papers.add(db, [("a", BARE, ["id:a"], [at("a.txt", 1)])], NOW)
        papers.remove(db, [1])
        papers.revise(db, 1, BARE, ["id:a"], [at("b.txt", 2)])
        assert (papers.count(db), list(papers.everything(db))) == (1, [paper(1, "a", ("b.txt", 2))])


def test_what_changed_since(store: Store) -> None:
    """Papers as they are now and the numbers of those gone, each once and by number, whatever came first."""
    revised = replace(BARE, title="B2")
    with store.writing() as db:
        papers.add(db, [(each, BARE, [], [at("a.txt", 1)]) for each in "abcdef"], NOW)
        for number in (5, 3):
            papers.revise(db, number, revised, [], [at("b.txt", number)])
        for number in (4, 3, 2):
            papers.remove(db, [number])
        papers.revise(db, 4, revised, [], [])
    with store.snapshot() as db:
        first, sixth = paper(1, "a", ("a.txt", 1)), paper(6, "f", ("a.txt", 1))
        fourth = replace(paper(4, "d"), title="B2")
        fifth = replace(paper(5, "e", ("b.txt", 5)), title="B2")
        assert papers.latest_change(db) == 7
        assert papers.changed_since(db, 0) == ([first, fourth, fifth, sixth], [2, 3])
        assert papers.changed_since(db, 1) == ([fourth, fifth], [2, 3])
        assert papers.changed_since(db, 2) == ([fourth], [2, 3])
        assert papers.changed_since(db, 5) == ([fourth], [2])
        assert papers.changed_since(db, 6) == ([fourth], [])
        assert papers.changed_since(db, 7) == ([], [])


def test_everything_is_of_one_moment(store: Store) -> None:
    """What others write after the first paper was taken is not in it."""
    with store.writing() as db:
        papers.add(db, [(each, BARE, [], [at("a.txt", 1)]) for each in "abc"], NOW)
    with store.reading() as reader:
        coming = papers.everything(reader)
        taken = [next(coming)]
        with store.writing() as db:
            papers.remove(db, [2])
            papers.revise(db, 3, KNOWN, [], [])
            papers.add(db, [("d", BARE, [], [])], NOW)
        assert [*taken, *coming] == [
            paper(number, shown, ("a.txt", 1)) for number, shown in enumerate("abc", 1)
        ]


@pytest.mark.parametrize(
    "ask",
    [
        papers.count,
        papers.latest_change,
        papers.newest,
        papers.arrivals,
        papers.records_by_file,
        lambda db: papers.changed_since(db, 0),
        lambda db: papers.by_number(db, [1]),
        lambda db: papers.known_as(db, ["id:a"]),
    ],
)
def test_no_question_reads_a_whole_table(store: Store, ask: Callable[[Database], object]) -> None:
    """Nor sorts one. There may be millions of rows, each with a text; what counts them goes by an index."""
    steps = plan(store, ask)
    assert steps
    assert [step for step in steps if re.search(r"^SCAN paper\w*$|TEMP B-TREE|AUTOMATIC", step)] == []


def test_everything_is_read_in_its_order(store: Store) -> None:
    """Nothing is sorted, and no text of a source is read."""
    assert plan(store, lambda db: list(papers.everything(db))) == [
        "SCAN paper",
        "SEARCH paper_source USING COVERING INDEX idx_paper_source_paper_file_line (paper=?) LEFT-JOIN",
    ]


def test_the_last_change_is_looked_up(store: Store) -> None:
    """One step down an index, however many papers there are."""
    assert plan(store, papers.latest_change) == ["SEARCH paper USING COVERING INDEX idx_paper_changed"]
