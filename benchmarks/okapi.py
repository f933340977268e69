"""Paperboy's scores beside rank-bm25's: `python -m benchmarks.okapi FOLDER INDEX` prints an Agreement.

Law: with Okapi's idf set back, Paperboy's scores are rank-bm25's, those of all papers and not of the best
alone, and so are the best papers; papers whose scores differ by less than SAME may change places.
"""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.contenders import RANK_BM25, TOKENS, queries
from benchmarks.contenders.rank_bm25 import RankBm25
from benchmarks.figures import Agreement
from benchmarks.targets import SAME
from bot.search.files import load
from bot.search.index import Bm25, prepare
from bot.search.segment import Part

BEST = 100
PATIENCE = 60.0  # seconds


def agreement(folder: Path, index: Path) -> Agreement:
    """Compare over the queries, as many as rank-bm25 answers within PATIENCE."""
    peer = RankBm25(folder / TOKENS, index)
    try:
        peer.open()
    except MemoryError as error:
        return Agreement(refused=f"{RANK_BM25} {error}")
    theirs, ours = peer.index, Bm25([Part(load(index))])
    ours.idf = theirs.idf
    prepare()  # or none would be passed over
    questions = harder(queries(folder))
    until, asked, difference, otherwise = time.perf_counter() + PATIENCE, 0, 0.0, 0
    while asked < len(questions) and time.perf_counter() < until:
        query = questions[asked]
        scores = theirs.get_scores(query)
        difference = max(difference, float(np.abs(ours.get_scores(query) - scores).max()))
        otherwise += not are_best([number for number, _ in ours.best(query, BEST)], scores)
        asked += 1
    return Agreement(asked, difference, otherwise)


def harder(plain: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return queries of which some repeat a term, and some have one that no paper has."""
    found = [list(query) for query in plain]
    for query in found[::10]:
        query[-1] = "xyzzy"
    for query in found[1::10]:
        query[-1] = query[0]
    return found


def are_best(papers: Sequence[int], scores: NDArray[np.float64]) -> bool:
    """Tell whether these are the papers that score best, best first."""
    best = np.sort(scores[scores > 0])[::-1][:BEST]
    alike = len(papers) == len(set(papers)) == len(best)
    return alike and bool(np.all(np.abs(scores[list(papers)] - best) <= SAME))


if __name__ == "__main__":
    print(json.dumps(asdict(agreement(Path(sys.argv[1]), Path(sys.argv[2])))))
