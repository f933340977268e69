"""The best documents of many, without scoring them all: MaxScore, compiled.

Law: what it returns is what scoring every document would return, ties included; what it leaves out cannot be
among the best. It lets other threads run meanwhile.

Documents are gone through window by window. In each, a term can add so much at most; the terms that together
cannot lift a document over the best so far are not read, but looked up for documents that the rest brought
near (Turtle and Flood, Query evaluation: strategies and optimizations, 1995). What frequent terms can add is
known block by block (Ding and Suel, Faster top-k document retrieval using block-max indexes, 2011). Where
that many documents are near that looking up takes longer, a term is read after all.

What is added up is no score, but a little more: the most that an entry's frequency gives in a document of its
grade of length, one number from a table of 256 for each term, and no arithmetic. Sums are of 32 bits, and
what is to be beaten counts a hundred-thousandth less for that. Who passes is scored, term after term as the
query has them, as rank-bm25 would.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bot.search.analyze import Forms
from bot.search.blocks import BLOCK, UNIT, Blocks
from bot.search.postings import CODE_BITS, GRADES, MANY, Entries, Flags, Numbers, Places
from bot.search.segment import Document, Segment, flat, segment

_Function = TypeVar("_Function", bound=Callable[..., Any])

Scores = NDArray[np.float64]
Sums = NDArray[np.float32]

_WINDOW = 8_192  # documents, whose sums fit into the fastest cache
_BLOCKS = _WINDOW // BLOCK
_BLOCK_BITS = BLOCK.bit_length() - 1
_SLACK = 1 - 1e-5
_FEW = _WINDOW // 8  # postings
_LOOK_UP = 16  # postings that are read in the time that one is looked up
_LEAST = np.float32(1e-30)  # below whatever a term adds
_CODES = 1 << CODE_BITS
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

    entries: Entries
    many: Places
    many_frequencies: Numbers
    lengths: Numbers
    offsets: Numbers
    maxima: NDArray[np.uint8]
    norms: Scores
    k1: float


class _Terms(NamedTuple):
    """A query's distinct terms: where their postings begin and end, their rows of blocks or -1.

    `bounds` are the most they can add, per unit where there is a row; `tables` what an entry can add at most,
    by its code; `idfs` for scoring. `query` are the terms as the query has them.
    """

    starts: Places
    ends: Places
    rows: Places
    bounds: Sums
    tables: Sums
    idfs: Scores
    query: Places


class _Window(NamedTuple):
    """Of each term: the window's postings, and the most it can add to a document in it; the terms by that.

    `sums` are what documents have reached, `ahead` what the terms that have not been read can add by blocks,
    and `near` the documents that may be among the best. `read` is how many postings have been.
    """

    here: Places
    after: Places
    most: Sums
    order: Places
    sums: Sums
    ahead: Sums
    near: Numbers
    read: Places


class _Top(NamedTuple):
    """The best so far: documents, -1 where there is none yet, and scores."""

    documents: Places
    scores: Scores


class Pruned:
    """Finds the best of a segment that has blocks.

    `norms` are by length, for the average length `average`.
    """

    def __init__(self, of: Segment, norms: Scores, k1: float, average: float) -> None:
        assert of.blocks is not None  # noqa: S101  # only such segments are searched here
        self._blocks, self._bounds = of.blocks, of.text.bounds
        self._grown = max(1.0, average / float(of.blocks.average[0]))
        self._saturations = (k1 + 1) * _saturations(norms[of.shortest])
        self._index = _Index(
            of.text.entries,
            of.text.many,
            of.text.many_frequencies,
            of.lengths,
            of.blocks.offsets,
            of.blocks.maxima,
            norms,
            k1,
        )

    def best(
        self, query: Places, terms: Places, idfs: Scores, among: Flags | None, limit: int
    ) -> tuple[Places, Scores]:
        """Return the documents with the highest scores and these, best first, ties by lower number.

        `terms` are places of distinct terms in the segment, `idfs` theirs, `query` places in `terms`. Only
        documents that `among` flags count.
        """
        rows = self._blocks.rows(terms)
        weights = idfs * np.bincount(query, minlength=len(terms))
        most = np.where(rows < 0, self._blocks.most[terms], UNIT) * self._grown
        asked = _Terms(
            self._bounds[terms],
            self._bounds[terms + 1],
            rows,
            (weights * most).astype(np.float32),
            np.outer(weights, self._saturations).astype(np.float32),
            idfs,
            query,
        )
        top = _best(self._index, asked, _ALL if among is None else among, limit)
        found = top.documents >= 0
        return top.documents[found], top.scores[found]


def prepare() -> None:
    """Do ahead what the first search would have to: compile, or read what was compiled and kept."""
    word = Forms(("a",), (("a",),))
    made = segment([(1, Document(title="a", abstract=""))], lambda _: word)
    made = replace(made, blocks=Blocks.of(made.text, made.lengths, 1.0, 0.0))
    for _, array in flat(made):
        array.flags.writeable = False  # as it is of what is mapped: for others it would be compiled again
    first = np.zeros(1, dtype=np.int64)
    Pruned(made, np.ones(int(made.lengths.max()) + 1), 1.0, 1.0).best(first, first, np.ones(1), None, 1)


def _saturations(norms: Scores) -> Scores:
    """Return how far a term has come to its most, 0 to 1, by the codes of entries; norms are by grade."""
    frequencies = np.arange(_CODES // GRADES, dtype=np.float64)
    frequencies[MANY] = np.inf  # it stands for all that are greater
    grades = norms[:, np.newaxis]
    found: Scores = 1 / (1 + grades / np.maximum(frequencies, 1))
    return found.reshape(-1)


@_compiled
def _best(index: _Index, terms: _Terms, among: Flags, limit: int) -> _Top:
    size = len(terms.starts)
    window = _Window(
        terms.starts.copy(),
        terms.starts.copy(),
        np.zeros(size, np.float32),
        np.arange(size),
        np.zeros(_WINDOW, np.float32),
        np.zeros(_BLOCKS, np.float32),
        np.zeros(_WINDOW + 1, np.int32),
        np.zeros(1, np.int64),
    )
    top = _Top(np.full(limit, -1, np.int64), np.zeros(limit, np.float64))
    floor = np.float32(0)
    blocks = (len(index.lengths) + BLOCK - 1) // BLOCK
    last = 0
    while last < blocks:
        first = last
        last = min(
            blocks, first + max(1, min(first, _BLOCKS))
        )  # small at first, so that the floor soon rises
        _enter(index, terms, window, first, last)
        others, least = 0, np.float32(0)
        for place in range(size):
            least += window.most[window.order[place]]
            if least < floor:
                others = place + 1
        if others == size:
            continue
        for place in range(others, size):
            _add(index, terms, window, window.order[place])
        _look_ahead(index, terms, window, others, first, last)
        count = _near(index, terms, window, others, first, last, floor)
        while others > 0:
            t = window.order[others - 1]
            if count * _LOOK_UP < window.after[t] - window.here[t]:
                break
            others -= 1
            _add(index, terms, window, t)
            _look_ahead(index, terms, window, others, first, last)
            count = _near(index, terms, window, others, first, last, floor)
        if count:
            base = first // _BLOCKS * _WINDOW
            floor = _examine(index, terms, window, others, base, count, among, top, floor)
        _clear(index, terms, window, others)
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
            while place < terms.ends[t] and index.entries[place] >> CODE_BITS < last * BLOCK:
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
def _add(index: _Index, terms: _Terms, window: _Window, t: int) -> None:
    """Add what a term gives the window's documents."""
    entries, sums, table = index.entries, window.sums, terms.tables[t]
    for posting in range(window.here[t], window.after[t]):
        entry = entries[posting]
        sums[(entry >> CODE_BITS) & (_WINDOW - 1)] += table[entry & (_CODES - 1)]
    window.read[0] += window.after[t] - window.here[t]


