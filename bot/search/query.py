"""What somebody typed → Query → Ranking.

Law: bare words are alternatives. A paper is found when it has a term of any of them; the order is BM25's.
"""

from dataclasses import dataclass

import numpy as np

from bot.errors import UserError
from bot.search.analyze import Analyzer, Forms
from bot.search.index import Bm25, best

LONGEST_QUERY = 500


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A word in the asker's own spelling, and what it stands for."""

    text: str
    forms: Forms


@dataclass(frozen=True, slots=True)
class Query:
    """A search somebody asked for: `text` as typed, and at least one word."""

    text: str
    words: tuple[QueryWord, ...]

    @property
    def terms(self) -> list[str]:
        """All terms, each as often as its word stands in the query."""
        return [term for word in self.words for term in word.forms.terms]


@dataclass(frozen=True, slots=True)
class Hit:
    """A found document, its score, and the words of the query that it does not have."""

    document: int
    score: float
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best hits, how many documents were found in all, how many of them have every word.

    `unknown` are the words that no document has.
    """

    hits: tuple[Hit, ...]
    total: int
    complete: int
    unknown: tuple[str, ...]


def parse_query(text: str, analyzer: Analyzer) -> Query:
    """Read a query; raises UserError where there is nothing to search for, or too much."""
    if len(text) > LONGEST_QUERY:
        raise UserError(
            f"That query has {len(text):,} characters; I read up to {LONGEST_QUERY}. "
            "A title or a few words find a paper best."
        )
    words = tuple(QueryWord(text[word.start : word.end], word.forms) for word in analyzer.words(text))
    if not words:
        raise UserError(
            "There is no word to search for: very common words and punctuation are left out. "
            "Name a topic, a method or a title."
        )
    return Query(text, words)


def rank(index: Bm25, query: Query, limit: int) -> Ranking:
    """Rank the index's documents for the query; ties go to the lower document."""
    scores = index.get_scores(query.terms)
    words: dict[Forms, str] = {}
    for word in query.words:
        words.setdefault(word.forms, word.text)
    holders = {forms: _holders(index, forms) for forms in words}
    complete = np.logical_and.reduce(list(holders.values()))
    hits = tuple(
        Hit(
            document,
            float(scores[document]),
            tuple(words[forms] for forms, holds in holders.items() if not holds[document]),
        )
        for document in best(scores, limit)
    )
    unknown = tuple(words[forms] for forms, holds in holders.items() if not holds.any())
    return Ranking(hits, int(np.count_nonzero(scores)), int(np.count_nonzero(complete)), unknown)


def _holders(index: Bm25, forms: Forms) -> np.typing.NDArray[np.bool_]:
    """Return for each document whether it has the word, in whichever form."""
    holds = np.zeros(index.corpus_size, dtype=np.bool_)
    for way in forms.ways:
        every = np.ones(index.corpus_size, dtype=np.bool_)
        for term in way:
            has = np.zeros(index.corpus_size, dtype=np.bool_)
            has[index.postings(term)[0]] = True
            every &= has
        holds |= every
    return holds
