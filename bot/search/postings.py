"""Where terms stand: the arrays that answer it, in memory or mapped from a file.

Law: postings never change once they are made, and hold no text. A term is known by a hash of 64 bits; among
the two million terms of all of arXiv two share one with a probability of one in ten million.

All arrays lie term after term, terms by ascending hash, a term's documents ascending:

    hashes      V      uint64   the terms
    bounds      V + 1  int64    where each term's postings begin
    entries     P      uint32   a posting: its document; four bits for the grade of its length; four for
                                how often the term counts in it, MANY where `many` tells (uint64 where
                                there are more documents than fit)
    many        M      int64    postings with a frequency of MANY or more, ascending
    many_frequencies M int32    their frequencies
    place_bounds V + 1 int64    where each term's occurrences begin
    places      O      uint16   an occurrence's place among the document's words, doubled, plus 1 where it
                                is the last of its posting
    odd         X      int64    occurrences that end elsewhere than one place later, ascending
    odd_spans   X      uint16   how many places those take

Integers are counted in words; stop words take none, and texts of one document lie apart by one place, so what
stands in a row has places in a row. A word with several forms takes places for all of them, and no row
changes from one form to another within it: `fine-tuning` takes two, where `fine` is the first, `tune` the
second, and `finetun` both. What ends at place LAST_PLACE or beyond is
found, but stands in no row with what follows.

A search that only has to know about how much a posting can add reads it from the entry alone: that is what
grades are for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.search.analyze import Forms
from bot.search.arrays import Integers, Numbers

Flags = NDArray[np.bool_]
Entries = NDArray[np.unsignedinteger[Any]]

MANY = 15
GRADES = 16
CODE_BITS = 8  # of an entry, beside its document
_FREQUENCY_BITS = 4
LAST_PLACE = (1 << 15) - 1
WIDEST = 63  # places that an occurrence takes; a word with more joints ends where no other begins
_MEMORY = 1 << 17  # terms whose hash is remembered
_AT_ONCE = 1 << 16  # occurrences of a term
_PLACE_BITS = 16  # a place among all documents' places: the document's number, and this many bits
_LAST = (1 << _PLACE_BITS) - 1


@lru_cache(_MEMORY)
def key(term: str) -> int:
    """Return the hash that a term is known by."""
    return int.from_bytes(blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


@dataclass(frozen=True, slots=True)
class Postings:
    """The terms of some documents; the arrays are described above."""

    hashes: NDArray[np.uint64]
    bounds: NDArray[np.int64]
    entries: Entries
    many: NDArray[np.int64]
    many_frequencies: Numbers
    place_bounds: NDArray[np.int64]
    places: NDArray[np.uint16]
    odd: NDArray[np.int64]
    odd_spans: NDArray[np.uint16]

    def find(self, hashed: int) -> int:
        """Return the place among the terms of the one with this hash, -1 where it stands nowhere."""
        place = int(self.hashes.searchsorted(np.uint64(hashed)))
        return place if place < len(self.hashes) and self.hashes[place] == hashed else -1

    def stretch(self, place: int) -> slice:
        """Return where a term's postings lie; none for the place -1."""
        return slice(0, 0) if place < 0 else slice(int(self.bounds[place]), int(self.bounds[place + 1]))

    def documents(self, stretch: slice) -> Numbers:
        """Return the documents of some postings that lie together."""
        return (self.entries[stretch] >> CODE_BITS).astype(np.int32)

    def times(self, place: int, documents: NDArray[Any]) -> tuple[NDArray[Any], Numbers]:
        """Return which of some documents, given ascending, have a term, and how often."""
        stretch = self.stretch(place)
        entries = self.entries[stretch]
        if not len(entries):
            return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.int32)
        places = entries.searchsorted(documents.astype(entries.dtype) << CODE_BITS)
        places[places == len(entries)] = 0
        has = np.flatnonzero(entries[places] >> CODE_BITS == documents)
        postings = stretch.start + places[has]
        found = (self.entries[postings] & MANY).astype(np.int32)
        many = np.flatnonzero(found == MANY)
        found[many] = self.many_frequencies[self.many.searchsorted(postings[many])]
        return has, found

    def counts(self, stretch: slice) -> Numbers:
        """Return the frequencies of some postings that lie together."""
        found = (self.entries[stretch] & MANY).astype(np.int32)
        first, last = self.many.searchsorted((stretch.start, stretch.stop))
        found[self.many[first:last] - stretch.start] = self.many_frequencies[first:last]
        return found

    def holding(self, words: Sequence[Forms], among: Flags) -> tuple[Numbers, Integers]:
        """Return where words stand in a row, each in whichever form: the documents, and where a row ends.

        Only documents that `among` flags are looked at; one comes as often as it has the row.
        """
        readers = {term: _Reader(self, term) for forms in words for way in forms.ways for term in way}
        longest = max((reader.length for reader in readers.values()), default=0)
        step = max(1, len(among) // (1 + longest // _AT_ONCE))
        found = [np.empty(0, dtype=np.int64)]
        for last in range(step, len(among) + step, step):
            here = {term: reader.read(last, among) for term, reader in readers.items()}
            ends: Integers | None = None
            for forms in words:
                ends = np.concatenate([_follow([here[term] for term in way], ends) for way in forms.ways])
            if ends is not None:
                found.append(ends)
        places = np.concatenate(found) - 1
        return (places >> _PLACE_BITS).astype(np.int32), places & _LAST

    def ends(self, starts: Integers, occurrences: Integers, odd: slice) -> Integers:
        """Return where some occurrences end that start there; `odd` is where the odd ones among them are."""
        ends = starts + 1
        here, there = _common(occurrences, self.odd[odd])
        widths = self.odd_spans[odd][there]
        ends[here] = starts[here] + widths
        beyond = (ends & _LAST) >= LAST_PLACE
        beyond[here] |= widths == WIDEST
        ends[beyond] |= _LAST  # where no place begins
        return ends


class _Reader:
    """Reads where a term stands from document to document, so that never much of it is in memory."""

    def __init__(self, postings: Postings, term: str) -> None:
        self._postings = postings
        place = postings.find(key(term))
        stretch = postings.stretch(place)
        self._posting, self._after = stretch.start, stretch.stop
        self._begin, self._last = (int(postings.place_bounds[place + n]) if place >= 0 else 0 for n in (0, 1))
        self.length = self._last - self._begin

    def read(self, last: int, among: Flags) -> tuple[Integers, Integers]:
        """Return where each occurrence begins and ends, counted over all documents.

        They are those in documents that `among` flags, from where the last call ended up to `last`.
        """
        documents = self._documents(last)
        if not len(documents):
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        coded, owners = self._occurrences(len(documents))
        wanted = np.flatnonzero(among[documents][owners])
        starts = documents[owners[wanted]].astype(np.int64) << _PLACE_BITS
        starts += coded[wanted] >> 1
        odd = slice(*self._postings.odd.searchsorted((self._begin, self._begin + len(coded))).tolist())
        ends = self._postings.ends(starts, self._begin + wanted, odd)
        self._begin += len(coded)
        return starts, ends

    def _documents(self, last: int) -> Numbers:
        entries = self._postings.entries[self._posting : self._after]
        if len(entries) and int(entries[-1]) >> CODE_BITS >= last:
            entries = entries[: int(entries.searchsorted(entries.dtype.type(last << CODE_BITS)))]
        first, self._posting = self._posting, self._posting + len(entries)
        return self._postings.documents(slice(first, self._posting))

    def _occurrences(self, documents: int) -> tuple[NDArray[np.uint16], Numbers]:
        """Return the next that are of so many documents, and which of them each is of."""
        size = 2 * documents  # most have a term once
        while True:
            coded = self._postings.places[self._begin : min(self._begin + size, self._last)]
            closes = coded & 1
            closed = np.cumsum(closes, dtype=np.int32)
            if closed[-1] >= documents:
                count = int(closed.searchsorted(documents)) + 1
                return coded[:count], closed[:count] - closes[:count]
            size *= 2


def _follow(way: Sequence[tuple[Integers, Integers]], ends: Integers | None) -> Integers:
    """Return where the terms of a way end that begin at one of the places `ends`; None: anywhere."""
    for starts, after in way:
        ends = after if ends is None else after[_are_in(starts, ends)]
    return np.empty(0, dtype=np.int64) if ends is None else ends


def packed(documents: NDArray[Any], frequencies: NDArray[Any], grades: NDArray[np.uint8]) -> Entries:
    """Return the entries of postings; `grades` are those of all documents."""
    kind = np.uint32 if len(grades) <= 1 << (32 - CODE_BITS) else np.uint64
    entries: Entries = documents.astype(kind)
    entries <<= kind(CODE_BITS)
    entries |= grades[documents] << _FREQUENCY_BITS
    entries |= np.minimum(frequencies, MANY).astype(np.uint8)
    return entries


def shortest(lengths: Numbers) -> Numbers:
    """Return the length that each grade begins with; about as many documents have each."""
    if not len(lengths):
        return np.zeros(GRADES, dtype=np.int32)
    return np.sort(lengths)[np.arange(GRADES) * len(lengths) // GRADES]


def graded(lengths: Numbers, shortest: Numbers) -> NDArray[np.uint8]:
    """Return the grades of documents of these lengths."""
    return (shortest.searchsorted(lengths, side="right") - 1).astype(np.uint8)


def _common(some: Integers, others: Integers) -> tuple[Integers, Integers]:
    """Return where in each of two lists of ascending numbers those stand that both have."""
    places = some.searchsorted(others)
    there = np.flatnonzero(places < len(some))
    there = there[some[places[there]] == others[there]]
    return places[there], there


def _are_in(values: Integers, pool: Integers) -> Flags:
    """Return which values are in a pool; as both are nearly sorted, this takes a third of np.isin's time."""
    if not len(pool):
        return np.zeros(len(values), dtype=np.bool_)
    pool = np.sort(pool)
    places = np.searchsorted(pool, values)
    places[places == len(pool)] = 0
    found: Flags = pool[places] == values
    return found
