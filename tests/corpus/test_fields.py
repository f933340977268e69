"""What a source says of a paper becomes a record, or is told."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import ids
from bot.corpus.fields import matched, record
from bot.papers import Problem, Record, Source, TitleOrigin

ABSTRACT = "We backdoor a language model by poisoning its instructions. It is easy to do so."

SENTENCE = "We backdoor a language model by poisoning its instructions"


def made(**fields: Any) -> Record | Problem:
    """Make a record of a paper at a.jsonl:7."""
    return record("a.jsonl", 7, **{"title": "", "abstract": "", **fields})


def the_record(**fields: Any) -> Record:
    """Make the record of a paper that has these fields."""
    found = made(**fields)
    assert isinstance(found, Record)
    return found


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
    )


def test_without_a_title_a_sentence_stands_in() -> None:
    """And without an abstract the title is enough."""
    untitled, bare = the_record(abstract=ABSTRACT), the_record(title="Only this")
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
    ("fields", "ids"),
    [
        ({"doi": "10.48550/arXiv.2305.14710"}, ("2305.14710", "", "")),
        ({"doi": "10.48550/arXiv.hep-th/9901001"}, ("hep-th/9901001", "", "")),
        ({"doi": "10.18653/v1/N19-1423"}, ("", "N19-1423", "10.18653/v1/N19-1423")),
        ({"doi": "DOI: 10.1162/coli_a_00123"}, ("", "", "10.1162/coli_a_00123")),
        ({"doi": "10.3115/v1/P14-1001"}, ("", "P14-1001", "10.3115/v1/P14-1001")),
        ({"doi": "10.1145/1, 10.48550/arXiv.2305.14710"}, ("", "", "10.1145/1")),
        ({"doi": "10.48550/arXiv.none"}, ("", "", "")),
        ({"doi": "10.1/x"}, ("", "", "")),
        ({"url": "https://arxiv.org/pdf/2305.14710v2"}, ("2305.14710", "", "")),
        ({"url": "https://aclanthology.org/N19-1423.pdf"}, ("", "N19-1423", "")),
        ({"url": " https://doi.org/10.1145/1"}, ("", "", "10.1145/1")),
        ({"url": "http://dx.doi.org/10.3115/v1/P14-1001"}, ("", "P14-1001", "10.3115/v1/P14-1001")),
        ({"url": "https://doi.org/10.48550/arXiv.2305.14710"}, ("2305.14710", "", "")),
        ({"url": "https://www.semanticscholar.org/arxiv/2305.14710"}, ("2305.14710", "", "")),
        ({"url": "https://api.semanticscholar.org/ACL:N19-1423"}, ("", "N19-1423", "")),
        ({"url": "https://dl.acm.org/doi/proceedings/10.1145/1"}, ("", "", "")),
        ({"url": "https://example.org/2305.14710"}, ("", "", "")),
        ({"arxiv_id": "2305.14710", "url": "https://arxiv.org/abs/2001.00001"}, ("2305.14710", "", "")),
        ({"acl_id": "N19-1423", "url": "https://aclanthology.org/P14-1001"}, ("", "N19-1423", "")),
        ({"doi": "10.1145/1", "url": "https://doi.org/10.1145/2"}, ("", "", "10.1145/1")),
        (
            {"doi": "10.48550/arXiv.2305.14710", "url": "https://arxiv.org/abs/2001.00001"},
            ("2305.14710", "", ""),
        ),
        ({"arxiv_id": "none", "url": "https://arxiv.org/abs/2305.14710"}, ("2305.14710", "", "")),
        (
            {"acl_id": "https://example.org/x", "doi": "10.18653/v1/N19-1423"},
            ("", "N19-1423", "10.18653/v1/N19-1423"),
        ),
        ({"doi": "none", "url": "https://doi.org/10.1145/1"}, ("", "", "10.1145/1")),
    ],
)
def test_a_doi_or_a_link_may_tell_an_id(fields: dict[str, str], ids: tuple[str, str, str]) -> None:
    """What is given comes first, if it is an id; arXiv's own DOI says nothing more than its id."""
    found = the_record(title="A", **fields)
    assert (found.arxiv_id, found.acl_id, found.doi) == ids


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("year", " 2023 ", "2023"),
        ("year", "23", ""),
        ("year", "1499", ""),
        ("year", "1500", "1500"),
        ("year", "2100", "2100"),
        ("year", "2101", ""),
        ("arxiv_id", "https://arxiv.org/pdf/2305.14710v1.pdf", "2305.14710"),
        ("arxiv_id", "2305", ""),
        ("acl_id", "W18-2501", "W18-2501"),
        ("url", "javascript:alert(1)", ""),
        ("url", "https://a.org/<!channel>", ""),
        ("url", "https://a.org/\udce9", ""),
        ("url", f" https://a.org/{'a' * 1_986} ", f"https://a.org/{'a' * 1_986}"),
        ("url", f"https://a.org/{'a' * 1_987}", ""),
        ("doi", "http://dx.doi.org/10.1000/182", "10.1000/182"),
    ],
)
def test_what_a_field_must_look_like(field: str, value: str, kept: str) -> None:
    """What does not is left out."""
    assert matched(field, value) == kept


def test_what_is_too_long_is_not_kept_in_mind() -> None:
    """A file may be full of such, each another."""
    before = ids.whole.cache_info().currsize
    for field in ("arxiv_id", "acl_id", "doi", "url"):
        assert matched(field, f"https://arxiv.org/abs/2305.14710?{'a' * 2_000}") == ""
    assert ids.whole.cache_info().currsize == before


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
