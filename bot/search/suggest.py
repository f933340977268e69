"""A query that found little → one near it that finds more.

Law: nothing is invented: every word of a suggestion is the asker's own or the collection's, and it finds
something.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from bot.errors import UserError
from bot.search.analyze import Analyzer, fold, name_forms
from bot.search.collection import Collection
from bot.search.query import QUOTES, Clause, Phrase, Query, parse_query
from bot.search.rank import Ranking, rank
from bot.search.spelling import lengths, nearest

HALF = 0.5
_MOST = 8  # words that are mended, or taken for names, and demands that are dropped one by one


class _Edit(NamedTuple):
    """What shall stand in the place of a stretch of the query."""

    start: int
    end: int
    text: str


def suggest(
    collection: Collection, query: Query, ranking: Ranking, analyzer: Analyzer
) -> tuple[Query, Ranking] | None:
    """Return a query in which misspelt words are mended; where nothing was found, one that demands less.

    The first of which some paper has every word is preferred, else one of which some has half the weight.
    With it comes what it finds, without hits. None where no such query is near.
    """
    found = [
        (candidate, rank(collection, candidate, 0))
        for text in dict.fromkeys(_candidates(collection, query, ranking))
        if text != query.text and (candidate := _parsed(text, analyzer))
    ]
    best = [each for each in found if each[1].complete] or [
        each for each in found if each[1].coverage >= HALF
    ]
    return best[0] if best else None


def _parsed(text: str, analyzer: Analyzer) -> Query | None:
    try:
        return parse_query(text, analyzer)
    except UserError:  # nothing is left of it
        return None


def _candidates(collection: Collection, query: Query, ranking: Ranking) -> Iterator[str]:
    """Yield the query without its slips; then, if need be, without one demand after the other, then all."""
    fields = list(_fields(collection, query, ranking))
    mends = [*fields, *_slips(collection, ranking, fields)]
    mended = sum(bool(mend.text) for mend in mends)
    if mended and 2 * mended >= len(mends):  # of a query that is mostly strange, one word says little
        yield _without(query, (), mends)
    if query.clauses and not ranking.total:
        for clause in query.clauses[:_MOST]:
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


def _slips(collection: Collection, ranking: Ranking, fields: Sequence[_Edit]) -> Iterator[_Edit]:
    """Yield for each unknown word or name that got no field the nearest that there is, or nothing."""

    @cache  # of a million papers they are many
    def known(length: int, *, named: bool) -> Mapping[str, int]:
        return (collection.names if named else collection.words)([length])

    slips = [each for each in ranking.unknown if not any(f.start <= each.word.start < f.end for f in fields)]
    for word, named in slips[:_MOST]:
        written = fold(word.text).casefold()
        counts: dict[str, int] = {}
        for length in lengths(written):
            counts |= known(length, named=named)
        yield _Edit(word.start, word.end, nearest(written, counts) or "")
    yield from (_Edit(word.start, word.end, "") for word, _ in slips[_MOST:])


def _fields(collection: Collection, query: Query, ranking: Ranking) -> Iterator[_Edit]:
    """Yield `author:` for bare words that are no paper's but an author's; names side by side may be one's."""
    names = sorted((word for word, named in ranking.unknown if not named), key=lambda word: word.start)
    names = [word for word in names[:_MOST] if collection.by([name_forms(word.text)]).any()]
    while names:
        row = names[:1]
        while len(row) < len(names) and not query.text[row[-1].end : names[len(row)].start].strip():
            row.append(names[len(row)])
        if not collection.by([name_forms(word.text) for word in row]).any():
            del row[1:]
        start, end = _token(query.text, row[0].start, row[-1].end)
        spelled = " ".join(word.text for word in row)
        yield _Edit(start, end, f'author:"{spelled}"' if len(row) > 1 else f"author:{spelled}")
        names = names[len(row) :]


def _parts(character: str) -> bool:
    return character.isspace() or character in QUOTES


def _token(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a stretch by the signs that stand around it without a blank: those of `(xu)`, or of `by:xu`."""
    while start and not _parts(text[start - 1]):
        start -= 1
    while end < len(text) and not _parts(text[end]):
        end += 1
    return start, end


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
