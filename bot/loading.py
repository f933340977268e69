"""A load of the corpus: what its files hold now, written as a change and published.

Law: a file that has not changed is not read, and of one that has, only the pieces are parsed that it did not
hold before. What feeds have brought is none of its business.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from bot.answers import Loaded, Progress
from bot.change import Asked, Change, digest_of, letters, lots
from bot.corpus import Corpus, File, Piece, pieces_of, why_unread
from bot.errors import OperatorError
from bot.papers import Paper, Problem, Record
from bot.resolution import Read
from bot.store import Database, Store, loads, records
from bot.store.loads import Load
from bot.store.records import FileState, InFile
from bot.wording import counted

READER = "1"  # another one, where the same text is made into something else: all files are then read anew
MOST_PROBLEMS = 1_000  # of a file that are told one by one
_RACY = 2_000_000_000  # nanoseconds: what was changed so shortly ago may change again within a clock's tick
_FEW = 1 << 24  # characters of new pieces, which are kept rather than looked for in the file again
_APIECE = 100  # characters that one counts for beside its text


@dataclass(slots=True)
class _Reading:
    """A file to read: its row, and how it is. `fresh`: digest and line of each new piece; None: all are.

    Where the new pieces are few, `kept` are these and what cannot be read, so that it is gone through once.
    """

    file: File
    row: int
    state: FileState
    fresh: set[tuple[int, int]] | None = None
    kept: "_Kept | None" = None

    @property
    def work(self) -> int:
        """How many bytes are to be gone through."""
        return self.state.size * (1 if self.fresh is None else 2)


class _Kept:
    """Pieces and problems of a file, up to so many characters."""

    def __init__(self) -> None:
        self.found: list[Piece | Problem] = []
        self._room = _FEW

    def add(self, piece: Piece | Problem) -> bool:
        """Keep one; tell whether there was room for it."""
        self._room -= _APIECE + (len(piece.text) if isinstance(piece, Piece) else 0)
        if self._room < 0:
            return False
        self.found.append(piece)
        return True


class Loading:
    """One load, from the corpus that was found to what is published: compare, write, publish, tidy.

    It belongs to one thread, which must hold the lock of loads. `change` is what it writes.
    """

    def __init__(
        self, store: Store, corpus: Corpus, by: str, now: datetime, told: Callable[[Progress], None]
    ) -> None:
        self._store = store
        self._corpus = corpus
        self._now = now
        self._told = told
        self.change = Change(store, Asked(by=by, at=now))
        with store.snapshot() as db:
            self._files = {state.name: (row, state) for row, state in records.files(db).items()}
            self._problems: dict[str, list[Problem]] = {}
            for problem in loads.problems(db):
                self._problems.setdefault(problem.file, []).append(problem)
        self._had_records = any(state.records for _, state in self._files.values())
        self._to_read: list[_Reading] = []
        self._states: list[FileState] = []
        self._left: list[int] = []  # rows of files that are no more
        self._done = self._read = self._records = 0

    @property
    def size(self) -> int:
        """How many bytes the files have that are to be read."""
        return sum(reading.state.size for reading in self._to_read)

    def compare(self) -> None:
        """Find out which files have changed."""
        known = dict(self._files)
        for file in self._corpus.files:
            self._look_at(file, *known.pop(file.name, (0, FileState(file.name, -1, -1, "", "", 0))))
        for name, (row, state) in known.items():
            # What cannot be reached at present has not gone.
            if any(f"{name}/".startswith(f"{unread}/") for unread in self._corpus.unread):
                self._states.append(_unread(state))
            elif state.records or state.digest:  # its faults were told, and are to be told if it returns
                self._left.append(row)

    def write(self) -> Iterator[Paper]:
        """Write what has changed, and yield each new paper as it is written, ascending by number.

        Raises OperatorError where no paper would be left.
        """
        change = self.change
        with change.writing() as db:
            for row in self._left:
                if records.stands_in(db, row):
                    change.end_file(db, row)
            for reading in [each for each in self._to_read if self._set_against(db, each)]:
                for lot in lots(self._records_of(reading), letters):
                    yield from change.settle(db, lot)
                self._finish(reading, records.standing_in(db, reading.row))
            for numbers in lots(records.left_by(db, change.number)):
                left = [each for each in numbers if each not in change.outcome.settled]
                yield from change.settle(db, (), left)
            has_records = any(records.stands_in(db, row) for row in records.files(db))
        if self._had_records and not has_records:  # what feeds brought is no corpus
            raise OperatorError("the corpus holds no papers any more")

    def publish(self, seconds: float, also: Callable[[Database], object] = lambda _: None) -> Loaded:
        """Let everybody see what was written, together with what `also` writes."""
        told = (self._problems.get(file.name, []) for file in self._corpus.files)
        problems = [*self._corpus.problems, *chain.from_iterable(told)]

        def write(db: Database) -> None:
            records.stamp(db, self._states)
            records.unstamp(db, self._left)
            loads.tell(db, problems)
            also(db)

        return loaded(self.change.publish(seconds, write), problems)

    def _look_at(self, file: File, row: int, state: FileState) -> None:
        """Decide whether a file is to be read."""
        reader = f"{READER} {self._corpus.catalog.digest}"
        stamp = file.stamp()
        if stamp and (*stamp, reader) == (state.size, state.changed, state.reader):
            self._states.append(state)
            return
        try:
            digest = file.digest()
        except OSError as error:
            self._keep(file, state, error)
            return
        size, changed = stamp or (-1, -1)
        if changed > self._now.timestamp() * 1e9 - _RACY:
            changed = -1
        now = FileState(file.name, size, changed, digest, reader, state.records)
        if (digest, reader) == (state.digest, state.reader):
            self._states.append(now)
            return
        self._problems[file.name] = []
        can_compare = state.records and state.reader.startswith(f"{READER} ")
        self._to_read.append(_Reading(file, row, now, set() if can_compare else None))

    def _keep(self, file: File, state: FileState, error: OSError) -> None:
        """Let what stood in a file that cannot be read stand on."""
        self._problems[file.name] = [Problem(file.name, 0, why_unread(error))]
        self._states.append(_unread(state))

    def _set_against(self, db: Database, reading: _Reading) -> bool:
        """Let what a file no longer holds stand no more, and find out what in it is new.

        Tell whether it can be read.
        """
        if not reading.row:
            reading.row = self.change.enter(db, reading.file.name)
        if reading.fresh is None:
            self.change.end_file(db, reading.row)
            return True
        standing = records.in_file(db, reading.row)
        try:
            moved = self._sift(reading, reading.fresh, standing)
        except OSError as error:
            self._keep(reading.file, reading.state, error)
            return False
        self.change.end(db, standing.left())
        self.change.move(db, moved)
        return True

    def _sift(
        self, reading: _Reading, fresh: set[tuple[int, int]], standing: InFile
    ) -> list[tuple[int, int]]:
        """Take what is still there, add what is new, and return which records stand in other lines now."""
        moved: list[tuple[int, int]] = []
        kept: _Kept | None = _Kept()
        for piece in self._pieces(reading):
            if isinstance(piece, Piece):
                digest = digest_of(piece)
                if found := standing.take(digest):
                    if found[1] != piece.line:
                        moved.append((found[0], piece.line))
                    continue
                fresh.add((digest, piece.line))
            if kept and not kept.add(piece):
                kept = None
        reading.kept = kept
        return moved

    def _records_of(self, reading: _Reading) -> Iterator[Read]:
        """Yield the new records of a file; what cannot be read is a problem.

        Raises OperatorError where the disk fails after it was known what has left the file.
        """
        problems, untold = self._problems[reading.file.name], 0
        for piece in self._readable(reading):
            found: Record | Problem
            if isinstance(piece, Problem):
                found = piece
            else:
                digest = digest_of(piece)
                if reading.fresh is not None and (digest, piece.line) not in reading.fresh:
                    continue
                found = piece.read()
            if isinstance(found, Record):
                self._records += 1
                yield Read(found, reading.row, digest)
            elif len(problems) < MOST_PROBLEMS:
                problems.append(found)
            else:
                untold += 1
        if untold:
            more = counted(untold, "more place")
            problems.append(Problem(reading.file.name, 0, f"{more} cannot be read"))

    def _readable(self, reading: _Reading) -> Iterator[Piece | Problem]:
        if reading.kept:
            yield from reading.kept.found
            self._done += reading.state.size
            return
        try:
            yield from self._pieces(reading)
        except OSError as error:
            if reading.state.records:
                raise OperatorError(f"{reading.file.name} {why_unread(error)}") from error
            reading.state = _unread(reading.state)

    def _pieces(self, reading: _Reading) -> Iterator[Piece | Problem]:
        before = self._done

        def progress(consumed: int) -> None:
            self._done = before + consumed
            self._tell()

        yield from pieces_of(reading.file, self._corpus.catalog, progress)
        self._done = before + reading.state.size

    def _finish(self, reading: _Reading, standing: int) -> None:
        """Keep how a file was; one that was changed while it was read is to be read again."""
        state = reading.state._replace(records=standing)
        if (
            (stamp := reading.file.stamp()) is None
            or stamp.size != state.size
            or state.changed not in {-1, stamp.changed}
        ):
            state = _unread(state)
        self._states.append(state)
        self._read += 1
        self._tell()

    def _tell(self) -> None:
        total = sum(reading.work for reading in self._to_read)
        share = min(1.0, self._done / total) if total > 0 else 1.0
        self._told(Progress(len(self._to_read), self._read, self._records, share))


def _unread(state: FileState) -> FileState:
    """Return a file's state with which the next load reads it."""
    return state._replace(size=-1, digest="")


def loaded(load: Load, problems: Iterable[Problem]) -> Loaded:
    """Return what a load brought, for whoever asks."""
    return Loaded(
        by=load.by,
        at=load.loaded_at,
        seconds=load.seconds,
        papers=load.papers,
        new=load.new,
        revised=load.revised,
        unchanged=load.unchanged,
        removed=load.removed,
        problems=tuple(problems),
    )
