"""What a source says of a paper becomes a record, or is told."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.corpus.fields import matched, record
from bot.papers import Problem, Record, Source, TitleOrigin

ABSTRACT = "We backdoor a language model by poisoning its instructions. It is easy to do so."

SENTENCE = "We backdoor a language model by poisoning its instructions"


def made(**fields: Any) -> Record | Problem:
    """Make a record of a paper at a.jsonl:7."""
    return record("a.jsonl", 7, **{"title": "", "abstract": "", **fields})


def test_fields_are_mended() -> None:
    """TeX, line breaks and what stands around ids go."""
    assert made(
        title="Instructions\n  as {B}ackdoors",
        abstract=f"  {ABSTRACT}\n",
        authors=["Jos\\'e  Garc\\'ia", " ", "Chen, Muhao"],
        year="2023",
        arxiv_id="arXiv:2305.14710v2",
        acl_id="https://aclanthology.org/2024.naacl-long.171/",
        doi="https://doi.org/10.1145/3544548.3581388",
        url="https://arxiv.org/abs/2305.14710",
    ) == Record(
        title="Instructions as Backdoors",
        title_origin=TitleOrigin.PAGE,
        abstract=ABSTRACT,
        first_author="José García",
        authors=("José García", "Chen, Muhao"),
        year=2023,
        arxiv_id="2305.14710",
        acl_id="2024.naacl-long.171",
        doi="10.1145/3544548.3581388",
        url="https://arxiv.org/abs/2305.14710",
        source=Source("a.jsonl", 7),
        raw="",
    )


def test_without_a_title_a_sentence_stands_in() -> None:
    """And without an abstract the title is enough."""
    untitled, bare = made(abstract=ABSTRACT), made(title="Only this")
    assert isinstance(untitled, Record)
    assert isinstance(bare, Record)
    assert (untitled.title, untitled.title_origin) == (SENTENCE, TitleOrigin.SENTENCE)
    assert (bare.title, bare.title_origin, bare.abstract) == ("Only this", TitleOrigin.PAGE, "")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "no title and no abstract"),
        ({"title": " - ", "abstract": "\n…"}, "no title and no abstract"),
        ({"title": "caf\udce9"}, "not valid UTF-8"),
        ({"title": "A", "authors": ["\udcff"]}, "not valid UTF-8"),
        ({"title": "a" * 1_001}, "the title is too long: 1,001 characters, at most 1,000"),
        ({"abstract": "a" * 20_001}, "the abstract is too long: 20,001 characters, at most 20,000"),
        ({"title": "A", "authors": ["x" * 301]}, "an author's name is longer than 300 characters"),
        ({"title": "A", "authors": ["Xu"] * 10_001}, "10,001 authors, at most 10,000"),
    ],
)
def test_what_is_no_paper_is_told(fields: dict[str, Any], reason: str) -> None:
    """In words for whoever keeps the corpus."""
    assert made(**fields) == Problem("a.jsonl", 7, reason)


@pytest.mark.parametrize(
    ("doi", "ids"),
    [
        ("10.48550/arXiv.2305.14710", ("2305.14710", "", "")),
        ("10.48550/arXiv.hep-th/9901001", ("hep-th/9901001", "", "")),
        ("10.18653/v1/N19-1423", ("", "N19-1423", "10.18653/v1/N19-1423")),
        ("DOI: 10.1162/coli_a_00123", ("", "", "10.1162/coli_a_00123")),
        ("10.1/x", ("", "", "")),
    ],
)
def test_a_doi_may_tell_an_id(doi: str, ids: tuple[str, str, str]) -> None:
    """ArXiv's own says nothing more, the Anthology's is its publisher's."""
    found = made(title="A", doi=doi)
    assert isinstance(found, Record)
    assert (found.arxiv_id, found.acl_id, found.doi) == ids


def test_an_id_that_is_none_leaves_room_for_the_dois() -> None:
    """An address elsewhere, say."""
    found = made(title="A", acl_id="https://example.org/x", doi="10.18653/v1/N19-1423")
    assert isinstance(found, Record)
    assert found.acl_id == "N19-1423"


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("year", " 2023 ", "2023"),
        ("year", "23", ""),
        ("arxiv_id", "https://arxiv.org/pdf/2305.14710v1.pdf", "2305.14710"),
        ("arxiv_id", "2305", ""),
        ("acl_id", "W18-2501", "W18-2501"),
        ("url", "javascript:alert(1)", ""),
        ("url", "https://a.org/<!channel>", ""),
        ("doi", "http://dx.doi.org/10.1000/182", "10.1000/182"),
    ],
)
def test_what_a_field_must_look_like(field: str, value: str, kept: str) -> None:
    """What does not is left out."""
    assert matched(field, value) == kept


@given(
    st.text(max_size=80),
    st.text(max_size=80),
    st.lists(st.text(max_size=20), max_size=3),
    st.text(max_size=40),
)
def test_nothing_fails(title: str, abstract: str, authors: list[str], other: str) -> None:
    """Whatever stands in a file."""
    found = made(
        title=title, abstract=abstract, authors=authors, year=other, arxiv_id=other, doi=other, url=other
    )
    assert isinstance(found, Problem) or found.title
