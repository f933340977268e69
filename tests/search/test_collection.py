import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest

from bot.search.analyze import Analyzer, name_forms
from bot.search.build import build
from bot.search.collection import Collection
from bot.search.files import DamagedError
from bot.search.index import prepare
from bot.search.postings import key
from bot.search.query import QueryWord, parse_query
from bot.search.segment import Document
from tests.search.arrays import postings

ANALYZER = Analyzer()
COLLECTION = Collection.of(
    [
        Document(
            title="Length Bias",
            abstract="Mixture of experts (MoE) safely.",
            authors=["Jiashu Xu", "Søren O'Neil"],
            labels=["002.txt", "arXiv"],
            year=2023,
            dated=2305_1,
        ),
        Document(
            title="Of Length",
            abstract="Bias: large language models (LLMs).",
            authors=["Xu Jian-Yun"],
            labels=["003.txt", "ACL Anthology NAACL 2024"],
            year=2024,
        ),
        Document(title="Fine-tuning Safe", abstract="Selective attention for engines (SAFE) is safe."),
        Document(title="", abstract="", labels=["ARXIV"], year=2023, dated=2306_2),
    ],
    ANALYZER,
)


def words(text: str) -> list[QueryWord]:
    """Return the words of a query."""
    return list(parse_query(text, ANALYZER).words)


@pytest.mark.parametrize(
    ("word", "documents"),
    [
        ("bias", [0, 1]),
        ("lengths", [0, 1]),
        ("fine-tuning", [2]),
        ("finetuned", [2]),
        ("length-bias", [0, 1]),
        ("zzz", []),
    ],
)
def test_a_document_has_a_word_wherever_its_parts_stand(word: str, documents: list[int]) -> None:
    """In the title, in the abstract, or a part in each."""
    assert COLLECTION.having(words(word)[0].forms).nonzero()[0].tolist() == documents


@pytest.mark.parametrize(
    ("phrase", "documents", "titled"),
    [
        ("length bias", [0], [0]),
        ("bias mixture", [], []),
        ("experts moe", [0], []),
        ("safely length", [], []),
        ("length", [0, 1], [0, 1]),
        ("bias", [0, 1], [0]),
        ("fine tuning safe", [2], [2]),
        ("zzz", [], []),
    ],
)
def test_a_phrase_stands_in_one_field_of_one_document(
    phrase: str, documents: list[int], titled: list[int]
) -> None:
    """Never across title and abstract, nor two documents; a title is asked for alone."""
    row = [word.forms for word in words(phrase)]
    assert COLLECTION.holding(row).nonzero()[0].tolist() == documents
    assert COLLECTION.titled(row).nonzero()[0].tolist() == titled


@pytest.mark.parametrize(
    ("names", "documents"),
    [
        (["xu"], [0, 1]),
        (["XU", "Jiashu"], [0]),
        (["jiashu", "o'neil"], []),
        (["oneil"], [0]),
        (["O’Neil"], [0]),
        (["soren"], [0]),
        (["Jian"], [1]),
        (["jianyun"], [1]),
        (["yun", "xu"], [1]),
        (["jias"], []),
    ],
)
def test_all_names_are_one_authors(names: list[str], documents: list[int]) -> None:
    """In any order, without case, apostrophe or hyphen; a part of a name is none."""
    assert COLLECTION.by([name_forms(name) for name in names]).nonzero()[0].tolist() == documents


@pytest.mark.parametrize(
    ("part", "documents"),
    [("arxiv", [0, 3]), ("ARX", [0, 3]), ("naacl", [1]), ("002", [0]), (".txt", [0, 1]), ("Ánthology n", [1]),
     ("zzz", [])],
)  # fmt: skip
def test_a_source_is_named_by_a_part(part: str, documents: list[int]) -> None:
    """Of a file, a library or a venue, whatever its case and diacritics."""
    assert COLLECTION.labelled(part).nonzero()[0].tolist() == documents


@pytest.mark.parametrize(
    ("first", "last", "documents"),
    [(2023, 2023, [0, 3]), (2024, 9999, [1]), (1, 2023, [0, 3]), (1, 9999, [0, 1, 3]), (0, 0, [])],
)
def test_years_are_a_span(first: int, last: int, documents: list[int]) -> None:
    """Both included; what has no year is in none."""
    assert COLLECTION.dated(first, last).nonzero()[0].tolist() == documents


def test_the_newest_come_first() -> None:
    """By year, within it by date, then the later document; those without a year last."""
    assert COLLECTION.newest(COLLECTION.everything(), 9) == [1, 3, 0, 2]
    assert COLLECTION.newest(COLLECTION.dated(2023, 2023), 1) == [3]


