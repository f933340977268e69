from pathlib import Path

import numpy as np
import pytest

from benchmarks import okapi, tokens
from benchmarks.contenders import BM25S, OURS, TOKENS, queries
from benchmarks.figures import Agreement, Engine, Measured, beside, times
from benchmarks.table import Row, duration
from benchmarks.targets import compare
from benchmarks.tokens import Amounts


def test_queries_are_distinct_terms_of_one_paper(tmp_path: Path) -> None:
    """Two to six of them, 200 queries, the same every time; the amounts are those of the file."""
    amounts = tokens.write(400, tmp_path)
    papers = [line.split() for line in (tmp_path / TOKENS).read_text(encoding="utf-8").splitlines()]
    asked = queries(tmp_path)
    assert amounts == Amounts(
        400, sum(map(len, papers)), len(set().union(*papers)), sum(len(set(paper)) for paper in papers)
    )
    assert len(asked) == 200
    assert {len(query) for query in asked} == {2, 3, 4, 5, 6}
    assert all(len(set(query)) == len(query) for query in asked)
    assert all(any(set(query) <= set(paper) for paper in papers) for query in asked)
    tokens.write(400, tmp_path)
    assert queries(tmp_path) == asked


def test_the_best_papers_may_change_places_only_where_they_score_the_same() -> None:
    """A worse one, one too few, one twice, one without a score: none of these passes."""
    scores = np.array([0.0, 2.0, 1.0, 1.0 + 1e-12, 3.0])
    assert okapi.are_best([4, 1, 2, 3], scores)
    assert okapi.are_best([4, 1, 3, 2], scores)
    for wrong in ([1, 4, 3, 2], [4, 1, 3], [4, 1, 3, 3], [4, 1, 3, 2, 0], []):
        assert not okapi.are_best(wrong, scores)


def measured(papers: int, **p50: float) -> Measured:
    """Return what engines might have taken for a query."""
    names = {"ours": OURS, "numpy": BM25S}
    engines = {names[name]: Engine({"p50": seconds}, [[1]] * 200) for name, seconds in p50.items()}
    return Measured(Amounts(papers, 3, 2, 2), engines)


def test_a_target_is_compared_where_its_size_was_measured() -> None:
    """What was not measured is said; another score than rank-bm25's is wrong, not slow."""
    small, large = measured(382, ours=3e-5, numpy=1e-5), measured(10_000, numpy=1e-5)
    small.agreement = Agreement(200, 1e-6, 3)
    table = compare([small, large])
    label = "382 papers: scores beside rank-bm25's under Okapi's idf"
    found = "largest difference 1e-06, another top 100 3 times"
    assert table.rows == [
        Row("382 papers: p50, times the fastest peer's", "3.00×", "at most 2.00×", met=False),
        Row("10,000 papers: p50, times the fastest peer's", "not measured"),
        Row(f"{label}, 200 queries", found, "at most 1e-09, the same top 100", met=False),
        Row("10,000 papers: scores beside rank-bm25's under Okapi's idf", "not measured"),
    ]
    assert table.faults == [f"{label}, 200 queries: {found}"]


def test_each_engine_has_a_column() -> None:
    """What was not measured is a dash, what it cannot do is said."""
    found = measured(382, ours=3e-5)
    found.engines[OURS].figures.update({"disk": 0.0, "add": float("inf")})
    grid = beside(found)
    assert grid.head == ["", OURS]
    cells = {line[0]: line[1] for line in grid.lines}
    assert cells["a query, p50"] == duration(3e-5) == "30 µs"
    assert [cells[label] for label in ("adding one paper until it is found", "on disk", "building")] == [
        "rebuild",
        "no file",
        "–",
    ]


@pytest.mark.parametrize(("ratio", "text"), [(0.5, "0.50×"), (99.99, "99.99×"), (1234.5, "1,234×")])
def test_a_ratio_is_written_as_it_is_read(ratio: float, text: str) -> None:
    """Two decimals below a hundred."""
    assert times(ratio) == text
