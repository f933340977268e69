from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.analyze import Analyzer
from bot.search.collection import Collection
from bot.search.query import QueryWord, parse_query
from bot.search.rank import EXPANSION, Hit, Ranking, Unknown, rank, weigh
from bot.search.segment import Document
from bot.store import Store, papers

Lacking = tuple[int, tuple[str, ...]]  # a document, and the words that it lacks

ANALYZER = Analyzer()
PAPERS = (
    "Backdoors in models",
    "Fine-tuning a model safely",
    "Finetuning of backdoors",
    "Fine wine",
    "Nothing of the kind",
)
FIELDS = Collection.of(
    [
        Document(title="Length Bias", abstract="Models.", authors=["Jiashu Xu"], labels=["arXiv"], year=2022),
        Document(title="Bias", abstract="Length.", authors=["Evan Hubinger"], year=2024, dated=2405_1),
        Document(title="Models", abstract="Of length bias in dialogue.", authors=["Jiashu Li"]),
        Document(title="Dialogue", abstract="Nothing.", authors=["An Xu"], labels=["arXiv"], year=2024),
        Document(title="Routing", abstract="Length-bias of models.", year=2024, dated=2405_2),
    ],
    ANALYZER,
)
ACRONYMS = Collection.of(
    [
        Document(title="Routing", abstract="A mixture of experts (MoE) learns."),
        Document(title="MoE", abstract="We route."),
        Document(title="Experts", abstract="They are no mixture."),
        Document(title="Mixtures of experts", abstract="They learn."),
        Document(title="Safe", abstract="Selective attention for engines (SAFE)."),
        Document(title="Other", abstract="Selective attention for engines, safe."),
        Document(title="Wine", abstract="Large language models (LLMs)."),
        Document(title="Corks", abstract="A large language model."),
    ],
    ANALYZER,
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


def abstracts(*texts: str) -> Collection:
    """Return documents without titles."""
    return Collection.of([Document(title="", abstract=text) for text in texts], ANALYZER)


def ranking(collection: Collection, query: str, limit: int = 10, skip: int = 0) -> Ranking:
    """Rank a collection."""
    return rank(collection, parse_query(query, ANALYZER), limit, skip)


def told(found: Ranking) -> tuple[str, ...]:
    """Return what is unknown, as the asker is told."""
    return tuple(map(str, found.unknown))


def documents(collection: Collection, query: str) -> list[int]:
    """Return the documents found, in order."""
    return [hit.document for hit in ranking(collection, query).hits]


@pytest.fixture(scope="module")
def seed_papers(seeded: Path) -> Collection:
    """Return the seeds' titles and abstracts as a collection."""
    with Store(seeded).reading() as db:
        found = [Document(title=each.title, abstract=each.abstract) for each in papers.everything(db)]
    return Collection.of(found, ANALYZER)


def test_a_ranking_is_whole() -> None:
    """Hits with their scores, how many were found, how many have every word, and the weights of terms."""
    collection = abstracts(*PAPERS)
    scores, idf = collection.bm25.get_scores(["backdoor", "model"]), collection.bm25.idf
    rare, common = collection.bm25.weight(0), idf["backdoor"]
    assert idf["model"] == common
    found = ranking(collection, "backdoor models zzz", 2)
    assert found.coverage == pytest.approx(2 * common / (2 * common + rare))
    assert found == Ranking(
        hits=(Hit(0, float(scores[0]), ("zzz",)), Hit(2, float(scores[2]), ("models", "zzz"))),
        total=3,
        complete=0,
        unknown=(Unknown(QueryWord("zzz", ANALYZER.forms("zzz"), 16), named=False),),
        coverage=found.coverage,
        weights={"backdoor": idf["backdoor"], "model": idf["model"]},
    )


@pytest.mark.parametrize(
    ("query", "hits", "total", "complete", "unknown"),
    [
        ("Safely BACKDOOR", [(1, ("BACKDOOR",)), (0, ("Safely",)), (2, ("Safely",))], 3, 0, ()),
        ("zzz backdoor Yyy", [(0, ("zzz", "Yyy")), (2, ("zzz", "Yyy"))], 2, 0, ("zzz", "Yyy")),
        ("zzz yyy", [], 0, 0, ("zzz", "yyy")),
        ("backdoor backdoors zzz ZZZ", [(0, ("zzz",)), (2, ("zzz",))], 2, 0, ("zzz",)),
        ("fine-tuning", [(1, ()), (2, ())], 2, 2, ()),
        ("fine-tuning backdoors",
         [(1, ("backdoors",)), (2, ()), (0, ("fine-tuning",))], 3, 1, ()),
        ("finetuning", [(2, ()), (1, ())], 2, 2, ()),
        ("fine-wine", [(3, ())], 1, 1, ()),
    ],
)  # fmt: skip
def test_words_are_alternatives(
    query: str, hits: list[Lacking], total: int, complete: int, unknown: tuple[str, ...]
) -> None:
    """Each paper tells which words it lacks, in the asker's spelling and order, each word once."""
    found = ranking(abstracts(*PAPERS), query)
    lacking = [(hit.document, hit.missing) for hit in found.hits]
    assert (lacking, found.total, found.complete, told(found)) == (hits, total, complete, unknown)


@pytest.mark.parametrize(
    ("query", "found", "complete"),
    [
        ('"length bias"', [0, 2, 4], 3),
        ("length bias", [0, 1, 2, 4], 4),
        ('"bias length"', [], 0),
        ('models "length bias"', [2, 0, 4], 3),
        ('dialogue "length bias"', [2], 1),
        ('"length bias" dialogue wine', [2], 0),
        ("title:length", [0], 1),
        ('title:"length bias"', [0], 1),
        ('bias title:"bias"', [1, 0], 2),
        ("models author:jiashu", [2, 0], 2),
        ("author:xu", [3, 0], 2),
        ('author:"xu jiashu"', [0], 1),
        ("author:xu author:jiashu", [0], 1),
        ("source:arxiv", [3, 0], 2),
        ("year:2024", [4, 1, 3], 3),
        ("length year:2024", [1, 4], 2),
        ("year:2022..", [4, 1, 3, 0], 4),
        ("year:..2022", [0], 1),
        ("bias -dialogue", [1, 0, 4], 3),
        ('models -"length bias"', [], 0),
        ("length -title:length", [1, 2, 4], 3),
        ("bias -author:jiashu", [1, 4], 2),
        ("bias -source:arxiv", [1, 2, 4], 3),
        ("bias -year:2024", [0, 2], 2),
        ("-year:2024 -author:xu bias", [2], 1),
        ("year:2024 -dialogue", [4, 1], 2),
        ("year:1999", [], 0),
    ],
)
def test_phrases_and_fields_are_required(query: str, found: list[int], complete: int) -> None:
    """They narrow what the words find; alone, fields list the newest first, and phrases rank."""
    ranked = ranking(FIELDS, query)
    assert [hit.document for hit in ranked.hits] == found
    assert (ranked.total, ranked.complete) == (len(found), complete)


def test_what_has_no_year_comes_last() -> None:
    """Where fields stand alone the newest come first, and they have no score."""
    found = ranking(FIELDS, "-title:routing -title:zzz source:arxiv")
    assert found.hits == (Hit(3, 0.0, ()), Hit(0, 0.0, ()))
    assert documents(FIELDS, "author:jiashu") == [0, 2]


def test_a_whole_title_comes_first() -> None:
    """Whoever types it wants that paper, though others have a better score; its own score stays."""
    collection = Collection.of(
        [
            Document(
                title="Survey: Survey of Large Models", abstract="Survey, survey, survey of large models."
            ),
            Document(title="A Survey of Large Models", abstract="Many long words about quite other things."),
        ],
        ANALYZER,
    )
    scores = collection.bm25.get_scores(["survey", "larg", "model"]).tolist()
    assert scores[0] > scores[1]
    for query in ("a survey of large models", "Survey Large Model", "surveys large models title:survey"):
        hits = ranking(collection, query).hits
        assert [hit.document for hit in hits] == [1, 0]
        assert [hit.score for hit in hits] == pytest.approx([scores[1], scores[0]])
    for query in ("a large survey", "large models survey", 'survey large models "large"'):
        assert documents(collection, query) == [0, 1]


def test_a_phrase_adds_to_the_score() -> None:
    """Its terms count as bare ones do, as often as they are asked for."""
    found = ranking(FIELDS, 'models "length bias" "bias"')
    scores = FIELDS.bm25.get_scores(["model", "length", "bias", "bias"])
    assert [hit.document for hit in found.hits] == [0, 2, 4]
    assert [hit.score for hit in found.hits] == pytest.approx(scores[[0, 2, 4]].tolist(), rel=1e-12)
    assert found.weights == {term: FIELDS.bm25.idf[term] for term in ("model", "length", "bias")}


def test_a_field_adds_nothing_to_the_score() -> None:
    """Nor does what is forbidden, and neither is shown by a snippet."""
    found = ranking(FIELDS, "models title:bias -dialogue year:2022")
    assert found.hits == (Hit(0, float(FIELDS.bm25.get_scores(["model"])[0]), ()),)
    assert found.weights == {"model": FIELDS.bm25.idf["model"]}


@pytest.mark.parametrize(
    ("query", "unknown"),
    [
        ('zzz "yyy bias" title:xxx author:vvv', ("zzz", "yyy", "xxx", "author:vvv")),
        ("bias author:bias", ("author:bias",)),
        ("xu bias", ("xu",)),
        ("bias -zzz -author:vvv source:zzz", ()),
        ("zzz ZZZ author:zzz title:zzz", ("zzz", "author:zzz")),
    ],
)
def test_words_and_authors_that_no_paper_has_are_told(query: str, unknown: tuple[str, ...]) -> None:
    """Each once, in the asker's spelling; what is forbidden may be unknown."""
    assert told(ranking(FIELDS, query)) == unknown


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("bias models", 1.0),
        ("bias title:dialogue", 0.0),
        ("year:2024", 1.0),
        ("zzz", 0.0),
        ("bias bias", 1.0),
    ],
)
def test_coverage_is_the_greatest_share_of_the_words_that_a_found_paper_has(query: str, best: float) -> None:
    """Without words it is whole, and where nothing is found none."""
    assert ranking(FIELDS, query).coverage == best


