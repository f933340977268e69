"""Folders and files of papers → `Corpus`, and each of its files → pieces. It writes nothing.

Law: the one module here that touches the disk. What stands in a file makes nothing raise; a disk that fails
raises OSError where that is said. However large a file is, little of it is in memory at a time.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import NamedTuple

import xxhash

from bot.corpus import formats
from bot.corpus.catalog import Catalog, Entry, read_catalog
from bot.corpus.numbered import Lines
from bot.corpus.pieces import Piece
from bot.corpus.unpacked import Unpacked
from bot.papers import Problem

CATALOG = "catalog.csv"
README = "readme"
LARGEST_CATALOG = 32  # MiB: it is read at once
_AT_ONCE = 1 << 18


class Stamp(NamedTuple):
    """What tells, without reading a file, that it is hardly another: its size and when it changed, in ns."""

    size: int
    changed: int


@dataclass(frozen=True, slots=True)
class File:
    """A file to read, and the name that sources and problems give it."""

    path: Path
    name: str

    def stamp(self) -> Stamp | None:
        """Return the file's stamp, or None where the system does not tell."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return Stamp(found.st_size, found.st_mtime_ns)

    def digest(self) -> str:
        """Return a hash of the bytes as they lie on the disk. Raises OSError."""
        with self.path.open("rb") as opened:
            return hashlib.file_digest(opened, xxhash.xxh3_128).hexdigest()


@dataclass(frozen=True, slots=True)
class Corpus:
    """What there is to read, in the order of the paths, then of names.

    `problems` are those of paths and of catalogs. `missing` names the given paths that cannot be reached, and
    the catalogs that cannot be read. `unread` are files and folders below that cannot be reached, by whatever
    name a file there may go. Each is a problem too.
    """

    files: tuple[File, ...]
    catalog: Catalog
    problems: tuple[Problem, ...]
    missing: tuple[str, ...]
    unread: tuple[str, ...] = ()


def find_corpus(paths: Sequence[Path]) -> Corpus:
    """Find the files of papers among these files and folders; of a folder all that is below it, by names.

    A file's name is its path within the folder that was named. What is reached twice, by links or by paths
    that overlap, is found once. Hidden files and README files are not read. Catalogs serve all files, also
    those in other folders; a file that is named by itself has the catalog beside it. Where two know the same
    hash, the first is used.
    """
    missing: list[str] = []
    unread: list[str] = []
    found = list(_find(paths, missing, unread))
    problems = [place for place in found if isinstance(place, Problem)]
    files = [place for place in found if isinstance(place, File)]
    catalog = _read_catalogs([file for file in files if _is_catalog(file)], problems, missing)
    papers = tuple(file for file in files if not _is_catalog(file))
    return Corpus(papers, catalog, tuple(problems), tuple(missing), tuple(unread))


def pieces_of(
    file: File, catalog: Catalog, progress: Callable[[int], None] = lambda _: None
) -> Generator[Piece | Problem, None, None]:
    """Yield the papers of a file and what cannot be one, in the order of their lines.

    `progress` is told now and then how many bytes were read, as they lie on the disk. A fault of the disk or
    of what is packed ends the file there: it is a Problem after what stands before it, and the disk's is then
    raised as OSError. The file is closed as soon as this ends or is closed.
    """
    try:
        opened = file.path.open("rb")
    except OSError as error:
        yield Problem(file.name, 0, why_unread(error))
        raise
    with opened:
        packed = Unpacked(opened, progress)
        data: BufferedReader[RawIOBase] = BufferedReader(packed, _AT_ONCE)
        lines = Lines(data)
        if data.peek() or not packed.fault:
            yield from formats.pieces(file.name, iter(lines), catalog)
        if packed.fault:
            yield Problem(file.name, lines.last, _told(packed.fault))
        if isinstance(packed.fault, OSError):
            raise packed.fault


def why_unread(error: OSError | ValueError) -> str:
    """Return the system's words: "cannot be read: no such file or directory"."""
    words = error.strerror if isinstance(error, OSError) else None
    return f"cannot be read: {(words or 'not a path').lower()}"


def _is_catalog(file: File) -> bool:
    return file.path.name.lower() == CATALOG


def _read_catalogs(files: Sequence[File], problems: list[Problem], missing: list[str]) -> Catalog:
    entries: dict[str, Entry] = {}
    for file in files:
        if (text := _read_text(file, problems, missing)) is not None:
            catalog, faults = read_catalog(file.name, text)
            entries = {**catalog.entries, **entries}
            problems += faults
    return Catalog(entries)


