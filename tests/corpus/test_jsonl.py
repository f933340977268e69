import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.corpus import jsonl
from bot.corpus.catalog import Catalog
from bot.papers import Problem, Record, Source, TitleOrigin
from tests.reading import read_piece

ARXIV = {
    "id": "0704.0001",
    "title": "Calculation of prompt\n  diphoton production",
    "abstract": "  A fully differential\ncalculation.\n",
    "authors": "C. Bal\\'azs, E. L. Berger (ANL) and the CDF",
    "authors_parsed": [["Balázs", "C.", ""], ["Berger", "E. L.", "Jr.", "ANL"]],
    "categories": "hep-ph",
    "doi": "10.1103/PhysRevD.76.013009",
    "journal-ref": "Phys.Rev.D76:013009,2007",
    "versions": [{"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"}, {"version": "v2"}],
    "update_date": "2008-11-26",
}
GOOD = "\n".join(json.dumps(ARXIV | {"title": f"Paper {n}"}) for n in range(3))


def read(text: str) -> list[Record | Problem]:
    """Read every piece of a text."""
    return list(map(read_piece, jsonl.pieces("f", enumerate(text.split("\n"), 1), Catalog())))


def the_record(**fields: Any) -> Record:
    """Read one paper that has these fields and a title."""
    (record,) = read(json.dumps({"title": "T"} | fields))
    assert isinstance(record, Record)
    return record


def test_a_line_of_arxivs_snapshot_becomes_a_record() -> None:
    """Names are those arXiv parsed, and the year is the first version's."""
    assert read("\n" + json.dumps(ARXIV)) == [
        Record(
            title="Calculation of prompt diphoton production",
            title_origin=TitleOrigin.PAGE,
            abstract="A fully differential calculation.",
            first_author="C. Balázs",
            authors=("C. Balázs", "E. L. Berger Jr."),
            year=2007,
            arxiv_id="0704.0001",
            doi="10.1103/PhysRevD.76.013009",
            source=Source("f", 2),
        )
    ]


def test_other_names_of_fields_are_known() -> None:
    """Keys are compared without case; an id that is not arXiv's is left alone."""
    line = {
        "ID": 17,
        "Title": "T",
        "Summary": ["One.", "Two."],
        "Authors": [{"name": "A. Bee"}, {"name": "Dee, C."}],
        "Year": 2020,
        "arXiv": "2001.00001v2",
        "Anthology_ID": "P19-1001",
        "URL": "https://x.org/a",
    }
    assert read(json.dumps(line)) == [
        Record(
            title="T",
            title_origin=TitleOrigin.PAGE,
            abstract="One. Two.",
            first_author="A. Bee",
            authors=("A. Bee", "C. Dee"),
            year=2020,
            arxiv_id="2001.00001",
            acl_id="P19-1001",
            url="https://x.org/a",
            source=Source("f", 1),
        )
    ]


def test_semantic_scholars_fields_are_known() -> None:
    """Its own ids are nobody else's; a field of the paper's comes before what stands in the object."""
    line = {
        "paperId": "204e3073870fae3d05bcbc2f6a8e263d9b72e776",
        "externalIds": {"ArXiv": "1706.03762", "DOI": "10.1103/x", "ACL": "P19-1001", "CorpusId": 13756489},
        "title": "T",
        "abstract": None,
        "publicationDate": "2017-06-12",
        "authors": [{"authorId": "40348417", "name": "Ashish Vaswani"}],
    }
    expected = Record(
        title="T",
        title_origin=TitleOrigin.PAGE,
        abstract="",
        first_author="Ashish Vaswani",
        authors=("Ashish Vaswani",),
        year=2017,
        arxiv_id="1706.03762",
        acl_id="P19-1001",
        doi="10.1103/x",
        source=Source("f", 1),
    )
    assert read(json.dumps(line)) == [expected]
    assert read(json.dumps(line | {"doi": "10.1103/y"})) == [replace(expected, doi="10.1103/y")]
    assert the_record(externalIds="none").arxiv_id == ""


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://doi.org/10.1103/a", "10.1103/a"),
        ("10.1103/a 10.1103/b", "10.1103/a"),
        ("10.1103/a, 10.1103/b", "10.1103/a"),
        ("10.1103/a;10.1103/b.", "10.1103/a"),
        ("10.1103/a; https://doi.org/10.1103/b", "10.1103/a"),
        ("doi: 10.1103/a doi: 10.1103/b", "10.1103/a"),
        ("10.1103/a,b;c;2-2.", "10.1103/a,b;c;2-2"),
        ("doi:  10.1103/a.", "10.1103/a"),
        ("10.1103/2305.14710", "10.1103/2305.14710"),
    ],
)
def test_the_first_doi_is_taken(written: str, kept: str) -> None:
    """Commas and semicolons may be in one, a full stop ends the sentence; none tells an arXiv id."""
    record = the_record(doi=written)
    assert (record.doi, record.arxiv_id) == (kept, "")


