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
from bot.search.postings import Flags
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
class Word:
    """A distinct bare word, and who has it; for an acronym what it spells out, and who has that."""

    word: QueryWord
    held: Flags
    long_terms: tuple[str, ...] = ()
    spelled_out: Flags | None = None


@dataclass(frozen=True, slots=True)
class Weighing:
    """Of every document the share of the bare words' weight that it has, 1 without any.

    A word counts once, however often it is asked for and whatever its forms; it weighs its idf. `words` are
    these words, `unknown` is what no document has; `weights` are the terms that a snippet should show.
    """

    shares: NDArray[np.float64]
    words: tuple[Word, ...]
    unknown: tuple[Unknown, ...]
    weights: Mapping[str, float]


def rank(collection: Collection, query: Query, limit: int, skip: int = 0) -> Ranking:
    """Find the query's documents; of the hits `limit` after the first `skip`. Ties go to the lower paper."""
    words = _distinct_words(collection, query)
    held = [word.held for word in words]
    found: Flags = np.logical_or.reduce(held) if held else collection.everything()
    for word in words:
        if word.word.forms.unspaced:
            found |= collection.touching(word.word.forms)
    for clause in query.clauses:
        found &= meeting(collection, clause)
    full: Flags = np.logical_and.reduce([found, *held])
    complete = int(np.count_nonzero(full))
    hits = _titles_first(collection, query, words, found, full, skip + limit)[skip:]
    return Ranking(
        tuple(Hit(document, score, _missing(words, document)) for document, score in hits),
        total=int(np.count_nonzero(found)),
        complete=complete,
        unknown=_unknown(collection, query, words),
        coverage=1.0 if complete else float(_shares(collection, words)[found].max(initial=0)),
        weights=_weights(collection, query, words),
    )


def weigh(collection: Collection, query: Query) -> Weighing:
    """Weigh all documents, found or not."""
    words = _distinct_words(collection, query)
    return Weighing(
        _shares(collection, words),
        words,
        _unknown(collection, query, words),
        _weights(collection, query, words),
    )


def ordered(
    collection: Collection, query: Query, words: Sequence[Word], found: Flags, limit: int
) -> list[tuple[int, float]]:
    """Return the best of the documents found, with their scores, as a search orders them by these."""
    if not query.words and not query.phrase_terms:
        return [(document, 0.0) for document in collection.newest(found, limit)]
    terms = [*query.terms, *query.phrase_terms]
    spelled_out = [(word, word.spelled_out) for word in words if word.spelled_out is not None]
    if not spelled_out:
        return collection.bm25.best(terms, limit, found)
    lifted: Flags = np.logical_or.reduce([flags for _, flags in spelled_out])
    documents = np.flatnonzero(lifted & found)
    scores = collection.bm25.scores(terms, documents)
    for word, flags in spelled_out:
        added = EXPANSION * collection.bm25.scores(word.long_terms, documents)
        scores += np.where(flags[documents], added, 0)
    if 0 < limit < len(scores):  # or half of a million would be sorted one by one
        high = scores >= np.partition(scores, -limit)[-limit]
        documents, scores = documents[high], scores[high]
    hits = [*zip(documents.tolist(), scores.tolist(), strict=True)]
    hits += collection.bm25.best(terms, limit, found & ~lifted)
    return sorted(hits, key=lambda hit: (-hit[1], collection.numbers[hit[0]]))[:limit]


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


def _distinct_words(collection: Collection, query: Query) -> tuple[Word, ...]:
    found: dict[object, Word] = {}
    for word in query.words:
        if word.forms not in found:
            held = collection.having(word.forms)
            found[word.forms] = Word(word, held)
            if long_form := collection.long_form(word.text):
                spelled_out = collection.spelled_out(long_form)
                terms = tuple(term for forms in long_form for term in forms.terms)
                found[word.forms] = Word(word, held | spelled_out, terms, spelled_out)
    return tuple(found.values())


def _missing(words: Sequence[Word], document: int) -> tuple[str, ...]:
    return tuple(word.word.text for word in words if not word.held[document])


def _unknown(collection: Collection, query: Query, words: Sequence[Word]) -> tuple[Unknown, ...]:
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


def _titles_first(  # noqa: PLR0913, PLR0917  # what a search has found, and how much of it is wanted
    collection: Collection,
    query: Query,
    words: Sequence[Word],
    found: Flags,
    full: Flags,
    limit: int,
) -> list[tuple[int, float]]:
    """Return the best of the documents found, first those with all words whose whole title is the query."""
    if not query.words or query.phrase_terms:
        return ordered(collection, query, words, found, limit)
    entitled = collection.entitled([word.forms for word in query.words], full)
    if not entitled.any():
        return ordered(collection, query, words, found, limit)
    first = ordered(collection, query, words, entitled, int(np.count_nonzero(entitled)))
    first.sort(key=lambda hit: int(collection.numbers[hit[0]]))
    return (first + ordered(collection, query, words, found & ~entitled, limit))[:limit]


def _shares(collection: Collection, words: Sequence[Word]) -> NDArray[np.float64]:
    """Return each document's share of the words' weight."""
    shares = collection.everything().astype(np.float64)
    if words:
        weights = [collection.bm25.weight(int(np.count_nonzero(word.held))) for word in words]
        shares[:] = 0
        for word, weight in zip(words, weights, strict=True):
            shares[word.held] += weight
        shares /= sum(weights)
    return shares


def _weights(collection: Collection, query: Query, words: Sequence[Word]) -> dict[str, float]:
    weights = collection.bm25.weights
    light = {term: EXPANSION * idf for word in words for term, idf in weights(word.long_terms).items()}
    return light | weights([*query.terms, *query.phrase_terms])
