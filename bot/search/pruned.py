"""The best documents of many, without scoring them all: MaxScore, compiled.

Law: what it returns is what scoring every document would return, ties included; what it leaves out cannot be
among the best. It lets other threads run meanwhile.

Documents are gone through window by window. In each, a term can add so much at most; the terms that together
cannot lift a document over the best so far are not read, but looked up for documents that the rest brought
near (Turtle and Flood, Query evaluation: strategies and optimizations, 1995). What frequent terms can add is
known block by block (Ding and Suel, Faster top-k document retrieval using block-max indexes, 2011).

Sums for pruning are of 32 bits, and what is to be beaten counts a hundred-thousandth less for that. Who
passes is scored again, term after term as the query has them, as rank-bm25 would.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bot.search.blocks import BLOCK, UNIT
from bot.search.postings import MANY, Flags, Numbers, Places
from bot.search.segment import Segment

_Function = TypeVar("_Function", bound=Callable[..., Any])

Scores = NDArray[np.float64]
Sums = NDArray[np.float32]

_WINDOW = 8_192  # documents, whose sums fit into the fastest cache
_BLOCKS = _WINDOW // BLOCK
_BLOCK_BITS = BLOCK.bit_length() - 1
_SLACK = 1 - 1e-5
_ENDLESS = np.float32(1e9)  # what MANY is taken for while pruning: it stands for all greater frequencies
_ALL = np.empty(0, dtype=np.bool_)


def _compiled(function: _Function, *, inline: bool = False) -> _Function:
    """Have a function compiled when it is first called, and kept where there is a place for that."""
    made: Any
    try:
        made = njit(function, cache=True, nogil=True, error_model="numpy", forceinline=inline)
    except RuntimeError:  # no folder to keep it in, as on a read-only system
        made = njit(function, nogil=True, error_model="numpy", forceinline=inline)
    return cast("_Function", made)


def _inlined(function: _Function) -> _Function:
    """Have a function compiled into those that call it."""
    return _compiled(function, inline=True)


class _Index(NamedTuple):
    """The arrays of a segment, and the norms of documents by their length."""

    documents: Numbers
    frequencies: NDArray[np.uint8]
    many: Places
    many_frequencies: Numbers
    lengths: Numbers
    offsets: Numbers
    maxima: NDArray[np.uint8]
    norms: Scores
    k1: float


class _Terms(NamedTuple):
    """A query's distinct terms: where their postings begin and end, their rows of blocks or -1.

    `bounds` are the most they can add, per unit where there is a row; `factors` what a saturation is
    multiplied by for pruning; `idfs` for scoring. `query` are the terms as the query has them.
    """

    starts: Places
    ends: Places
    rows: Places
    bounds: Sums
    factors: Sums
    idfs: Scores
    query: Places


class _Window(NamedTuple):
    """Of each term: the window's postings, and the most it can add to a document in it; the terms by that."""

    here: Places
    after: Places
    most: Sums
    order: Places


class _Reached(NamedTuple):
    """The window's documents that were touched, what each has reached, what the rest can add by blocks.

    There is room for one document more: each is written before it is known to be another one.
    """

    touched: Numbers
    sums: Sums
    ahead: Sums


class _Top(NamedTuple):
    """The best so far: documents, -1 where there is none yet, and scores."""

    documents: Places
    scores: Scores


def best(  # noqa: PLR0913, PLR0917  # a segment, a query, a ranking, a wish
    segment: Segment,
    query: Places,
    terms: Places,
    idfs: Scores,
    norms: Scores,
    k1: float,
    average: float,
    among: Flags | None,
    limit: int,
) -> tuple[Places, Scores]:
    """Return the documents with the highest scores and these, best first, ties by lower number.

    `terms` are places of distinct terms in the segment, `idfs` theirs, `query` places in `terms`. `norms` are
    by length; `average` is the average length that they are for. Only documents that `among` flags count.
    """
    text, blocks = segment.text, segment.blocks
    assert blocks is not None  # noqa: S101  # only such segments are searched here
    rows = blocks.rows(terms)
    weights = idfs * np.bincount(query, minlength=len(terms))
    grown = max(1.0, average / float(blocks.average[0]))
    index = _Index(
        text.documents,
        text.frequencies,
        text.many,
        text.many_frequencies,
        segment.lengths,
        blocks.offsets,
        blocks.maxima,
        norms,
        k1,
    )
    asked = _Terms(
        text.bounds[terms],
        text.bounds[terms + 1],
        rows,
        (weights * grown * np.where(rows < 0, blocks.most[terms], UNIT)).astype(np.float32),
        (weights * (k1 + 1)).astype(np.float32),
        idfs,
        query,
    )
    top = _best(index, asked, _ALL if among is None else among, limit)
    found = top.documents >= 0
    return top.documents[found], top.scores[found]