@_inlined
def _look_ahead(  # noqa: PLR0913, PLR0917  # each step sees the whole state of the search
    index: _Index, terms: _Terms, window: _Window, others: int, first: int, last: int
) -> None:
    """Add up for each block of the window the most that its first `others` terms can add."""
    maxima, ahead = index.maxima, window.ahead
    ahead[:] = 0
    for place in range(others):
        t = window.order[place]
        row, bound, most = terms.rows[t], terms.bounds[t], window.most[t]
        for block in range(first, last):
            ahead[block % _BLOCKS] += bound * np.float32(maxima[row, block]) if row >= 0 else most


@_inlined
def _near(  # noqa: PLR0913, PLR0917  # as _look_ahead
    index: _Index, terms: _Terms, window: _Window, others: int, first: int, last: int, floor: np.float32
) -> int:
    """List the window's documents that may come to the floor; return how many. Some may be listed twice.

    Where few postings have been read, these are gone through again, else the whole window.
    """
    entries, sums, ahead, near = index.entries, window.sums, window.ahead, window.near
    count = 0
    if window.read[0] < _FEW:
        for place in range(others, len(terms.starts)):
            t = window.order[place]
            for posting in range(window.here[t], window.after[t]):
                local = (entries[posting] >> CODE_BITS) & (_WINDOW - 1)
                near[count] = local
                count += sums[local] + ahead[local >> _BLOCK_BITS] >= floor
        return count
    for block in range(first % _BLOCKS, first % _BLOCKS + last - first):
        bar = max(floor - ahead[block], _LEAST)
        begin = block * BLOCK
        here = 0
        for local in range(begin, begin + BLOCK):  # as processors like it: eight or sixteen at once
            here += sums[local] >= bar
        if here:
            for local in range(begin, begin + BLOCK):
                near[count] = local
                count += sums[local] >= bar
    return count


