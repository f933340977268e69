from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Barrier

import pytest

from bot.errors import OperatorError, UserError
from bot.library import Answer, Found, Library, Status
from bot.papers import Paper, Problem, Source, TitleOrigin
from bot.search.analyze import Analyzer
from bot.search.index import Bm25
from bot.search.query import parse_query
from bot.search.snippet import Run
from bot.store import Store

SEEDS = Path(__file__).parents[1] / "seeds"
NOW = datetime(2026, 11, 21, 8, 40, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
FILLER = "An abstract has to be of some length, or else nobody would take it for one at all. " * 4


def write(folder: Path, **papers: str) -> Path:
    """Write a corpus of one paper a file: its title is the file's name, then its abstract."""
    folder.mkdir(exist_ok=True)
    for title, abstract in papers.items():
        (folder / f"{title}.txt").write_text(f"{title} Paper\n{abstract} {FILLER}\n")
    return folder


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a corpus of two papers and a file that cannot be read."""
    abstracts = {"Backdoor": "We plant triggers.", "Router": "We route backdoors to experts."}
    folder = write(tmp_path / "corpus", **abstracts)
    (folder / "Worse.txt").write_bytes(b"\xff\xfeW\0")
    return folder


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Return where the database will be."""
    return tmp_path / "data" / "paperboy.db"


def titles(library: Library, query: str) -> list[str]:
    """Return the titles of what is found."""
    return [found.paper.title for found in library.search(query, 9).found]


def test_an_answer_is_whole(db: Path, corpus: Path) -> None:
    """It tells papers, scores, missing words, snippets, totals, and what was searched."""
    terms = Analyzer().terms
    routing, planting = f"We route backdoors to experts. {FILLER}", f"We plant triggers. {FILLER}"
    index = Bm25([terms("Backdoor Paper") * 3 + terms(planting), terms("Router Paper") * 3 + terms(routing)])
    score = float(index.get_scores(["backdoor", "expert"])[1])
    assert Library.at(db, [corpus], NOW).search("Backdoor Experts zzz", 1) == Answer(
        query=parse_query("Backdoor Experts zzz", Analyzer()),
        found=(
            Found(
                paper=Paper(
                    number=2,
                    shown_id="p" + sha256(b"title:routerpaper\n").hexdigest()[:10],
                    title="Router Paper",
                    title_origin=TitleOrigin.PAGE,
                    abstract=routing.strip(),
                    sources=(Source("Router.txt", 2),),
                ),
                score=score,
                missing=("zzz",),
                snippet=(
                    Run("We route "),
                    Run("backdoors", matched=True),
                    Run(" to "),
                    Run("experts", matched=True),
                    Run("."),
                ),
            ),
        ),
        total=2,
        complete=0,
        unknown=("zzz",),
        corpus_size=2,
        loaded_at=NOW,
    )


def test_a_paper_may_be_found_by_its_title_alone(db: Path, corpus: Path) -> None:
    """Its abstract's beginning is shown."""
    found = Library.at(db, [corpus], NOW).search("backdoor", 5).found
    assert [(each.paper.title, each.snippet[0]) for each in found] == [
        ("Backdoor Paper", Run("We plant triggers.")),
        ("Router Paper", Run("We route ")),
    ]


def test_nothing_found_is_an_answer(db: Path, corpus: Path) -> None:
    """It names the words that no paper has."""
    answer = Library.at(db, [corpus], NOW).search("zzz yyy", 5)
    assert (answer.found, answer.total, answer.complete, answer.unknown) == ((), 0, 0, ("zzz", "yyy"))


def test_a_query_without_a_word_is_refused(db: Path, corpus: Path) -> None:
    """As the query's reader does."""
    with pytest.raises(UserError, match="There is no word to search for"):
        Library.at(db, [corpus], NOW).search("the", 5)


def test_status_tells_what_is_loaded(db: Path, corpus: Path) -> None:
    """Papers, records and their files, when, and what could not be read."""
    library = Library.at(db, [corpus], NOW)
    assert library.size == 2
    assert library.status() == Status(
        papers=2,
        records=2,
        loaded_at=NOW,
        records_by_file={"Backdoor.txt": 1, "Router.txt": 1},
        problems=(Problem("Worse.txt", 0, "the file is UTF-16; save it as UTF-8"),),
    )


def test_records_of_one_paper_are_counted_apart(db: Path, corpus: Path) -> None:
    """A paper that stands in two files is one paper with two sources."""
    (corpus / "Copy.txt").write_text((corpus / "Router.txt").read_text())
    library = Library.at(db, [corpus], NOW)
    status = library.status()
    assert (status.papers, status.records) == (2, 3)
    sources = library.search("experts", 1).found[0].paper.sources
    assert sources == (Source("Copy.txt", 2), Source("Router.txt", 2))


def test_a_corpus_is_loaded_once(db: Path, corpus: Path, tmp_path: Path) -> None:
    """What the store holds is not read again, nor changed by another corpus."""
    before = Library.at(db, [corpus], NOW).status()
    other = write(tmp_path / "other", Pruning="We prune experts.")
    library = Library.at(db, [other], LATER)
    library.load_if_empty([other], LATER)
    assert library.status() == before
    assert titles(library, "experts prune") == ["Router Paper"]


def test_reopening_gives_the_same_answers(db: Path, corpus: Path) -> None:
    """The corpus may be gone by then."""
    first = Library.at(db, [corpus], NOW)
    again = Library.at(db, [corpus / "gone"], LATER)
    for query in ("backdoor", "experts we route", "zzz"):
        assert again.search(query, 5) == first.search(query, 5)


def test_an_empty_corpus_leaves_the_library_empty(db: Path, tmp_path: Path) -> None:
    """A search says so, and the status tells why."""
    library = Library.at(db, [write(tmp_path / "empty")], NOW)
    assert library.size == 0
    with pytest.raises(UserError) as refused:
        library.search("backdoor", 5)
    assert refused.value.message == (
        "No papers are loaded yet. Whoever runs me can see why with: paperboy status"
    )
    assert library.status() == Status(
        papers=0,
        records=0,
        loaded_at=NOW,
        records_by_file={},
        problems=(Problem(str(tmp_path / "empty"), 0, "the folder holds no papers"),),
    )


def test_an_empty_library_is_loaded_when_there_are_papers(db: Path, corpus: Path, tmp_path: Path) -> None:
    """An attempt that found none does not count."""
    Library.at(db, [tmp_path / "gone"], NOW)
    library = Library.at(db, [corpus], LATER)
    assert (library.size, library.status().loaded_at) == (2, LATER)


def test_before_the_first_load_nothing_is_known(db: Path) -> None:
    """The status of a store that was only opened is empty."""
    assert Library(Store(db)).status() == Status(
        papers=0, records=0, loaded_at=None, records_by_file={}, problems=()
    )


def test_a_library_can_be_searched_once_it_is_open(db: Path, corpus: Path) -> None:
    """Loading alone builds no index."""
    library = Library(Store(db))
    library.load_if_empty([corpus], NOW)
    with pytest.raises(UserError, match="No papers are loaded yet"):
        library.search("backdoor", 5)
    library.open()
    assert titles(library, "experts") == ["Router Paper"]


def test_libraries_that_load_at_once_load_once(db: Path) -> None:
    """The quicker one loads; the others find its papers."""
    together = Barrier(4)

    def at_once() -> tuple[int, Status]:
        together.wait(timeout=30)
        library = Library.at(db, [SEEDS], NOW)
        return library.size, library.status()

    with ThreadPoolExecutor(4) as threads:
        answers = [done.result() for done in [threads.submit(at_once) for _ in range(4)]]
    assert answers == [answers[0]] * 4
    assert (answers[0][0], answers[0][1].records) == (382, 386)
    with Store(db).reading() as opened:
        assert opened.conn.execute("SELECT count(*) FROM load").fetchone()[0] == 1


def test_threads_may_search_at_once(db: Path) -> None:
    """Each gets the answer that it would get alone."""
    library = Library.at(db, [SEEDS], NOW)
    queries = ["backdoor instruction tuning", "lora moe", "tülu 3", "zzz", "language model"]
    alone = [library.search(query, 5) for query in queries]
    together = Barrier(8)

    def searches() -> list[Answer]:
        together.wait(timeout=30)
        return [library.search(query, 5) for query in queries]

    with ThreadPoolExecutor(8) as threads:
        assert [done.result() for done in [threads.submit(searches) for _ in range(8)]] == [alone] * 8


def test_a_file_that_is_no_database_is_refused(db: Path, corpus: Path) -> None:
    """Whoever runs Paperboy is told which setting names it."""
    db.parent.mkdir()
    db.write_text("text " * 1000)
    with pytest.raises(OperatorError, match=r"^PAPERBOY_DB: .* cannot be used: file is not a database$"):
        Library.at(db, [corpus], NOW)
