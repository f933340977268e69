"""Ids, as sources and people write them: within a text, as all of it, and in links."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ids import LONGEST_URL, names_a_paper, of_doi, reference_keys, whole, words_of_link

SLUG = "https://www.semanticscholar.org/paper/Instructions-as-Backdoors%3A-Backdoor-Vulnerabilities-of-Xu-Ma"
DIGEST = "82fe948f18ca0138d035f553286c5e4b712dbdbe"


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
        "arXiv:2305.14710v2 [cs.CL]",
        "https://export.arxiv.org/format/2305.14710v2",
        "https://arxiv.org/abs/2305.14710?context=cs",
        "https://www.alphaxiv.org/overview/2305.14710",
        "https://ar5iv.labs.arxiv.org/html/2305.14710",
        "doi:10.48550/ARXIV.2305.14710v2.",
        "https://doi.org/10.48550%2FarXiv.2305.14710",
        "https://www.semanticscholar.org/arxiv/2305.14710",
        "https://api.semanticscholar.org/graph/v1/paper/arXiv:2305.14710",
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
        ("https://www.aclweb.org/anthology/N18-1202", "acl_id:n18-1202"),
        ("10.3115/v1/N18-1202", "acl_id:n18-1202"),
        ("https://aclanthology.org/2024.naacl-long.171v2.pdf", "acl_id:2024.naacl-long.171"),
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
    ("text", "dois"),
    [
        ("10.1016/S0378-4371(02)00736-7", ["10.1016/s0378-4371(02)00736-7"]),
        ("(see 10.1016/S0378-4371(02)00736-7).", ["10.1016/s0378-4371(02)00736-7"]),
        ("10.1016/S0378-4371(02)", ["10.1016/s0378-4371(02)"]),
        ("https://doi.org/10.1145%2F3544548", ["10.1145/3544548"]),
        ("10.1016/j.x.2305.14710", ["10.1016/j.x.2305.14710"]),
        ("10.1016/P19-1001", ["10.1016/p19-1001"]),
        ("10.1145/1, 10.1145/2;10.1145/3,doi:10.1145/4", [f"10.1145/{n}" for n in range(1, 5)]),
        ("[10.1145/1](https://doi.org/10.1145/1)", ["10.1145/1"]),
        ("https://dl.acm.org/doi/pdf/10.1145/3544548.3581388?cid=1", ["10.1145/3544548.3581388"]),
        ("https://link.springer.com/article/10.1007/s10994-023-x#Sec1", ["10.1007/s10994-023-x"]),
        ("https://link.springer.com/content/pdf/10.1007/s10994-023-x.pdf", ["10.1007/s10994-023-x"]),
        ("https://www.frontiersin.org/articles/10.3389/fpsyg.2020.1/full", ["10.3389/fpsyg.2020.1"]),
        ("https://www.biorxiv.org/content/10.1101/2020.01.01.1v1.full", ["10.1101/2020.01.01.1"]),
        ("https://plos.org/article?id=10.1371/journal.1&type=printable", ["10.1371/journal.1"]),
        ("10.1145/.", []),
        ("10.48550/arXiv.none", []),
        ("10.1145/" + "a" * 492, ["10.1145/" + "a" * 492]),
        ("10.1145/" + "a" * 493, []),
    ],
)
def test_a_doi_is_told_from_what_stands_around_it(text: str, dois: list[str]) -> None:
    """Brackets that it opens itself are its own, and no other id is read out of it."""
    assert reference_keys(text)[:-1] == [f"doi:{doi}" for doi in dois]


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("arxiv_id", " arXiv:2305.14710v2 [cs.CL] ", "2305.14710"),
        ("arxiv_id", "http://arxiv.org/abs/math.GT/0309136v1", "math.GT/0309136"),
        ("arxiv_id", "https://export.arxiv.org/pdf/2305.14710v1.pdf", "2305.14710"),
        ("arxiv_id", "https://arxiv.org/html/2305.14710v1#S3", "2305.14710"),
        ("arxiv_id", "https://arxiv.org/abs/2305.14710?context=cs", "2305.14710"),
        ("arxiv_id", "https://ar5iv.labs.arxiv.org/html/cs/0701001", "cs/0701001"),
        ("arxiv_id", "https://doi.org/10.48550/ARXIV.2305.14710", "2305.14710"),
        ("arxiv_id", "https://www.semanticscholar.org/arxiv/2305.14710", "2305.14710"),
        ("arxiv_id", "https://api.semanticscholar.org/arXiv:2305.14710", "2305.14710"),
        ("arxiv_id", "https://ar5iv.org/abs/2305.14710", "2305.14710"),
        ("arxiv_id", "https://www.alphaxiv.org/abs/2305.14710v2", "2305.14710"),
        ("arxiv_id", "https://example.org/2305.14710", ""),
        ("arxiv_id", "2305.147101", ""),
        ("arxiv_id", "10.1016/2305.14710", ""),
        ("acl_id", "https://aclanthology.org/2024.naacl-long.171v2.pdf", "2024.naacl-long.171"),
        ("acl_id", "aclanthology.org/2024.naacl-long.171.bib", "2024.naacl-long.171"),
        ("acl_id", "http://www.aclweb.org/anthology/P/P19/P19-1001.pdf", "P19-1001"),
        ("acl_id", "https://aclanthology.info/papers/P19-1001/p19-1001", "P19-1001"),
        ("acl_id", "2024.NAACL-long.171", "2024.naacl-long.171"),
        ("acl_id", "10.3115/v1/P14-1001", "P14-1001"),
        ("acl_id", "https://doi.org/10.18653/v1/W17-4701", "W17-4701"),
        ("acl_id", "https://example.org/P19-1001", ""),
        ("doi", "https://www.doi.org/10.1145/1, 10.1145/2", "10.1145/1"),
        ("doi", "https://dx.doi.org/10.1002/A%28b%29.", "10.1002/A(b)"),
        ("doi", "none", ""),
    ],
)
def test_a_field_is_an_id_whatever_its_dress(kind: str, value: str, kept: str) -> None:
    """Prefixes, versions and libraries' addresses go; other addresses are none of its ids."""
    assert whole(kind, value) == kept


