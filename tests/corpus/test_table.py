import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.corpus import table
from bot.corpus.catalog import Catalog
from bot.corpus.named import NAMES
from bot.corpus.pieces import Piece
from bot.papers import Problem, Record, Source, TitleOrigin
from tests.reading import read_piece

HEADER = "title,abstract\n"
GOOD = HEADER + 'One,"We show, here,\nthat ""it"" works."\nTwo,Plain.\n"Three","Quoted."\n'
NO_ABSTRACT = "no column abstract in the header: call one abstract or summary"
OPEN = "a quotation mark is open or out of place"


def cut(lines: Iterable[tuple[int, str]]) -> Iterator[Piece | Problem]:
    """Cut the lines of a file into rows."""
    return table.pieces("f", lines, Catalog())


def read(text: str) -> list[Record | Problem]:
    """Read every piece of a text."""
    return list(map(read_piece, cut(enumerate(text.split("\n"), 1))))


def text_of(found: Piece | Problem) -> tuple[int, str] | Problem:
    """Return a piece's line and text."""
    return found if isinstance(found, Problem) else found[:2]


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
        )
    ]


@pytest.mark.parametrize(
    ("header", "cells", "ids"),
    [
        ("id", "hep-th/9901001", ("hep-th/9901001", "", "")),
        ("id", "17", ("", "", "")),
        ("Link", "https://www.semanticscholar.org/arxiv/2001.00001", ("2001.00001", "", "")),
        ("url,acl", "https://aclanthology.org/P19-1001/,-", ("", "P19-1001", "")),
        ("url,doi", "https://doi.org/10.1145/1,nan", ("", "", "10.1145/1")),
        ("url,doi", "https://doi.org/10.1145/1,10.1145/2", ("", "", "10.1145/2")),
    ],
)
def test_ids_stand_in_many_columns(header: str, cells: str, ids: tuple[str, str, str]) -> None:
    """A table's own numbers are no arXiv ids; an id that is given comes before one in a link."""
    (found,) = read(f"{header},summary\n{cells},S.")
    assert isinstance(found, Record)
    assert (found.arxiv_id, found.acl_id, found.doi) == ids


def test_a_quoted_field_may_span_lines() -> None:
    """A row has the line it begins at, and blank lines stand inside quotation marks only."""
    text = HEADER + 'One,"We show\n\nthat."\n\nTwo,"Plain\r and\tsimple."\r\n'.replace("\r\n", "\n")
    assert brief(text) == [(2, "One", "We show that."), (6, "Two", "Plain and simple.")]


