"""Query → the documents of a collection that it finds, in order.

Law: a document is found when it has some bare word, or an acronym's long form, and meets every clause; of a
run of Chinese, which may be a whole sentence, a part is enough. Its score is BM25's over the terms of bare
words and phrases, to which an acronym's long form adds lightly. What has no score, as where fields stand
alone, comes with the newest first. A document whose whole title was typed comes before all others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.search.collection import Collection
from bot.search.index import best
from bot.search.positions import Flags
from bot.search.query import Author, Clause, Phrase, Query, QueryWord, Source, Title, Years

EXPANSION = 0.3  # of a term's weight in a long form (known items by acronym: MRR@10 .83 → .87; 1 does harm)


@dataclass(frozen=True, slots=True)
class Hit:
    """A found document, its score, and the words of the query that it does not have."""

    document: int
    score: float
    missing: tuple[str, ...]


class Unknown(NamedTuple):
    """A word of the query that no document has, or a name that no author has."""

    word: QueryWord
    named: bool

    def __str__(self) -> str:
        return f"author:{self.word.text}" if self.named else self.word.text


@dataclass(frozen=True, slots=True)
class Ranking:
    """The hits asked for, how many documents were found in all, how many of them have every bare word.

    `coverage` is the greatest share of the bare words' weight that a found document has, 1 without bare
    words. `weights` are the terms that a snippet should show, with their weights.
    """

    hits: tuple[Hit, ...]
    total: int
    complete: int
    unknown: tuple[Unknown, ...]
    coverage: float
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Weighing:
    """Of every document the share of the bare words' weight that it has, 1 without any, and its score.

    A word counts once, however often it is asked for and whatever its forms; it weighs its idf. `unknown` is
    what no document has; `weights` are the terms that a snippet should show.
    """

    shares: NDArray[np.float64]
    scores: NDArray[np.float64]
    unknown: tuple[Unknown, ...]
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Word:
    """A distinct bare word, and who has it; for an acronym what it spells out, and who has that."""

    word: QueryWord
    held: Flags
    long_terms: tuple[str, ...] = ()
    spelled_out: Flags | None = None


def rank(collection: Collection, query: Query, limit: int, skip: int = 0) -> Ranking:
    """Find the query's documents; of the hits `limit` after the first `skip`. Ties go to the lower number."""
    words = _distinct_words(collection, query)
    scores, held = _scores(collection, query, words), _held(collection, words)
    found: Flags = np.logical_or.reduce(held) if words else np.ones(collection.size, dtype=np.bool_)
    for word in words:
        if word.word.forms.unspaced:
            found |= collection.touching(word.word.forms)
    for clause in query.clauses:
        found &= meeting(collection, clause)
    order = _order(collection, query, np.where(found, scores, 0), found, skip + limit)[skip:]
    return Ranking(
        tuple(Hit(document, float(scores[document]), _missing(words, document)) for document in order),
        total=int(np.count_nonzero(found)),
        complete=int(np.count_nonzero(held.all(axis=0) & found)),
        unknown=_unknown(collection, query, words),
        coverage=float(_shares(collection, held)[found].max(initial=0)),
        weights=_weights(collection, query, words),
    )


def weigh(collection: Collection, query: Query) -> Weighing:
    """Weigh all documents, found or not."""
    words = _distinct_words(collection, query)
    held = _held(collection, words)
    return Weighing(
        _shares(collection, held),
        _scores(collection, query, words),
        _unknown(collection, query, words),
        _weights(collection, query, words),
    )


def ordered(
    collection: Collection, query: Query, scores: NDArray[np.float64], found: Flags, limit: int
) -> list[int]:
    """Return the best of some documents, as a search would order them, but that no title goes before all."""
    if query.words or query.phrase_terms:
        return best(np.where(found, scores, 0), limit)
    return _newest(collection, found, limit)


def meeting(collection: Collection, clause: Clause) -> Flags:
    """Return which documents meet a clause."""
    match clause.condition:
        case Phrase(words):
            flags = collection.holding([word.forms for word in words])
        case Title(words):
            flags = collection.titled([word.forms for word in words])
        case Author(words):
            flags = collection.by([word.forms for word in words])
        case Source(part):
            flags = collection.labelled(part)
        case Years(first, last):
            flags = collection.dated(first, last)
    return ~flags if clause.excluded else flags


def _distinct_words(collection: Collection, query: Query) -> list[_Word]:
    found: dict[object, _Word] = {}
    for word in query.words:
        if word.forms not in found:
            held = collection.having(word.forms)
            found[word.forms] = _Word(word, held)
            if long_form := collection.long_form(word.text):
                spelled_out = collection.holding(long_form)
                terms = tuple(term for forms in long_form for term in forms.terms)
                found[word.forms] = _Word(word, held | spelled_out, terms, spelled_out)
    return list(found.values())


def _scores(collection: Collection, query: Query, words: Sequence[_Word]) -> NDArray[np.float64]:
    scores = collection.bm25.get_scores([*query.terms, *query.phrase_terms])
    for word in words:
        if word.spelled_out is not None:
            scores += np.where(word.spelled_out, EXPANSION * collection.bm25.get_scores(word.long_terms), 0)
    return scores


def _held(collection: Collection, words: Sequence[_Word]) -> Flags:
    """Return a row of flags for each word: which documents have it."""
    held: Flags = np.array([word.held for word in words], dtype=np.bool_).reshape(len(words), collection.size)
    return held


def _missing(words: Sequence[_Word], document: int) -> tuple[str, ...]:
    return tuple(word.word.text for word in words if not word.held[document])


def _unknown(collection: Collection, query: Query, words: Sequence[_Word]) -> tuple[Unknown, ...]:
    """Return what no document has of the bare words and of the clauses that are demanded, each once."""
    found: dict[tuple[object, bool], QueryWord] = {
        (word.word.forms, False): word.word for word in words if not word.held.any()
    }
    for clause in query.clauses:
        condition = clause.condition
        if not clause.excluded and isinstance(condition, Phrase | Title | Author):
            named = isinstance(condition, Author)
            for word in condition.words:
                has = collection.by([word.forms]) if named else collection.having(word.forms)
                if not has.any():
                    found.setdefault((word.forms, named), word)
    return tuple(Unknown(word, named) for (_, named), word in found.items())


def _order(
    collection: Collection, query: Query, scores: NDArray[np.float64], found: Flags, limit: int
) -> list[int]:
    if query.phrase_terms:
        return best(scores, limit)
    if query.words:
        entitled = found & collection.entitled([word.forms for word in query.words])
        return best(np.where(entitled, np.inf, scores), limit)
    return _newest(collection, found, limit)


def _newest(collection: Collection, found: Flags, limit: int) -> list[int]:
    newest: list[int] = collection.newest_first[found[collection.newest_first]][:limit].tolist()
    return newest


def _shares(collection: Collection, held: Flags) -> NDArray[np.float64]:
    """Return each document's share of the weight of words, of which each row of `held` tells the holders."""
    if not len(held):
        return np.ones(collection.size)
    weights = [collection.bm25.weight(int(np.count_nonzero(has))) for has in held]
    shares = np.zeros(collection.size)
    for weight, has in zip(weights, held, strict=True):  # a matrix product would wake threads for so little
        shares += weight * has
    return shares / sum(weights)


def _weights(collection: Collection, query: Query, words: Sequence[_Word]) -> dict[str, float]:
    idf = collection.bm25.idf
    light = {term: EXPANSION * idf[term] for word in words for term in word.long_terms}
    return light | {term: idf[term] for term in [*query.terms, *query.phrase_terms] if term in idf}
