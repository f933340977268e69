"""The lines of a text, each with its shape: all that a format needs to know of them."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from bot.corpus.furniture import is_furniture

# arXiv takes 1,920 characters; the longest abstracts anywhere are a few times that.
LONGEST_ABSTRACT = 20_000
SHORTEST_ABSTRACT = 60
LONGEST_TITLE = 300

NOT_UTF8 = "not valid UTF-8"
NO_WORDS = "no words"

_SAMPLE = 1_000  # characters that decide whether a line is prose
_NOISE = re.compile("[\x00-\x08\x0e-\x1f!-@\\[-`{-\x7f\ud800-\udfff]")
_DATA = re.compile(r'\s*(?:\{\s*"|\[\s*[\[{"]|@\w+\{|<\?xml|<!doctype)', re.IGNORECASE)
_FULL_STOP = re.compile(r"[.。][\"'”\u2019)\]]*\s*\Z")
_SENTENCES = re.compile(r"[^\W\d_]{3}\)?\.\s+[A-Z]|。.")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Shape(Enum):
    """What a line looks like, from its length and its punctuation alone."""

    FURNITURE = auto()  # the page's own words
    SHORT = auto()  # a title, or a text too short for an abstract
    SENTENCE = auto()  # a short abstract, or a title that ends in a full stop
    LONG = auto()  # prose too long for a title
    NOISE = auto()  # too long for a title, and no prose


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank, without its end. `fault` says why it cannot be shown, or is empty."""

    number: int
    text: str
    shape: Shape
    fault: str = ""

    @property
    def is_prose(self) -> bool:
        """Whether it has the shape of an abstract, readable or not."""
        return self.shape in (Shape.SENTENCE, Shape.LONG)

    @property
    def ends_in_full_stop(self) -> bool:
        """Whether it closes as a sentence does."""
        return _FULL_STOP.search(self.text[-10:]) is not None


@dataclass(frozen=True, slots=True)
class Found:
    """An abstract's line, and the line of its title where the page has one."""

    abstract: Line
    title: Line | None = None


@dataclass(frozen=True, slots=True)
class Stray:
    """A line that belongs to no paper, and why."""

    line: Line
    reason: str


def split(text: str) -> tuple[Line, ...]:
    """Every line of the text that is not blank, numbered from 1 as an editor does.

    Only a line feed ends a line, or a carriage return where there are no line feeds: the separators that
    `str.splitlines` adds (form feed, U+2028) stand inside abstracts that were copied from PDFs.
    """
    text = text.removeprefix("\ufeff")
    parts = text.split("\n") if "\n" in text else text.split("\r")
    numbered = ((number, part.rstrip("\r")) for number, part in enumerate(parts, 1))
    return tuple(_line(number, part) for number, part in numbered if part and not part.isspace())


def content(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Return the lines without the page's furniture."""
    return tuple(line for line in lines if line.shape is not Shape.FURNITURE)


def too_short(line: Line) -> str:
    """Say why a line of this shape is no abstract."""
    size = len(line.text.strip())
    if size < SHORTEST_ABSTRACT:
        return f"too short for an abstract: {size} characters"
    return "not an abstract: no full stop ends a sentence in it"


def _line(number: int, text: str) -> Line:
    shape = _shape(text)
    return Line(number, text, shape, _fault(text, shape))


def _shape(text: str) -> Shape:
    if is_furniture(text):
        return Shape.FURNITURE
    size = len(text.strip())
    if size < SHORTEST_ABSTRACT:
        return Shape.SHORT
    if not _reads_like_prose(text):
        return Shape.NOISE if size > LONGEST_TITLE else Shape.SHORT
    if size > LONGEST_TITLE:
        return Shape.LONG
    return Shape.SENTENCE if _FULL_STOP.search(text) or _SENTENCES.search(text) else Shape.SHORT


def _reads_like_prose(text: str) -> bool:
    """Three quarters of it letters and spaces, words of a usual length, and not the start of a data format.

    Scripts without spaces pass: only text in ASCII is held to the length of words.
    """
    sample = text[:_SAMPLE]
    if _DATA.match(sample) or len(_NOISE.findall(sample)) * 4 > len(sample):
        return False
    return not sample.isascii() or len(sample) < 30 * len(sample.split())


def _fault(text: str, shape: Shape) -> str:
    if shape is Shape.FURNITURE:
        return ""
    if not text.isascii() and _SURROGATE.search(text):
        return NOT_UTF8
    if len(text) > LONGEST_ABSTRACT:
        return f"too long for an abstract: {len(text):,} characters, at most {LONGEST_ABSTRACT:,}"
    if shape is Shape.NOISE:
        return "not prose"
    return "" if any(map(str.isalnum, text)) else NO_WORDS