def test_a_piece_is_the_text_of_its_row_below_its_header() -> None:
    """Its lines joined again, and nothing else."""
    assert list(map(text_of, cut(enumerate(GOOD.split("\n"), 1)))) == [
        (2, HEADER + 'One,"We show, here,\nthat ""it"" works."'),
        (4, HEADER + "Two,Plain."),
        (5, HEADER + '"Three","Quoted."'),
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
        ("One," + "a" * 140_000, "the abstract is too long: 140,000 characters, at most 20,000"),
        ('One,"' + "a" * 140_000 + '"', "the abstract is too long: 140,000 characters, at most 20,000"),
        ("One," + "a" * 20_001, "the abstract is too long: 20,001 characters, at most 20,000"),
        ("One," + "a" * 1_000_000, "the row is longer than 1,000,000 characters"),
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


@pytest.mark.parametrize(("row", "taken"), [("Two," + "a" * 9_995, 102), ("", table.MOST_LINES + 1)])
def test_an_open_quotation_mark_takes_no_more_than_a_row_has(row: str, taken: int) -> None:
    """The lines below are looked at once more, and not the whole file."""
    told: list[int] = []

    def counted() -> Iterator[tuple[int, str]]:
        for number, text in enumerate(["title,abstract", 'One,"open', *[row] * 50_000], 1):
            told.append(number)
            yield number, text

    found = cut(counted())
    assert next(found) == Problem("f", 2, OPEN)
    assert len(told) == taken + 1  # the header, and one that tells that the last is whole
    assert sum(not isinstance(each, Problem) for each in found) == (50_000 if row else 0)


@pytest.mark.parametrize(
    "row",
    [
        'a",",',  # open behind whatever stands above it
        'One,"open',
        '""",',
        '"',
        '"",""x',
        'One,"\nAbstract.',
    ],
)
def test_many_open_quotation_marks_cost_no_more_than_their_file(
    row: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However they stand, what is read is a few times what there is."""
    read_at_all: list[int] = []
    reader = table._reader  # noqa: SLF001  # what it costs

    def counted(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
        return reader((read_at_all.append(len(line)) or line for line in lines), delimiter)  # type: ignore[func-returns-value]

    monkeypatch.setattr(table, "_reader", counted)
    text = HEADER + f"{row}\n" * 3_000
    read(text)
    assert sum(read_at_all) < 4 * len(text)


def test_an_open_quotation_mark_does_not_take_many_rows() -> None:
    """Where one far below closes it, what lies between is too long for an abstract."""
    rows = "".join(f"{n},Plain {n}.\n" for n in range(2_000))
    found = brief(HEADER + 'One,"Open.\n' + rows + 'Two,"\nAbstract."')
    assert found[0] == Problem("f", 2, OPEN)
    assert found[1:2_001] == [(n + 3, str(n), f"Plain {n}.") for n in range(2_000)]


def test_a_long_text_in_another_column_costs_nothing() -> None:
    """It may also span lines; only a title and an abstract must not be long."""
    for text in ("a" * 500_000, "word\n" * 15_000):
        found = brief(f'title,full text,abstract\nOne,"{text}",Plain.\nTwo,,Plain.')
        assert [each[1:] for each in found if not isinstance(each, Problem)] == [
            ("One", "Plain."),
            ("Two", "Plain."),
        ]


@pytest.mark.parametrize(
    ("above", "end"), [("", 'One,"a'), ('One,"Open\n', "a")], ids=["a row", "within a row"]
)
def test_a_line_in_chunks_is_one_problem(above: str, end: str) -> None:
    """They bear one number, whatever stands in them."""
    rows = (HEADER + above).splitlines()
    lines = [*enumerate(rows, 1), *[(7, end)] * 3, (8, "Two,Plain.")]
    opened = [Problem("f", 2, OPEN)] if above else []
    assert list(map(text_of, cut(lines))) == [
        *opened,
        Problem("f", 7, "the row is longer than 1,000,000 characters"),
        (8, HEADER + "Two,Plain."),
    ]


@pytest.mark.parametrize("abstract", NAMES["abstract"])
@pytest.mark.parametrize("title", NAMES["title"])
def test_columns_have_many_names(title: str, abstract: str) -> None:
    """As many as `named.NAMES` has, in any spelling."""
    text = f"{title},{abstract}\nT,A".replace("_", " ").title()
    assert table.recognises(text)
    assert brief(text) == [(2, "T", "A")]


def test_the_names_of_columns_are_documented() -> None:
    """All of them, and no others."""
    page = (Path(__file__).parents[2] / "deploy" / "corpora.md").read_text(encoding="utf-8")
    told = re.findall(r"`(\w+)`", "".join(re.findall(r"^\|.*", page, re.MULTILINE)))
    assert sorted(told) == sorted(["first_author", *chain(*NAMES.values())])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_excels_first_line_names_the_delimiter(delimiter: str, quote: str) -> None:
    """Also where another would do."""
    text = f"{quote}sep={delimiter}{quote}\nx;y,title{delimiter}abstract\n1{delimiter}2"
    if delimiter in ",;":
        text = text.replace("x;y,", "")
    assert table.recognises(text)
    assert [each.abstract for each in read(text) if isinstance(each, Record)] == ["2"]


@pytest.mark.parametrize("cell", ["nan", "NaN", "None", "null", "N/A", " - "])
def test_what_programs_write_for_nothing_is_nothing(cell: str) -> None:
    """Not a title, and not a person."""
    (found,) = read(f"title,authors,abstract\n{cell},{cell},It works.")
    assert isinstance(found, Record)
    assert (found.title, found.authors) == ("It works", ())
    assert brief(HEADER + f"One,{cell}") == [(2, "One", "")]


@pytest.mark.parametrize(
    ("head", "known"),
    [
        ("title,year,venue\nOne,2020,X\n", True),
        (",paper id,year\r\n\r\n0,a,2020\r\n", True),
        ("title\tyear\tvenue\nOne\t2020\tX", True),
        ('title, year, venue\n"One,\ntwo", 2020, X', True),
        ("sep=|\ntitle|year|venue\nOne|2020|X", True),
        ("title,year,venue\n", False),
        ("title,year,venue\nOne,2020", False),
        ("title,year\nOne,2020", False),
        ("title,year,sha256\nOne,2020,0", False),
        ("title,title,title\nOne,2,3", False),
        ("1,2,3\n4,5,6", False),
        ("Attention, Memory and Learning, Revisited\nWe show, for once, a thing.", False),
        ("First, second and third\nWe show, that it works.", False),
        ("We show,that it works.,so\na,b,c", False),
        ('title,year,venue\n"One,2020,X', False),
    ],
)
def test_a_table_without_abstracts_is_told(head: str, known: bool) -> None:  # noqa: FBT001
    """Prose is not taken for one."""
    assert table.recognises(head) is known
    if known:
        number = 2 if head.startswith("sep") else 1
        assert read(head) == [Problem("f", number, NO_ABSTRACT)]


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
    assert read("\nOne\nTwo") == [Problem("f", 2, NO_ABSTRACT)]


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
