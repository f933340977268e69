"""The best documents of many, without scoring them all: MaxScore, compiled.

Law: what it returns is what scoring every document would return, ties included; what it leaves out cannot be
among the best. It lets other threads run meanwhile.

Documents are gone through block by block. In each, a term can add so much at most; the terms that together
cannot lift a document over the best so far are not read, but looked up for documents that the rest brought
near (Turtle and Flood, Query evaluation: strategies and optimizations, 1995; block by block: Ding and Suel,
Faster top-k document retrieval using block-max indexes, 2011). Where so many documents are near that looking
up takes longer, they are read after all.

What is added up is no score, but a little more: the most that an entry's frequency gives in a document of its
grade of length, one number from a table of 256 for each term, and no arithmetic. Sums are of 32 bits, and
what is to be beaten counts a ten-thousandth less for that. Who passes is scored, term after term as the
query has them, as rank-bm25 would.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bot.search.analyze import Forms
from bot.search.arrays import Integers, Numbers
from bot.search.blocks import UNIT, Blocks
from bot.search.postings import GRADES, Entries, Flags
from bot.search.segment import Document, Segment, flat, segment

_Function = TypeVar("_Function", bound=Callable[..., Any])

Scores = NDArray[np.float64]
Sums = NDArray[np.float32]

# Compiled in. numba looks at this file alone to see whether what it has kept is still right: so what `blocks`
# and `postings` say is written here again, and a test compares.
BLOCK = 8_192
CODE_BITS = 8
MANY = 15

_SLACK = 1 - 1e-4  # a sum of 500 terms, and no query has more, is wrong by 3e-5 of itself at most
_FEW = BLOCK // 8  # postings of a block, which are gone through again rather than all its documents
_LOOK_UP = 64  # postings that are read in the time that one is looked up
_NEAR = 16  # postings, within which one is nearly always found
_AT_ONCE = 256  # sums, of which it is first asked whether any is high enough
_LEAST = np.float32(1e-30)  # below whatever a term adds
_CODES = 1 << CODE_BITS
_BLOCK_BITS = BLOCK.bit_length() - 1
_SHIFT = np.uint32(CODE_BITS)  # these three have no sign, which makes a loop faster
_CODE = np.uint32(_CODES - 1)
_LOCAL = np.uint32(BLOCK - 1)
_ALL = np.empty(0, dtype=np.bool_)


def _compiled(function: _Function) -> _Function:
    """Have a function compiled when it is first called, and kept where there is a place for that.

    What it takes must be no class of ours: numba looks at what an earlier version of this module has left
    there, and fails where it names a class that is gone.
    """
    made: Any
    try:
        made = njit(function, cache=True, nogil=True, error_model="numpy")
    except RuntimeError:  # no folder to keep it in, as on a read-only system
        made = njit(function, nogil=True, error_model="numpy")
    return cast("_Function", made)


def _within(function: _Function) -> _Function:
    """Have a function compiled with the one that calls it."""
    return cast("_Function", njit(function, error_model="numpy"))


def _inlined(function: _Function) -> _Function:
    """Have a function compiled into those that call it."""
    return cast("_Function", njit(function, error_model="numpy", forceinline=True))


class _Index(NamedTuple):
    """The arrays of a segment, and the norms of documents by their length."""

    entries: Entries
    many: Integers
    many_frequencies: Numbers
    lengths: Numbers
    offsets: Numbers
    maxima: NDArray[np.uint8]
    norms: Scores
    k1: float


class _Terms(NamedTuple):
    """A query's distinct terms: where their postings begin and end, their rows of blocks or -1.

    `bounds` are the most they can add, per unit where there is a row; `tables` what an entry can add at most,
    by its code; `idfs` are for scoring. `query` are the terms as the query has them.
    """

    starts: Integers
    ends: Integers
    rows: Integers
    bounds: Sums
    tables: Sums
    idfs: Scores
    query: Integers


class _Block(NamedTuple):
    """Of each term: the block's postings, and the most it can add to a document in it; the terms by that.

    `sums` are what the block's documents have reached, `near` those that may be among the best.
    """

    here: Integers
    after: Integers
    most: Sums
    order: Integers
    sums: Sums
    near: Numbers


class _Top(NamedTuple):
    """The best so far: documents, -1 where there is none yet, and scores."""

    documents: Integers
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
        self, query: Integers, terms: Integers, idfs: Scores, among: Flags | None, limit: int
    ) -> tuple[Integers, Scores]:
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
        documents, scores = _best(*self._index, *asked, _ALL if among is None else among, limit)
        found = documents >= 0
        return documents[found], scores[found]


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
def _best(  # noqa: PLR0913, PLR0917  # the fields of _Index and of _Terms, and a wish
    entries: Entries,
    many: Integers,
    many_frequencies: Numbers,
    lengths: Numbers,
    offsets: Numbers,
    maxima: NDArray[np.uint8],
    norms: Scores,
    k1: float,
    starts: Integers,
    ends: Integers,
    rows: Integers,
    bounds: Sums,
    tables: Sums,
    idfs: Scores,
    query: Integers,
    among: Flags,
    limit: int,
) -> tuple[Integers, Scores]:
    index = _Index(entries, many, many_frequencies, lengths, offsets, maxima, norms, k1)
    terms = _Terms(starts, ends, rows, bounds, tables, idfs, query)
    size = len(terms.starts)
    block = _Block(
        terms.starts.copy(),
        terms.starts.copy(),
        np.zeros(size, np.float32),
        np.arange(size),
        np.zeros(BLOCK, np.float32),
        np.zeros(BLOCK + 1, np.int32),
    )
    top = _Top(np.full(limit, -1, np.int64), np.zeros(limit, np.float64))
    floor = np.float32(0)
    for number in range((len(index.lengths) + BLOCK - 1) // BLOCK):
        _enter(index, terms, block, number)
        others, ahead, least = 0, np.float32(0), np.float32(0)
        for place in range(size):
            least += block.most[block.order[place]]
            if least < floor:
                others, ahead = place + 1, least
        read = _add(index, terms, block, others, size)
        if not read:
            continue
        count = _near(index, terms, block, others, read, floor - ahead)
        unread = 0
        for place in range(others):
            unread += block.after[block.order[place]] - block.here[block.order[place]]
        if count * _LOOK_UP > unread > 0:
            read += _add(index, terms, block, 0, others)
            others, ahead = 0, np.float32(0)
            count = _near(index, terms, block, others, read, floor)
        if count:
            floor = _examine(index, terms, block, others, ahead, number * BLOCK, count, among, top, floor)
        _clear(index, terms, block, others, read)
    return top.documents, top.scores


@_inlined
def _enter(index: _Index, terms: _Terms, block: _Block, number: int) -> None:
    """Go on to a block: find postings and bounds, and order the terms by their bounds."""
    for t in range(len(terms.starts)):
        row = terms.rows[t]
        if row >= 0:
            block.here[t] = terms.starts[t] + index.offsets[row, number]
            block.after[t] = terms.starts[t] + index.offsets[row, number + 1]
            block.most[t] = terms.bounds[t] * np.float32(index.maxima[row, number])
        else:
            place = block.after[t]
            block.here[t] = place
            while place < terms.ends[t] and index.entries[place] >> CODE_BITS < (number + 1) * BLOCK:
                place += 1
            block.after[t] = place
            block.most[t] = terms.bounds[t] if place > block.here[t] else np.float32(0)
    for place in range(1, len(terms.starts)):
        t = block.order[place]
        lower = place - 1
        while lower >= 0 and block.most[block.order[lower]] > block.most[t]:
            block.order[lower + 1] = block.order[lower]
            lower -= 1
        block.order[lower + 1] = t


@_inlined
def _add(index: _Index, terms: _Terms, block: _Block, first: int, last: int) -> int:
    """Add what some of the terms give the block's documents; return how many postings were read."""
    entries, sums = index.entries, block.sums
    read = 0
    for place in range(first, last):
        t = block.order[place]
        table = terms.tables[t]
        for posting in range(block.here[t], block.after[t]):
            entry = entries[posting]
            sums[(entry >> _SHIFT) & _LOCAL] += table[entry & _CODE]
        read += block.after[t] - block.here[t]
    return read


