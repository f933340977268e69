import math
from itertools import chain
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from bot.search.analyze import Forms, split
from bot.search.index import K1, B, Bm25, best
from bot.search.segment import Document, Part, segment

CORPUS = [["a", "b", "a"], ["b", "c"], [], ["c", "c", "c", "c", "b"]]
TERMS = st.sampled_from("abcdef")
DOCUMENTS = st.lists(st.lists(TERMS, max_size=8), min_size=1, max_size=8)
QUERY = st.lists(st.sampled_from("abcdefxy"), max_size=6)


def parts(corpus: list[list[str]], cut: int | None = None) -> list[Part]:
    """Return documents that are given as their terms in one segment, or in two."""
    documents = [
        (number, Document(title="", abstract=" ".join(terms))) for number, terms in enumerate(corpus)
    ]
    lots = [documents] if cut is None else [documents[:cut], documents[cut:]]
    return [Part(segment(lot, lambda word: Forms((word,), ((word,),)))) for lot in lots]


def index(corpus: list[list[str]], cut: int | None = None) -> Bm25:
    """Return the index of documents that are given as their terms."""
    return Bm25(parts(corpus, cut))


class OkapiIdf(Bm25):
    """The index with the idf that rank-bm25 gives it, which goes by the order in which terms first appear."""

    def __init__(self, corpus: list[list[str]]) -> None:
        self._terms = list(dict.fromkeys(chain.from_iterable(corpus)))
        super().__init__(parts(corpus))

    def _calc_idf(self, nd: Any) -> None:
        BM25Okapi._calc_idf(self, {term: nd[term] for term in self._terms})  # noqa: SLF001 (the one thing that differs)


@given(DOCUMENTS, QUERY)
def test_scores_are_rank_bm25s_to_the_last_bit(corpus: list[list[str]], query: list[str]) -> None:
    """With Okapi's idf every score is rank-bm25's own, for repeated and unknown terms and empty documents."""
    assume(any(corpus))  # rank-bm25 divides by zero where there is no term at all
    ours, theirs = OkapiIdf(corpus), BM25Okapi(corpus)
    assert ours.idf == theirs.idf
    assert ours.get_scores(query).tolist() == theirs.get_scores(query).tolist()


def test_scores_are_rank_bm25s_for_the_seeds(abstracts: list[str]) -> None:
    """So they are on real text."""
    corpus = [split(abstract.lower()) for abstract in abstracts]
    ours, theirs = OkapiIdf(corpus), BM25Okapi(corpus)
    for query in (["the", "model"], ["instruction", "tuning", "of", "of"], ["nowhere"], corpus[0]):
        assert ours.get_scores(query).tolist() == theirs.get_scores(query).tolist()


def test_scores_of_two_documents_are_rank_bm25s() -> None:
    """With two documents Okapi's idf is zero for a term of one, and negative for a term of both."""
    corpus = [["a", "b"], ["b"]]
    ours, theirs = OkapiIdf(corpus), BM25Okapi(corpus)
    assert ours.get_scores(["a", "b"]).tolist() == theirs.get_scores(["a", "b"]).tolist()
    assert index(corpus).get_scores(["a"]).tolist() == pytest.approx([math.log(2) * 2.5 / 2.875, 0.0])
    assert index(corpus).get_scores(["b"]).min() > 0


def test_a_score_is_bm25s_formula() -> None:
    """The score is the sum of idf · tf (k1 + 1) / (tf + k1 (1 - b + b · length / average length))."""
    bm25 = index(CORPUS)
    average = 10 / 4

    def score(idf: float, frequency: int, length: int) -> float:
        return idf * (frequency * (K1 + 1) / (frequency + K1 * (1 - B + B * length / average)))

    a, b = math.log(1 + 3.5 / 1.5), math.log(1 + 1.5 / 3.5)
    assert bm25.get_scores(["b", "a", "x"]).tolist() == pytest.approx(
        [score(b, 1, 3) + score(a, 2, 3), score(b, 1, 2), 0.0, score(b, 1, 5)], rel=1e-12
    )


def test_a_term_counts_as_often_as_it_is_asked_for() -> None:
    """Asked for twice, a term gives twice its score."""
    bm25 = index(CORPUS)
    assert bm25.get_scores(["a", "a"]).tolist() == (2 * bm25.get_scores(["a"])).tolist()


def test_idf_has_no_floor() -> None:
    """It is ln(1 + (N - df + ½) / (df + ½)), whatever the others are."""
    assert index(CORPUS).weights("abcx") == {
        "a": math.log(1 + 3.5 / 1.5),
        "b": math.log(1 + 1.5 / 3.5),
        "c": math.log(1 + 2.5 / 2.5),
    }


@given(DOCUMENTS)
def test_idf_is_positive_and_rarer_terms_weigh_more(corpus: list[list[str]]) -> None:
    """Even a term that every document has gives a score above zero, less than any rarer term's."""
    bm25 = index(corpus)
    weights = bm25.weights("abcdefx")
    holders = {term: sum(term in document for document in corpus) for term in weights}
    assert all(idf > 0 for idf in weights.values())
    by_idf = sorted(weights, key=lambda term: -weights[term])
    assert [holders[term] for term in by_idf] == sorted(holders.values())
    for term, idf in weights.items():
        assert np.count_nonzero(bm25.get_scores([term])) == holders[term], idf


@pytest.mark.parametrize("corpus", [[], [[]], [[], []]])
def test_a_corpus_without_a_term_is_an_index(corpus: list[list[str]]) -> None:
    """It finds nothing, and fails nowhere."""
    bm25 = index(corpus)
    assert bm25.weights("ab") == {}
    assert bm25.get_scores(["a"]).tolist() == [0.0] * len(corpus)
    assert bm25.best(["a"], 5) == []


@pytest.mark.parametrize(
    ("limit", "documents"),
    [(0, []), (1, [2]), (2, [2, 0]), (3, [2, 0, 4]), (4, [2, 0, 4, 6]), (5, [2, 0, 4, 6, 7]),
     (9, [2, 0, 4, 6, 7])],
)  # fmt: skip
def test_the_best_come_first_and_ties_go_to_the_lower_document(limit: int, documents: list[int]) -> None:
    """Only scores above zero count, however many are asked for."""
    assert best(np.array([2.0, 0.0, 3.0, -1.0, 2.0, 0.0, 2.0, 0.5]), limit).tolist() == documents


@given(st.lists(st.sampled_from([-1.0, 0.0, 0.5, 1.0, 2.0]), max_size=400), st.integers(0, 25))
def test_the_best_are_the_first_of_all_sorted(scores: list[float], limit: int) -> None:
    """Looking at the best alone, part by part where there are many, gives what sorting them all would."""
    found = sorted((number for number, score in enumerate(scores) if score > 0), key=lambda n: -scores[n])
    assert best(np.array(scores), limit).tolist() == found[:limit]
