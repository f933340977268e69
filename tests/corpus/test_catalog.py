from hashlib import sha256

import pytest

from bot.corpus import Catalog, parse, read_catalog
from bot.corpus.catalog import Entry
from bot.papers import Problem, Record, TitleOrigin

HEADER = "sha256,title,first_author,authors,year,arxiv_id,acl_id,url\n"  # without the optional doi
ABSTRACT = "An abstract that nobody has given a title, and that says so. " * 6
KEY = sha256(ABSTRACT.encode()).hexdigest()


def test_a_row_becomes_an_entry() -> None:
    """Authors are split, the year is a number, and a title's TeX is mended."""
    text = (
        HEADER
        + f'{KEY},"T\\""ULU, 3",,Ann B.; Carl Duki\\u0107,2024,2401.00001,2024.acl-long.1,https://x.org/a\n'
    )
    assert read_catalog("catalog.csv", text) == (
        Catalog(
            {
                KEY: Entry(
                    title="TÜLU, 3",
                    first_author="Ann B.",
                    authors=("Ann B.", "Carl Dukić"),
                    year=2024,
                    arxiv_id="2401.00001",
                    acl_id="2024.acl-long.1",
                    url="https://x.org/a",
                )
            }
        ),
        (),
    )


def test_unknown_is_empty() -> None:
    """A row of empty fields is no problem and no knowledge."""
    assert read_catalog("catalog.csv", HEADER + f"{KEY},,,,,,,\n") == (Catalog({KEY: Entry()}), ())


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2305.14710", "2305.14710"),
        ("arXiv:2305.14710v3", "2305.14710"),
        ("https://arxiv.org/abs/2305.14710v1", "2305.14710"),
        ("https://arxiv.org/pdf/2305.14710.pdf", "2305.14710"),
        ("cs.CL/0301012v2", "cs.CL/0301012"),
    ],
)
def test_an_arxiv_id_has_no_prefix_and_no_version(written: str, kept: str) -> None:
    """However it is written, the id alone is kept."""
    catalog, problems = read_catalog("c", HEADER + f"{KEY},,,,,{written},,\n")
    assert (catalog.entries[KEY].arxiv_id, problems) == (kept, ())


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2024.naacl-long.171", "2024.naacl-long.171"),
        ("https://aclanthology.org/2024.naacl-long.171/", "2024.naacl-long.171"),
        ("P19-1001v2", "P19-1001"),
        ("https://aclanthology.org/P19-1001.pdf", "P19-1001"),
    ],
)
def test_an_anthology_id_has_no_prefix_and_no_version(written: str, kept: str) -> None:
    """However it is written, the id alone is kept."""
    catalog, problems = read_catalog("c", HEADER + f"{KEY},,,,,,{written},\n")
    assert (catalog.entries[KEY].acl_id, problems) == (kept, ())


def test_a_field_that_is_not_understood_is_left_out_and_reported() -> None:
    """A bad year, id or address costs itself; the rest of the row is used."""
    text = HEADER + f"{KEY},A Title,,,20x4,hello,P1,javascript:alert(1)\n"
    assert read_catalog("catalog.csv", text) == (
        Catalog({KEY: Entry(title="A Title")}),
        (
            Problem("catalog.csv", 2, "year is not understood: 20x4"),
            Problem("catalog.csv", 2, "arxiv_id is not understood: hello"),
            Problem("catalog.csv", 2, "acl_id is not understood: P1"),
            Problem("catalog.csv", 2, "url is not understood: javascript:alert(1)"),
        ),
    )


def test_a_bad_row_costs_itself_only() -> None:
    """Open quotation marks, missing fields, bad hashes and broken bytes are reported, each at its line."""
    good = f"{KEY},A Title,,,,,,\n"
    text = HEADER + f'{KEY},"open,,,,,,\n{KEY},few\nabc,T,,,,,,\n{KEY},\udcff,,,,,,\n\n' + good
    assert read_catalog("catalog.csv", text) == (
        Catalog({KEY: Entry(title="A Title")}),
        (
            Problem("catalog.csv", 2, "a quotation mark is open or out of place"),
            Problem("catalog.csv", 3, "2 fields where the header has 8"),
            Problem("catalog.csv", 4, "sha256 is not 64 hexadecimal digits"),
            Problem("catalog.csv", 5, "not valid UTF-8"),
        ),
    )