@_inlined
def _near(  # noqa: PLR0913, PLR0917  # each step sees the whole state of the search
    index: _Index, terms: _Terms, block: _Block, others: int, read: int, bar: np.float32
) -> int:
    """List the block's documents that have come to a bar; return how many. Some may be listed twice."""
    entries, sums, near = index.entries, block.sums, block.near
    count = 0
    if read < _FEW:
        for place in range(others, len(terms.starts)):
            t = block.order[place]
            for posting in range(block.here[t], block.after[t]):
                local = (entries[posting] >> _SHIFT) & _LOCAL
                near[count] = local
                count += sums[local] >= bar
        return count
    bar = max(bar, _LEAST)
    for part in range(BLOCK // _AT_ONCE):
        first = part * _AT_ONCE
        here = 0
        for local in range(first, first + _AT_ONCE):  # as processors like it: eight or sixteen in a step
            here += sums[local] >= bar
        if here:
            for local in range(first, first + _AT_ONCE):
                near[count] = local
                count += sums[local] >= bar
    return count


@_inlined
def _clear(index: _Index, terms: _Terms, block: _Block, others: int, read: int) -> None:
    """Take back what was added."""
    entries, sums = index.entries, block.sums
    if read >= _FEW:
        sums[:] = 0
        return
    for place in range(others, len(terms.starts)):
        t = block.order[place]
        for posting in range(block.here[t], block.after[t]):
            sums[(entries[posting] >> _SHIFT) & _LOCAL] = 0


@_within
def _examine(  # noqa: PLR0913, PLR0917  # as _near; a call in the loop costs more than its work
    index: _Index,
    terms: _Terms,
    block: _Block,
    others: int,
    unread: np.float32,
    base: int,
    count: int,
    among: Flags,
    top: _Top,
    floor: np.float32,
) -> np.float32:
    """Take those of the documents near that may be among the best; return what is to be beaten then.

    The terms that have not been read, which add `unread` at most, are looked up, the heaviest first, until it
    is clear that they do not lift a document so far. (Arrays are unpacked before the loop: numba counts
    references where it is done.)
    """
    entries, lengths, norms = index.entries, index.lengths, index.norms
    many, many_frequencies = index.many, index.many_frequencies
    tables, idfs, query = terms.tables, terms.idfs, terms.query
    here, after, most, order = block.here, block.after, block.most, block.order
    near, sums = block.near, block.sums
    best_documents, best_scores = top.documents, top.scores
    for place in range(count):
        local = near[place]
        so_far, ahead = sums[local], unread
        sums[local] = 0
        document = base + local
        if so_far == 0 or so_far + ahead < floor or (len(among) and not among[document]):
            continue
        other = others
        while other > 0 and so_far + ahead >= floor:
            other -= 1
            t = order[other]
            ahead -= most[t]
            posting = _find(entries, here[t], after[t], document)
            if posting >= 0:
                so_far += tables[t, entries[posting] & _CODE]
        if other > 0 or so_far < floor:
            continue
        norm, score = norms[lengths[document]], 0.0
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
    """Return the posting of a document among some of a block's, -1 where there is none.

    It is looked for near where it would stand if they were spread evenly, and where it is not there, by
    halves.
    """
    if low == high:
        return -1
    end = high
    guess = low + ((document & (BLOCK - 1)) * (high - low) >> _BLOCK_BITS)
    if entries[guess] >> CODE_BITS < document:
        low = guess + 1
        if guess + _NEAR < high:
            if entries[guess + _NEAR] >> CODE_BITS < document:
                low = guess + _NEAR + 1
            else:
                high = guess + _NEAR
    else:
        high = guess
        if guess - _NEAR >= low:
            if entries[guess - _NEAR] >> CODE_BITS < document:
                low = guess - _NEAR + 1
            else:
                high = guess - _NEAR
    while low < high:
        middle = (low + high) >> 1
        if entries[middle] >> CODE_BITS < document:
            low = middle + 1
        else:
            high = middle
    return low if low < end and entries[low] >> CODE_BITS == document else -1


@_inlined
def _take(documents: Integers, scores: Scores, document: int, score: float) -> None:
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
