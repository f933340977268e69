from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.corpus import Catalog
from bot.corpus.bibliography import pieces, recognises
from bot.corpus.pieces import Piece
from bot.papers import Problem, Record, Source, TitleOrigin
from tests.reading import read_piece

BERT = """@inproceedings{devlin-etal-2019-bert,
    title = "{BERT}: Pre-training of {\\"U}ber {T}ransformers",
    author = "Devlin, Jacob  and
      King, Jr., Martin  and
      {Barnes and Noble Team}  and
      van der Berg, Ann  and
      Duki{\\'c}, Carl  and
      others",
    month = jun,
    year = "2019",
    url = "https://aclanthology.org/N19-1423/",
    doi = "10.18653/v1/N19-1423",
    abstract = "We introduce a {"}new{"} model, with 50{\\%} of
      everything."
}"""
LLAMA = """@article{llama,
  Title={Llama},
  author={Ann B and Carl D},
  year={2023},
  eprint={2305.14710v2},
  archivePrefix={arXiv},
  abstract={We train.}
}"""
BROKEN = "@misc{broken,\n  title = {No end,\n  year = 2020\n}"
GOOD = f"% A file\n@string{{jun = {{June}}}}\n\n{BERT}\n{LLAMA}\n"
UNREADABLE = "not readable as BibTeX: a brace, quotation mark, comma or = is missing or one too many"


def found(text: str) -> Iterator[Piece | Problem]:
    """Return what the text of a file is cut into."""
    return pieces("a.bib", enumerate(text.split("\n"), 1), Catalog())


def read(text: str) -> list[Record | Problem]:
    """Return what a file's text is read into."""
    return list(map(read_piece, found(text)))


def bert(line: int) -> Record:
    """Return the record of BERT, at a line."""
    return Record(
        title="BERT: Pre-training of Über Transformers",
        title_origin=TitleOrigin.PAGE,
        abstract='We introduce a "new" model, with 50% of everything.',
        first_author="Jacob Devlin",
        authors=(
            "Jacob Devlin",
            "Martin King, Jr.",
            "Barnes and Noble Team",
            "Ann van der Berg",
            "Carl Dukić",
        ),
        year=2019,
        acl_id="N19-1423",
        doi="10.18653/v1/N19-1423",
        url="https://aclanthology.org/N19-1423/",
        source=Source("a.bib", line),
    )


def llama(line: int) -> Record:
    """Return the record of Llama, at a line."""
    return Record(
        title="Llama",
        title_origin=TitleOrigin.PAGE,
        abstract="We train.",
        first_author="Ann B",
        authors=("Ann B", "Carl D"),
        year=2023,
        arxiv_id="2305.14710",
        source=Source("a.bib", line),
    )


def titled(line: int, title: str, **fields: str) -> Record:
    """Return a record of little more than a title."""
    return Record(
        title=title,
        title_origin=TitleOrigin.PAGE,
        abstract="",
        source=Source("a.bib", line),
        arxiv_id=fields.get("arxiv_id", ""),
        acl_id=fields.get("acl_id", ""),
        doi=fields.get("doi", ""),
        url=fields.get("url", ""),
    )


def test_entries_become_records() -> None:
    """Names are turned, TeX is mended, ids are found, and each has the line of its @."""
    assert read(GOOD) == [bert(4), llama(19)]


@pytest.mark.parametrize("kind", ["@misc", "@misc ", "  @Misc"])
def test_an_unbalanced_brace_costs_its_own_entry(kind: str) -> None:
    """At column 0 an entry begins whatever is open; further in only where all braces are closed."""
    wanted = [Problem("a.bib", 1, UNREADABLE), bert(5)]
    assert read(f"{BROKEN}\n{BERT}") == wanted
    assert read(f"{BERT}\n\n{kind}{{x, title = {{A}}}}") == [bert(1), titled(17, "A")]


@pytest.mark.parametrize(
    "text",
    [
        "@misc{x, title = {A},\n note = {see\n  @(x) and me@misc{y} of\n  @misc{z} it}}",
        '@misc{x, note = "a } b",\n title = "A"\n}',
        "@misc{x, title = {A}, Title = {B}, title = {C}}",
    ],
    ids=["an at sign within a field", "a brace too many in quotes", "a field that stands twice"],
)
def test_an_odd_entry_is_one_paper(text: str) -> None:
    """It reaches to the next one, not to where its braces seem closed; the first of a field counts."""
    assert read(text) == [titled(1, "A")]


