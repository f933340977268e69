"""A paper → the papers like it.

Law: what makes a paper itself is its rare words. It is sought by those of its terms that weigh most, tf·idf,
among all other papers, as a long query would be.
"""

from collections import Counter
from collections.abc import Sequence

from bot.search.collection import Collection
from bot.search.index import best
from bot.search.rank import Hit, Ranking

TERMS = 25
MOST = 20  # papers; what comes after is like the paper by accident


def similar(
    collection: Collection, document: int, terms: Sequence[str], limit: int, skip: int = 0
) -> Ranking:
    """Rank the other documents by their likeness to one with these terms; `limit` hits after `skip`."""
    idf = collection.bm25.idf
    worth = {term: count * idf[term] for term, count in Counter(terms).items() if term in idf}
    chosen = sorted(worth, key=worth.__getitem__, reverse=True)[:TERMS]
    weights = {term: idf[term] for term in chosen}
    scores = collection.bm25.get_scores(chosen)
    scores[document] = 0
    order = best(scores, MOST)
    hits = tuple(Hit(number, float(scores[number]), ()) for number in order[skip : skip + limit])
    return Ranking(hits, total=len(order), complete=0, unknown=(), coverage=1.0, weights=weights)
