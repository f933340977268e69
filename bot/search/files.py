"""A segment in a folder: an array a file, as numpy writes them, and a list of what they are.

Law: what is read is what was written, to the last bit, and by this version of the analyzer; all else is
refused. Nothing is unpickled. The list is written last, so what a folder's list names was whole.
"""

import json
import math
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
import xxhash

from bot.search.analyze import VERSION
from bot.search.blocks import BLOCK, FREQUENT, UNIT
from bot.search.index import K1, B
from bot.search.inverted import TITLE_WEIGHT
from bot.search.postings import GRADES, LAST_PLACE, MANY, WIDEST
from bot.search.segment import Array, Piece, Segment, assembled

_LIST = "index.json"
_FORMAT = 2
_NUMBERS = [BLOCK, FREQUENT, UNIT, K1, B, TITLE_WEIGHT, GRADES, LAST_PLACE, MANY, WIDEST]
# `numbers` are those that arrays are made with.
_VERSIONS = ("format", "numbers", "analysis", "corpus")
_SMALL = 1 << 16  # bytes; what is smaller is read rather than mapped


class DamagedError(Exception):
    """A folder holds nothing that this version may use; the message says why."""


class _Entry(NamedTuple):
    """What an array's file should hold: the kind of its numbers, its shape, where it begins, its digest."""

    kind: str
    shape: list[int]
    offset: int
    digest: str


def write(folder: Path, pieces: Iterable[Piece], corpus: int) -> None:
    """Write arrays, or more of them, of a version of the corpus to a folder; OSError where it fails."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, _File] = {}
    with ExitStack() as closing:
        for name, piece in pieces:
            if name not in files:
                files[name] = closing.enter_context(_File(folder / f"{name}.npy", piece))
            files[name].add(piece)
    try:
        arrays = _listed(folder, corpus)
    except DamagedError:
        arrays = {}
    arrays |= {name: file.entry() for name, file in files.items()}
    about = dict(zip(_VERSIONS, _versions(corpus), strict=True)) | {"arrays": arrays}
    about["digest"] = _list_digest(arrays)
    (folder / _LIST).write_text(json.dumps(about), encoding="utf-8")


def load(folder: Path, corpus: int = 0) -> Segment:
    """Return the segment of a version of the corpus, its arrays mapped from a folder; raises DamagedError."""
    listed = _listed(folder, corpus)
    with ThreadPoolExecutor() as beside:  # looking through a gigabyte takes a tenth of a second of each core
        mapped = beside.map(_mapped, (folder / f"{name}.npy" for name in listed), listed.values())
        arrays = dict(zip(listed, mapped, strict=True))
    try:
        return assembled(arrays)
    except (TypeError, KeyError) as error:
        raise DamagedError(f"{folder / _LIST} does not name a segment's arrays: {error}") from error


def _listed(folder: Path, corpus: int) -> dict[str, _Entry]:
    """Return what the folder should hold."""
    try:
        about = json.loads((folder / _LIST).read_text(encoding="utf-8"))
        found = [about[name] for name in _VERSIONS]
        whole = _list_digest(about["arrays"]) == about["digest"]
        arrays = {str(name): _Entry(*entry) for name, entry in about["arrays"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise DamagedError(f"{folder / _LIST} cannot be read: {error!r}") from error
    if found != _versions(corpus):
        raise DamagedError(f"{folder} is another version's: {found}, not {_versions(corpus)}")
    if not whole:
        raise DamagedError(f"{folder / _LIST} is not as it was written")
    return arrays


def _versions(corpus: int) -> list[object]:
    """Return the versions of what the folder should be, as _VERSIONS names them."""
    return [_FORMAT, _NUMBERS, VERSION, corpus]


def _list_digest(arrays: Mapping[str, object]) -> str:
    return xxhash.xxh3_128_hexdigest(json.dumps(arrays).encode())


def _mapped(path: Path, entry: _Entry) -> Array:
    """Map an array. Its header is not read: numpy parses it as Python, which threads must not do at once."""
    try:
        kind, shape = np.dtype(entry.kind), tuple(entry.shape)
        size = math.prod(shape)
        if size * kind.itemsize < _SMALL:
            array = np.fromfile(path, kind, size, offset=entry.offset).reshape(shape)
        else:
            array = np.asarray(np.memmap(path, kind, "r", entry.offset, shape))
        right = _digest(array) == entry.digest and path.stat().st_size == entry.offset + array.nbytes
    except (OSError, ValueError, TypeError, OverflowError) as error:
        raise DamagedError(f"{path} cannot be read: {error}") from error
    if not right:
        raise DamagedError(f"{path} is not as it was written")
    array.flags.writeable = False
    return array


def _digest(array: Array) -> str:
    return xxhash.xxh3_128_hexdigest(array.reshape(-1).view(np.uint8).data if array.size else b"")


class _File:
    """An array that grows in a file; its header has room for the size, and is written again at the end."""

    def __init__(self, path: Path, first: Array) -> None:
        self._kind, self._row = first.dtype, first.shape[1:]
        self._rows = 0
        self._digest = xxhash.xxh3_128()
        self._file = path.open("wb")
        self._write_header()
        self._offset = self._file.tell()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._file:
            self._file.seek(0)
            self._write_header()

    def add(self, piece: Array) -> None:
        """Put rows at the end."""
        if piece.dtype != self._kind or piece.shape[1:] != self._row:
            raise TypeError(f"a piece of {piece.dtype} {piece.shape} does not continue {self._kind}")
        data = np.ascontiguousarray(piece).reshape(-1).view(np.uint8).data
        self._digest.update(data)
        self._file.write(data)
        self._rows += len(piece)

    def entry(self) -> _Entry:
        """Return what has been written."""
        return _Entry(self._kind.str, [self._rows, *self._row], self._offset, self._digest.hexdigest())

    def _write_header(self) -> None:
        header = {"descr": self._kind.str, "fortran_order": False, "shape": (self._rows, *self._row)}
        np.lib.format.write_array_header_1_0(self._file, header)
