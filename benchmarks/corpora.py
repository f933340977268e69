"""Papers by the million, made from the seeds: the same every time, one after the other, none kept.

The first are the seeds' own papers. A made one has two halves of seeds' titles, and as many of the seeds'
sentences as some seed has. That alone would leave the vocabulary where the seeds have it, and flatter
whatever is measured; so invented words are put in: new ones as Heaps' law has it, V = K · n^β distinct terms
after n terms, and earlier ones again, with frequencies that fall as 1 / (rank + 100).

K and β go through the seeds (4,996 distinct terms among 53,868, each title once) and give 38,000 at 10,000
papers, 158,000 at 100,000, 657,000 at a million. What comes out is text, so that whatever reads papers can
be measured with it. A paper takes some 20 µs.
"""

import random
from collections.abc import Iterator, Sequence

from benchmarks.processes import SEEDS
from bot import identity
from bot.corpus import Piece, find_corpus, pieces_of
from bot.papers import Record
from bot.search.snippet import sentences

HEAPS_K = 5.824
HEAPS_BETA = 0.62
TERMS_A_PAPER = 141  # in the seeds, each title once
REPEATED = 8  # earlier invented words in a paper
_MANDELBROT = 100

# Vowels that the Snowball stemmer leaves at a word's end; four syllables: 5.3 million words.
_SYLLABLES = [consonant + vowel for consonant in "bcdfgjklmnprtvwz" for vowel in "aou"]
_BASE = len(_SYLLABLES)

Text = tuple[str, str]  # title, abstract


def seeds() -> list[Text]:
    """Return title and abstract of the seeds' papers."""
    corpus = find_corpus([SEEDS])
    pieces = (piece for file in corpus.files for piece in pieces_of(file, corpus.catalog))
    found = (piece.read() for piece in pieces if isinstance(piece, Piece))
    records = [each for each in found if isinstance(each, Record)]
    described = [identity.describe([records[place] for place in one]) for one in identity.group(records)]
    return [(paper.title, paper.abstract) for paper in described]


def papers(count: int, seed: int = 1) -> Iterator[Text]:
    """Yield title and abstract of `count` papers; fewer papers are the beginning of more."""
    known = seeds()
    yield from known[:count]
    spans = [(abstract, sentences(abstract)) for _, abstract in known]
    stock = [_halves(abstract[start:end]) for abstract, places in spans for start, end in places]
    lengths = [len(places) for _, places in spans]
    titles = [_halves(title) for title, _ in known]
    dice = random.Random(seed)
    invented = 0
    for number in range(len(known) + 1, count + 1):
        due = max(invented, distinct(number) - distinct(len(known)))
        words = [word(rank) for rank in (*range(invented, due), *_earlier(dice, invented))]
        invented = due
        title = f"{dice.choice(titles)[0]} {words.pop(0)} {dice.choice(titles)[1]}".strip() if words else ""
        yield title or dice.choice(known)[0], _abstract(dice, stock, dice.choice(lengths), words)


def distinct(papers: int) -> int:
    """Return how many distinct terms there should be in so many papers."""
    return int(HEAPS_K * (TERMS_A_PAPER * papers) ** HEAPS_BETA)


def word(rank: int) -> str:
    """Return an invented word, a different one for each rank below 5.3 million."""
    first, second, third, fourth = (rank // _BASE**power % _BASE for power in (0, 1, 2, 3))
    return _SYLLABLES[first] + _SYLLABLES[second] + _SYLLABLES[third] + _SYLLABLES[fourth]


def _earlier(dice: random.Random, invented: int) -> list[int]:
    """Choose ranks of invented words that occurred before."""
    if not invented:
        return []
    span = (invented + _MANDELBROT) / _MANDELBROT
    return [int(_MANDELBROT * (span ** dice.random() - 1)) for _ in range(REPEATED)]


def _abstract(dice: random.Random, stock: Sequence[Text], length: int, words: list[str]) -> str:
    """Join sentences, the words put into their middles, as evenly as may be."""
    length = max(length, 1)
    middles = [" ".join(words[place::length]) for place in range(length)]
    chosen = dice.choices(stock, k=length)
    return " ".join(f"{head} {middle} {tail}" for (head, tail), middle in zip(chosen, middles, strict=True))


def _halves(text: str) -> Text:
    """Cut a text at the blank after its middle; the second half may be empty."""
    place = text.find(" ", len(text) // 2)
    return (text[:place], text[place + 1 :]) if place >= 0 else (text, "")
