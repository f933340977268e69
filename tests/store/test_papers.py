import sqlite3
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
