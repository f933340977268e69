from dataclasses import replace
from datetime import timedelta

import pytest

from bot.papers import Paper, TitleOrigin
from bot.wording import (
    address,
    ago,
    all_authors,
    authors,
    byline,
    counted,
    every,
    listed,
    named_id,
    pieces,
    shorten,
    venue,
)

BARE = Paper(number=1, shown_id="p0123456789", title="T", title_origin=TitleOrigin.PAGE, abstract="A")
ARXIV = replace(BARE, shown_id="2305.14710", arxiv_id="2305.14710", acl_id="2024.naacl-long.171")
DOI = replace(BARE, doi="10.1016/S0378-4371(02)00_%{")
ACL = replace(BARE, shown_id="2024.naacl-long.171", acl_id="2024.naacl-long.171")


def test_a_paper_is_read_at_its_best_address() -> None:
    """The one that is known, else arXiv's page for all versions, else the Anthology's, else the DOI's."""
    assert address(replace(ARXIV, url="https://x.org/1")) == "https://x.org/1"
    assert address(ARXIV) == "https://arxiv.org/abs/2305.14710"
    for url in ("http://arxiv.org/abs/2305.14710v1", "https://export.arxiv.org/pdf/2305.14710"):
        assert address(replace(ARXIV, url=url)) == "https://arxiv.org/abs/2305.14710"
        assert address(replace(ACL, url=url)) == url
    assert address(ACL) == "https://aclanthology.org/2024.naacl-long.171/"
    assert address(replace(ACL, doi="10.1/x")) == "https://aclanthology.org/2024.naacl-long.171/"
    assert address(DOI) == "https://doi.org/10.1016/S0378-4371(02)00_%25%7B"
    assert address(BARE) == ""


def test_a_byline_leaves_out_what_is_not_known() -> None:
    """Authors, year, id and venue, in this order."""
    full = replace(ARXIV, first_author="A", authors=("A", "B", "C", "D", "E"), year=2023)
    assert byline(full) == "A + 4 · 2023 · arXiv 2305.14710 · NAACL 2024"
    assert byline(replace(ACL, first_author="A")) == (
        "first author A · Anthology 2024.naacl-long.171 · NAACL 2024"
    )
    assert byline(replace(BARE, year=2023)) == "2023 · p0123456789"
    assert byline(BARE) == "p0123456789"


@pytest.mark.parametrize(
    ("first", "known", "named"),
    [
        ("", (), ""),
        ("Jiashu Xu", (), "first author Jiashu Xu"),
        ("Jiashu Xu", ("Jiashu Xu",), "Jiashu Xu"),
        ("Jiashu Xu", ("Jiashu Xu", "Fei Wang"), "Jiashu Xu, Fei Wang"),
        ("Jiashu Xu", ("Jiashu Xu", "Fei Wang", "Muhao Chen"), "Jiashu Xu + 2"),
    ],
)
def test_two_authors_are_named(first: str, known: tuple[str, ...], named: str) -> None:
    """Of more, the first and how many follow; where only the first is known, that is said."""
    assert authors(replace(BARE, first_author=first, authors=known)) == named


@pytest.mark.parametrize(
    ("paper", "named"),
    [
        (replace(ARXIV, doi="10.1/x"), "arXiv 2305.14710"),
        (replace(ACL, doi="10.1/x"), "Anthology 2024.naacl-long.171"),
        (DOI, "doi 10.1016/S0378-4371(02)00_%{"),
        (BARE, "p0123456789"),
    ],
)
def test_an_id_is_named_with_the_library_that_gave_it(paper: Paper, named: str) -> None:
    """Our own stands for itself."""
    assert named_id(paper) == named