def prepare(segment: Segment) -> None:
    """Search once for whatever, so that what a search needs is compiled, or read from where it was kept."""
    norms = np.ones(int(segment.lengths.max()) + 1)
    first = np.zeros(1, dtype=np.int64)
    best(segment, first, first, np.ones(1), norms, 1.0, 1.0, None, 1)


@_compiled
def _best(index: _Index, terms: _Terms, among: Flags, limit: int) -> _Top:
    size = len(terms.starts)
    window = _Window(terms.starts.copy(), terms.starts.copy(), np.zeros(size, np.float32), np.arange(size))
    reached = _Reached(
        np.zeros(_WINDOW + 1, np.int32), np.zeros(_WINDOW, np.float32), np.zeros(_BLOCKS, np.float32)
    )
    top = _Top(np.full(limit, -1, np.int64), np.zeros(limit, np.float64))
    floor = np.float32(0)
    blocks = (len(index.lengths) + BLOCK - 1) // BLOCK
    for first in range(0, blocks, _BLOCKS):
        last = min(blocks, first + _BLOCKS)
        _enter(index, terms, window, first, last)
        others, least = 0, np.float32(0)
        for place in range(size):
            least += window.most[window.order[place]]
            if least < floor:
                others = place + 1
        if others == size:
            continue
        count = _sum(index, terms, window, others, first * BLOCK, reached)
        _look_ahead(index, terms, window, others, first, last, reached.ahead)
        floor = _examine(index, terms, window, others, first * BLOCK, reached, count, among, top, floor)
    return top


@_inlined
def _enter(index: _Index, terms: _Terms, window: _Window, first: int, last: int) -> None:
    """Go on to the window of some blocks: find postings and bounds, and order the terms by their bounds."""
    for t in range(len(terms.starts)):
        row = terms.rows[t]
        if row >= 0:
            window.here[t] = terms.starts[t] + index.offsets[row, first]
            window.after[t] = terms.starts[t] + index.offsets[row, last]
            highest = np.uint8(0)
            for block in range(first, last):
                highest = max(highest, index.maxima[row, block])
            window.most[t] = terms.bounds[t] * np.float32(highest)
        else:
            place = window.after[t]
            window.here[t] = place
            while place < terms.ends[t] and index.documents[place] < last * BLOCK:
                place += 1
            window.after[t] = place
            window.most[t] = terms.bounds[t] if place > window.here[t] else np.float32(0)
    for place in range(1, len(terms.starts)):
        t = window.order[place]
        lower = place - 1
        while lower >= 0 and window.most[window.order[lower]] > window.most[t]:
            window.order[lower + 1] = window.order[lower]
            lower -= 1
        window.order[lower + 1] = t


@_inlined
def _sum(  # noqa: PLR0913, PLR0917  # each step sees the whole state of the search
    index: _Index, terms: _Terms, window: _Window, others: int, base: int, reached: _Reached
) -> int:
    """Add up what all terms but the first `others` give the window's documents; return how many those are."""
    documents, frequencies, lengths, norms = index.documents, index.frequencies, index.lengths, index.norms
    touched, sums = reached.touched, reached.sums
    count = 0
    for place in range(others, len(terms.starts)):
        t = window.order[place]
        factor = terms.factors[t]
        for posting in range(window.here[t], window.after[t]):
            document = documents[posting]
            local = document - base
            before = sums[local]
            touched[count] = local
            count += before == 0
            sums[local] = before + factor * _saturation(frequencies[posting], norms[lengths[document]])
    return count


@_inlined
def _saturation(frequency: int, norm: float) -> np.float32:
    """Return about how far a term's frequency has come to its most, between 0 and 1."""
    times = _ENDLESS if frequency == MANY else np.float32(frequency)
    return times / (times + np.float32(norm))


