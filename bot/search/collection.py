"""The papers as search sees them: documents with fields, in segments, as if they were one.

Law: a collection never changes once it is made, so any number of threads may search it; what comes and goes
makes another, which shares what stays. What is asked of all documents is answered by a flag for each, in the
order in which the index numbers them; what has been left out is flagged nowhere.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Collection as Some
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np

from bot.search import acronyms
from bot.search.analyze import Analyzer, Forms, fold
from bot.search.arrays import Numbers
from bot.search.files import load
from bot.search.index import Bm25, joined, prepare
from bot.search.merge import combined
from bot.search.postings import Flags, key
from bot.search.segment import Document, Part, Segment, segment
from bot.search.words import Words

_LONG_FORMS = 32  # acronyms' that are remembered; a flag a document
_RATIO = 4  # a segment in memory is at least so many times as large as the next; smaller ones are merged


class Collection:
    """Segments, of which the first may be large and lie in files."""

    def __init__(self, parts: Sequence[Part], analyzer: Analyzer) -> None:
        self.parts = parts
        self._analyzer = analyzer
        self._firsts = [0, *accumulate(part.segment.size for part in parts)]
        self.bm25 = Bm25(parts)
        self.spelled_out = lru_cache(_LONG_FORMS)(self.holding)  # for long forms, which come again and again

    @classmethod
    def opened(cls, folder: Path, corpus: int, analyzer: Analyzer) -> "Collection":
        """Open the index of a version of the corpus in a folder; raises DamagedError."""
        return cls((Part(load(folder, corpus)),), analyzer)

    @classmethod
    def of(cls, documents: Sequence[Document], analyzer: Analyzer) -> "Collection":
        """Return documents, numbered from 0, indexed in memory."""
        return cls([Part(segment([*enumerate(documents)], analyzer.forms))], analyzer)

    def changed(self, come: Sequence[tuple[int, Document]], gone: Some[int]) -> "Collection":
        """Return the collection with documents of new or known papers, and without papers that have gone.

        Documents come with their papers' numbers, ascending.
        """
        out = np.unique(np.array([*gone, *(number for number, _ in come)], dtype=np.int32))
        parts = [_without(part, out) for part in self.parts]
        if come:
            parts.append(Part(segment(come, self._analyzer.forms)))
        while len(parts) > 1 + 1 and parts[-2].segment.size < _RATIO * parts[-1].segment.size:
            parts[-2:] = [Part(combined(parts[-2:]))]
        return Collection(parts, self._analyzer)

    def warm(self) -> None:
        """Have searches pass over most documents where there are many; until this is done they score all."""
        if any(part.segment.blocks is not None for part in self.parts):
            prepare()

    @cached_property
    def numbers(self) -> Numbers:
        """The number of each document's paper."""
        return joined([part.segment.numbers for part in self.parts])

    @cached_property
    def _kept(self) -> Flags | None:
        whole = all(part.kept is None for part in self.parts)
        return None if whole else joined([_kept(part) for part in self.parts])

    @property
    def size(self) -> int:
        """How many documents there are."""
        return self.bm25.corpus_size

    def everything(self) -> Flags:
        """Return flags for all documents."""
        return np.ones(self._firsts[-1], dtype=np.bool_) if self._kept is None else self._kept.copy()

    def document(self, number: int) -> int | None:
        """Return the document of a paper, None where it has none."""
        for part, first in zip(self.parts, self._firsts, strict=False):
            place = int(part.segment.numbers.searchsorted(number))
            there = part.segment.numbers[place : place + 1].tolist() == [number]
            if there and (part.kept is None or part.kept[place]):
                return first + place
        return None

    def having(self, forms: Forms) -> Flags:
        """Return which documents have a word, wherever its parts stand."""
        flags = self._having_all(forms.ways[0])
        for way in forms.ways[1:]:
            flags |= self._having_all(way)
        return flags

    def touching(self, forms: Forms) -> Flags:
        """Return which documents have a part of a word."""
        flags = np.zeros(self._firsts[-1], dtype=np.bool_)
        for term in forms.terms:
            self.bm25.mark(term, flags)
        return self._clean(flags)

    def holding(self, words: Sequence[Forms]) -> Flags:
        """Return which documents hold words in a row, in the title or in the abstract."""
        return self._holding(words, self._having_each(words))

    def titled(self, words: Sequence[Forms], among: Flags | None = None) -> Flags:
        """Return which documents hold words in a row in their title."""
        return self._holding(words, self._having_each(words) if among is None else among, titles=True)

    def entitled(self, words: Sequence[Forms], among: Flags) -> Flags:
        """Return which of the documents that have these words have just these as their title."""
        lengths = joined([part.segment.title_words for part in self.parts])
        flags: Flags = among & (lengths == len(words))
        return self.titled(words, flags) if flags.any() else flags  # rarely one is left, and rows are dear

    def by(self, names: Sequence[Forms]) -> Flags:
        """Return which documents have an author whose name has all of these, in any order."""
        return self._clean(joined([_by(part.segment, names) for part in self.parts]))

    def labelled(self, part: str) -> Flags:
        """Return which documents have a label with this in it, whatever the case."""
        sought = fold(part).casefold()
        return self._clean(joined([_labelled(each.segment, sought) for each in self.parts]))

    def dated(self, first: int, last: int) -> Flags:
        """Return which documents are of these years."""
        years = joined([part.segment.years for part in self.parts])
        return self._clean((years >= max(first, 1)) & (years <= last))

    def newest(self, found: Flags, limit: int) -> list[int]:
        """Return the newest of the documents found, newest first; of the same date the one that came last."""
        documents = np.flatnonzero(found)
        years, dates = (
            joined([getattr(part.segment, name) for part in self.parts])[documents]
            for name in ("years", "dates")
        )
        order = np.lexsort((self.numbers[documents], dates, years))[::-1]
        newest: list[int] = documents[order[:limit]].tolist()
        return newest

    def long_form(self, word: str) -> tuple[Forms, ...]:
        """Return what an acronym stands for here, or nothing.

        A word that is also an ordinary one, as SAFE is, must be written as an acronym.
        """
        short = word.lower()
        if len(short) > acronyms.LONGEST:
            return ()
        if not (long := self._meaning(short)) and short.endswith("s"):
            short = short.removesuffix("s")  # LLMs are explained as LLM
            long = self._meaning(short)
        if not long or (not acronyms.looks_like_one(word) and self._is_ordinary(short)):
            return ()
        return tuple(found.forms for found in self._analyzer.words(long))

    def words(self, lengths: Iterable[int]) -> Mapping[str, int]:
        """Return how often each word of these lengths stands in the texts, folded to lower case."""
        return self._counted(lengths, lambda part: part.words)

    def names(self, lengths: Iterable[int]) -> Mapping[str, int]:
        """Return how often each name of these lengths stands among the authors, folded to lower case."""
        return self._counted(lengths, lambda part: part.author_words)

    def _counted(self, lengths: Iterable[int], of: Callable[[Segment], Words]) -> dict[str, int]:
        counts: dict[str, int] = {}
        for length in lengths:
            first, *others = (of(part.segment).group(length) for part in self.parts)
            for other in others:
                for word, count in other.items():
                    first[word] = first.get(word, 0) + count
            counts |= first
        return counts

    def _meaning(self, short: str) -> str:
        explained: Counter[str] = Counter()
        for part in self.parts:
            explained.update(part.segment.explained.group(key(short)))
        return acronyms.meaning(short, explained)

    def _is_ordinary(self, short: str) -> bool:
        hashed = np.uint64(key(short))
        places = ((part.segment.lower, int(part.segment.lower.searchsorted(hashed))) for part in self.parts)
        return any(place < len(lower) and lower[place] == hashed for lower, place in places)

    def _having_each(self, words: Sequence[Forms]) -> Flags:
        flags = self.everything()
        for forms in words:
            flags &= self.having(forms)
        return flags

    def _having_all(self, terms: Sequence[str]) -> Flags:
        every = self.everything()
        for term in terms:
            has = np.zeros(len(every), dtype=np.bool_)
            self.bm25.mark(term, has)
            every &= has
        return every

    def _holding(self, words: Sequence[Forms], among: Flags, *, titles: bool = False) -> Flags:
        flags = np.zeros(self._firsts[-1], dtype=np.bool_)
        for part, (first, last) in zip(self.parts, pairwise(self._firsts), strict=True):
            documents, places = part.segment.text.holding(words, among[first:last])
            if titles:
                documents = documents[places < part.segment.title_ends[documents]]
            flags[first + documents] = True
        return flags

    def _clean(self, flags: Flags) -> Flags:
        return flags if self._kept is None else flags & self._kept


