import re
from dataclasses import replace
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.corpus import read_corpus
from bot.identity import describe, group, id_keys, keys, names_a_paper, reference_keys, shown_id, title_key
from bot.papers import Description, Record, Source, TitleOrigin

SEEDS = Path(__file__).parents[1] / "seeds"
PAGE, CATALOG, SENTENCE = TitleOrigin


def record(line: int, title: str = "A Title", author: str = "", arxiv: str = "", acl: str = "") -> Record:
    """Return a record whose line tells it from others."""
    return Record(
        title=title,
        title_origin=PAGE,
        abstract=f"Abstract {line}.",
        first_author=author,
        arxiv_id=arxiv,
        acl_id=acl,
        source=Source("f", line),
        raw="",
    )


def grouped(*records: Record) -> list[list[int]]:
    """Return the groups by the records' lines."""
    return [[member.source.line for member in members] for members in group(records)]


RECORDS = st.lists(
    st.builds(
        record,
        line=st.just(0),
        title=st.sampled_from(["A", "B", "C", "…"]),
        author=st.sampled_from(["", "", "Xu", "XÜ", "Li"]),
        arxiv=st.sampled_from(["", "", "1", "2"]),
        acl=st.sampled_from(["", "", "x", "y"]),
    ),
    max_size=8,
).map(lambda records: [replace(each, source=Source("f", n)) for n, each in enumerate(records)])


@pytest.mark.parametrize("name", ["arxiv", "acl"])
def test_records_that_share_an_id_are_one_paper(name: str) -> None:
    """Whatever their titles, authors and other ids are."""
    other = {"arxiv": "acl", "acl": "arxiv"}[name]
    records = (
        record(1, "One", "Xu", **{name: "5", other: "7"}),
        record(2, "Two", "Li", **{name: "6"}),
        record(3, "Three", "Wu", **{name: "5", other: "8"}),
    )
    assert grouped(*records) == [[1, 3], [2]]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (record(1), record(2)),
        (record(1, "A Title"), record(2, "a  TITLE!")),
        (record(1, "Über Titel"), record(2, "Uber-Titel")),
        (record(1, author="Xu"), record(2)),
        (record(1), record(2, author="Xu")),
        (record(1, author="José Díaz"), record(2, author="Jose DIAZ")),
        (record(1, arxiv="5"), record(2)),
        (record(1, arxiv="5"), record(2, acl="x")),
        (record(1, arxiv="5", author="Xu"), record(2, acl="x", author="Xu")),
    ],
)
def test_records_that_share_a_title_are_one_paper(one: Record, two: Record) -> None:
    """If nothing speaks against it: no ids conflict, and first authors agree or are not known."""
    assert grouped(one, two) == [[1, 2]]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (record(1, arxiv="5"), record(2, arxiv="6")),
        (record(1, acl="x"), record(2, acl="y")),
        (record(1, arxiv="5", acl="x"), record(2, acl="y")),
        (record(1, author="Xu"), record(2, author="Li")),
        (record(1, author="Xu", arxiv="5"), record(2, author="Li")),
        (record(1, "A Title"), record(2, "A Title, Continued")),
        (record(1, "…"), record(2, "!")),
        (record(1), replace(record(2), title_origin=SENTENCE)),
    ],
)
def test_papers_that_look_alike_stay_apart(one: Record, two: Record) -> None:
    """A conflict of ids or authors keeps them so, and a sentence that stands in for a title is no title."""
    assert grouped(one, two) == [[1], [2]]


def test_records_without_a_title_are_one_paper_if_their_abstracts_are() -> None:
    """The sentence that stands in for it may be the same in both."""
    one, two, three = (replace(record(line), title_origin=SENTENCE) for line in (1, 2, 3))
    assert grouped(one, two, replace(three, abstract="ABSTRACT  1")) == [[1, 3], [2]]


def test_a_title_joins_the_first_paper_that_agrees() -> None:
    """Of two papers with one title and different authors, the author decides; else the older one has it."""
    one, two = record(1, author="Xu"), record(2, author="Li")
    assert grouped(one, two, record(3, author="Li")) == [[1], [2, 3]]
    assert grouped(one, two, record(3)) == [[1, 3], [2]]