@_inlined
def _look_ahead(  # noqa: PLR0913, PLR0917  # as _sum
    index: _Index, terms: _Terms, window: _Window, others: int, first: int, last: int, ahead: Sums
) -> None:
    """Add up for each block of the window the most that its first `others` terms can add."""
    maxima = index.maxima
    ahead[:] = 0
    for place in range(others):
        t = window.order[place]
        row, bound, most = terms.rows[t], terms.bounds[t], window.most[t]
        for block in range(first, last):
            ahead[block - first] += bound * np.float32(maxima[row, block]) if row >= 0 else most


@_compiled
def _examine(  # noqa: C901, PLR0913, PLR0917  # as _sum; a call in the loop costs more than its work
    index: _Index,
    terms: _Terms,
    window: _Window,
    others: int,
    base: int,
    reached: _Reached,
    count: int,
    among: Flags,
    top: _Top,
    floor: np.float32,
) -> np.float32:
    """Take those of the documents touched that may be among the best; return what is to be beaten then.

    The terms that have not been read are looked up, the heaviest first, until it is clear that they do not
    lift a document so far. (Arrays are unpacked before the loop: numba counts references where it is done.)
    """
    documents, frequencies, lengths, norms = index.documents, index.frequencies, index.lengths, index.norms
    offsets, maxima, many, many_frequencies = index.offsets, index.maxima, index.many, index.many_frequencies
    starts, rows, bounds, factors = terms.starts, terms.rows, terms.bounds, terms.factors
    idfs, query = terms.idfs, terms.query
    here, after, most, order = window.here, window.after, window.most, window.order
    touched, sums, rest = reached.touched, reached.sums, reached.ahead
    best_documents, best_scores = top.documents, top.scores
    for place in range(count):
        local = touched[place]
        so_far, ahead = sums[local], rest[local >> _BLOCK_BITS]
        sums[local] = 0
        document = base + local
        if so_far + ahead < floor or (len(among) and not among[document]):
            continue
        block = document >> _BLOCK_BITS
        norm = norms[lengths[document]]
        other = others
        while other > 0 and so_far + ahead >= floor:
            other -= 1
            t = order[other]
            row = rows[t]
            if row >= 0:
                low, high = starts[t] + offsets[row, block], starts[t] + offsets[row, block + 1]
                ahead -= bounds[t] * np.float32(maxima[row, block])
            else:
                low, high = here[t], after[t]
                ahead -= most[t]
            posting = _find(documents, low, high, document)
            if posting >= 0:
                so_far += factors[t] * _saturation(frequencies[posting], norm)
        if other > 0 or so_far < floor:
            continue
        score = 0.0
        for t in query:
            row = rows[t]
            low, high = here[t], after[t]
            if row >= 0:
                low, high = starts[t] + offsets[row, block], starts[t] + offsets[row, block + 1]
            posting = _find(documents, low, high, document)
            if posting >= 0:
                times = np.float64(frequencies[posting])
                if times == MANY:
                    times = np.float64(many_frequencies[np.searchsorted(many, posting)])
                score += idfs[t] * (times * (index.k1 + 1) / (times + norm))
        _take(best_documents, best_scores, document, score)
        floor = np.float32(best_scores[-1] * _SLACK)
    return floor


@_inlined
def _find(documents: Numbers, low: int, high: int, document: int) -> int:
    """Return the posting of a document among some of a term's, -1 where there is none."""
    end = high
    while low < high:
        middle = (low + high) >> 1
        if documents[middle] < document:
            low = middle + 1
        else:
            high = middle
    return low if low < end and documents[low] == document else -1


@_inlined
def _take(documents: Places, scores: Scores, document: int, score: float) -> None:
    """Put a document among the best where it belongs there."""
    rank = len(scores)
    while rank > 0 and (
        documents[rank - 1] < 0
        or score > scores[rank - 1]
        or (score == scores[rank - 1] and document < documents[rank - 1])
    ):
        rank -= 1
        if rank + 1 < len(scores):
            documents[rank + 1] = documents[rank]
            scores[rank + 1] = scores[rank]
    if rank < len(scores):
        documents[rank] = document
        scores[rank] = score