def test_a_doi_may_be_known() -> None:
    """A column of its own, that older catalogs have not; the record has it."""
    text = f"sha256,doi\n{KEY},https://doi.org/10.1000/182\n"
    catalog, problems = read_catalog("c", text)
    assert catalog == Catalog({KEY: Entry(doi="10.1000/182")})
    assert [problem.reason for problem in problems] == [
        "no column title, first_author, authors, year, arxiv_id, acl_id, url in the header"
    ]
    assert [each.doi for each in parse("f", ABSTRACT, catalog) if isinstance(each, Record)] == ["10.1000/182"]
    _, problems = read_catalog("c", f"sha256,doi\n{KEY},tea\n")
    assert problems[-1] == Problem("c", 2, "doi is not understood: tea")


def test_ids_are_taken_from_links_and_dois() -> None:
    """As everywhere; a library's own DOI says no more than the id that is in it, and is no fault."""
    address = "https://aclanthology.org/2024.naacl-long.171/"
    catalog, problems = read_catalog("c", f"sha256,doi,url\n{KEY},10.48550/arXiv.2305.14710,{address}\n")
    assert catalog == Catalog({KEY: Entry(arxiv_id="2305.14710", acl_id="2024.naacl-long.171", url=address)})
    assert [problem.line for problem in problems] == [1]  # of the header, which lacks the others


def test_a_digest_tells_catalogs_apart() -> None:
    """Whatever is changed in an entry changes it; the order of the rows does not."""
    one, two = Entry(title="One"), Entry(title="One", year=2020)
    catalogs = [{}, {"a": one}, {"a": two}, {"b": one}, {"a": one, "b": two}]
    assert Catalog().digest == ""
    assert len({Catalog(entries).digest for entries in catalogs}) == len(catalogs)
    assert Catalog({"a": one, "b": two}).digest == Catalog({"b": two, "a": one}).digest


def test_two_rows_that_disagree_are_reported() -> None:
    """The first of two different rows for one abstract is used; the same row twice is no problem."""
    row, other = f"{KEY},One,,,,,,\n", f"{KEY},Two,,,,,,\n"
    assert read_catalog("c", HEADER + row + row + other) == (
        Catalog({KEY: Entry(title="One")}),
        (Problem("c", 4, "an earlier row has the same sha256 and other values, and is used"),),
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", Problem("c", 0, "the file is empty")),
        ("title,year\nT,2024\n", Problem("c", 1, "no column sha256 in the header")),
        ("sha256;title;year\n", Problem("c", 1, "no column sha256 in the header")),
        ('"\n', Problem("c", 1, "no column sha256 in the header")),
    ],
)
def test_without_hashes_a_catalog_is_of_no_use(text: str, problem: Problem) -> None:
    """It is reported, and describes nothing."""
    assert read_catalog("c", text) == (Catalog(), (problem,))


def test_missing_columns_are_reported_and_the_others_used() -> None:
    """A catalog of titles alone gives titles; the order and case of its columns do not matter."""
    assert read_catalog("c", f"\ufeffTitle,SHA256\r\nT,{KEY.upper()}\r\n") == (
        Catalog({KEY: Entry(title="T")}),
        (Problem("c", 1, "no column first_author, authors, year, arxiv_id, acl_id, url in the header"),),
    )


def test_the_catalog_names_what_the_page_does_not() -> None:
    """An abstract has the page's title, else the catalog's, else its first sentence."""
    catalog = Catalog({KEY: Entry(title="Known", year=2020)})
    named = f"On the Page\n{ABSTRACT}\nOther\n{'Another abstract. ' * 30}\n"
    results = [
        (r.title, r.title_origin, r.year)
        for text, known in ((named, catalog), (ABSTRACT, catalog), (ABSTRACT, Catalog()))
        for r in parse("f", text, known)
        if isinstance(r, Record)
    ]
    assert results == [
        ("On the Page", TitleOrigin.PAGE, 2020),
        ("Other", TitleOrigin.PAGE, None),
        ("Known", TitleOrigin.CATALOG, 2020),
        ("An abstract that nobody has given a title, and that says so", TitleOrigin.SENTENCE, None),
    ]
