"""A paper → the papers like it.

Law: what makes a paper itself is its rare words. It is sought by those of its terms that weigh most, tf·idf,
among all other papers, as a long query would be.
"""

from collections import Counter
from collections.abc import Sequence

from bot.search.collection import Collection
from bot.search.rank import Hit, Ranking

TERMS = 25
MOST = 20  # papers; what comes after is like the paper by accident


def similar(
    collection: Collection, document: int, terms: Sequence[str], limit: int, skip: int = 0
) -> Ranking:
    """Rank the other documents by their likeness to one with these terms; `limit` hits after `skip`."""
    counts = Counter(terms)
    weights = collection.bm25.weights(counts)
    worth = {term: counts[term] * idf for term, idf in weights.items()}
    chosen = sorted(worth, key=worth.__getitem__, reverse=True)[:TERMS]
    found = [hit for hit in collection.bm25.best(chosen, MOST + 1) if hit[0] != document][:MOST]
    hits = tuple(Hit(number, score, ()) for number, score in found[skip : skip + limit])
    shown = {term: weights[term] for term in chosen}
    return Ranking(hits, total=len(found), complete=0, unknown=(), coverage=1.0, weights=shown)
