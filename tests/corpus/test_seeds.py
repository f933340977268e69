import csv
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from bot.corpus import Catalog, mend, parse
from bot.papers import Record, Source, TitleOrigin
from tests.reading import Read, read_corpus

SEEDS = Path(__file__).parents[2] / "seeds"


def rows() -> list[dict[str, str]]:
    """Return the rows of the seeds' catalog as the csv module has them."""
    with (SEEDS / "catalog.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_document_gives_its_papers_and_no_problem(corpus: Read) -> None:
    """The five documents hold 11, 87, 207, 57 and 24 papers, and nothing in them is refused."""
    assert corpus.problems == ()
    assert corpus.files == tuple(path.name for path in sorted(SEEDS.glob("0*.txt")))
    assert Counter(record.source.file[:3] for record in corpus.records) == {
        "000": 11,
        "001": 87,
        "002": 207,
        "003": 57,
        "004": 24,
    }


def test_each_paper_stands_where_the_catalog_says(corpus: Read) -> None:
    """File, line and title of all 386 records are the catalog's, also where the page gave the title."""
    assert [(r.source.file, r.source.line, r.title) for r in corpus.records] == [
        (row["seed_file"], int(row["line"]), row["title"]) for row in rows()
    ]


def test_titles_come_from_the_page_first(corpus: Read) -> None:
    """Only the 35 papers of the two documents without titles have theirs from the catalog."""
    origins = Counter((r.source.file[:3], r.title_origin) for r in corpus.records)
    assert origins == {
        ("000", TitleOrigin.CATALOG): 11,
        ("001", TitleOrigin.PAGE): 87,
        ("002", TitleOrigin.PAGE): 207,
        ("003", TitleOrigin.PAGE): 57,
        ("004", TitleOrigin.CATALOG): 24,
    }


def test_a_record_holds_all_that_is_known(corpus: Read) -> None:
    """The first record has the catalog's description and the text for display."""
    line = (SEEDS / "000_f482e1e806869c2b.txt").read_text(encoding="utf-8").split("\n")[0]
    assert corpus.records[0] == Record(
        title=(
            "Instructions as Backdoors: "
            "Backdoor Vulnerabilities of Instruction Tuning for Large Language Models"
        ),
        title_origin=TitleOrigin.CATALOG,
        abstract=line,
        first_author="Jiashu Xu",
        authors=("Jiashu Xu", "Mingyu Derek Ma", "Fei Wang", "Chaowei Xiao", "Muhao Chen"),
        year=2023,
        arxiv_id="2305.14710",
        acl_id="2024.naacl-long.171",
        url="https://arxiv.org/abs/2305.14710",
        source=Source("000_f482e1e806869c2b.txt", 1),
    )


def test_the_catalog_describes_every_paper_it_knows(corpus: Read) -> None:
    """First author, authors, year, ids and address of all records are the catalog's, its escapes read."""
    names = {
        "David Duki\\u0107": "David Dukić",
        "Bernal Jim\\u00e9nez Guti\\u00e9rrez": "Bernal Jiménez Gutiérrez",
    }
    assert [
        (r.first_author, "; ".join(r.authors), str(r.year or ""), r.arxiv_id, r.acl_id, r.url)
        for r in corpus.records
    ] == [
        (
            names.get(row["first_author"], row["first_author"]),
            *(row[name] for name in ("authors", "year", "arxiv_id", "acl_id", "url")),
        )
        for row in rows()
    ]


def test_no_tex_is_shown(corpus: Read) -> None:
    """No title or abstract shows a backslash, a brace, TeX's quotes or a link without its scheme."""
    tex = re.compile(r"\\|``|''|(?<!http:)(?<!https:)//|\{|\}")
    shown = [text for record in corpus.records for text in (record.title, record.abstract)]
    assert [text for text in shown if tex.search(text)] == []


def test_mending_the_seeds_again_changes_nothing(corpus: Read) -> None:
    """What is shown is mended for good."""
    shown = [text for record in corpus.records for text in (record.title, record.abstract)]
    assert [mend(text) for text in shown] == shown


@pytest.mark.parametrize("name", ["000", "001", "002", "003", "004"])
@pytest.mark.parametrize("inserted", ["\n", "Mar 13\n", "\nSubscribe\n\n"])
def test_an_inserted_line_retitles_nothing(
    texts: dict[str, str], catalog: Catalog, name: str, inserted: str
) -> None:
    """Blank lines and furniture at a file's head move the lines and change nothing else."""
    before = list(parse("f", texts[name], catalog))
    after = list(parse("f", inserted + texts[name], catalog))
    shift = inserted.count("\n")
    assert [(r.source.line, r.title, r.abstract) for r in after if isinstance(r, Record)] == [
        (r.source.line + shift, r.title, r.abstract) for r in before if isinstance(r, Record)
    ]


def test_names_of_files_mean_nothing(corpus: Read, tmp_path: Path) -> None:
    """The layout is known from the content: under other names the same papers are read."""
    for number, name in enumerate(corpus.files):
        shutil.copy(SEEDS / name, tmp_path / f"{number}.html")
    shutil.copy(SEEDS / "catalog.csv", tmp_path / "Catalog.CSV")
    renamed = read_corpus([tmp_path])
    assert renamed.problems == ()
    assert [(r.title, r.title_origin, r.abstract, r.source.line, r.url) for r in renamed.records] == [
        (r.title, r.title_origin, r.abstract, r.source.line, r.url) for r in corpus.records
    ]


def test_without_a_catalog_only_the_page_is_known(corpus: Read, texts: dict[str, str]) -> None:
    """Papers without a title are named by their first sentence, and nothing else is made up."""
    record = next(parse("f", texts["004"], Catalog()))
    assert isinstance(record, Record)
    assert (record.title, record.title_origin, record.authors, record.year, record.url) == (
        (
            "Supervised fine-tuning (SFT) is a crucial step for large language models (LLMs), enabling"
            " them to align with human instructions and enhance their capabilities in downstream tasks"
        ),
        TitleOrigin.SENTENCE,
        (),
        None,
        "",
    )
    assert record.abstract == corpus.records[-24].abstract


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_do_not_matter(texts: dict[str, str], catalog: Catalog, end: str) -> None:
    """A file saved on Windows, with its byte-order mark, or on an old Macintosh gives the same records."""
    for text in texts.values():
        saved = "\ufeff" + text.replace("\n", end)
        assert list(parse("f", saved, catalog)) == list(parse("f", text, catalog))