@_inlined
def _clear(index: _Index, terms: _Terms, window: _Window, others: int) -> None:
    """Take back what was added."""
    entries, sums = index.entries, window.sums
    if window.read[0] < _FEW:
        for place in range(others, len(terms.starts)):
            t = window.order[place]
            for posting in range(window.here[t], window.after[t]):
                sums[(entries[posting] >> CODE_BITS) & (_WINDOW - 1)] = 0
    else:
        sums[:] = 0
    window.read[0] = 0


@_compiled
def _examine(  # noqa: PLR0913, PLR0917  # as _look_ahead; a call in the loop costs more than its work
    index: _Index,
    terms: _Terms,
    window: _Window,
    others: int,
    base: int,
    count: int,
    among: Flags,
    top: _Top,
    floor: np.float32,
) -> np.float32:
    """Take those of the documents near that may be among the best; return what is to be beaten then.

    The terms that have not been read are looked up, the heaviest first, until it is clear that they do not
    lift a document so far. (Arrays are unpacked before the loop: numba counts references where it is done.)
    """
    entries, lengths, norms = index.entries, index.lengths, index.norms
    offsets, maxima, many, many_frequencies = index.offsets, index.maxima, index.many, index.many_frequencies
    starts, rows, bounds, tables = terms.starts, terms.rows, terms.bounds, terms.tables
    idfs, query = terms.idfs, terms.query
    here, after, most, order = window.here, window.after, window.most, window.order
    near, sums, rest = window.near, window.sums, window.ahead
    best_documents, best_scores = top.documents, top.scores
    for place in range(count):
        local = near[place]
        so_far, ahead = sums[local], rest[local >> _BLOCK_BITS]
        sums[local] = 0
        document = base + local
        if so_far == 0 or so_far + ahead < floor or (len(among) and not among[document]):
            continue
        block = document >> _BLOCK_BITS
        other = others
        while other > 0 and so_far + ahead >= floor:
            other -= 1
            t = order[other]
            row = rows[t]
            if row >= 0:
                low, high = starts[t] + offsets[row, block], starts[t] + offsets[row, block + 1]
                ahead -= bounds[t] * np.float32(maxima[row, block])
                posting = _find_in_block(entries, low, high, document)
            else:
                ahead -= most[t]
                posting = _find(entries, here[t], after[t], document)
            if posting >= 0:
                so_far += tables[t, entries[posting] & (_CODES - 1)]
        if other > 0 or so_far < floor:
            continue
        norm = norms[lengths[document]]
        score = 0.0
        for t in query:
            posting = _find(entries, here[t], after[t], document)
            if posting >= 0:
                times = np.float64(entries[posting] & MANY)
                if times == MANY:
                    times = np.float64(many_frequencies[np.searchsorted(many, posting)])
                score += idfs[t] * (times * (index.k1 + 1) / (times + norm))
        _take(best_documents, best_scores, document, score)
        floor = np.float32(best_scores[-1] * _SLACK)
    return floor


@_inlined
def _find(entries: Entries, low: int, high: int, document: int) -> int:
    """Return the posting of a document among some of a term's, -1 where there is none."""
    end = high
    while low < high:
        middle = (low + high) >> 1
        if entries[middle] >> CODE_BITS < document:
            low = middle + 1
        else:
            high = middle
    return low if low < end and entries[low] >> CODE_BITS == document else -1


@_inlined
def _find_in_block(entries: Entries, low: int, high: int, document: int) -> int:
    """Do so among those of one block, from where it would stand if they were spread evenly."""
    if low == high:
        return -1
    place = low + ((document & (BLOCK - 1)) * (high - low) >> _BLOCK_BITS)
    while place > low and entries[place - 1] >> CODE_BITS >= document:
        place -= 1
    while place < high and entries[place] >> CODE_BITS < document:
        place += 1
    return place if place < high and entries[place] >> CODE_BITS == document else -1


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
