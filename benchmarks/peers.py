"""What others made: search libraries at their defaults, and trec_eval, which judges rankings.

Law: a peer gets title and text joined, and a query's punctuation as text, never as syntax. It ranks as it
does by itself, ties and documents without any word of the query included.
"""

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version

import bm25s
import pytrec_eval
import tantivy
from rank_bm25 import BM25Okapi

from benchmarks.judged import CUT, Document

Rank = Callable[[str], list[int]]  # a query → places of the CUT best documents, best first
_WORD = re.compile(r"[^\W_]+")


def rank_bm25(documents: Sequence[Document]) -> Rank:
    """Return BM25Okapi as rank-bm25's README uses it: words are what stands between blanks."""
    index = BM25Okapi([document.joined.split(" ") for document in documents])
    places = range(len(documents))

    def rank(query: str) -> list[int]:
        found: list[int] = index.get_top_n(query.split(" "), places, CUT)
        return found

    return rank


def bm25s_defaults(documents: Sequence[Document]) -> Rank:
    """Return bm25s with its own tokenizer.

    Its defaults: lower case, words of two characters or more, 33 English stop words, no stemmer; Lucene's
    BM25 with k1 1.5 and b .75.
    """
    index = bm25s.BM25()
    tokens = bm25s.tokenize([document.joined for document in documents], show_progress=False)
    index.index(tokens, show_progress=False)
    limit = min(CUT, len(documents))

    def rank(query: str) -> list[int]:
        words = bm25s.tokenize([query], show_progress=False)
        found: list[int] = index.retrieve(words, k=limit, show_progress=False).documents[0].tolist()
        return found

    return rank


def tantivy_defaults(documents: Sequence[Document]) -> Rank:
    """Return tantivy with its default tokenizer: lower case, split at punctuation, no stemmer, k1 1.2, b .75.

    One thread writes, so that ties break the same way every time. A query's words are alternatives, the
    parser's default; it gets them without punctuation, which ranks better here than parsing it leniently.
    """
    schema = tantivy.SchemaBuilder().add_text_field("text").add_integer_field("place", stored=True).build()
    index = tantivy.Index(schema)
    writer = index.writer(num_threads=1)
    for place, document in enumerate(documents):
        writer.add_document(tantivy.Document(text=document.joined, place=place))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def rank(query: str) -> list[int]:
        words = " ".join(_WORD.findall(query.lower()))  # AND, OR, NOT and IN are operators in capitals only
        parsed, _errors = index.parse_query_lenient(words, ["text"])
        return [searcher.doc(address)["place"][0] for _score, address in searcher.search(parsed, CUT).hits]

    return rank


def fts5(documents: Sequence[Document]) -> Rank:
    """Return SQLite's FTS5 with its default tokenizer, unicode61, and bm25(); words are quoted and OR-ed."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE documents USING fts5(text)")
    rows = ((place, document.joined) for place, document in enumerate(documents))
    db.executemany("INSERT INTO documents (rowid, text) VALUES (?, ?)", rows)

    def rank(query: str) -> list[int]:
        words = " OR ".join(f'"{word}"' for word in _WORD.findall(query))
        best = "SELECT rowid FROM documents WHERE documents MATCH ? ORDER BY rank LIMIT ?"
        return [place for (place,) in db.execute(best, (words, CUT))] if words else []

    return rank


ENGINES = {
    f"rank-bm25 {version('rank-bm25')}": rank_bm25,
    f"bm25s {version('bm25s')}": bm25s_defaults,
    f"tantivy {version('tantivy')}": tantivy_defaults,
    f"FTS5, SQLite {sqlite3.sqlite_version}": fts5,
}


def ndcg(gains: Sequence[Mapping[int, int]], rankings: Sequence[Sequence[int]]) -> list[float]:
    """Return each ranking's nDCG at CUT, by trec_eval.

    A document's gain is its grade as it is, divided by log2(1 + rank) (Järvelin and Kekäläinen 2002 with
    Burges' discount); the sum is divided by that of the best ranking there could be.
    """
    judged = {
        str(number): {str(place): gain for place, gain in each.items()} for number, each in enumerate(gains)
    }
    # trec_eval orders by score, and ties by the document's name: ranks for scores keep the engine's order.
    run = {
        str(number): {str(place): float(-rank) for rank, place in enumerate(ranking)}
        for number, ranking in enumerate(rankings)
        if ranking
    }
    scores = pytrec_eval.RelevanceEvaluator(judged, {f"ndcg_cut.{CUT}"}).evaluate(run)
    return [scores.get(str(number), {}).get(f"ndcg_cut_{CUT}", 0.0) for number in range(len(gains))]
