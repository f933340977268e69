from pathlib import Path

import pytest

from benchmarks import contenders
from benchmarks.contenders import TOKENS, Growing, contender
from benchmarks.tokens import analyzed

PAPERS = [
    ("Łukasz's PolyLM and LoRA-MoE", "fine-tuning and not OR near backdoors in 2023: e5-v1_x 3d Größe ﬁne"),
    ("提示注入攻击 for 모델", "ภาษาไทย モデル αβγ Привет Ω ǅ x² ℕ"),
    ("and", "tune fine AND xyz's o'clock models model"),
    *((f"title {place}", "words that no other has") for place in range(12)),
]


@pytest.mark.parametrize("name", list(contenders.ENGINES))
def test_no_engine_changes_a_term(tmp_path: Path, name: str) -> None:
    """Each of the analyzer's terms finds the papers that have it and no others, in any script."""
    papers = list(analyzed(PAPERS))
    (tmp_path / TOKENS).write_text("".join(f"{' '.join(paper)}\n" for paper in papers), encoding="utf-8")
    (tmp_path / "index").mkdir()
    engine = contender(name, tmp_path / TOKENS, tmp_path / "index")
    engine.build()
    engine.open()
    for term in sorted({term for paper in papers for term in paper}):
        holders = {number for number, paper in enumerate(papers) if term in paper}
        limit = len(holders) if name == contenders.RANK_BM25 else len(papers)  # it returns the others too
        assert set(engine.best([term], limit)) == holders, term


@pytest.mark.parametrize("name", list(contenders.ENGINES))
def test_an_added_paper_is_found_where_an_engine_can_grow(tmp_path: Path, name: str) -> None:
    """Under its number, by a term that it alone has; rank-bm25's and bm25s's index must be built anew."""
    (tmp_path / TOKENS).write_text("one two\ntwo three\n", encoding="utf-8")
    (tmp_path / "index").mkdir()
    engine = contender(name, tmp_path / TOKENS, tmp_path / "index")
    engine.build()
    engine.open()
    stays = {contenders.RANK_BM25, contenders.BM25S, contenders.NUMBA}
    assert isinstance(engine, Growing) is (name not in stays)
    if isinstance(engine, Growing):
        engine.add(2, ["two", "added"])
        assert engine.best(["added"], 10) == [2]
        assert sorted(engine.best(["two"], 10)) == [0, 1, 2]
