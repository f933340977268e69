"""Segments → one.

Law: what is merged says what a segment made of all its documents at once would say. Only what was written in
documents that are left out stays known: their words, and what they explained acronyms by.

Arrays come in pieces, a stretch of terms after the other, so that memory holds one stretch, however many
documents there are.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from bot.search import acronyms
from bot.search.arrays import Integers, spans
from bot.search.layout import Stretch, laid_out
from bot.search.postings import Postings, graded, shortest
from bot.search.segment import Array, Part, Piece, Segment, all_in_one, assembled, nested
from bot.search.words import Words


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


def _postings(
    name: str, parts: Sequence[Postings], homes: Sequence[Integers], grades: NDArray[np.uint8]
) -> Iterator[Piece]:
    hashes = np.unique(np.concatenate([part.hashes for part in parts]))
    terms = [hashes.searchsorted(part.hashes) for part in parts]
    sizes = np.zeros(len(hashes), dtype=np.int64)
    for part, places in zip(parts, terms, strict=True):
        sizes[places] += np.diff(part.bounds)
    stretches = (
        _joined([_stretch(*each, first, last) for each in zip(parts, terms, homes, strict=True)])
        for first, last in spans(sizes)
    )
    for array, piece in laid_out(stretches, hashes, grades):
        yield f"{name}.{array}", piece


def _stretch(part: Postings, terms: Integers, homes: Integers, first: int, last: int) -> Stretch:
    """Return the postings of the terms numbered `first` up to `last`, documents where they go."""
    low, high = (int(place) for place in terms.searchsorted((first, last)))
    stretch = slice(int(part.bounds[low]), int(part.bounds[high]))
    start, stop = int(part.place_bounds[low]), int(part.place_bounds[high])
    places = part.places[start:stop].astype(np.int64)
    widths = np.ones(len(places), dtype=np.int64)
    one, other = part.odd.searchsorted((start, stop))
    widths[part.odd[one:other] - start] = part.odd_spans[one:other]
    return Stretch(
        terms=np.repeat(terms[low:high], np.diff(part.bounds[low : high + 1])),
        documents=homes[part.documents(stretch)],
        frequencies=part.counts(stretch).astype(np.int64),
        occurrences=np.diff(np.flatnonzero(places & 1), prepend=-1),
        places=places,
        widths=widths,
    )


def _joined(stretches: Sequence[Stretch]) -> Stretch:
    """Put stretches together, ordered by term and document, without those that are left out."""
    terms, documents, frequencies, occurrences, places, widths = (
        np.concatenate(columns) for columns in zip(*stretches, strict=True)
    )
    kept = np.flatnonzero(documents >= 0)
    kept = kept[np.argsort((terms[kept] << 32) | documents[kept], kind="stable")]
    starts = np.cumsum(occurrences) - occurrences
    counts = occurrences[kept]
    along = np.arange(int(counts.sum())) + np.repeat(starts[kept] - (np.cumsum(counts) - counts), counts)
    return Stretch(terms[kept], documents[kept], frequencies[kept], counts, places[along], widths[along])


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