def test_a_record_with_two_ids_joins_two_papers() -> None:
    """They become one, in the place of the oldest, with their records in order of appearance."""
    records = (
        record(1, "Zero"),
        record(2, "One", arxiv="5"),
        record(3, "Two", acl="x"),
        record(4, "One", arxiv="5"),
        record(5, "Three", arxiv="5", acl="x"),
        record(6, "Two"),
        record(7, "Four", acl="x"),
    )
    assert grouped(*records) == [[1], [2, 3, 4, 5, 6, 7]]


def test_an_id_and_a_title_join_two_papers() -> None:
    """A record may belong to one paper by its id and to another by its title."""
    assert grouped(record(1, "New", acl="x"), record(2, "Old", arxiv="5"), record(3, "New", arxiv="5")) == [
        [1, 2, 3]
    ]


@pytest.mark.parametrize(
    "one", [record(1, "Old", arxiv="5", acl="y"), record(1, "Old", arxiv="5", author="Xu")]
)
def test_a_title_joins_no_papers_that_conflict(one: Record) -> None:
    """A record that has one's id and the other's title agrees with each, but they not with each other."""
    assert grouped(one, record(2, "New", acl="x", author="Li"), record(3, "New", arxiv="5")) == [[1, 3], [2]]


@given(RECORDS)
def test_grouping_keeps_its_law(records: list[Record]) -> None:
    """Each record is in one group, in order; an id is in one group; a group hangs together; ids differ."""
    groups = group(records)
    assert sorted(chain.from_iterable(groups), key=lambda each: each.source.line) == records
    lines = [[member.source.line for member in members] for members in groups]
    assert lines == sorted(sorted(members) for members in lines)
    ids = [set(chain.from_iterable(map(id_keys, members))) for members in groups]
    assert len(set().union(*ids)) == sum(map(len, ids))
    for members in groups:
        linked = [members[0]]
        for _ in members:
            known = {key for each in linked for key in (*id_keys(each), title_key(each))}
            linked = [each for each in members if known & {*id_keys(each), title_key(each)}]
        assert linked == members
    shown = [shown_id(describe(members)) for members in groups]
    assert len(set(shown)) == len(shown)


@given(RECORDS)
def test_a_title_alone_never_joins_what_conflicts(records: list[Record]) -> None:
    """Where no two records share an id, no group has two ids of a kind or two first authors."""
    seen: set[str] = set()
    alone = []
    for each in records:
        if seen.isdisjoint(id_keys(each)):
            alone.append(each)
        seen.update(id_keys(each))
    for members in group(alone):
        for values in (
            {each.arxiv_id for each in members},
            {each.acl_id for each in members},
            {each.first_author.replace("XÜ", "Xu") for each in members},
        ):
            assert len(values - {""}) <= 1


def test_a_description_joins_what_its_records_know() -> None:
    """The strongest title with its origin; of all else the first that is known."""
    one = replace(record(1, "A sentence"), title_origin=SENTENCE, year=2022)
    two = replace(record(2, "Catalogued", arxiv="5"), title_origin=CATALOG, authors=("Xu", "Li"), year=2023)
    three = replace(record(3, "On the Page", "Xu", arxiv="5", acl="x"), url="https://x.org")
    four = replace(record(4, "Again", "Wu"), authors=("Wu",), url="https://y.org")
    assert describe([one, two, three, four]) == Description(
        title="On the Page",
        title_origin=PAGE,
        abstract="Abstract 1.",
        first_author="Xu",
        authors=("Xu", "Li"),
        year=2022,
        arxiv_id="5",
        acl_id="x",
        url="https://x.org",
    )


def test_what_nobody_knows_stays_unknown() -> None:
    """It is empty or None."""
    assert describe([record(1), record(2)]) == Description(
        title="A Title", title_origin=PAGE, abstract="Abstract 1."
    )


def test_the_id_shown_is_the_best_there_is() -> None:
    """ArXiv's, else the Anthology's, else ten hex digits that depend on title and first author."""
    assert shown_id(record(1, arxiv="2305.14710", acl="2024.naacl-long.171")) == "2305.14710"
    assert shown_id(record(1, acl="2024.naacl-long.171")) == "2024.naacl-long.171"
    assert shown_id(record(1, "Ä Title!", "José")) == "p" + sha256(b"title:atitle\njose").hexdigest()[:10]
    assert shown_id(record(1, "A title", "Jose")) == shown_id(record(2, "Ä Title!", "José"))
    assert shown_id(record(1, "A title", "Jo")) != shown_id(record(1, "A title", "Jose"))


