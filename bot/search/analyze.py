"""The one analyzer: text → words → terms, for papers, queries and snippets alike.

Law: whatever two texts share for a reader, they share as terms. A word is a stretch of text as written; it
keeps its place, so that it can be shown. A term is what the index knows: compatibility forms unified (NFKC),
diacritics folded, lower case, stop words gone, English endings taken off by Snowball.

A word may stand for several terms. `fine-tuning` is fine, tune and finetun, so that it meets `finetuning` and
`fine tuning`; `PolyLM` is polylm, poli and lm. Chinese, Japanese, Korean and Thai run their words together:
such a run is cut into overlapping pairs of characters.
"""

import re
import threading
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import Stemmer

from bot.search.stopwords import STOP_WORDS

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f"  # jamo and half-width kana too: NFKC composes them
)
JOINER = "-\u2010\u2011_'\u2019"
_LETTER = rf"[^\W_{UNSPACED}]"
_MARK = "[\u0300-\u036f]"
_RUN = rf"(?:{_LETTER}++{_MARK}*+)++"
WORD = re.compile(rf"[{UNSPACED}]+|{_RUN}(?:[{JOINER}]{_RUN})*")

_ASCII_WORD = re.compile(
    "[A-Za-z0-9]++(?:[-_'][A-Za-z0-9]++)*+"
)  # what WORD finds there, in a third of the time

_UNSPACED_RUN = re.compile(rf"[{UNSPACED}]")
_HYPHEN = re.compile("[-\u2010\u2011_]")
_APOSTROPHE = re.compile("['\u2019]")
_POSSESSIVE = re.compile("['\u2019]s$", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ACRONYMS = re.compile("[b-df-hj-np-tv-xz]{2,}[b-df-hj-np-rtv-xz]s")  # llms, gpts
_NO_MARK = str.maketrans("øØłŁđĐħĦŧŦ", "oOlLdDhHtT")  # strokes, which Unicode takes for parts of the letter
# What index a text makes: to be raised with every change of that. Stemmer and Unicode have their own say.
VERSION = f"1, Snowball {Stemmer.version()}, Unicode {unicodedata.unidata_version}"

_SHORTEST_CAMEL_START = 3  # PolyLM is poly and lm, but LoRA is no "lo" and "ra", OLMoE no "e"
_MEMORY = 1 << 18  # distinct words remembered; about 60 MB when full


@dataclass(frozen=True, slots=True)
class Forms:
    """What a word as written stands for.

    `terms`: all its terms, each once, for ranking. `ways`: each a row of terms that together amount to having
    the word; a text that has every term of one way has the word.
    """

    terms: tuple[str, ...]
    ways: tuple[tuple[str, ...], ...]

    @property
    def unspaced(self) -> bool:
        """Whether this is a run of characters whose words nobody has parted: only such have one long way."""
        return len(self.ways) == 1 and len(self.ways[0]) > 1


class Word(NamedTuple):
    """A word in a text: text[start:end], and what it stands for. Stop words are no words here."""

    start: int
    end: int
    forms: Forms


class Analyzer:
    """Cuts text into words and terms. Safe to share between threads."""

    def __init__(self) -> None:
        self._stemmer = Stemmer.Stemmer("english")
        self._stemming = threading.Lock()  # a PyStemmer object must not be used by two threads at once
        self.forms = lru_cache(maxsize=_MEMORY)(self._forms)

    def words(self, text: str) -> Iterator[Word]:
        """Return the words of the text in their order, stop words left out."""
        return words(text, self.forms)

    def terms(self, text: str) -> list[str]:
        """Return the terms of the text in their order, each as often as it occurs."""
        found: list[str] = []
        for word in split(text):
            found += self.forms(word).terms
        return found

    def _forms(self, word: str) -> Forms:
        if (
            word.isascii() and word.isalpha() and word[1:].islower()
        ):  # most words; the rest below does the same
            stems = self._stems([word])
            return Forms(stems, (stems,) if stems else ())
        if _UNSPACED_RUN.match(word):
            pairs = _pairs(unicodedata.normalize("NFKC", word))
            return Forms(tuple(dict.fromkeys(pairs)), (pairs,))
        folded = _POSSESSIVE.sub("", fold(word))
        parts = [part for part in _HYPHEN.split(_APOSTROPHE.sub("", folded)) if part]
        pieces = [piece for part in parts for piece in _camel_pieces(part)]
        whole = self._stems(parts)
        joined = self._stems(["".join(parts)]) if len(parts) > 1 else ()
        apart = self._stems(pieces) if len(pieces) > len(parts) else ()
        ways = tuple(way for way in (whole, joined, apart) if way)
        return Forms(tuple(dict.fromkeys(term for way in ways for term in way)), ways)

    def _stems(self, parts: list[str]) -> tuple[str, ...]:
        lowered = [_singular(part.casefold()) for part in parts]
        with self._stemming:
            return tuple(self._stemmer.stemWord(part) for part in lowered if part not in STOP_WORDS)


def split(text: str) -> list[str]:
    """Return the words of a text as they stand there, stop words included."""
    return (_ASCII_WORD if text.isascii() else WORD).findall(text)


def name_forms(word: str) -> Forms:
    """Return what a word of a person's name stands for: no name is a stop word, and none has an ending."""
    if _UNSPACED_RUN.match(word):
        pairs = _pairs(unicodedata.normalize("NFKC", word))
        return Forms(tuple(dict.fromkeys(pairs)), (pairs,))
    parts = tuple(part.casefold() for part in _HYPHEN.split(_APOSTROPHE.sub("", fold(word))) if part)
    joined = ("".join(parts),)
    return Forms(tuple(dict.fromkeys(parts + joined)), (parts, joined) if len(parts) > 1 else (joined,))


def words(text: str, forms: Callable[[str], Forms]) -> Iterator[Word]:
    """Yield the words of a text in their order, those left out that stand for nothing."""
    for match in WORD.finditer(text):
        found = forms(match[0])
        if found.terms:
            yield Word(*match.span(), found)


def fold(word: str) -> str:
    """Return a word in compatibility forms (NFKD) without its diacritics: Łukasz is Lukasz, Søren Soren."""
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFKD", word).translate(_NO_MARK)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _pairs(run: str) -> tuple[str, ...]:
    if len(run) == 1:
        return (run,)
    return tuple(run[place : place + 2] for place in range(len(run) - 1))


def _camel_pieces(part: str) -> list[str]:
    pieces = _CAMEL.split(part)
    long_enough = len(pieces[0]) >= _SHORTEST_CAMEL_START and all(len(piece) > 1 for piece in pieces)
    return pieces if long_enough else [part]


def _singular(part: str) -> str:
    """Return an acronym without its plural's ending: of consonants alone, Snowball takes none off."""
    return part[:-1] if _ACRONYMS.fullmatch(part) else part
