"""Folders and files of papers → `Corpus`. The one module here that touches the disk; it writes nothing."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.corpus.catalog import Catalog, Entry, read_catalog
from bot.corpus.formats import read
from bot.corpus.unpacked import unpacked
from bot.papers import Problem, Record

CATALOG = "catalog.csv"
README = "readme"
LARGEST_FILE = 32  # MiB: twenty thousand papers; more would take memory without end


@dataclass(frozen=True, slots=True)
class Corpus:
    """All that was read, in the order of the paths, then of names and lines.

    `files` names each file that was read for papers, also one that held none.
    """

    records: tuple[Record, ...]
    problems: tuple[Problem, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _File:
    """A file to read, and the name that sources and problems give it."""

    path: Path
    name: str

    @property
    def is_catalog(self) -> bool:
        return self.path.name.lower() == CATALOG


def read_corpus(paths: Sequence[Path]) -> Corpus:
    """Read the papers in these files and folders; a folder with all that is below it, in order of names.

    A file's name is its path within the folder that was named. What is reached twice, by links or by paths
    that overlap, is read once. Hidden files and README files are not read. Catalogs serve all files, also
    those in other folders; a file that is named by itself has the catalog beside it. Where two know the same
    hash, the first is used. Nothing on the disk makes this raise: see `Corpus.problems`.
    """
    found = list(_find(paths))
    problems = [place for place in found if isinstance(place, Problem)]
    files = [place for place in found if isinstance(place, _File)]
    catalog = _read_catalogs([file for file in files if file.is_catalog], problems)
    records: list[Record] = []
    names: list[str] = []
    for file in files:
        if file.is_catalog or (text := _read_text(file, problems)) is None:
            continue
        names.append(file.name)
        for result in read(file.name, text, catalog):
            if isinstance(result, Record):
                records.append(result)
            else:
                problems.append(result)
    return Corpus(tuple(records), tuple(problems), tuple(names))


def _read_catalogs(files: Sequence[_File], problems: list[Problem]) -> Catalog:
    entries: dict[str, Entry] = {}
    for file in files:
        if (text := _read_text(file, problems)) is not None:
            catalog, faults = read_catalog(file.name, text)
            entries = {**catalog.entries, **entries}
            problems += faults
    return Catalog(entries)


def _read_text(file: _File, problems: list[Problem]) -> str | None:
    """Return the text, with lone surrogates for bytes that are not UTF-8; None after adding a problem."""
    try:
        with file.path.open("rb") as opened:
            data, fault = unpacked(opened, LARGEST_FILE << 20)
    except OSError as error:
        problems.append(Problem(file.name, 0, _why(error)))
        return None
    if len(data) > LARGEST_FILE << 20:
        problems.append(Problem(file.name, 0, f"the file is larger than {LARGEST_FILE} MiB; split it"))
        return None
    if fault:
        problems.append(Problem(file.name, data.count(b"\n") + 1 if data else 0, f"the file is {fault}"))
        if not data:
            return None
    return data.decode("utf-8", "surrogateescape")


def _find(paths: Sequence[Path]) -> Iterator[_File | Problem]:
    """Yield every file to read, each once and under a name of its own, and what is wrong with the paths."""
    if not paths:
        yield Problem("corpus", 0, "no folder or file of papers is named")
    seen: set[str] = set()
    names: set[str] = set()
    for root in paths:
        for place in _under(root):
            if isinstance(place, Problem):
                yield place
            elif (real := os.path.realpath(place.path)) not in seen:
                seen.add(real)
                # Two folders may each hold a papers.txt: the second has its whole path for a name.
                name = place.name if place.name not in names else _printable(real)
                names.add(name)
                yield _File(place.path, name)


def _under(root: Path) -> Iterator[_File | Problem]:
    """Yield what a named path leads to, in order of names."""
    try:
        mode = root.stat().st_mode
    except (OSError, ValueError) as error:
        yield Problem(_printable(str(root)), 0, _why(error))
        return
    if not stat.S_ISDIR(mode):
        if root.name.lower().startswith(README):
            yield Problem(_printable(root.name), 0, "a README is not read for papers")
            return
        yield _place(root, root.name, mode)
        # Where the folder cannot be listed, the file stands without a catalog.
        yield from (_File(path, path.name) for path in _listed(root.parent) if path.name.lower() == CATALOG)
        return
    places = list(_walk(root))
    yield from places
    if all(isinstance(place, _File) and place.is_catalog for place in places):
        yield Problem(_printable(str(root)), 0, "the folder holds no papers")


def _walk(root: Path) -> Iterator[_File | Problem]:
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
                    yield _place(path, name, mode)
            elif (real := os.path.realpath(path)) not in entered:
                entered.add(real)
                inside = sorted(path.iterdir(), reverse=True)
                pending += [child for child in inside if not child.name.startswith(".")]
        except OSError as error:
            yield Problem(_printable(str(root) if path == root else name), 0, _why(error))


def _place(path: Path, name: str, mode: int) -> _File | Problem:
    """Return a file to read, or why it is none: reading a pipe would wait for ever."""
    name = _printable(name)
    return _File(path, name) if stat.S_ISREG(mode) else Problem(name, 0, "neither a file nor a folder")


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


def _why(error: OSError | ValueError) -> str:
    """Return the system's words: "cannot be read: no such file or directory"."""
    words = error.strerror if isinstance(error, OSError) else None
    return f"cannot be read: {(words or 'not a path').lower()}"