def test_coverage_weighs_words_by_their_idf() -> None:
    """A word that no paper has weighs most; a hyphenated word counts once, a repeated one too."""
    collection = abstracts(*PAPERS)
    weight = collection.bm25.weight
    words = parse_query("fine-tuning backdoor BACKDOORS zzz", ANALYZER)
    whole = weight(2) + weight(2) + weight(0)
    assert weigh(collection, words).shares.tolist() == pytest.approx(
        [weight(2) / whole, weight(2) / whole, 2 * weight(2) / whole, 0.0, 0.0]
    )
    assert weigh(collection, parse_query('"fine wine"', ANALYZER)).shares.tolist() == [1.0] * 5


@pytest.mark.parametrize(
    ("query", "half", "normal", "whole"),
    [
        ("prompt injection", 9, 4, 4),
        ("safety alignment", 16, 9, 9),
        ("instruction tuning", 56, 35, 35),
        ("fine-tuning safety", 16, 16, 4),
    ],
)
def test_so_many_seeds_have_a_share_of_the_words(
    seed_papers: Collection, query: str, half: int, normal: int, whole: int
) -> None:
    """As was measured when the analyzer was designed: .5, .7 and all of the weight."""
    shares = weigh(seed_papers, parse_query(query, ANALYZER)).shares
    counts = [int(np.count_nonzero(shares >= floor - 1e-9)) for floor in (0.5, 0.7, 1.0)]
    assert counts == [half, normal, whole]