@pytest.mark.parametrize(
    ("doi", "told"),
    [
        ("10.48550/arXiv.2305.14710v3", {"arxiv_id": "2305.14710"}),
        ("https://doi.org/10.18653/v1/P19-1001", {"acl_id": "P19-1001", "doi": "10.18653/v1/P19-1001"}),
        ("10.1145/1", {"doi": "10.1145/1"}),
        ("2305.14710", {}),
    ],
)
def test_a_librarys_doi_tells_its_id(doi: str, told: dict[str, str]) -> None:
    """ArXiv's own says nothing more; the Anthology's is its publisher's."""
    assert of_doi(doi) == told


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (
            f"{SLUG}/{DIGEST}",
            ("Instructions", "as", "Backdoors", "Backdoor", "Vulnerabilities", "of", "Xu", "Ma"),
        ),
        (f"semanticscholar.org/paper/T%C3%9CLU-Pre-training/{DIGEST}?sort=x", ("TÜLU", "Pre", "training")),
        (f"https://www.semanticscholar.org/paper/{DIGEST}", ()),
        ("https://api.semanticscholar.org/CorpusID:258866212", ()),
        (SLUG, None),
        (f"https://example.org/paper/A-B/{DIGEST}", None),
        ("backdoor attacks", None),
    ],
)
def test_a_link_to_semantic_scholar_has_words(link: str, words: tuple[str, ...] | None) -> None:
    """Of the title, as many as there are, then surnames; its digest is no id that others know."""
    assert words_of_link(link) == words


HOSTILE = [
    *(
        "a",
        "a-",
        "1",
        "2024.a_",
        "%41",
        "(",
        ".",
        " ",
        "doi:",
        "arxiv.org/",
        "a.b.",
        "10.1145/a)",
        "10.1145/&a",
    ),
    *(
        "10.1234/",
        "10.1145/1,",
        "a/full",
        "semanticscholar.org/paper/",
        "semanticscholar.org/paper/a-",
        "CorpusID:",
    ),
]


@pytest.mark.parametrize("part", HOSTILE)
@pytest.mark.parametrize("begin", ["", "http://", "2024.", "10.1145/", "https://arxiv.org/abs/2305.14710?"])
def test_a_long_text_is_read_at_once(begin: str, part: str) -> None:
    """Were it read in quadratic time, this would take half an hour; what is so long is no paper's id."""
    text = begin + part * (200_000 // len(part))
    assert reference_keys(text)[-1] == f"id:{text.strip().lower()}"
    assert not names_a_paper(text)
    assert words_of_link(text) is None
    assert whole("doi", text) in {"", "10.1145/1", "10.1145/10.1145/1"}
    assert whole("arxiv_id", text) == (
        "2305.14710" if begin.endswith("?") and " " not in text.strip() else ""
    )
    assert whole("acl_id", text) == ""


@given(st.text(st.characters()))
def test_any_reference_has_keys(text: str) -> None:
    """Each once, and such that a store takes it."""
    found = reference_keys(text)
    assert len(set(found)) == len(found) > 0
    assert all(key.encode() for key in found)


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
        ("arXiv:2305.14710v2 [cs.CL]", True),
        ("dl.acm.org/doi/10.1145/3544548.3581388", True),
        ("https://link.springer.com/article/10.1007/s10994-023-06336-x", True),
        ("https://www.semanticscholar.org/arxiv/2305.14710", True),
        (f"{SLUG}/{DIGEST}", True),
        (f"https://www.semanticscholar.org/paper/{DIGEST}", True),
        ("https://api.semanticscholar.org/CorpusID:258866212", True),
        ("https://www.semanticscholar.org/author/J.-Xu/2110546424", False),
        ("https://arxiv.org/abs/2305.14710?" + "a" * LONGEST_URL, False),
        ("https://example.com/p0123456789", False),
        ("(10.1145/1)", False),
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
