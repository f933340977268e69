from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from math import log
from pathlib import Path
from threading import Barrier

import pytest
from rank_bm25 import BM25Okapi

from bot.answers import Answer, Found, Loaded, Similar, Status, Suggestion
from bot.errors import OperatorError, UserError
from bot.library import Library
from bot.papers import Paper, Problem, Source, TitleOrigin
from bot.search.analyze import Analyzer
from bot.search.query import parse_query
from bot.search.snippet import Run
from bot.store import Store
from bot.wording import shorten

SEEDS = Path(__file__).parents[1] / "seeds"
SCHOLAR = "https://www.semanticscholar.org/paper"
NOW = datetime(2026, 11, 21, 8, 40, tzinfo=UTC)
LOADED_AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)  # of the fixture `library`
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
    index = BM25Okapi(
        [terms("Backdoor Paper") * 3 + terms(planting), terms("Router Paper") * 3 + terms(routing)]
    )
    index.idf = {"backdoor": log(1 + 0.5 / 2.5), "expert": log(1 + 1.5 / 1.5)}
    score = float(index.get_scores(["backdoor", "expert"])[1])
    assert Library.at(db, [corpus], lambda: NOW).search("Backdoor Experts zzz", 1) == Answer(
        query=parse_query("Backdoor Experts zzz", Analyzer()),
        skip=0,
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
        weak=True,
        suggestion=None,
        corpus_size=2,
        loaded_at=NOW,
    )


def test_a_paper_may_be_found_by_its_title_alone(db: Path, corpus: Path) -> None:
    """Its abstract's beginning is shown."""
    found = Library.at(db, [corpus], lambda: NOW).search("backdoor", 5).found
    assert [(each.paper.title, each.snippet[0]) for each in found] == [
        ("Backdoor Paper", Run("We plant triggers.")),
        ("Router Paper", Run("We route ")),
    ]


def test_nothing_found_is_an_answer(db: Path, corpus: Path) -> None:
    """It names the words that no paper has."""
    answer = Library.at(db, [corpus], lambda: NOW).search("zzz yyy", 5)
    assert (answer.found, answer.total, answer.complete, answer.unknown) == ((), 0, 0, ("zzz", "yyy"))


def test_a_misspelt_query_comes_with_the_nearest(db: Path, corpus: Path) -> None:
    """How many words it has, how many papers it finds, how many of them have every word."""
    answer = Library.at(db, [corpus], lambda: NOW).search("Bakcdoor expertz", 5)
    assert (answer.total, answer.weak) == (0, False)
    assert answer.suggestion == Suggestion("backdoor experts", words=2, total=2, complete=1)


def test_a_weak_answer_comes_with_the_nearest(db: Path, corpus: Path) -> None:
    """The papers found are shown all the same; a longer query is never weak, nor is it mended."""
    library = Library.at(db, [corpus], lambda: NOW)
    weak, long = library.search("paper backdoorr", 5), library.search("paper backdoorr xx yy zz", 5)
    assert (weak.total, weak.weak) == (2, True)
    assert weak.suggestion == Suggestion("paper backdoor", words=2, total=2, complete=2)
    assert (long.total, long.weak, long.suggestion) == (2, False, None)


def test_an_answer_that_holds_half_is_left_alone(library: Library) -> None:
    """A slip in it is not mended."""
    answer = library.search("crowdsourcing malicious instructions backdorr", 5)
    assert (answer.weak, answer.suggestion, answer.unknown) == (False, None, ("backdorr",))


def test_pages_of_an_answer_put_together_are_one(db: Path) -> None:
    """Each tells where it begins; all else of it is the same."""
    library = Library.at(db, [SEEDS], lambda: NOW)
    whole = library.search("backdoor instruction tuning", 999)
    pages = [library.search("backdoor instruction tuning", 50, skip) for skip in (0, 50, 100, 150)]
    assert [len(page.found) for page in pages] == [50, 50, 30, 0]
    assert tuple(found for page in pages for found in page.found) == whole.found
    for page, skip in zip(pages, (0, 50, 100, 150), strict=True):
        assert page == replace(whole, skip=skip, found=whole.found[skip : skip + 50])


