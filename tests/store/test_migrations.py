from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from bot.papers import Description, Paper, Source, TitleOrigin
from bot.store import Store, generations, papers
from bot.store.migrations import migrations

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def test_papers_of_an_older_file_have_not_changed(tmp_path: Path) -> None:
    """None is gone, all come back whole, there is no index of them, and changes are counted from 1."""
    path = tmp_path / "paperboy.db"
    old = Database(path)
    migrations.apply(old, stop_before="m006_changes")
    for number in (1, 3):
        row = f"({number}, 'p{number}', 'T', 'page', 'A', '', '[]', NULL, '', '', '', 1795251600)"
        old.conn.execute(f"INSERT INTO paper VALUES {row}")  # noqa: S608 (ours)
        old.conn.execute("INSERT INTO paper_key VALUES (?, ?)", [f"id:p{number}", number])
    for place in ((3, "b.txt", 1, "raw"), (1, "b.txt", 2, "raw"), (1, "a.txt", 3, "raw")):
        old.conn.execute("INSERT INTO paper_source (paper, file, line, raw) VALUES (?, ?, ?, ?)", place)
    old.conn.commit()
    old.close()

    known = [
        Paper(
            number=1,
            shown_id="p1",
            title="T",
            title_origin=TitleOrigin.PAGE,
            abstract="A",
            sources=(Source("a.txt", 3), Source("b.txt", 2)),
        ),
        Paper(
            number=3,
            shown_id="p3",
            title="T",
            title_origin=TitleOrigin.PAGE,
            abstract="A",
            sources=(Source("b.txt", 1),),
        ),
    ]
    store = Store(path)
    with store.reading() as db:
        assert (papers.count(db), list(papers.everything(db))) == (2, known)
        assert papers.records_by_file(db) == {"a.txt": 1, "b.txt": 2}
        assert papers.known_as(db, ["id:p3"]) == 3
        assert papers.arrivals(db) == (NOW, NOW)
        assert (papers.latest_change(db), papers.changed_since(db, 0)) == (0, ([], []))
        assert generations.current(db) is None
    described = Description(title="N", title_origin=TitleOrigin.PAGE, abstract="A")
    new = Paper(number=4, shown_id="n", title="N", title_origin=TitleOrigin.PAGE, abstract="A")
    with store.writing() as db:
        papers.add(db, [("n", described, [], [])], NOW)
        papers.remove(db, [3])
        assert papers.changed_since(db, 0) == ([new], [3])
        assert papers.changed_since(db, 1) == ([], [3])