def test_a_name_of_any_length_is_read() -> None:
    """What is not known is not kept either."""
    assert the_record(**{"a" * 500_000: 1, " Year ": 2020}).year == 2020


@pytest.mark.parametrize(
    ("fields", "year"),
    [
        ({"id": "0704.0001", "update_date": "2008-11-26"}, 2007),
        ({"id": "hep-th/9901001", "update_date": "2008-11-26"}, 1999),
        ({"id": "cs/0002001"}, 2000),
        ({"id": "none", "update_date": "2008-11-26"}, 2008),
        ({"url": "https://arxiv.org/abs/0704.0001", "update_date": "2008-11-26"}, 2007),
        ({"doi": "10.48550/arXiv.0704.0001", "update_date": "2008-11-26"}, 2007),
        ({"id": "0704.0001", "date": "2009"}, 2007),
        ({"id": "0704.0001", "published": "2006-12-31T00:00:00Z"}, 2006),
        ({"id": "0704.0001", "versions": [{"created": "Sat, 31 Mar 2001 20:18:42 GMT"}]}, 2001),
        ({"versions": [3], "year": "2003."}, 2003),
        ({"year": 2003.0}, 2003),
        ({"publicationDate": "2003-02-01", "date": "2009"}, 2003),
        ({"publish_time": "2003-02-01"}, 2003),
        ({"Publication Year": "2003"}, 2003),
        ({"year": True, "date": float("nan")}, None),
        ({"year": 20031, "versions": {}}, None),
    ],
)
def test_the_year_is_when_a_paper_first_appeared(fields: dict[str, Any], year: int | None) -> None:
    """What is said of the year or the first version comes before the id, and that before a later date."""
    assert the_record(**fields).year == year


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("0704.0001", "0704.0001"),
        ("http://arxiv.org/abs/hep-th/9901001v2", "hep-th/9901001"),
        ("2077.12345", ""),  # no such month
        ("P19-1001", ""),
    ],
)
def test_an_id_is_arxivs_where_it_looks_like_one(written: str, kept: str) -> None:
    """Other sources call their own numbers id."""
    assert the_record(id=written).arxiv_id == kept