def test_a_long_form_is_why_a_paper_was_found(db: Path, tmp_path: Path) -> None:
    """It stands in bold, as the acronym itself does."""
    papers = {"One": "We train large language models (LLMs).", "Two": "A large language model is used."}
    found = Library.at(db, [write(tmp_path / "llm", **papers)], lambda: NOW).search("LLM", 5).found
    assert [(each.paper.title, "".join(f"*{run.text}*" if run.matched else run.text for run in each.snippet))
            for each in found] == [
        ("One Paper", "We train *large* *language* *models* (*LLMs*)."),
        ("Two Paper", "A *large* *language* *model* is used."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("reference", "title"),
    [
        ("2305.14710", "Instructions as Backdoors"),
        ("2305.14710v3", "Instructions as Backdoors"),
        ("https://arxiv.org/pdf/2305.14710v2.pdf", "Instructions as Backdoors"),
        ("<https://arxiv.org/abs/2305.14710|arxiv.org/abs/2305.14710>", "Instructions as Backdoors"),
        ("https://doi.org/10.48550/arXiv.2305.14710", "Instructions as Backdoors"),
        ("2024.findings-emnlp.234", "Reward Modeling Requires Automatic Adjustment"),
        (
            "https://aclanthology.org/2024.findings-emnlp.234/",
            "Reward Modeling Requires Automatic Adjustment",
        ),
        ("10.18653/v1/2024.findings-emnlp.234", "Reward Modeling Requires Automatic Adjustment"),
        (" PD7CD9F1B61 ", "TÜLU 3"),
        (
            f"{SCHOLAR}/Instructions-as-Backdoors%3A-Backdoor-Vulnerabilities-of-Xu-Ma/{'0' * 40}",
            "Instructions",
        ),
        (f"{SCHOLAR}/T%C3%9CLU-3%3A-Pushing-Frontiers-in-Open-Language-Lambert/{'0' * 40}", "TÜLU 3"),
    ],
)
def test_a_paper_is_found_by_its_id(library: Library, reference: str, title: str) -> None:
    """With or without a version, by link, DOI, or as Slack marks a link up."""
    paper = library.paper(reference)
    assert paper.title.startswith(title)
    assert library.similar(reference, 3).paper == paper


@pytest.mark.parametrize(
    ("reference", "shown"),
    [
        ("9999.99999", "9999.99999"),
        ("", ""),
        ("<!channel>", "<!channel>"),
        ("\ud800", "\ud800"),
        ("a\0b", "a\0b"),
        ("backdoor " * 50, "backdoor " * 8 + "…"),
        *(
            (f"{SCHOLAR}/{words}/{'0' * 40}", shorten(f"{SCHOLAR}/{words}/{'0' * 40}", 80))
            for words in ("of-the", "Instructions-as-Backdoors-Smith", "Instructions", "zzz")
        ),
    ],
)
def test_an_unknown_id_is_told_what_ids_look_like(library: Library, reference: str, shown: str) -> None:
    """Whatever was typed, and at most its beginning is repeated."""
    for ask in (library.paper, lambda typed: library.similar(typed, 5)):
        with pytest.raises(UserError) as refused:
            ask(reference)
        assert refused.value.message == (
            f"No paper here has the id {shown.replace(' …', '…')}. Ids look like 2305.14710 or"
            " 2024.naacl-long.171; DOIs and links work as well, Semantic Scholar's too."
        )


@pytest.mark.parametrize(
    "link", [f"{SCHOLAR}/{'0' * 40}", "https://api.semanticscholar.org/CorpusID:258866212"]
)
def test_a_link_without_a_title_is_told_which_one_to_paste(library: Library, link: str) -> None:
    """Semantic Scholar's number says nothing to anybody else."""
    with pytest.raises(UserError) as refused:
        library.paper(link)
    assert refused.value.message == (
        "That link to Semantic Scholar does not say which paper it is of. Paste the longer one,"
        " which has the title in it, or the paper's DOI or arXiv id."
    )


@pytest.mark.parametrize("fault", ["bot.indexes.Indexes.is_near", "threading.Thread.start"])
def test_who_could_not_follow_once_follows_later(db: Path, corpus: Path, fault: str) -> None:
    """Whatever it was, as a thread too many: this search is answered as before, and the next tries again."""
    library = Library.at(db, [corpus], lambda: NOW)
    write(corpus, Latest="We plant more.")
    Library(Store(db)).reload([corpus], "ana", lambda: LATER)

    def fail(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.indexes._NEAR", -1)
        patch.setattr(fault, fail)
        assert titles(library, "latest") == []
    assert titles(library, "latest") == ["Latest Paper"]


def test_papers_like_one_are_whole(library: Library) -> None:
    """The paper itself is not among them; each shows why, and none lacks a word."""
    similar = library.similar("https://arxiv.org/abs/2305.14710v1", 3, 1)
    everything = library.similar("2305.14710", 99)
    assert similar == Similar(
        paper=library.paper("2305.14710"),
        skip=1,
        found=everything.found[1:4],
        total=20,
        loaded_at=LOADED_AT,
    )
    assert len(everything.found) == 20
    assert "2305.14710" not in {found.paper.shown_id for found in everything.found}
    assert [(found.paper.shown_id, found.missing) for found in everything.found[:2]] == [
        ("2311.09433", ()),
        ("2310.13828", ()),
    ]
    assert all(any(run.matched for run in found.snippet) for found in everything.found[:5])


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("backdoor", True),
        ("Backdoored", True),
        ("JIASHU", True),
        ("zzz backdoor", True),
        ("subscribee", False),
        ("zzz", False),
        ("the", False),
        ("", False),
        ("…", False),
        ("\ud800", False),
    ],
)
def test_a_word_is_known_if_a_text_or_an_author_has_it(
    library: Library,
    word: str,
    known: bool,  # noqa: FBT001  # a column
) -> None:
    """In whichever form."""
    assert library.has_word(word) is known


def test_a_query_without_a_word_is_refused(db: Path, corpus: Path) -> None:
    """As the query's reader does."""
    with pytest.raises(UserError, match="There is no word to search for"):
        Library.at(db, [corpus], lambda: NOW).search("the", 5)


