"""Some documents, indexed: everything that a search asks of them, as arrays.

Law: a segment never changes once it is made, holds nothing but plain arrays, and says the same whether they
lie in memory or are mapped from files. Its documents are numbered from 0 by ascending number of their papers.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.search import acronyms
from bot.search.analyze import Forms, fold, name_forms
from bot.search.arrays import Numbers
from bot.search.blocks import Blocks
from bot.search.inverted import invert
from bot.search.postings import LAST_PLACE, Flags, Postings, key, shortest
from bot.search.vocabulary import Vocabulary
from bot.search.words import Words, line

_PIECE = 1 << 14  # postings

Array = NDArray[Any]
Nested = Postings | Words | Blocks
Piece = tuple[str, Array]  # what an array is called, as `flat` calls it, and what comes next in it


class Document(NamedTuple):  # many go to other processes, which takes these half the time it takes others
    """What of a paper is searched. `labels` name where it comes from; `dated` sorts by when it came out."""

    title: str
    abstract: str
    authors: Sequence[str] = ()
    labels: Sequence[str] = ()
    year: int | None = None
    dated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Documents' terms and fields.

    `text` is of titles and abstracts. `names` is of authors, each of whom is a document there; those of
    document n are `author_bounds[n]` up to `author_bounds[n + 1]`. `numbers` are the papers'. `lengths` count
    terms, a title's TITLE_WEIGHT times; `shortest` begin their grades. A title takes the places below
    `title_ends`, and has `title_words` that are searched. `years` and `dates` are 0 where none is known.
    `labels` count their documents, and `label_documents` are those of the first, then of the second, and so
    on. `words` and `author_words` are what is written, folded, grouped by length; `lower` are the hashes of
    short words in lower case. `explained` are acronyms, each with a tab and what it stands for, grouped by
    the acronym's hash. `blocks` are there where so many documents are that a search should pass some over.
    """

    text: Postings
    names: Postings
    numbers: Numbers
    lengths: Numbers
    shortest: Numbers
    title_ends: NDArray[np.uint16]
    title_words: NDArray[np.uint16]
    years: NDArray[np.int16]
    dates: NDArray[np.int64]
    author_bounds: NDArray[np.int64]
    labels: Words
    label_documents: Numbers
    words: Words
    author_words: Words
    lower: NDArray[np.uint64]
    explained: Words
    blocks: Blocks | None = None

    @property
    def size(self) -> int:
        """How many documents there are."""
        return len(self.numbers)


@dataclass(frozen=True)
class Part:
    """A segment, and flags for those of its documents that are kept; None: all are."""

    segment: Segment
    kept: Flags | None = None

    @cached_property
    def size(self) -> int:
        """How many documents are kept."""
        return self.segment.size if self.kept is None else int(np.count_nonzero(self.kept))

    @cached_property
    def length(self) -> int:
        """How many terms the documents have that are kept."""
        lengths = self.segment.lengths
        return int((lengths if self.kept is None else lengths[self.kept]).sum(dtype=np.int64))

    @cached_property
    def longest(self) -> int:
        """How many terms the longest document has, be it kept or not."""
        return int(self.segment.lengths.max(initial=0))

    def among(self, flags: Flags | None) -> Flags | None:
        """Return the flags without documents that are left out; None for all."""
        if flags is None or self.kept is None:
            return self.kept if flags is None else flags
        return flags & self.kept

    def postings(self, place: int) -> Iterator[tuple[Numbers, Numbers]]:
        """Yield the kept documents that have the term at a place, ascending, and how often each has it.

        They come in pieces so small that a search takes no new memory for them.
        """
        text, stretch = self.segment.text, self.segment.text.stretch(place)
        for begin in range(stretch.start, stretch.stop, _PIECE):
            piece = slice(begin, min(begin + _PIECE, stretch.stop))
            documents, frequencies = text.documents(piece), text.counts(piece)
            if self.kept is not None:
                kept = self.kept[documents]
                documents, frequencies = documents[kept], frequencies[kept]
            yield documents, frequencies

    def frequency(self, place: int) -> int:
        """Return how many kept documents have the term at a place."""
        stretch = self.segment.text.stretch(place)
        if self.kept is None:
            return int(stretch.stop) - int(stretch.start)
        return int(np.count_nonzero(self.kept[self.segment.text.documents(stretch)]))


