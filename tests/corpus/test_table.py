from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.corpus import Catalog, table
from bot.corpus.lines import LONGEST_ABSTRACT
from bot.papers import Problem, Record, Source, TitleOrigin

HEADER = "title,abstract\n"
GOOD = HEADER + 'One,"We show, here,\nthat ""it"" works."\nTwo,Plain.\n"Three","Quoted."\n'
OPEN = "a quotation mark is open or out of place"


def read(text: str) -> list[Record | Problem]:
    """Read every piece of a text."""
    found = table.pieces("f", enumerate(text.split("\n"), 1), Catalog())
    return [each if isinstance(each, Problem) else each.read() for each in found]


def brief(text: str) -> list[tuple[int, str, str] | Problem]:
    """Read a text: each paper's line, title and abstract, and the problems."""
    return [
        each if isinstance(each, Problem) else (each.source.line, each.title, each.abstract)
        for each in read(text)
    ]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_row_becomes_a_record(delimiter: str) -> None:
    """Columns are told by name, in any order and case, with any delimiter."""
    names = ["Year", "Abstract", "TITLE", "author", "arXiv ID", "anthology_id", "DOI", "Link", "notes"]
    cells = [
        "2020",
        '"Quoted, ""so""; here\tand there."',
        "T",
        '"Bee, A.; Dee, C."',
        "2001.00001v2",
        "P19-1001",
        "10.1103/x",
        "https://x.org/a",
        "none",
    ]
    assert read("\n" + delimiter.join(names) + "\n\n" + delimiter.join(cells)) == [
        Record(
            title="T",
            title_origin=TitleOrigin.PAGE,
            abstract='Quoted, "so"; here and there.',
            first_author="A. Bee",
            authors=("A. Bee", "C. Dee"),
            year=2020,
            arxiv_id="2001.00001",
            acl_id="P19-1001",
            doi="10.1103/x",
            url="https://x.org/a",
            source=Source("f", 4),
            raw="",
        )
    ]


@pytest.mark.parametrize(("written", "kept"), [("hep-th/9901001", "hep-th/9901001"), ("17", "")])
def test_an_id_is_arxivs_where_it_looks_like_one(written: str, kept: str) -> None:
    """A table's own numbers are no arXiv ids."""
    assert [r.arxiv_id for r in read(f"id,summary\n{written},S.") if isinstance(r, Record)] == [kept]


def test_a_quoted_field_may_span_lines() -> None:
    """A row has the line it begins at, and blank lines stand inside quotation marks only."""
    text = HEADER + 'One,"We show\n\nthat."\n\nTwo,"Plain\r and\tsimple."\r\n'.replace("\r\n", "\n")
    assert brief(text) == [(2, "One", "We show that."), (6, "Two", "Plain and simple.")]


def test_a_piece_is_the_text_of_its_row() -> None:
    """Its lines joined again, and nothing else."""
    found = table.pieces("f", enumerate(GOOD.split("\n"), 1), Catalog())
    assert [each[:2] for each in found if not isinstance(each, Problem)] == [
        (2, 'One,"We show, here,\nthat ""it"" works."'),
        (4, "Two,Plain."),
        (5, '"Three","Quoted."'),
    ]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ('One,"never closed', OPEN),
        ('One,"closed" early', OPEN),
        ("One", "1 field where the header has 2"),
        ("One,two,three", "3 fields where the header has 2"),
        ("One,\udcff", "not valid UTF-8"),
        (",", "no title and no abstract"),
        ("One," + "a" * 140_000, "a field is too long"),
        ('One,"' + "a" * 140_000 + '"', "a field is too long"),
        ("One," + "a" * 20_001, "the abstract is too long: 20,001 characters, at most 20,000"),
    ],
)
@pytest.mark.parametrize("below", ["Two,Plain.", 'Two,"Quoted, too."', '"Two","Quoted."', 'Two,""'])
def test_a_bad_row_costs_itself(row: str, why: str, below: str) -> None:
    """It is reported with its reason, and the row below it is read."""
    alone = brief(f"{HEADER}\n{below}\nThree,Plain.")
    assert brief(f"{HEADER}{row}\n{below}\nThree,Plain.") == [Problem("f", 2, why), *alone]