def test_what_is_no_paper_is_passed_over() -> None:
    """Comments, preambles, definitions and volumes without an abstract are neither papers nor problems."""
    text = (
        "Made by hand.\n@comment{of all kinds}\n@preamble{{\\newcommand}}\n@string{a = {b}}\n"
        "@proceedings{acl, title = {All}}\n@Book{b, title = {All}}\n@book{c, title = {A}, Abstract = {}}"
    )
    assert read(text) == [titled(7, "A")]


def test_a_definition_stands_for_its_name() -> None:
    """The definitions that an entry names are part of its text, in any case, and no others."""
    text = '@string{TT = "A"}\n@STRING{other = {B}}\n@misc{x, title = tt}'
    assert read(text) == [titled(3, "A")]
    assert [each.text for each in found(text) if isinstance(each, Piece)] == [
        '@string{TT = "A"}\n@misc{x, title = tt}'
    ]


def test_at_most_a_thousand_definitions_are_kept() -> None:
    """Another one is not known."""
    text = "\n".join(f"@string{{s{number} = {{T{number}}}}}" for number in range(1001))
    assert read(f"{text}\n@misc{{x, title = s999}}\n@misc{{y, title = s1000}}") == [
        titled(1002, "T999"),
        titled(1003, "s1000"),
    ]


def test_parentheses_enclose_an_entry_too() -> None:
    """As BibTeX has it."""
    assert read("@misc(x,\n title = {A}\n)\n@misc{y, title = {B}}") == [titled(1, "A"), titled(4, "B")]


def test_comments_between_fields_are_left_out() -> None:
    """A line of a field that begins with a percent sign is none, in braces or in quotation marks."""
    text = (
        "@misc{x,\n  % title = {No,\n title = {A\n% b},\n%\n"
        ' abstract = "Half of it,\n%50, we say\n% so."\n}\n% {\n  @misc(y,\n % no\n title = {B\n% c})'
    )
    found = [each for each in read(text) if isinstance(each, Record)]
    assert [(each.source.line, each.title, each.abstract) for each in found] == [
        (1, "A % b", "Half of it, %50, we say % so."),
        (11, "B % c", ""),
    ]


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("{{The {ATLAS} Collaboration}}", ("The ATLAS Collaboration",)),
        ("{The {ATLAS} Collaboration} and Bee, Ann", ("The ATLAS Collaboration", "Ann Bee")),
        ("{{\\'E}cole and {A}}", ("École and A",)),
        ("{Ann} {Bee}", ("Ann Bee",)),
    ],
)
def test_a_name_in_braces_is_one_as_it_stands(written: str, names: tuple[str, ...]) -> None:
    """However many braces, and with braces in it."""
    (found,) = read(f"@misc{{x, title = {{A}}, author = {{{written}}}}}")
    assert isinstance(found, Record)
    assert found.authors == names


def test_the_chunks_of_a_line_are_joined() -> None:
    """As they stand; a chunk begins no entry, and one that is too long is told once."""
    chunks = ["@misc{x, note = 5", "% , title = {No", "va and ", "@misc{z} b}}"]
    long = ["@misc{x, title = {", *["tea " * 20_000] * 9, "}}"]
    lines = [
        *((1, chunk) for chunk in chunks),
        *((2, chunk) for chunk in long),
        (3, "@misc{y, title = {B}}"),
    ]
    assert list(map(read_piece, pieces("a.bib", lines, Catalog()))) == [
        titled(1, "Nova and @miscz b"),
        Problem("a.bib", 2, "the entry is too long: more than 100,000 characters"),
        titled(3, "B"),
    ]


