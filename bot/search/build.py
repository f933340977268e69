"""Documents → a segment in a folder.

Law: memory holds the texts of a few lots at a time; what is made of them is put on the disk until all of it
is merged, where there is one. Several lots are indexed by as many processes as there are cores; what comes
out is the same.
"""

import gc
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from itertools import chain
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from bot.search import spilled
from bot.search.analyze import Analyzer, Forms
from bot.search.arrays import let_go
from bot.search.blocks import Blocks
from bot.search.files import load, write
from bot.search.index import BIG, K1, B
from bot.search.merge import merged
from bot.search.segment import Document, Part, Piece, Segment, flat, nested, segment

if TYPE_CHECKING:
    from concurrent.futures import Future

_LETTERS = 1 << 26  # in a lot: 40,000 abstracts, or one giant
_APIECE = 100  # letters that a paper counts for beside its texts
_KEPT = 1 << 26  # bytes that are made of mapped segments before these are let go of

_BEHIND = 5  # of 19: who makes documents is waited for, and should have a core of its own

_LOT = ".lot"  # what a lot's file is called by

Numbered = tuple[int, Document]
Meaning = Callable[[str], Forms]
_Put = tuple[Path, spilled.Places]


def english() -> Meaning:
    """Return what tells what a word stands for."""
    return Analyzer().forms


def build(
    documents: Iterable[Numbered], folder: Path, corpus: int = 0, meaning: Callable[[], Meaning] = english
) -> None:
    """Index documents, given with their papers' ascending numbers, into a folder; OSError where it fails.

    `corpus` is the version of the corpus that they are; `meaning`, a function of a module, returns what tells
    what a word stands for.
    """
    keep(parts_of(documents, folder, meaning), folder, corpus)


def parts_of(
    documents: Iterable[Numbered], folder: Path | None, meaning: Callable[[], Meaning] = english
) -> list[Part]:
    """Index documents lot by lot; one lot at least.

    Several are put into a folder, which `keep` does not leave them in; without one they stay in memory.
    """
    lots = _lots(documents)
    first, second = next(lots), next(lots, None)
    if second is None:
        return [Part(segment(first, meaning()))]
    return [Part(made) for made in _segments(chain([first, second], lots), folder, meaning)]


def keep(parts: Sequence[Part], folder: Path, corpus: int) -> None:
    """Write the documents of segments as one into a folder, which holds nothing else then.

    Segments that nobody else holds are let go of before what is written is read: memory need not hold both.
    Raises OSError where it fails.
    """
    whole = len(parts) == 1 and parts[0].kept is None
    write(folder, flat(parts[0].segment) if whole else _frugally_merged(parts), corpus)
    del parts
    made = load(folder, corpus)
    if made.size >= BIG and find_spec("numba"):  # which has no wheels for Macs with Intel's processors
        write(folder, nested("blocks", Blocks.of(made.text, made.lengths, K1, B)), corpus)
    for lot in folder.glob(f"*{_LOT}"):
        lot.unlink()


def _frugally_merged(parts: Sequence[Part]) -> Iterator[Piece]:
    """Merge segments, and let what was read of them go now and then, where it is mapped from files."""
    read = 0
    for name, piece in merged(parts):
        yield name, piece
        read += piece.nbytes
        if read > _KEPT:
            let_go(array for part in parts for _, array in flat(part.segment))
            read = 0


def _segments(
    lots: Iterable[list[Numbered]], folder: Path | None, meaning: Callable[[], Meaning]
) -> Iterator[Segment]:
    """Index lots in other processes, which start clean: a copy of this one would have its locks."""
    from concurrent.futures.process import ProcessPoolExecutor

    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    cores = os.cpu_count() or 1
    at_work: deque[Future[Segment | _Put]] = deque()
    with ProcessPoolExecutor(
        cores,
        get_context("spawn"),
        initializer=_begin,
    ) as others:
        for place, lot in enumerate(lots):
            path = folder / f"{place}{_LOT}" if folder else None
            at_work.append(others.submit(_segment, lot, path, meaning))
            if len(at_work) > cores:  # no more texts than the processes need
                yield _made(at_work.popleft().result())
        while at_work:
            yield _made(at_work.popleft().result())


def _begin() -> None:
    """Prepare a process for its work, and let it end with the one that started it, however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches all; who started this ends in order
    gc.disable()  # it finds nothing there, and takes a twentieth of the time
    end_with_parent()
    if sys.platform != "win32":
        os.nice(_BEHIND)


def end_with_parent() -> None:
    """Let this process end with the one that started it, however that ends."""
    if parent := parent_process():
        Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)  # what waits for work, or to tell what came of it, would wait for ever


def _segment(lot: list[Numbered], path: Path | None, meaning: Callable[[], Meaning]) -> Segment | _Put:
    """Index a lot; return the segment, or where it was put."""
    made = segment(lot, _learnt(meaning))
    return (path, spilled.put(made, path)) if path else made


def _made(found: Segment | _Put) -> Segment:
    return found if isinstance(found, Segment) else spilled.mapped(*found)


@cache
def _learnt(meaning: Callable[[], Meaning]) -> Meaning:
    """Return what a process has learnt of words from lot to lot."""
    return meaning()


def _lots(documents: Iterable[Numbered]) -> Iterator[list[Numbered]]:
    lot: list[Numbered] = []
    letters = 0
    for number, document in documents:
        lot.append((number, document))
        letters += _APIECE + sum(map(len, (document.title, document.abstract, *document.authors)))
        if letters >= _LETTERS:
            yield lot
            lot, letters = [], 0
    yield lot
