"""Segments → one.

Law: what is merged says what a segment made of all its documents at once would say. Only what was written in
documents that are left out stays known: their words, and what they explained acronyms by.

Arrays come in pieces, a stretch of terms after the other, so that memory holds one stretch, however many
documents there are.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.search import acronyms
from bot.search.postings import MANY, Postings, graded, packed, shortest, stretches
from bot.search.segment import Array, Part, Piece, Segment, all_in_one, assembled, nested
from bot.search.words import Words

Integers = NDArray[np.int64]


def merged(parts: Sequence[Part]) -> Iterator[Piece]:
    """Yield the arrays of one segment with all documents that are kept; no two of them have one number."""
    segments = [part.segment for part in parts]
    kept = [
        np.arange(part.segment.size) if part.kept is None else np.flatnonzero(part.kept) for part in parts
    ]
    columns = {
        name: np.concatenate([getattr(part, name)[keep] for part, keep in zip(segments, kept, strict=True)])
        for name in ("numbers", "lengths", "title_ends", "title_words", "years", "dates")
    }
    order = np.argsort(columns["numbers"], kind="stable")
    homes = _homes(order, kept, [part.size for part in segments])
    columns = {name: values[order] for name, values in columns.items()}
    columns["shortest"] = shortest(columns["lengths"])
    yield from columns.items()
    grades = graded(columns["lengths"], columns["shortest"])
    yield from _postings("text", [part.text for part in segments], homes, grades)
    authors = np.concatenate(
        [np.diff(part.author_bounds)[keep] for part, keep in zip(segments, kept, strict=True)]
    )
    bounds = np.concatenate(([0], np.cumsum(authors[order])))
    yield "author_bounds", bounds
    author_homes = [_author_homes(part, home, bounds) for part, home in zip(segments, homes, strict=True)]
    alike = np.zeros(int(bounds[-1]), dtype=np.uint8)
    yield from _postings("names", [part.names for part in segments], author_homes, alike)
    yield from _labels(segments, homes)
    yield from nested("words", Words.of(_summed(part.words for part in segments), len))
    yield from nested("author_words", Words.of(_summed(part.author_words for part in segments), len))
    yield from nested("explained", Words.of(_summed(part.explained for part in segments), acronyms.group))
    yield "lower", np.unique(np.concatenate([part.lower for part in segments]))


def combined(parts: Sequence[Part]) -> Segment:
    """Return one segment, in memory, with all documents that are kept."""
    arrays: defaultdict[str, list[Array]] = defaultdict(list)
    for name, piece in merged(parts):
        arrays[name].append(piece)
    return assembled({name: np.concatenate(pieces) for name, pieces in arrays.items()})


def _homes(order: Integers, kept: Sequence[Integers], sizes: Sequence[int]) -> list[Integers]:
    """Return for each segment where each of its documents goes, -1 where it is left out."""
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(len(order))
    homes, first = [], 0
    for keep, size in zip(kept, sizes, strict=True):
        home = np.full(size, -1, dtype=np.int64)
        home[keep] = places[first : first + len(keep)]
        first += len(keep)
        homes.append(home)
    return homes


def _author_homes(part: Segment, homes: Integers, bounds: Integers) -> Integers:
    """Return where each author goes, with the document."""
    counts = np.diff(part.author_bounds)
    owners = np.repeat(homes, counts)
    within = np.arange(len(owners)) - np.repeat(part.author_bounds[:-1], counts)
    found: Integers = np.where(owners < 0, -1, bounds[owners] + within)
    return found


class _Stretch(NamedTuple):
    """Postings of some terms: the last two columns have a row for an occurrence, the others for a posting."""

    terms: Integers
    documents: Integers
    frequencies: Integers
    occurrences: Integers
    places: Integers
    spans: Integers


def _postings(
    name: str, parts: Sequence[Postings], homes: Sequence[Integers], grades: NDArray[np.uint8]
) -> Iterator[Piece]:
    hashes = np.unique(np.concatenate([part.hashes for part in parts]))
    terms = [hashes.searchsorted(part.hashes) for part in parts]
    sizes = np.zeros(len(hashes), dtype=np.int64)
    for part, places in zip(parts, terms, strict=True):
        sizes[places] += np.diff(part.bounds)
    counts, place_counts = np.zeros_like(sizes), np.zeros_like(sizes)
    postings = occurrences = 0
    for first, last in stretches(sizes):
        found = _joined([_stretch(*each, first, last) for each in zip(parts, terms, homes, strict=True)])
        counts[first:last] = np.bincount(found.terms - first, minlength=last - first)
        place_counts[first:last] = np.bincount(
            found.terms - first, weights=found.occurrences, minlength=last - first
        )
        yield f"{name}.entries", packed(found.documents, found.frequencies, grades)
        many = np.flatnonzero(found.frequencies >= MANY)
        yield f"{name}.many", many + postings
        yield f"{name}.many_frequencies", found.frequencies[many].astype(np.int32)
        yield f"{name}.places", found.places.astype(np.uint16)
        odd = np.flatnonzero(found.spans != 1)
        yield f"{name}.odd", odd + occurrences
        yield f"{name}.odd_spans", found.spans[odd].astype(np.uint16)
        postings += len(found.documents)
        occurrences += len(found.places)
    used = counts > 0
    yield f"{name}.hashes", hashes[used]
    yield f"{name}.bounds", np.concatenate(([0], np.cumsum(counts[used])))
    yield f"{name}.place_bounds", np.concatenate(([0], np.cumsum(place_counts[used])))


def _stretch(part: Postings, terms: Integers, homes: Integers, first: int, last: int) -> _Stretch:
    """Return the postings of the terms numbered `first` up to `last`, documents where they go."""
    low, high = (int(place) for place in terms.searchsorted((first, last)))
    stretch = slice(int(part.bounds[low]), int(part.bounds[high]))
    start, stop = int(part.place_bounds[low]), int(part.place_bounds[high])
    places = part.places[start:stop].astype(np.int64)
    spans = np.ones(len(places), dtype=np.int64)
    one, other = part.odd.searchsorted((start, stop))
    spans[part.odd[one:other] - start] = part.odd_spans[one:other]
    return _Stretch(
        terms=np.repeat(terms[low:high], np.diff(part.bounds[low : high + 1])),
        documents=homes[part.documents(stretch)],
        frequencies=part.counts(stretch).astype(np.int64),
        occurrences=np.diff(np.flatnonzero(places & 1), prepend=-1),
        places=places,
        spans=spans,
    )


def _joined(stretches: Sequence[_Stretch]) -> _Stretch:
    """Put stretches together, ordered by term and document, without those that are left out."""
    terms, documents, frequencies, occurrences, places, spans = (
        np.concatenate(columns) for columns in zip(*stretches, strict=True)
    )
    kept = np.flatnonzero(documents >= 0)
    kept = kept[np.argsort((terms[kept] << 32) | documents[kept], kind="stable")]
    starts = np.cumsum(occurrences) - occurrences
    counts = occurrences[kept]
    along = np.arange(int(counts.sum())) + np.repeat(starts[kept] - (np.cumsum(counts) - counts), counts)
    return _Stretch(terms[kept], documents[kept], frequencies[kept], counts, places[along], spans[along])


def _labels(parts: Sequence[Segment], homes: Sequence[Integers]) -> Iterator[Piece]:
    found: dict[str, list[Integers]] = {}
    for part, home in zip(parts, homes, strict=True):
        counts, homes_of = part.labels.everything(), home[part.label_documents]
        for label, (first, last) in zip(counts, pairwise(accumulate([0, *counts.values()])), strict=True):
            documents = homes_of[first:last]
            found.setdefault(label, []).append(documents[documents >= 0])
    labels = {label: np.sort(np.concatenate(pieces)) for label, pieces in found.items()}
    labels = {label: documents for label, documents in labels.items() if len(documents)}
    yield from nested("labels", Words.of({label: len(each) for label, each in labels.items()}, all_in_one))
    yield "label_documents", np.concatenate([np.empty(0, np.int64), *labels.values()]).astype(np.int32)


def _summed(lists: Iterable[Words]) -> Counter[str]:
    total: Counter[str] = Counter()
    for words in lists:
        total.update(words.everything())
    return total