@pytest.mark.parametrize(
    ("word", "long_form"),
    [
        ("MoE", "Mixture experts"),
        ("moe", "Mixture experts"),
        ("LLM", "large language models"),
        ("LLMs", "large language models"),
        ("llms", "large language models"),
        ("SAFE", "selective attention for engines"),
        ("safe", ""),
        ("Safe", ""),
        ("safes", ""),
        ("zzz", ""),
        ("s", ""),
    ],
)
def test_an_acronym_stands_for_its_long_form(word: str, long_form: str) -> None:
    """In any case, and in the plural; one that is an ordinary word too must have its capitals."""
    assert COLLECTION.long_form(word) == tuple(each.forms for each in words(long_form or "x") if long_form)


def test_words_are_counted_as_they_are_searched() -> None:
    """Folded to lower case, stop words left out; names apart."""
    counted = Collection.of(
        [Document(title="The Café", abstract="cafe of CAFÉS", authors=["Sören Xu", "xu"])], ANALYZER
    )
    assert counted.words(range(9)) == {"cafe": 2, "cafes": 1}
    assert counted.words([5]) == {"cafes": 1}
    assert counted.names(range(9)) == {"soren": 1, "xu": 2}


def test_a_title_counts_three_times() -> None:
    """As if it stood in the abstract so often."""
    papers = [("Fine-tuning tunes", "a model of tuning"), ("", "model"), ("大模型", "")]
    built = Collection.of([Document(title=title, abstract=abstract) for title, abstract in papers], ANALYZER)
    for term in ("fine", "tune", "finetun", "model", "大模", "模型", "zzz"):
        counts = [
            3 * ANALYZER.terms(title).count(term) + ANALYZER.terms(abstract).count(term)
            for title, abstract in papers
        ]
        expected = [(number, count) for number, count in enumerate(counts) if count]
        part = built.parts[0]
        assert postings(part, part.segment.text.find(key(term))) == expected
    assert built.parts[0].segment.lengths.tolist() == [14, 1, 6]


def test_an_empty_collection_answers() -> None:
    """Nothing is in it."""
    empty = Collection.of([], ANALYZER)
    (moe,) = words("moe")
    assert (empty.size, empty.words([3]), empty.names([2]), empty.long_form("MoE")) == (0, {}, {}, ())
    for flags in (
        empty.having(moe.forms),
        empty.holding([moe.forms]),
        empty.titled([moe.forms]),
        empty.by([name_forms("xu")]),
        empty.labelled("a"),
        empty.dated(1, 9999),
        empty.everything(),
    ):
        assert flags.tolist() == []


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with an index that has blocks, as if it was a large one."""
    pytest.importorskip("numba")
    monkeypatch.setattr("bot.search.build.BIG", 1)
    build(
        [(1, Document(title="Length Bias", abstract="")), (2, Document(title="Bias", abstract=""))], tmp_path
    )
    return tmp_path


SIGNATURES = """
import sys
from pathlib import Path
import numpy as np
from bot.search.analyze import Analyzer
from bot.search.collection import Collection
from bot.search.segment import Document

opened = Collection.opened(Path(sys.argv[1]), 0, Analyzer())
assert [found for found, _ in opened.bm25.best(["bias"], 5)] == [1, 0]
assert "numba" not in sys.modules
opened.warm()
from bot.search import pruned
prepared = list(pruned._best.signatures)
assert len(prepared) == 1
asked = []
class Watched(pruned.Pruned):
    def best(self, *arguments):
        asked.append(arguments)
        return super().best(*arguments)
pruned.Pruned = Watched
more = opened.changed([(3, Document(title="Length", abstract=""))], [2])
for collection in (opened, more):
    for among in (None, np.ones(len(collection.numbers), dtype=np.bool_)):
        assert collection.bm25.best(["length"], 1, among)[0][0] in (0, 2)
assert len(asked) == 4
assert list(pruned._best.signatures) == prepared
"""


def test_the_first_search_waits_for_nothing_and_later_ones_for_nothing_either(kept: Path) -> None:
    """Every document is scored until what is compiled has been read, which then does for all searches."""
    done = subprocess.run(
        [sys.executable, "-c", SIGNATURES, str(kept)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_without_what_is_compiled_every_document_is_scored(
    kept: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As on a machine without numba, or where numba cannot read what it has kept; it is said once."""

    def fail() -> None:
        raise EOFError("Ran out of input")

    monkeypatch.setattr("bot.search.pruned.prepare", fail)
    monkeypatch.setattr("bot.search.index._prepared", Event())
    opened = Collection.opened(kept, 0, ANALYZER)
    prepare.cache_clear()
    for _ in range(2):
        opened.warm()
        assert [document for document, _ in opened.bm25.best(["bias"], 5)] == [1, 0]
    assert caplog.messages == ["searches take longer than they should: EOFError('Ran out of input')"]
    prepare.cache_clear()


def test_a_damaged_index_is_not_opened(kept: Path) -> None:
    """Whatever is done beside it."""
    with (kept / "text.entries.npy").open("ab") as file:
        file.write(b"x")
    with pytest.raises(DamagedError, match=r"text.entries.npy is not as it was written"):
        Collection.opened(kept, 0, ANALYZER)