@pytest.mark.parametrize(
    ("written", "ids"),
    [
        ("eprint = {2305.14710}", {"arxiv_id": "2305.14710"}),
        ("eprint = {2305.14710}, eprinttype = {arxiv}", {"arxiv_id": "2305.14710"}),
        ("eprint = {2305.14710}, archiveprefix = {jstor}", {}),
        ("eprint = {hello}", {}),
        ("journal = {arXiv preprint arXiv:2305.14710}", {"arxiv_id": "2305.14710"}),
        (
            "url = {https://arxiv.org/abs/2305.14710}",
            {"arxiv_id": "2305.14710", "url": "https://arxiv.org/abs/2305.14710"},
        ),
        (
            "doi = {10.48550/arXiv.2305.14710}",
            {"arxiv_id": "2305.14710"},
        ),
        (
            "doi = {10.18653/v1/2024.acl-long.1}",
            {"acl_id": "2024.acl-long.1", "doi": "10.18653/v1/2024.acl-long.1"},
        ),
        (
            "doi = {10.18653/v1/N19-1423}, url = {https://x.org/a\\_b}",
            {"acl_id": "N19-1423", "doi": "10.18653/v1/N19-1423", "url": "https://x.org/a_b"},
        ),
        ("doi = {10.1162/tacl\\_a{\\_}00349}", {"doi": "10.1162/tacl_a_00349"}),
        (
            "url = {https://doi.org/10.1162/tacl\\_a\\_00349}",
            {"doi": "10.1162/tacl_a_00349", "url": "https://doi.org/10.1162/tacl_a_00349"},
        ),
    ],
)
def test_ids_are_found_where_bibliographies_put_them(written: str, ids: dict[str, str]) -> None:
    """An id of another archive, or what is none, is left out."""
    assert read(f"@misc{{x, title = {{A}}, {written}}}") == [titled(1, "A", **ids)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("@misc{x, title {A}}", UNREADABLE),
        ("@misc{x, year = 2020}", "no title and no abstract"),
        ("@misc{x, title = {\udcff}}", "not valid UTF-8"),
        ("@misc{x, title = {A}} @misc{y, title = {B}}", "more than one entry on a line; "
         "begin each on a line of its own"),
        ("@misc{x, title = {" + "A\n" * 60_000 + "}}", "the entry is too long: more than 100,000 characters"),
        ("@misc{x, title = {" + "A" * 200_000 + "}}", "the entry is too long: more than 100,000 characters"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_paper_is_reported(text: str, why: str) -> None:
    """At the line where it begins; the entries after it are read."""
    assert read(f"\n{text}\n{LLAMA}") == [Problem("a.bib", 2, why), llama(3 + text.count("\n"))]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (GOOD, True),
        ("\ufeff@article{x,", True),
        ("% @\n\n  @Article (x,", True),
        ("Exported from here.\n@misc{x,", True),
        ("% long comment\n" * 1_000 + "@misc{x,", True),
        ("word " * 250 + "\n@misc{x,", False),
        ("An abstract of me@x{y}.", False),
        ("@someone said", False),
        ("@ann (of Bee) wrote, this", False),
        ("@ann {bee} wrote, this", False),
        ("@mine{x, title", True),
        ("@software{\nx,", True),
        ("@String(a = ", True),
        ("", False),
    ],
)
def test_bibtex_is_recognised(head: str, *, expected: bool) -> None:
    """By its first entry, after comments and a short text at most."""
    assert recognises(head) is expected


TEXTS = st.one_of(
    st.text(alphabet='@{}(),="#\\ \nabm%~', max_size=80).map("@misc{x, title = ".__add__),
    st.text(alphabet='{}, "~\\Aa', max_size=30).map(lambda names: f"@misc{{x, author = {{{names}}}}}"),
    st.binary(max_size=80).map(lambda data: data.decode(errors="surrogateescape")),
    st.integers(0, len(GOOD)).map(lambda end: GOOD[:end]),
    st.tuples(st.integers(0, len(GOOD) - 1), st.characters()).map(
        lambda flip: GOOD[: flip[0]] + flip[1] + GOOD[flip[0] + 1 :]
    ),
)


@given(TEXTS)
def test_nothing_raises(text: str) -> None:
    """Whatever stands in a file, each result is at a line of it, in order."""
    recognises(text)
    results = read(text)
    lines = [each.source.line if isinstance(each, Record) else each.line for each in results]
    assert lines == sorted(set(lines))
    assert all(1 <= line <= text.count("\n") + 1 for line in lines)
