"""The papers as search sees them: documents with fields, each indexed for what is asked of it.

Law: a collection never changes once it is built, so any number of threads may search it. Documents are
numbered from 0 in the order given; what is asked of all of them is answered by one flag a document.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np

from bot.search import acronyms
from bot.search.analyze import Analyzer, Forms, fold, name_forms
from bot.search.index import TITLE_WEIGHT, Bag, Bm25
from bot.search.positions import Flags, Positions
from bot.search.vocabulary import Numbers, Vocabulary, spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What of a paper is searched. `labels` name where it comes from; `dated` sorts by when it came out."""

    title: str
    abstract: str
    authors: Sequence[str] = ()
    labels: Sequence[str] = ()
    year: int | None = None
    dated: str = ""


class Collection:
    """Documents, indexed."""

    def __init__(self, documents: Sequence[Document], analyzer: Analyzer) -> None:
        self.size = len(documents)
        self._analyzer = analyzer
        texts = [text for document in documents for text in (document.title, document.abstract)]
        vocabulary = Vocabulary.of(texts)
        forms = [analyzer.forms(word) for word in vocabulary.words]
        self.bm25 = Bm25(_bag(vocabulary, forms))
        self._texts = Positions(vocabulary, forms)
        searched = np.array([bool(each.terms) for each in forms], dtype=np.bool_)[vocabulary.stream]
        self._title_words = np.bincount(vocabulary.texts[searched], minlength=len(texts))[0::2]
        self._written = vocabulary.counts()
        names = Vocabulary.of(chain.from_iterable(document.authors for document in documents))
        self._authors = Positions(names, [name_forms(word) for word in names.words])
        self._names = names.counts()
        authors = np.array([len(document.authors) for document in documents], dtype=np.int64)
        self._owners = np.repeat(np.arange(self.size), authors)
        self._labels = _by_label(documents)
        self._years = np.array([document.year or 0 for document in documents], dtype=np.int64)
        dated = sorted(range(self.size), key=lambda n: (documents[n].year or 0, documents[n].dated, n))
        self.newest_first: Numbers = np.array(dated[::-1], dtype=np.int64)
        self._long_forms = {
            short: tuple(word.forms for word in analyzer.words(long))
            for short, long in acronyms.mine(texts).items()
        }

    def having(self, forms: Forms) -> Flags:
        """Return which documents have a word, wherever its parts stand."""
        flags = self._having_all(forms.ways[0])
        for way in forms.ways[1:]:
            flags |= self._having_all(way)
        return flags

    def touching(self, forms: Forms) -> Flags:
        """Return which documents have a part of a word."""
        flags = np.zeros(self.size, dtype=np.bool_)
        for term in forms.terms:
            flags[self.bm25.postings(term)[0]] = True
        return flags

    def holding(self, words: Sequence[Forms]) -> Flags:
        """Return which documents hold words in a row, in the title or in the abstract."""
        texts = self._texts.holding(words)
        return texts[0::2] | texts[1::2]

    def titled(self, words: Sequence[Forms]) -> Flags:
        """Return which documents hold words in a row in their title."""
        return self._texts.holding(words)[0::2]

    def entitled(self, words: Sequence[Forms]) -> Flags:
        """Return which documents have just these words as their title."""
        flags: Flags = self._title_words == len(words)
        for forms in words:  # rarely one is left, and rows of words are dear to look for
            flags &= self.having(forms)
            if not flags.any():
                return flags
        return flags & self.titled(words)

    def by(self, names: Sequence[Forms]) -> Flags:
        """Return which documents have an author whose name has all of these, in any order."""
        found = np.logical_and.reduce([self._authors.holding([name]) for name in names])
        flags = np.zeros(self.size, dtype=np.bool_)
        flags[self._owners[found]] = True
        return flags

    def labelled(self, part: str) -> Flags:
        """Return which documents have a label with this in it, whatever the case."""
        flags = np.zeros(self.size, dtype=np.bool_)
        for label, documents in self._labels.items():
            if _folded(part) in label:
                flags[documents] = True
        return flags

    def dated(self, first: int, last: int) -> Flags:
        """Return which documents are of these years."""
        return (self._years >= first) & (self._years <= last) & (self._years > 0)

    def long_form(self, word: str) -> tuple[Forms, ...]:
        """Return what an acronym stands for here, or nothing.

        A word that is also an ordinary one, as SAFE is, must be written as an acronym.
        """
        short = word.lower()
        if short not in self._long_forms:
            short = short.removesuffix("s")  # LLMs are explained as LLM
        ordinary = short in self._written and not acronyms.looks_like_one(word)
        return () if ordinary else self._long_forms.get(short, ())

    @cached_property
    def words(self) -> Mapping[str, int]:
        """How often each word that is searched stands in the texts, folded to lower case."""
        return _folded_counts(each for each in self._written.items() if self._analyzer.forms(each[0]).terms)

    @cached_property
    def names(self) -> Mapping[str, int]:
        """How often each name stands among the authors, folded to lower case."""
        return _folded_counts(self._names.items())

    def _having_all(self, terms: Sequence[str]) -> Flags:
        if len(terms) == 1:
            has = np.zeros(self.size, dtype=np.bool_)
            has[self.bm25.postings(terms[0])[0]] = True
            return has
        counts = np.zeros(self.size, dtype=np.int32)
        for term in terms:
            counts[self.bm25.postings(term)[0]] += 1
        every: Flags = counts == len(terms)
        return every


def _bag(vocabulary: Vocabulary, forms: Sequence[Forms]) -> Bag:
    """Return the documents' terms; those of titles, which are the even texts, count TITLE_WEIGHT times."""
    names: dict[str, int] = {}
    for term in chain.from_iterable(each.terms for each in forms):
        names.setdefault(term, len(names))
    flat = np.array([names[term] for each in forms for term in each.terms], dtype=np.int64)
    index, owners = spread([each.terms for each in forms], vocabulary.stream)
    texts = vocabulary.texts[owners]
    times = np.where(texts % 2, 1, TITLE_WEIGHT)
    return Bag(
        names, np.repeat(flat[index], times), np.repeat(texts // 2, times), len(vocabulary.bounds) // 2
    )


def _by_label(documents: Sequence[Document]) -> dict[str, list[int]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for number, document in enumerate(documents):
        for label in document.labels:
            found[label].append(number)
    folded: defaultdict[str, list[int]] = defaultdict(list)
    for label, numbers in found.items():
        folded[_folded(label)] += numbers
    return dict(folded)


def _folded(text: str) -> str:
    return fold(text).casefold()


def _folded_counts(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    folded: defaultdict[str, int] = defaultdict(int)
    for word, count in counts:
        folded[_folded(word)] += count
    return dict(folded)