def test_a_row_of_many_lines_and_too_many_fields_is_one_problem() -> None:
    """A comma that was not quoted makes no papers of an abstract's lines."""
    text = HEADER + 'One, more,"We show\nthat, so."\nTwo,Plain.'
    assert brief(text) == [Problem("f", 2, "3 fields where the header has 2"), (4, "Two", "Plain.")]


def test_a_quotation_mark_that_turns_all_others_round_is_survived() -> None:
    """Where fields open at the end of a line, an open one closes at the next; rows below are read."""
    rows = "".join(f'{n},"\nAbstract {n}.\n"\n' for n in ("Two", "Three", "Four"))
    assert brief(HEADER + 'One,"Open.\n' + rows) == [
        (2, "One", "Open. Two,"),
        Problem("f", 4, "1 field where the header has 2"),
        Problem("f", 5, "1 field where the header has 2"),
        (6, "Three", "Abstract Three."),
        (9, "Four", "Abstract Four."),
    ]


def test_an_open_quotation_mark_takes_no_more_than_an_abstract() -> None:
    """The lines below are looked at once more, and not the whole file."""
    taken: list[int] = []
    rows = ["title,abstract", 'One,"open', *(f"{n},Plain." for n in range(3, 9_000))]

    def counted() -> Iterator[tuple[int, str]]:
        for number, row in enumerate(rows, 1):
            taken.append(len(row) + 1)
            yield number, row

    found = table.pieces("f", counted(), Catalog())
    assert next(found) == Problem("f", 2, OPEN)
    assert LONGEST_ABSTRACT < sum(taken) < LONGEST_ABSTRACT + 100
    assert [each.line for each in found if not isinstance(each, Problem)] == list(range(3, 9_000))


@pytest.mark.parametrize(
    ("head", "known"),
    [
        ("title,abstract\n", True),
        ("\r\n\t\r\n\tAbstract\r\n", True),
        ('"Title";"Summary"\r\nT;S', True),
        ("title,abstract\r\n", True),
        ('title,"abstract"\r\n', True),
        ("title,abstract\rT,A", True),
        (" Abstract \n", False),
        ("Summary\n", False),
        ("sha256,title,abstract\n", False),
        ("title,year\n", False),
        ("Abstract, it goes on as a sentence does that is no header at all\n", False),
        ('title,"abstract\n', False),
        ("", False),
    ],
)
def test_it_is_known_by_its_header(head: str, known: bool) -> None:  # noqa: FBT001
    """A header has a column of abstracts; one with hashes is a catalog's."""
    assert table.recognises(head) is known


def test_without_a_header_there_are_no_rows() -> None:
    """A text that is no table is one problem."""
    assert read("\nOne\nTwo") == [Problem("f", 2, "no column abstract in the header")]


ODD_LINES = st.lists(st.text('",ab\t\r\x00 \udcff', max_size=6), max_size=12).map("\n".join)


@given(st.binary().map(lambda data: data.decode(errors="surrogateescape")) | st.text() | ODD_LINES)
def test_nothing_in_a_file_raises(below: str) -> None:
    """Whatever stands below them, good rows are read, and lines are in order and not blank."""
    table.recognises(below)
    read(below)
    text = GOOD + below
    results = read(text)
    lines = [each.line if isinstance(each, Problem) else each.source.line for each in results]
    assert results[:3] == read(GOOD)
    assert lines == sorted(set(lines))
    assert set(lines) <= {n for n, line in enumerate(text.split("\n"), 1) if line.strip()}


@given(st.integers(len(HEADER), len(GOOD) - 1), st.integers(0, 255), st.booleans())
def test_a_changed_byte_costs_no_row_above(place: int, byte: int, cut: bool) -> None:  # noqa: FBT001
    """The rows that end above it stand as they were."""
    data = GOOD.encode()
    damaged = data[:place] + bytes([byte]) + (b"" if cut else data[place + 1 :])
    untouched = sum(GOOD.index(row) <= place for row in ("Two,", '"Three"', "\nend") if row in GOOD)
    assert read(damaged.decode(errors="surrogateescape"))[:untouched] == read(GOOD)[:untouched]