def _read_text(file: File, problems: list[Problem], missing: list[str]) -> str | None:
    """Return the text, with lone surrogates for bytes that are not UTF-8; None after adding a problem."""
    try:
        with file.path.open("rb") as opened:
            packed = Unpacked(opened)
            data = BufferedReader(packed).read((LARGEST_CATALOG << 20) + 1)
    except OSError as error:
        problems.append(Problem(file.name, 0, why_unread(error)))
        missing.append(file.name)
        return None
    if len(data) > LARGEST_CATALOG << 20:
        problems.append(Problem(file.name, 0, f"the file is larger than {LARGEST_CATALOG} MiB; split it"))
        missing.append(file.name)
        return None
    if packed.fault:
        missing.append(file.name)
        line = data.count(b"\n") + 1 if data else 0
        problems.append(Problem(file.name, line, _told(packed.fault)))
        if not data:
            return None
    return data.decode("utf-8", "surrogateescape")


def _find(paths: Sequence[Path], missing: list[str], unread: list[str]) -> Iterator[File | Problem]:
    """Yield every file to read, each once and under a name of its own, and what is wrong with the paths.

    What cannot be reached is added to `missing` and `unread`.
    """
    if not paths:
        yield Problem("corpus", 0, "no folder or file of papers is named")
    seen: set[str] = set()
    names: set[str] = set()
    for root in paths:
        mode = _mode(root)
        if isinstance(mode, Problem):
            missing.append(mode.file)
            yield mode
            continue
        for place in _under(root, mode, missing, unread):
            if isinstance(place, Problem):
                names.add(place.file)  # it is that file's all the same
                yield place
            elif (real := os.path.realpath(place.path)) not in seen:
                seen.add(real)
                # Two folders may each hold a papers.txt: the second has its whole path for a name.
                name = place.name if place.name not in names else _printable(real)
                names.add(name)
                yield File(place.path, name)


def _mode(root: Path) -> int | Problem:
    """Return what a named path is, or why it cannot be reached."""
    try:
        mode = root.stat().st_mode
        if stat.S_ISDIR(mode):
            os.scandir(root).close()
    except (OSError, ValueError) as error:
        return Problem(_printable(str(root)), 0, why_unread(error))
    return mode


def _under(root: Path, mode: int, missing: list[str], unread: list[str]) -> Iterator[File | Problem]:
    """Yield what a named path leads to, in order of names."""
    if not stat.S_ISDIR(mode):
        if root.name.lower().startswith(README):
            yield Problem(_printable(root.name), 0, "a README is not read for papers")
            return
        yield _place(root, root.name, mode, unread)
        # Where the folder cannot be listed, the file stands without a catalog.
        yield from (File(path, path.name) for path in _listed(root.parent) if path.name.lower() == CATALOG)
        return
    places = list(_walk(root, missing, unread))
    yield from places
    if all(isinstance(place, File) and _is_catalog(place) for place in places):
        yield Problem(_printable(str(root)), 0, "the folder holds no papers")


def _walk(root: Path, missing: list[str], unread: list[str]) -> Iterator[File | Problem]:
    """Yield every file below a folder. A folder is entered once, whatever links lead to it."""
    entered: set[str] = set()
    pending = [root]  # no recursion: folders may be nested deeper than Python's stack
    while pending:
        path = pending.pop()
        name = path.relative_to(root).as_posix()
        try:
            mode = path.stat().st_mode
            if not stat.S_ISDIR(mode):
                if not path.name.lower().startswith(README):
                    yield _place(path, name, mode, unread)
            elif (real := os.path.realpath(path)) not in entered:
                entered.add(real)
                inside = sorted(path.iterdir(), reverse=True)
                pending += [child for child in inside if not child.name.startswith(".")]
        except OSError as error:
            told = _printable(str(root) if path == root else name)
            if path == root:
                missing.append(told)
            unread += [told, _printable(os.path.realpath(path))]
            yield Problem(told, 0, why_unread(error))


def _place(path: Path, name: str, mode: int, unread: list[str]) -> File | Problem:
    """Return a file to read, or why it is none: reading a pipe would wait for ever."""
    name = _printable(name)
    if stat.S_ISREG(mode):
        return File(path, name)
    unread += [name, _printable(os.path.realpath(path))]
    return Problem(name, 0, "neither a file nor a folder")


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _printable(name: str) -> str:
    """Return the name with escapes for what is not UTF-8 or cannot be seen, fit to be stored and shown."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape", "backslashreplace").decode()
        for sign in name.encode("utf-8", "backslashreplace").decode()
    )


def _told(fault: str | OSError) -> str:
    return f"the file is {fault}" if isinstance(fault, str) else why_unread(fault)
