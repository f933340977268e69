"""Documents → a segment in a folder.

Law: memory holds the texts of one lot at a time, and the postings of all.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from bot.search.analyze import Forms
from bot.search.blocks import Blocks
from bot.search.files import load, write
from bot.search.index import BIG, K1, B
from bot.search.merge import merged
from bot.search.segment import Document, Part, flat, nested, segment

_LETTERS = 1 << 25  # in a lot: 20,000 abstracts, or one giant

Numbered = tuple[int, Document]


def build(
    documents: Iterable[Numbered], forms: Callable[[str], Forms], folder: Path, corpus: int = 0
) -> None:
    """Index documents, given with their papers' ascending numbers, into a folder; OSError where it fails.

    `corpus` is the version of the corpus that they are.
    """
    keep(parts_of(documents, forms), folder, corpus)


def parts_of(documents: Iterable[Numbered], forms: Callable[[str], Forms]) -> list[Part]:
    """Index documents in memory, lot by lot; one lot at least."""
    return [Part(segment(lot, forms)) for lot in _lots(documents)]


def keep(parts: Sequence[Part], folder: Path, corpus: int) -> None:
    """Write the documents of segments as one into a folder; OSError where it fails."""
    write(
        folder, flat(parts[0].segment) if len(parts) == 1 and parts[0].kept is None else merged(parts), corpus
    )
    made = load(folder, corpus)
    if made.size >= BIG and find_spec("numba"):  # which has no wheels for Macs of the old kind
        write(folder, nested("blocks", Blocks.of(made.text, made.lengths, K1, B)), corpus)


def _lots(documents: Iterable[Numbered]) -> Iterator[list[Numbered]]:
    lot: list[Numbered] = []
    letters = 0
    for number, document in documents:
        lot.append((number, document))
        letters += len(document.title) + len(document.abstract)
        if letters >= _LETTERS:
            yield lot
            lot, letters = [], 0
    yield lot