def test_a_paper_is_known_by_ids_title_and_what_is_shown() -> None:
    """Each key says what kind it is."""
    assert keys([record(1, arxiv="5", acl="x")]) == ["arxiv_id:5", "acl_id:x", "title:atitle", "id:5"]
    bare = record(1, "A Title")
    assert keys([bare]) == ["title:atitle", f"id:{shown_id(bare)}"]


@pytest.mark.parametrize(
    "text",
    [
        "2305.14710",
        " 2305.14710 ",
        "2305.14710v2",
        "arXiv:2305.14710",
        "arxiv: 2305.14710v12",
        "https://arxiv.org/abs/2305.14710",
        "https://arxiv.org/pdf/2305.14710v3.pdf",
        "https://www.arxiv.org/html/2305.14710v1#S2",
        "<https://arxiv.org/abs/2305.14710>",
        "<https://arxiv.org/abs/2305.14710|arxiv.org/abs/2305.14710>",
        "<http://arxiv.org/abs/2305.14710v2|2305.14710>,",
        "10.48550/arXiv.2305.14710",
        "https://doi.org/10.48550/arXiv.2305.14710",
        "(2305.14710)",
    ],
)
def test_an_arxiv_id_may_be_typed_in_many_ways(text: str) -> None:
    """Versions, links, DOIs and Slack's markup make no difference; what was typed may be an id itself."""
    assert reference_keys(text) == ["arxiv_id:2305.14710", f"id:{text.strip().lower()}"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("hep-th/9901001", "arxiv_id:hep-th/9901001"),
        ("https://arxiv.org/abs/cs/0701001v2", "arxiv_id:cs/0701001"),
        ("math.GT/0309136", "arxiv_id:math/0309136"),
        ("https://doi.org/10.48550/arXiv.cs/0102001", "arxiv_id:cs/0102001"),
        ("1701.0001", "arxiv_id:1701.0001"),
        ("2024.naacl-long.171", "acl_id:2024.naacl-long.171"),
        ("2024.NAACL-long.171", "acl_id:2024.naacl-long.171"),
        ("https://aclanthology.org/2024.naacl-long.171/", "acl_id:2024.naacl-long.171"),
        ("https://aclanthology.org/2024.naacl-long.171.pdf", "acl_id:2024.naacl-long.171"),
        ("<https://aclanthology.org/2024.naacl-long.171.bib|here>", "acl_id:2024.naacl-long.171"),
        ("10.18653/v1/2024.naacl-long.171", "acl_id:2024.naacl-long.171"),
        ("https://doi.org/10.18653/v1/2024.naacl-long.171", "acl_id:2024.naacl-long.171"),
        ("2023.findings-emnlp.5", "acl_id:2023.findings-emnlp.5"),
        ("n18-1202", "acl_id:n18-1202"),
        ("https://aclanthology.org/N18-1202.pdf", "acl_id:n18-1202"),
        ("https://doi.org/10.18653/v1/N18-1202", "acl_id:n18-1202"),
        ("10.1145/3544548.3581388", "doi:10.1145/3544548.3581388"),
        ("(doi: 10.1162/COLI_a_00123).", "doi:10.1162/coli_a_00123"),
        ("https://doi.org/10.1145/3544548.3581388", "doi:10.1145/3544548.3581388"),
        ("<https://dx.doi.org/10.1145/3544548.3581388|here>", "doi:10.1145/3544548.3581388"),
        ("P7CD9F1B61 ", "id:p7cd9f1b61"),
        ("`pd7cd9f1b61`.", "id:pd7cd9f1b61"),
    ],
)
def test_other_ids_may_be_typed_in_many_ways(text: str, key: str) -> None:
    """Old arXiv ids, the Anthology's, old and new, and Paperboy's own."""
    assert key in reference_keys(text)


@pytest.mark.parametrize(
    "text", ["", "zzz", "2305", "12305.14710", "10.1234.5678", "2305.147101", "https://x.org/1"]
)
def test_what_holds_no_id_is_at_most_paperboys_own(text: str) -> None:
    """Numbers that are too long are none."""
    assert reference_keys(text) == [f"id:{text}"]