def loaded(at: datetime, papers: int, new: int, *problems: Problem) -> Loaded:
    """Return what a first load brought, which nobody asked for."""
    return Loaded(
        by="",
        at=at,
        seconds=0.0,
        papers=papers,
        new=new,
        revised=0,
        unchanged=0,
        removed=0,
        problems=problems,
    )


def test_status_tells_what_is_loaded(db: Path, corpus: Path) -> None:
    """Papers, records and their files, when, and what could not be read."""
    library = Library.at(db, [corpus], lambda: NOW)
    assert library.size == 2
    assert library.status() == Status(
        papers=2,
        records=2,
        records_by_file={"Backdoor.txt": 1, "Router.txt": 1},
        records_by_feed={},
        last=loaded(NOW, 2, 2, Problem("Worse.txt", 0, "the file is UTF-16; save it as UTF-8")),
        under_way="",
    )


def test_records_of_one_paper_are_counted_apart(db: Path, corpus: Path) -> None:
    """A paper that stands in two files is one paper with two sources."""
    (corpus / "Copy.txt").write_text((corpus / "Router.txt").read_text())
    library = Library.at(db, [corpus], lambda: NOW)
    status = library.status()
    assert (status.papers, status.records) == (2, 3)
    sources = library.search("experts", 1).found[0].paper.sources
    assert sources == (Source("Copy.txt", 2), Source("Router.txt", 2))


def test_a_corpus_is_loaded_once(db: Path, corpus: Path, tmp_path: Path) -> None:
    """What the store holds is not read again, nor changed by another corpus."""
    before = Library.at(db, [corpus], lambda: NOW).status()
    other = write(tmp_path / "other", Pruning="We prune experts.")
    library = Library.at(db, [other], lambda: LATER)
    library.load_if_empty([other], lambda: LATER)
    assert library.status() == before
    assert titles(library, "experts prune") == ["Router Paper"]


def test_reopening_gives_the_same_answers(db: Path, corpus: Path) -> None:
    """The corpus may be gone by then."""
    first = Library.at(db, [corpus], lambda: NOW)
    again = Library.at(db, [corpus / "gone"], lambda: LATER)
    for query in ("backdoor", "experts we route", "zzz"):
        assert again.search(query, 5) == first.search(query, 5)


def test_an_empty_corpus_leaves_the_library_empty(db: Path, tmp_path: Path) -> None:
    """A search says so, and the status tells why."""
    library = Library.at(db, [write(tmp_path / "empty")], lambda: NOW)
    assert library.size == 0
    with pytest.raises(UserError) as refused:
        library.search("backdoor", 5)
    assert refused.value.message == (
        "No papers are loaded yet. Whoever runs me can see why with: paperboy status"
    )
    assert library.status() == Status(
        papers=0,
        records=0,
        records_by_file={},
        records_by_feed={},
        last=loaded(NOW, 0, 0, Problem(str(tmp_path / "empty"), 0, "the folder holds no papers")),
        under_way="",
    )


def test_an_empty_library_is_loaded_when_there_are_papers(db: Path, corpus: Path, tmp_path: Path) -> None:
    """An attempt that found none does not count."""
    Library.at(db, [tmp_path / "gone"], lambda: NOW)
    library = Library.at(db, [corpus], lambda: LATER)
    assert (library.size, library.loaded_at) == (2, LATER)


def test_before_the_first_load_nothing_is_known(db: Path) -> None:
    """The status of a store that was only opened is empty."""
    assert Library(Store(db)).status() == Status(
        papers=0, records=0, records_by_file={}, records_by_feed={}, last=None, under_way=""
    )


def test_a_library_without_papers_searches_those_that_come(db: Path, corpus: Path) -> None:
    """Whoever loads them; loading alone builds no index."""
    library, other = Library(Store(db)), Library(Store(db))
    with pytest.raises(UserError, match="No papers are loaded yet"):
        library.search("backdoor", 5)
    other.load_if_empty([corpus], lambda: NOW)
    assert not db.with_name(f"{db.name}-index").exists()
    assert titles(library, "experts") == ["Router Paper"]


def test_libraries_that_load_at_once_load_once(db: Path) -> None:
    """The quicker one loads; the others find its papers."""
    together = Barrier(4)

    def at_once() -> tuple[int, Status]:
        together.wait(timeout=30)
        library = Library.at(db, [SEEDS], lambda: NOW)
        return library.size, library.status()

    with ThreadPoolExecutor(4) as threads:
        answers = [done.result() for done in [threads.submit(at_once) for _ in range(4)]]
    assert answers == [answers[0]] * 4
    assert (answers[0][0], answers[0][1].records) == (382, 386)
    with Store(db).reading() as opened:
        assert opened.conn.execute("SELECT count(*) FROM load").fetchone()[0] == 1


def test_threads_may_search_at_once(db: Path) -> None:
    """Each gets the answer that it would get alone."""
    library = Library.at(db, [SEEDS], lambda: NOW)
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
        Library.at(db, [corpus], lambda: NOW)
