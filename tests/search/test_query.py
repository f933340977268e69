import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.search.analyze import Analyzer
from bot.search.index import Bm25
from bot.search.query import Hit, Query, QueryWord, Ranking, parse_query, rank

Lacking = tuple[int, tuple[str, ...]]  # a document, and the words that it lacks

ANALYZER = Analyzer()
PAPERS = (
    "Backdoors in models",
    "Fine-tuning a model safely",
    "Finetuning of backdoors",
    "Fine wine",
    "Nothing of the kind",
)
SPELLINGS = st.sampled_from(
    [
        "backdoor",
        "Backdoors",
        "fine-tuning",
        "finetuning",
        "fine",
        "tuning",
        "PolyLM",
        "poly",
        "LM",
        "model's",
        "the",
        "大模型",
        "模型",
        "zzz",
        "Über",
    ]
)
TEXTS = st.lists(SPELLINGS, max_size=6).map(" ".join)


def index_of(*papers: str) -> Bm25:
    """Build an index over texts."""
    return Bm25([ANALYZER.terms(paper) for paper in papers])


def ranked(query: str, limit: int = 10) -> tuple[list[Lacking], int, int, tuple[str, ...]]:
    """Rank PAPERS; return each hit's document and missing words, the totals and the unknown words."""
    ranking = rank(index_of(*PAPERS), parse_query(query, ANALYZER), limit)
    hits = [(hit.document, hit.missing) for hit in ranking.hits]
    return hits, ranking.total, ranking.complete, ranking.unknown


def test_a_query_keeps_the_askers_spelling() -> None:
    """Its text is as typed, its words are slices of it, stop words left out."""
    text = " The Backdoors,  of “Fine-Tuning” "
    assert parse_query(text, ANALYZER) == Query(
        text,
        (
            QueryWord("Backdoors", ANALYZER.forms("backdoor")),
            QueryWord("Fine-Tuning", ANALYZER.forms("fine-tuning")),
        ),
    )


def test_a_querys_terms_are_those_of_its_words() -> None:
    """A term stands as often as its word does."""
    assert parse_query("tuned models tune", ANALYZER).terms == ["tune", "model", "tune"]


@pytest.mark.parametrize("text", ["", "   ", "the of and", "…?! -- 🙂", "isn't it"])
def test_a_query_without_a_word_is_refused(text: str) -> None:
    """The asker is told what is missing."""
    with pytest.raises(UserError) as refused:
        parse_query(text, ANALYZER)
    assert refused.value.message == (
        "There is no word to search for: very common words and punctuation are left out. "
        "Name a topic, a method or a title."
    )


def test_a_query_may_have_500_characters() -> None:
    """One more is refused, kindly; the length is said as people write it."""
    assert parse_query("x" * 500, ANALYZER).words[0].text == "x" * 500
    for length, shown in ((501, "501"), (12_345, "12,345")):
        with pytest.raises(UserError) as refused:
            parse_query("x" * length, ANALYZER)
        assert refused.value.message == (
            f"That query has {shown} characters; I read up to 500. A title or a few words find a paper best."
        )


def test_a_ranking_is_whole() -> None:
    """It holds the hits with their scores, how many were found, and how many have every word."""
    index = index_of(*PAPERS)
    scores = index.get_scores(["backdoor", "model"])
    assert rank(index, parse_query("backdoor models", ANALYZER), 2) == Ranking(
        hits=(Hit(0, float(scores[0]), ()), Hit(2, float(scores[2]), ("models",))),
        total=3,
        complete=1,
        unknown=(),
    )


@pytest.mark.parametrize(
    ("query", "hits", "total", "complete", "unknown"),
    [
        ("Safely BACKDOOR", [(1, ("BACKDOOR",)), (0, ("Safely",)), (2, ("Safely",))], 3, 0, ()),
        ("zzz backdoor Yyy", [(0, ("zzz", "Yyy")), (2, ("zzz", "Yyy"))], 2, 0, ("zzz", "Yyy")),
        ("zzz yyy", [], 0, 0, ("zzz", "yyy")),
        ("backdoor backdoors zzz ZZZ", [(0, ("zzz",)), (2, ("zzz",))], 2, 0, ("zzz",)),
        ("fine-tuning", [(1, ()), (2, ()), (3, ("fine-tuning",))], 3, 2, ()),
        ("fine-tuning backdoors",
         [(1, ("backdoors",)), (2, ()), (0, ("fine-tuning",)), (3, ("fine-tuning", "backdoors"))], 4, 1, ()),
        ("finetuning", [(2, ()), (1, ())], 2, 2, ()),
        ("fine-wine", [(3, ()), (1, ("fine-wine",))], 2, 1, ()),
    ],
)  # fmt: skip
def test_words_are_alternatives(
    query: str, hits: list[Lacking], total: int, complete: int, unknown: tuple[str, ...]
) -> None:
    """Each paper tells which words it lacks, in the asker's spelling and order, each word once."""
    assert ranked(query) == (hits, total, complete, unknown)


def test_totals_do_not_depend_on_the_limit() -> None:
    """The limit cuts the hits, nothing else."""
    hits, *rest = ranked("backdoor model zzz", 1)
    assert (hits, *rest) == ([(0, ("zzz",))], 3, 0, ("zzz",))


def test_papers_alike_stand_in_their_order() -> None:
    """Papers with the same score come in the order of the corpus."""
    ranking = rank(index_of("one model", "b", "two model", "six model"), parse_query("model", ANALYZER), 2)
    assert [hit.document for hit in ranking.hits] == [0, 2]


@given(st.lists(TEXTS, min_size=1, max_size=6), st.lists(SPELLINGS, max_size=5), st.integers(1, 7))
def test_a_ranking_is_what_its_definitions_say(papers: list[str], words: list[str], limit: int) -> None:
    """Found, complete, missing and unknown agree with their definitions, paper by paper."""
    text = " ".join([*words, "backdoor"])
    index, query = index_of(*papers), parse_query(text, ANALYZER)
    first_spelling = {word.forms: word.text for word in reversed(query.words)}
    spellings = list(dict.fromkeys(first_spelling[word.forms] for word in query.words))

    held = []
    for paper in papers:
        terms = set(ANALYZER.terms(paper))
        held.append([s for s in spellings if any(terms.issuperset(way) for way in ANALYZER.forms(s).ways)])
    found = [n for n, paper in enumerate(papers) if not set(query.terms).isdisjoint(ANALYZER.terms(paper))]
    scores = index.get_scores(query.terms).tolist()

    assert rank(index, query, limit) == Ranking(
        hits=tuple(
            Hit(n, scores[n], tuple(s for s in spellings if s not in held[n]))
            for n in sorted(found, key=lambda n: -scores[n])[:limit]
        ),
        total=len(found),
        complete=sum(len(have) == len(spellings) for have in held),
        unknown=tuple(s for s in spellings if not any(s in have for have in held)),
    )