def flat(part: Segment) -> Iterator[Piece]:
    """Yield all arrays of a segment with their names: `numbers`, `text.bounds`."""
    for field in fields(Segment):
        value = getattr(part, field.name)
        if isinstance(value, Nested):
            yield from nested(field.name, value)
        elif value is not None:
            yield field.name, value


def nested(name: str, value: Nested) -> Iterator[Piece]:
    """Yield the arrays of a part of a segment with their names."""
    return ((f"{name}.{field.name}", getattr(value, field.name)) for field in fields(value))


def assembled(arrays: Mapping[str, Array]) -> Segment:
    """Return the segment of arrays named as by `flat`; KeyError or TypeError where they are not its."""
    groups: defaultdict[str, dict[str, Array]] = defaultdict(dict)
    parts: dict[str, Any] = {}
    for name, array in arrays.items():
        field, _, inner = name.partition(".")
        if inner:
            groups[field][inner] = array
        else:
            parts[name] = array
    parts |= {field: _NESTED[field](**inner) for field, inner in groups.items()}
    return Segment(**parts)


def segment(documents: Sequence[tuple[int, Document]], forms: Callable[[str], Forms]) -> Segment:
    """Index documents, given with their papers' ascending numbers; `forms` tells what a word stands for."""
    papers = [document for _, document in documents]
    texts = [text for paper in papers for text in (paper.title, paper.abstract)]
    written = Vocabulary.of(texts)
    meant = [forms(word) for word in written.words]
    text, title_words, title_ends, lengths = invert(written, meant, texts_each=2)
    called = Vocabulary.of(chain.from_iterable(paper.authors for paper in papers))
    names = invert(called, [name_forms(word) for word in called.words], texts_each=1).postings
    counts = written.counts()
    known = (each for each, form in zip(counts.items(), meant, strict=True) if form.terms)
    labels = _by_label(papers)
    return Segment(
        text=text,
        names=names,
        numbers=np.array([number for number, _ in documents], dtype=np.int32),
        lengths=lengths,
        shortest=shortest(lengths),
        title_ends=np.minimum(title_ends, LAST_PLACE).astype(np.uint16),
        title_words=np.minimum(title_words, LAST_PLACE).astype(np.uint16),
        years=np.array([paper.year or 0 for paper in papers], dtype=np.int16),
        dates=np.array([paper.dated for paper in papers], dtype=np.int64),
        author_bounds=np.cumsum([0, *(len(paper.authors) for paper in papers)], dtype=np.int64),
        labels=Words.of({label: len(numbers) for label, numbers in labels.items()}, group=all_in_one),
        label_documents=np.array([*chain.from_iterable(labels.values())], dtype=np.int32),
        words=Words.of(folded(known), group=len),
        author_words=Words.of(folded(called.counts().items()), group=len),
        lower=hashes(word for word in counts if len(word) <= acronyms.LONGEST and word.islower()),
        explained=Words.of(acronyms.explained(texts), acronyms.group),
    )


_NESTED: dict[str, type[Nested]] = {
    name: kind
    for kind, names in (
        (Postings, ("text", "names")),
        (Words, ("labels", "words", "author_words", "explained")),
        (Blocks, ("blocks",)),
    )
    for name in names
}


def hashes(words: Iterable[str]) -> NDArray[np.uint64]:
    """Return the hashes of distinct words, ascending."""
    return np.unique(np.fromiter(map(key, words), dtype=np.uint64))


def folded(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return the words folded to lower case, counts of what has become the same added up."""
    found: defaultdict[str, int] = defaultdict(int)
    for word, times in counts:
        found[word.lower() if word.isascii() else fold(word).casefold()] += times
    return dict(found)


def _by_label(papers: Sequence[Document]) -> dict[str, list[int]]:
    found: defaultdict[str, dict[int, None]] = defaultdict(dict)
    for number, paper in enumerate(papers):
        for label in paper.labels:
            found[line(fold(label).casefold())][number] = None
    return {label: list(numbers) for label, numbers in found.items()}


def all_in_one(_: str) -> int:
    """Return the group of what is kept in one."""
    return 0
