import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.search.analyze import Analyzer
from bot.search.collection import Collection
from bot.search.query import parse_query
from bot.search.rank import rank
from bot.search.segment import Document
from bot.search.suggest import suggest

ANALYZER = Analyzer()
COLLECTION = Collection.of(
    [
        Document(title="Length bias", abstract="A reward model.", authors=["Wei Shen"], year=2023),
        Document(title="Backdoor attack", abstract="Poisoned data.", authors=["Evan Hubinger"], year=2024),
        Document(title="Backdoor", abstract="Unlearning 2305.", authors=["Xu Li"], labels=["002.txt"]),
        Document(title="Attack", abstract="大语言模型 of rewards.", authors=["Jiashu Xu"], labels=["arXiv"]),
    ],
    ANALYZER,
)


def suggested(text: str) -> tuple[str, int, int] | None:
    """Return the query suggested for one, how many papers it finds, and how many have every word."""
    query = parse_query(text, ANALYZER)
    found = suggest(COLLECTION, query, rank(COLLECTION, query, 5), ANALYZER)
    if found is None:
        return None
    suggestion, ranking = found
    assert ranking == rank(COLLECTION, suggestion, 0)
    return suggestion.text, ranking.total, ranking.complete


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("backdor atack", ("backdoor attack", 3, 1)),
        ("  Bakcdoor   attack! ", ("backdoor attack!", 3, 1)),
        ("backdor qqqqqq", ("backdoor", 2, 2)),
        ('"lenght bias"', ('"length bias"', 1, 1)),
        ("“lenght bias”", ("“length bias”", 1, 1)),
        ("title:lenght", ("title:length", 1, 1)),
        ("rewrad -poisoned", ("reward -poisoned", 2, 2)),
    ],
)
def test_misspelt_words_are_mended(text: str, suggestion: tuple[str, int, int]) -> None:
    """All else stays as it was typed, but for blanks and words that are near none."""
    assert suggested(text) == suggestion


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("hubinger", ("author:hubinger", 1, 1)),
        ("Hubinger backdor", ("author:Hubinger backdoor", 1, 1)),
        ("jiashu xu", ('author:"jiashu xu"', 1, 1)),
        ("author:hubbinger", ("author:hubinger", 1, 1)),
        ('author:"evan hubbinger"', ('author:"evan hubinger"', 1, 1)),
        ('"hubinger attack"', ("author:hubinger attack", 1, 1)),
    ],
)
def test_a_name_is_looked_for_among_the_authors(text: str, suggestion: tuple[str, int, int]) -> None:
    """Where it stands among the words, and where it is misspelt."""
    assert suggested(text) == suggestion


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ('"bias length"', ("bias length", 1, 1)),
        ('reward"bias length"model', ("reward bias length model", 2, 1)),
        ('"attack backdoor" year:2024', ("attack backdoor year:2024", 1, 1)),
        ("attack year:1999", ("attack", 2, 2)),
        ("attack source:zzz", ("attack", 2, 2)),
        ("attack author:qqqqqq", ("attack", 2, 2)),
        ("attack title:qqqqqq year:2024", ("attack year:2024", 1, 1)),
        ("author:qqqqqq year:1999 attack", ("attack", 2, 2)),
        ('author:qqqqqq year:1999 "bias length"', ("bias length", 1, 1)),
        ("author:qqqqqq year:1999 xu", ("author:xu", 2, 2)),
        ("title:qqqqqq year:1999 reward", ("reward", 2, 2)),
        ('"qqqqqq attack" year:2024', ("attack year:2024", 1, 1)),
        ('"qqqqqq" "bias length"', ("bias length", 1, 1)),
        ('"qqqqqq" "length bias"', ('"length bias"', 1, 1)),
        ("poisoned -data", ("poisoned", 1, 1)),
        ("poisoned -backdoor year:2024", ("poisoned year:2024", 1, 1)),
        ("author:hubbinger year:1999", ("author:hubinger", 1, 1)),
        ("backdor year:1999", ("backdoor", 2, 2)),
        ("title:backdor source:zzz", ("title:backdoor", 2, 2)),
    ],
)
def test_where_nothing_is_found_one_demand_less_is_tried(text: str, suggestion: tuple[str, int, int]) -> None:
    """Then all of them; a phrase becomes words; a word that no paper has goes with its phrase or field."""
    assert suggested(text) == suggestion


@pytest.mark.parametrize(
    "text",
    ["qzxvkjw", "asdfgh jklqwe", "qqqqqq atack zzzzzz", "mo zz", "小模型", "2306", "99999999",
     "qqqqqq title:zzzzzz", "author:zz",
     '"qqqqqq"', "title:qqqqqq", "year:1999", "source:zzz", "🙂 qqqqqq", "مرحبا", "-attack qqqqqq"],
)  # fmt: skip
def test_nothing_is_invented(text: str) -> None:
    """Random letters, short words, numbers and unknown characters are near nothing."""
    assert suggested(text) is None


@pytest.mark.parametrize("text", ["backdoor", "attack model", '"length bias" reward'])
def test_a_query_without_slips_that_finds_something_is_left_alone(text: str) -> None:
    """There is nothing to mend."""
    assert suggested(text) is None


def test_a_suggestion_of_which_a_paper_has_every_word_is_preferred() -> None:
    """Mended alone it would find one that has a word; else the first that finds something is taken."""
    assert suggested("backdor poisoned author:li") == ("backdoor poisoned", 2, 1)
    assert suggested("backdor reward author:hubinger") == ("backdoor reward author:hubinger", 1, 0)


PIECES = st.sampled_from(
    ["backdor", "atack", "lenght", "bias", "hubinger", "qqqqqq", "the", '"', "-", "title:", "author:",
     "year:", "1999", "2024", "source:arxiv", "大语言横型", "\0", "…"]
)  # fmt: skip


@given(st.lists(st.tuples(PIECES, st.sampled_from(["", " "])), min_size=1, max_size=8))
def test_every_suggestion_finds_something(pieces: list[tuple[str, str]]) -> None:
    """Whatever was asked for; and it is another query."""
    text = "hubbinger " + "".join(piece + blank for piece, blank in pieces)
    try:
        found = suggested(text)
    except UserError:
        return
    if found is not None:
        assert found[0] != text
        assert found[1] > 0