def _kept(part: Part) -> Flags:
    return np.ones(part.segment.size, dtype=np.bool_) if part.kept is None else part.kept


def _without(part: Part, numbers: Numbers) -> Part:
    """Return a part without the papers of these numbers."""
    places = part.segment.numbers.searchsorted(numbers)
    places[places == part.segment.size] = 0
    there = places[part.segment.numbers[places] == numbers] if part.segment.size else places[:0]
    if not len(there):
        return part
    kept = _kept(part).copy()
    kept[there] = False
    return Part(part.segment, kept)


def _by(part: Segment, names: Sequence[Forms]) -> Flags:
    found = np.ones(int(part.author_bounds[-1]), dtype=np.bool_)
    for name in names:
        holders, _ = part.names.holding([name], found)
        found = np.zeros_like(found)
        found[holders] = True
    flags = np.zeros(part.size, dtype=np.bool_)
    flags[part.author_bounds.searchsorted(np.flatnonzero(found), side="right") - 1] = True
    return flags


def _labelled(part: Segment, sought: str) -> Flags:
    flags = np.zeros(part.size, dtype=np.bool_)
    counts = part.labels.everything()
    for label, (first, last) in zip(counts, pairwise(accumulate([0, *counts.values()])), strict=True):
        if sought in label:
            flags[part.label_documents[first:last]] = True
    return flags