@pytest.mark.parametrize("name", ["url", "URL", "link", "pdf_url"])
def test_a_link_tells_the_id(name: str) -> None:
    """An id that is given wins, also one in a field id."""
    link = {name: "https://arxiv.org/abs/2001.00001v2"}
    ids = [
        the_record(**link, **given).arxiv_id for given in ({}, {"arxiv": "0704.0001"}, {"id": "0704.0001"})
    ]
    assert ids == ["2001.00001", "0704.0001", "0704.0001"]


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("A. Bee, C. Dee and E. Eff (Univ. X, (Y), and Z)", ("A. Bee", "C. Dee", "E. Eff")),
        ("A. Bee (1), C. Dee (1 and 2), and E. Eff", ("A. Bee", "C. Dee", "E. Eff")),
        ("Bee, A.; Dee, C.", ("A. Bee", "C. Dee")),
        ("Bee, Ann and Dee, Carl", ("Ann Bee", "Carl Dee")),
        ("Bee, A., Dee, C.-D.", ("A. Bee", "C.-D. Dee")),
        ("Bee, A.", ("A. Bee",)),
        ("A. Bee, Jr., C. Dee", ("A. Bee, Jr.", "C. Dee")),
        ("Vaswani, Ashish", ("Ashish Vaswani",)),
        ("Vaswani, Ashish K.", ("Ashish K. Vaswani",)),
        ("van der Berg, Ann", ("Ann van der Berg",)),
        ("Vaswani, Shazeer", ("Shazeer Vaswani",)),  # two surnames, or one name: rather the latter
        ("Ashish Vaswani, Noam Shazeer", ("Ashish Vaswani", "Noam Shazeer")),
        ("Vaswani, Shazeer, Parmar", ("Vaswani", "Shazeer", "Parmar")),
        ("Vaswani, Parmar and Shazeer", ("Vaswani", "Parmar", "Shazeer")),
        ("\u674e\u660e, \u738b\u82b3", ("\u674e\u660e", "\u738b\u82b3")),
        ("Vaswani, Ashish; Shazeer, Noam", ("Ashish Vaswani", "Noam Shazeer")),
        ("['Vaswani, Ashish', 'Shazeer, Noam']", ("Ashish Vaswani", "Noam Shazeer")),
        ("[A. Bee, C. Dee]", ("A. Bee", "C. Dee")),
        ("A. Bee, Jr.", ("A. Bee, Jr.",)),
        ("Alexander Andersson", ("Alexander Andersson",)),
        ("['A. Bee', \"C. O'Dee\"]", ("A. Bee", "C. O'Dee")),
        (["Bee, A.", "C. Dee, III"], ("A. Bee", "C. Dee, III")),
        (["A. Bee", 3], ()),
        ({"name": "A. Bee"}, ()),
    ],
)
def test_names_are_found_however_they_are_written(written: object, names: tuple[str, ...]) -> None:
    """Affiliations are dropped, and a surname in front goes behind; all the names, or none."""
    record = the_record(authors=written)
    assert (record.first_author, record.authors) == (names[0] if names else "", names)


@pytest.mark.parametrize(
    "fields",
    [
        {"authors": "A. Bee, C. Dee et al."},
        {"authors": "A. Bee, et al."},
        {"authors": "A. Bee, others"},
        {"first_author": "Bee, A."},
    ],
)
def test_the_first_author_may_be_known_alone(fields: dict[str, str]) -> None:
    """Authors are complete or empty."""
    record = the_record(**fields)
    assert (record.first_author, record.authors) == ("A. Bee", ())


@pytest.mark.parametrize("parsed", [None, 3, [], [["Bee", 3]], ["Bee"], [["Bee"], None]])
def test_without_parsed_names_the_string_is_split(parsed: object) -> None:
    """One odd entry makes the list useless."""
    assert the_record(authors_parsed=parsed, authors="A. Bee and C. Dee").authors == ("A. Bee", "C. Dee")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("nonsense", "not valid JSON: Expecting value"),
        ('{"title": "T', "not valid JSON: Unterminated string"),
        ('{"title": "\\x"}', "not valid JSON: Invalid \\escape"),
        ("[]", "not a JSON object"),
        ("NaN", "not a JSON object"),
        ("[" * 100_000, "not readable JSON: nested too deeply"),
        ('{"year": ' + "9" * 5_000 + "}", "not readable JSON: a number is too long"),
        ('{"title": {}, "abstract": null, "year": NaN}', "no title and no abstract"),
        ('{"title": "\udcff"}', "not valid UTF-8"),
    ],
)
def test_a_line_that_is_no_paper_costs_itself(line: str, why: str) -> None:
    """It is reported with its reason, and the papers around it are read."""
    good = json.dumps({"title": "T"})
    before, problem, after = read(f"{good}\n{line}\n \n{good}\n")
    assert problem == Problem("f", 2, why)
    assert [each.source.line for each in (before, after) if isinstance(each, Record)] == [1, 4]


def test_a_tab_within_a_text_is_forgiven() -> None:
    """JSON wants it escaped, and people want the paper."""
    assert [r.title for r in read('{"title": "A\tB"}') if isinstance(r, Record)] == ["A B"]


def test_a_piece_is_its_line() -> None:
    """A blank line is none, and nothing is parsed before it is read."""
    found = jsonl.pieces("f", [(1, "{}"), (2, " "), (3, ""), (4, "x")], Catalog())
    assert [each[:2] for each in found if not isinstance(each, Problem)] == [(1, "{}"), (4, "x")]