@pytest.mark.parametrize(
    "texts", [("math.GT/0309136", "math/0309136"), ("P19-1001", "p19-1001"), ("10.1162/COLI", "10.1162/coli")]
)
def test_spellings_of_an_id_are_one(texts: tuple[str, str]) -> None:
    """Case and an old arXiv id's subject class make no two papers of one, and each spelling finds it."""
    name = "doi" if texts[0].startswith("10.") else "arxiv_id" if "/" in texts[0] else "acl_id"
    one, other = (
        replace(record(number), **dict[str, Any]([(name, text)])) for number, text in enumerate(texts)
    )
    assert len(group([one, other])) == 1
    for text in texts:
        assert set(reference_keys(text)) & set(id_keys(one)) & set(keys([other])) != set()
    assert f"id:{shown_id(one).lower()}" in reference_keys(shown_id(one))


@pytest.mark.parametrize("text", ["a" * 200_000, "a-" * 100_000, "1" * 200_000, "http://" + "a." * 100_000])
def test_a_long_text_is_read_at_once(text: str) -> None:
    """Were it read in quadratic time, this would take half an hour."""
    assert reference_keys(text) == [f"id:{text}"]
    assert not names_a_paper(text)


@given(st.text(st.characters()))
def test_any_reference_has_keys(text: str) -> None:
    """Each once, and such that a store takes it."""
    found = reference_keys(text)
    assert len(set(found)) == len(found) > 0
    assert all(key.encode() for key in found)


def test_a_title_without_letters_is_a_key_too() -> None:
    """It is told from other such titles."""
    assert title_key(record(1, "…")) == f"title:{sha256('…'.encode()).hexdigest()}"
    sentence = replace(record(1), title_origin=SENTENCE)
    assert title_key(sentence) == f"abstract:{sha256(b'abstract1').hexdigest()}"


def test_the_seeds_are_382_papers() -> None:
    """Four stand in two files each, word for word; all are shown under ids of their own."""
    records = read_corpus([SEEDS]).records
    groups = group(records)
    places = [[f"{each.source.file[:3]}:{each.source.line}" for each in members] for members in groups]
    assert (len(records), len(groups)) == (386, 382)
    assert [members for members in places if len(members) > 1] == [
        ["001:289", "002:50"],
        ["002:232", "003:101"],
        ["002:310", "003:29"],
        ["002:316", "003:57"],
    ]
    shown = [shown_id(describe(members)) for members in groups]
    assert len(set(shown)) == 382
    form = re.compile(r"\d{4}\.\d{4,5}|\d{4}\.[a-z0-9-]+\.\d+|[A-Z]\d\d-\d{4}|p[0-9a-f]{10}")
    assert [each for each in shown if not form.fullmatch(each)] == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2305.14710", True),
        ("arXiv:2305.14710v2", True),
        ("10.48550/arXiv.2305.14710", True),
        ("https://arxiv.org/pdf/2305.14710v3.pdf", True),
        ("www.arxiv.org/abs/2305.14710", True),
        ("aclanthology.org/N18-1202.pdf", True),
        ("hep-th/9901001", True),
        ("2024.naacl-long.171", True),
        ("10.18653/v1/2024.naacl-long.171", True),
        ("10.1145/3544548.3581388", True),
        ("doi:10.1145/3544548.3581388", True),
        ("https://doi.org/10.1145/3544548.3581388", True),
        ("doi.org/10.1145/3544548.3581388", True),
        ("10.5 percent", False),
        ("10.1145/1 and more", False),
        ("", False),
        ("-2305.14710", False),
        ("title:2305.14710", False),
        ("source:2024.naacl-long.171", False),
        ("year:2022.12345", False),
        ("bert-2305.14710", False),
        ("2305.14710,2311.09433", False),
        ("2305.14710 and more", False),
        ("https://example.com/x", False),
        ("GPT-4", False),
    ],
)
def test_one_id_or_link_names_a_paper(text: str, meant: bool) -> None:  # noqa: FBT001  # a table's column
    """All of the text is that id or link; what only holds one is something else."""
    assert names_a_paper(text) is meant


def test_editorials_with_dois_are_papers_of_their_own() -> None:
    """Though they have one title, and nobody knows an author; each is shown under an id of its own."""
    one, other = (replace(record(1), title="Editorial", first_author="", doi=f"10.1234/{n}") for n in "ab")
    assert group([one, other]) == [[one], [other]]
    assert shown_id(one) != shown_id(other)
    assert shown_id(one) == shown_id(replace(one, doi="10.1234/A"))