def test_an_acronym_finds_its_long_form() -> None:
    """Papers that spell it out hold the word, and score lightly; those with both score more."""
    found = ranking(ACRONYMS, "MoE")
    scores = ACRONYMS.bm25.get_scores(["moe"])
    light = EXPANSION * ACRONYMS.bm25.get_scores(["mixtur", "expert"])
    assert found.hits == (
        Hit(1, float(scores[1]), ()),
        Hit(0, float((scores + light)[0]), ()),
        Hit(3, float(light[3]), ()),
    )
    assert (found.total, found.complete, found.unknown, EXPANSION) == (3, 3, (), 0.3)
    idf = ACRONYMS.bm25.idf
    assert found.weights == {
        "moe": idf["moe"],
        "mixtur": EXPANSION * idf["mixtur"],
        "expert": EXPANSION * idf["expert"],
    }


def test_a_term_of_the_query_keeps_its_weight() -> None:
    """Though it stands in a long form too."""
    assert ranking(ACRONYMS, "moe experts").weights["expert"] == ACRONYMS.bm25.idf["expert"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("SAFE", [4, 5]),
        ("safe", [4, 5]),
        ("LLM", [7, 6]),
        ("LLMs", [6, 7]),
        ("llms", [6, 7]),
        ('"moe"', [1, 0]),
    ],
)
def test_acronyms_are_expanded_among_bare_words(query: str, found: list[int]) -> None:
    """In the plural too; a phrase is as it is written."""
    assert sorted(documents(ACRONYMS, query)) == sorted(found)