@pytest.mark.parametrize(
    ("head", "known"),
    [
        ('\n \n{"id": "1"}\nnonsense', True),
        ('{"id": "1"}\r{"id"', True),
        ('{ "id": "cut he', True),
        ('{"id": "cut he\n', False),
        ("{\\em A title}", False),
        ('"title": "cut"}\n\n{"title": "T"}\n', True),
        ("damaged\n" * 19 + "{}\n", True),
        ("damaged\n" * 20 + "{}\n", False),
        ('<html>\n{"@type": "Article"}\n', False),
        ('[{"title": "T"}]', True),
        ('[\n  {\n    "title": "T"', True),
        ('\n{\n  "title": "T"\n}\n', True),
        ("[1] A. Bee.", False),
        ("{\nA title}", False),
        ("[]\n", False),
        ("[" * 100_000, False),
        ('{"a":' * 100_000 + "\n", False),
        ("", False),
    ],
)
def test_it_is_known_by_its_first_lines(head: str, known: bool) -> None:  # noqa: FBT001
    """One of them is an object, or begins like one where the head ends; or it is JSON over several lines."""
    assert jsonl.recognises(head) is known


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
ODD_PAPERS = st.dictionaries(st.sampled_from([*ARXIV, "year", "first_author", "url"]), VALUES).map(json.dumps)


@given(st.binary() | st.text().map(lambda text: text.encode(errors="replace")) | ODD_PAPERS.map(str.encode))
def test_nothing_in_a_file_raises(end: bytes) -> None:
    """Whatever stands below them, good papers are read, and every line that is not blank is accounted for."""
    below = end.decode(errors="surrogateescape")
    jsonl.recognises(below)
    results = read(f"{GOOD}\n{below}")
    lines = [each.line if isinstance(each, Problem) else each.source.line for each in results]
    assert results[:3] == read(GOOD)
    assert lines == [n for n, line in enumerate(f"{GOOD}\n{below}".split("\n"), 1) if line.strip()]


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255), st.booleans())
def test_a_changed_byte_costs_its_own_paper(place: int, byte: int, cut: bool) -> None:  # noqa: FBT001
    """The papers above it stand as they were."""
    data = GOOD.encode()
    damaged = data[:place] + bytes([byte]) + (b"" if cut else data[place + 1 :])
    untouched = GOOD[:place].count("\n")
    assert read(damaged.decode(errors="surrogateescape"))[:untouched] == read(GOOD)[:untouched]


def test_a_line_without_end_is_told() -> None:
    """And not parsed; what stands below it is read."""
    text = '{"title": "A"}\n{"title": "' + "a" * jsonl.LONGEST_LINE + '"}\n{"title": "B"}'
    found = read(text)
    assert [each.title for each in found if isinstance(each, Record)] == ["A", "B"]
    assert found[1] == Problem("f", 2, "the line is longer than 1,000,000 characters")


def test_a_line_in_chunks_is_one_problem() -> None:
    """They bear one number, whatever stands in them."""
    lines = [(1, '{"title": "A"}'), (2, '{"title": "B"}'), (2, "{}"), (2, "x"), (3, "{}")]
    assert [each[:2] for each in jsonl.pieces("f", lines, Catalog()) if not isinstance(each, Problem)] == [
        (1, '{"title": "A"}'),
        (3, "{}"),
    ]
    assert [each for each in jsonl.pieces("f", lines, Catalog()) if isinstance(each, Problem)] == [
        Problem("f", 2, "the line is longer than 1,000,000 characters")
    ]


ARRAY = "a JSON array; write one object a line (JSON Lines), for example by jq -c '.[]'"
SPREAD = "a JSON object over several lines; write each in one (JSON Lines), for example by jq -c ."


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        (json.dumps([ARXIV] * 3), 1, ARRAY),
        (json.dumps([ARXIV] * 3, indent=2), 1, ARRAY),
        ("[\n" + json.dumps(ARXIV) + ",\n" + json.dumps(ARXIV) + "\n]", 1, ARRAY),
        (json.dumps(ARXIV, indent=1) * 3, 1, SPREAD),
        ("\n" + json.dumps(ARXIV, indent=1), 2, SPREAD),
    ],
)
def test_json_that_is_not_in_lines_is_told_once(text: str, line: int, why: str) -> None:
    """With what helps."""
    assert jsonl.recognises(text)
    assert read(text) == [Problem("f", line, why)]
