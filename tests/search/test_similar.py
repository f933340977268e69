from bot.search.analyze import Analyzer
from bot.search.collection import Collection
from bot.search.rank import Hit, Ranking
from bot.search.segment import Document
from bot.search.similar import similar

ANALYZER = Analyzer()


def collection(*texts: str) -> Collection:
    """Return documents without titles."""
    return Collection.of([Document(title="", abstract=text) for text in texts], ANALYZER)


def test_likeness_is_whole() -> None:
    """Other papers come by the terms they share; the paper itself never; the terms are those of a snippet."""
    papers = collection("moe routing", "moe routing words more", "vision", "routing alone", "moe routing")
    terms = ["moe", "rout"]
    scores = papers.bm25.get_scores(terms)
    assert similar(papers, 0, terms, 2) == Ranking(
        hits=(Hit(4, float(scores[4]), ()), Hit(1, float(scores[1]), ())),
        total=3,
        complete=0,
        unknown=(),
        coverage=1.0,
        weights={term: papers.bm25.idf[term] for term in terms},
    )


def test_only_the_rarest_terms_are_sought() -> None:
    """The 25 that weigh most, by how often the paper has them and how few others do."""
    rare = [f"rare{number}" for number in range(25)]
    papers = collection(" ".join([*rare, "common"]), "common", "common", "rare24 rare3")
    terms = ANALYZER.terms(" ".join([*rare, "common"]))
    ranking = similar(papers, 0, terms, 9)
    assert sorted(ranking.weights) == sorted(rare)
    assert [hit.document for hit in ranking.hits] == [3]
    often = similar(papers, 0, [*terms, *["common"] * 9], 9)
    assert "common" in often.weights


def test_pages_of_likeness_put_together_are_one() -> None:
    """At most 20 papers are like one."""
    papers = collection(*("moe " * (1 + n % 4) + "word " * n for n in range(30)))
    whole = similar(papers, 7, ["moe"], 99)
    pages = [similar(papers, 7, ["moe"], 6, skip) for skip in range(0, 30, 6)]
    assert [len(page.hits) for page in pages] == [6, 6, 6, 2, 0]
    assert tuple(hit for page in pages for hit in page.hits) == whole.hits
    assert (whole.total, 7 in [hit.document for hit in whole.hits]) == (20, False)
    assert [page.total for page in pages] == [20] * 5


def test_a_paper_without_terms_is_like_none() -> None:
    """Nor is one whose terms no other paper has."""
    papers = collection("", "moe", "lora")
    assert similar(papers, 0, [], 5).hits == ()
    assert similar(papers, 1, ["moe"], 5).hits == ()