def test_an_ordinary_word_is_not_expanded() -> None:
    """It is, where it is written as the acronym."""
    plain, capitals = ranking(ACRONYMS, "safe"), ranking(ACRONYMS, "SAFE")
    assert plain.weights.keys() == {"safe"}
    assert capitals.weights.keys() == {"safe", "select", "attent", "engin"}
    light = EXPANSION * ACRONYMS.bm25.get_scores(["select", "attent", "engin"])
    by_document = {hit.document: hit.score for hit in plain.hits}
    assert {hit.document: hit.score for hit in capitals.hits} == pytest.approx(
        {number: score + light[number] for number, score in by_document.items()}
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("模型", [0, 1, 2]),
        ("大模型", [0, 1, 2]),
        ("大模型 -小模型", [1, 2]),
        ('"大模型"', [1]),
        ('"模型训练"', [0]),
        ('"模型 训练"', [2]),
        ('"我们的大模型 好"', []),
        ("ゲーム", [3]),
        ("ｹﾞｰﾑ", [3]),
    ],
)
def test_unspaced_writing_is_found(query: str, found: list[int]) -> None:
    """By its pairs of characters, and in a phrase by pairs in a row."""
    collection = abstracts("小模型训练", "我们的大模型。", "模型，训练", "ゲーム")
    assert sorted(documents(collection, query)) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('"fine tuning safety"', [0, 1, 3]),
        ('"fine-tuning safety"', [0, 1, 2, 3]),
        ('"finetuning safety"', [0, 2, 3]),
        ('"tuning safety"', [0, 1, 3]),
        ('"PolyLM safety"', [4, 5]),
        ('"poly LM safety"', [4, 5]),
    ],
)
def test_a_phrase_meets_all_spellings_of_its_words(query: str, found: list[int]) -> None:
    """Hyphenated, joined, apart, or in camel case."""
    collection = abstracts(
        "fine-tuning safety",
        "fine tuning safety",
        "finetuning safety",
        "of fine_tuned safety",
        "PolyLM safety",
        "poly LM safety",
        "safety fine-tuning",
        "fine safety tuning",
    )
    assert sorted(documents(collection, query)) == found


def test_papers_alike_stand_in_their_order() -> None:
    """Papers with the same score come in the order of the corpus."""
    assert documents(abstracts("one model", "b", "two model", "six model"), "model") == [0, 2, 3]


@pytest.mark.parametrize("query", ["length bias", '"length bias"', "year:2022..", "bias -zzz", "zzz"])
def test_pages_put_together_are_one_long_page(query: str) -> None:
    """Beyond the last one there is nothing, and all else is the same on each."""
    whole = ranking(FIELDS, query, 99)
    pages = [ranking(FIELDS, query, 2, skip) for skip in range(0, 8, 2)]
    assert tuple(hit for page in pages for hit in page.hits) == whole.hits
    for page in [*pages, ranking(FIELDS, query, 0), ranking(FIELDS, query, 3, 999)]:
        assert (page.total, page.complete, page.unknown, page.coverage, page.weights) == (
            whole.total,
            whole.complete,
            whole.unknown,
            whole.coverage,
            whole.weights,
        )


@given(st.lists(TEXTS, min_size=1, max_size=6), st.lists(SPELLINGS, max_size=5), st.integers(1, 7))
def test_a_ranking_is_what_its_definitions_say(texts: list[str], words: list[str], limit: int) -> None:
    """Found, complete, missing and unknown agree with their definitions, paper by paper."""
    text = " ".join([*words, "backdoor"])
    collection, query = abstracts(*texts), parse_query(text, ANALYZER)
    first_spelling = {word.forms: word.text for word in reversed(query.words)}
    spellings = list(dict.fromkeys(first_spelling[word.forms] for word in query.words))

    held = []
    for paper in texts:
        terms = set(ANALYZER.terms(paper))
        held.append([s for s in spellings if any(terms.issuperset(way) for way in ANALYZER.forms(s).ways)])
    chinese = {pair for s in spellings if s in {"大模型", "模型"} for pair in ANALYZER.terms(s)}
    found = [n for n, paper in enumerate(texts) if held[n] or not chinese.isdisjoint(ANALYZER.terms(paper))]
    scores = collection.bm25.get_scores(query.terms).tolist()
    weights = {s: collection.bm25.weight(sum(s in have for have in held)) for s in spellings}

    ranked = rank(collection, query, limit)
    shares = [sum(weights[s] for s in held[n]) / sum(weights.values()) for n in found]
    assert ranked.coverage == pytest.approx(max(shares, default=0.0))
    assert told(ranked) == tuple(s for s in spellings if not any(s in have for have in held))
    assert ranked == Ranking(
        hits=tuple(
            Hit(n, scores[n], tuple(s for s in spellings if s not in held[n]))
            for n in sorted(found, key=lambda n: -scores[n])[:limit]
        ),
        total=len(found),
        complete=sum(len(have) == len(spellings) for have in held),
        unknown=ranked.unknown,
        coverage=ranked.coverage,
        weights=collection.bm25.weights(query.terms),
    )