@pytest.mark.parametrize(
    ("acl_id", "name"),
    [
        ("2024.naacl-long.171", "NAACL 2024"),
        ("2024.findings-naacl.82", "Findings of NAACL 2024"),
        ("2023.findings-emnlp.188", "Findings of EMNLP 2023"),
        ("2024.lrec-main.5", "LREC-COLING 2024"),
        ("2022.lrec-1.5", "LREC 2022"),
        ("2023.conll-babylm.7", "CoNLL 2023"),
        ("2024.conll-1.7", "CoNLL 2024"),
        ("2024.babylm-1.7", "BabyLM 2024"),
        ("2024.repl4nlp-1.7", "RepL4NLP 2024"),
        ("2022.sem-1.7", "*SEM 2022"),
        ("W19-1234", ""),
        ("", ""),
    ],
)
def test_an_anthology_id_names_its_venue(acl_id: str, name: str) -> None:
    """Where it names none that can be told, none is shown."""
    assert venue(acl_id) == name


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=-90), "just now"),
        (timedelta(0), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "1 h ago"),
        (timedelta(hours=47, minutes=59), "47 h ago"),
        (timedelta(hours=48), "2 days ago"),
        (timedelta(days=400), "400 days ago"),
    ],
)
def test_a_span_is_said_in_its_unit(span: timedelta, said: str) -> None:
    """Rounded down: minutes, hours up to two days, then days."""
    assert ago(span) == said


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 papers"), (1, "1 paper"), (2, "2 papers"), (1_234_567, "1,234,567 papers")]
)
def test_a_number_is_said_with_its_noun(number: int, said: str) -> None:
    """One is singular."""
    assert counted(number, "paper") == said


@pytest.mark.parametrize(
    ("text", "longest", "shown"),
    [
        ("", 5, ""),
        ("a b c", 5, "a b c"),
        ("one two three", 12, "one two…"),
        ("one two three", 9, "one two…"),
        ("one two three", 8, "one two…"),
        ("one two, three", 10, "one two…"),
        ("one: two three", 9, "one: two…"),
        ("a " + "x" * 20, 10, "a " + "x" * 7 + "…"),
        ("x" * 20, 10, "x" * 9 + "…"),
    ],
)
def test_a_text_is_cut_between_words(text: str, longest: int, shown: str) -> None:
    """With its ellipsis it is no longer than asked; only a word that takes half of that is cut."""
    assert shorten(text, longest) == shown
    assert len(shown) <= longest


@pytest.mark.parametrize(
    ("words", "said"), [(["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c")]
)
def test_words_are_listed(words: list[str], said: str) -> None:
    """With commas and a last `or`."""
    assert listed(words) == said


@pytest.mark.parametrize(
    ("longest", "named"),
    [
        (100, "Ann, Bob, Cy, Di"),
        (16, "Ann, Bob, Cy, Di"),
        (15, "Ann, Bob, Cy and 1 more"),
        (3, "Ann and 3 more"),
    ],
)
def test_authors_who_do_not_fit_are_counted(longest: int, named: str) -> None:
    """All are named where there is room."""
    assert all_authors(replace(BARE, authors=("Ann", "Bob", "Cy", "Di")), longest) == named
    assert all_authors(replace(BARE, first_author="Ann"), longest) == "first author Ann"
    assert all_authors(BARE, longest) == ""


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("   ", []),
        ("one two", ["one two"]),
        ("one two three", ["one two", "three"]),
        ("one\ntwo three", ["one\ntwo", "three"]),
        ("a bcdefghijkl", ["a bcdefg", "hijkl"]),
        ("x" * 17, ["x" * 8, "x" * 8, "x"]),
    ],
)
def test_a_text_is_cut_into_pieces(text: str, parts: list[str]) -> None:
    """Between words where there is a blank in the second half; nothing but blanks is lost."""
    assert list(pieces(text, 8)) == parts


def test_what_a_paper_has_is_said_by_the_number_of_words() -> None:
    """One, two, more."""
    assert [every(words) for words in (1, 2, 3, 9)] == ["it", "both words", "every word", "every word"]
