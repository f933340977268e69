"""A query that found little → one near it that finds more.

Law: nothing is invented: every word of a suggestion is the asker's own or the collection's, and it finds
something.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bot.errors import UserError
from bot.search.analyze import Analyzer, fold
from bot.search.collection import Collection
from bot.search.query import QUOTES, Clause, Phrase, Query, parse_query
from bot.search.rank import Ranking, Unknown, rank
from bot.search.spelling import nearest


class _Edit(NamedTuple):
    """What shall stand in the place of a stretch of the query."""

    start: int
    end: int
    text: str


def suggest(
    collection: Collection, query: Query, ranking: Ranking, analyzer: Analyzer
) -> tuple[Query, Ranking] | None:
    """Return a query in which misspelt words are mended; where nothing was found, one that demands less.

    The first of which some paper has every word is preferred. With it comes what it finds, without hits.
    None where no such query is near.
    """
    found = [
        (candidate, rank(collection, candidate, 0))
        for text in dict.fromkeys(_candidates(collection, query, ranking))
        if text != query.text and (candidate := _parsed(text, analyzer))
    ]
    best = [each for each in found if each[1].complete] or [each for each in found if each[1].total]
    return best[0] if best else None


def _parsed(text: str, analyzer: Analyzer) -> Query | None:
    try:
        return parse_query(text, analyzer)
    except UserError:  # nothing is left of it
        return None


def _candidates(collection: Collection, query: Query, ranking: Ranking) -> Iterator[str]:
    """Yield the query without its slips; then, if need be, without one demand after the other, then all."""
    mends = [
        _Edit(strange.word.start, strange.word.start + len(strange.word.text), _mended(collection, strange))
        for strange in ranking.unknown
    ]
    mended = sum(bool(mend.text) for mend in mends)
    if mended and 2 * mended >= len(mends):  # of a query that is mostly strange, one word says little
        yield _without(query, (), mends)
    if query.clauses and not ranking.total:
        for clause in query.clauses:
            yield _without(query, (clause,), mends)
        yield _without(query, query.clauses, mends)


def _without(query: Query, demands: Sequence[Clause], mends: Iterable[_Edit]) -> str:
    """Return the query mended and without some demands; what stays loses no word, or it would change."""
    kept = [clause for clause in query.clauses if clause not in demands]
    edits = [
        mend for mend in mends if mend.text or not any(each.start <= mend.start < each.end for each in kept)
    ]
    for clause in demands:
        edits += _loosened(query.text, clause)
    return _edited(query.text, edits)


def _mended(collection: Collection, strange: Unknown) -> str:
    """Return the nearest word or name there is, the field where a word is an author's name, or nothing."""
    spelled = fold(strange.word.text).casefold()
    if strange.named:
        return nearest(spelled, collection.names) or ""
    if spelled in collection.names:
        return f"author:{strange.word.text}"
    return nearest(spelled, collection.words) or ""


def _loosened(text: str, clause: Clause) -> list[_Edit]:
    """Return the edits that turn a phrase into words, or take another clause away."""
    if isinstance(clause.condition, Phrase) and not clause.excluded:
        return [
            _Edit(place, place + 1, " ") for place in range(clause.start, clause.end) if text[place] in QUOTES
        ]
    return [_Edit(clause.start, clause.end, " ")]


def _edited(text: str, edits: Iterable[_Edit]) -> str:
    """Make the edits, of overlapping ones the first; what is left between them stays as it was typed."""
    pieces, place = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if edit.start >= place:
            pieces += [text[place : edit.start], edit.text]
            place = edit.end
    return " ".join("".join([*pieces, text[place:]]).split())
