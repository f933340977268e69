"""What a feed brought, written as a change and published.

Law: a feed only brings. What it tells no longer stands on, and a new version of an entry takes the place of
the old one, unless the feed tells both; an entry is the same while its text is.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot import identity
from bot.change import Asked, Change, digest_of, letters, lots
from bot.corpus import Piece
from bot.papers import Description, Problem, Record, Source
from bot.resolution import Read
from bot.store import Database, Store, papers, records
from bot.store.records import Standing


@dataclass(frozen=True, slots=True)
class Arrived:
    """What a feed brought: how many papers are new or known and told anew, and what cannot be read.

    Of the new ones the numbers are `above` one.
    """

    new: int = 0
    revised: int = 0
    problems: tuple[Problem, ...] = ()
    above: int = field(default=0, compare=False)


class Arriving:
    """The entries of a feed, from their text to what is published.

    It belongs to one thread, which must hold the lock of loads. `change` is what it writes.
    """

    def __init__(self, store: Store, feed: str, now: datetime) -> None:
        self._feed = feed
        self.change = Change(store, Asked(feed=feed, at=now))
        self._row = 0
        self._problems: list[Problem] = []

    def write(self, found: Sequence[Piece | Problem]) -> None:
        """Write what the feed did not tell before; where it did, nothing is written."""
        told = {digest_of(each) for each in found if isinstance(each, Piece)}
        with self.change.writing() as db:
            self._row = self.change.enter(db, self._feed, is_feed=True)
            for lot in lots(self._new(db, found), letters):
                replaced = [each for each in _replaced(db, self._row, lot) if each.digest not in told]
                self.change.end(db, [each.id for each in replaced])
                self.change.settle(db, lot, {each.paper for each in replaced})

    def publish(self, seconds: float, also: Callable[[Database], object] = lambda _: None) -> Arrived:
        """Let everybody see what was written, if anything was, together with what `also` writes."""

        def write(db: Database) -> None:
            records.count_feed(db, self._row)
            also(db)

        problems = tuple(self._problems)
        if not self.change.wrote:
            return Arrived(problems=problems)
        done = self.change.publish(seconds, write)
        return Arrived(done.new, done.revised, problems, self.change.outcome.base)

    def _new(self, db: Database, found: Iterable[Piece | Problem]) -> Iterator[Read]:
        """Read what the feed did not tell before; of what it tells twice, the first."""
        known = records.in_file(db, self._row)
        told: set[int] = set()
        for piece in found:
            if isinstance(piece, Problem):
                self._problems.append(piece)
                continue
            digest = digest_of(piece)
            if digest in told:
                continue
            told.add(digest)
            if known.take(digest):
                continue
            read = piece.read()
            if isinstance(read, Record):
                # Where in a feed something stood means nothing to anybody.
                yield Read(replace(read, source=Source(self._feed, 0)), self._row, digest)
            else:
                self._problems.append(read)


def _replaced(db: Database, row: int, lot: Sequence[Read]) -> list[Standing]:
    """Return the records of a feed in the place of which it tells others now."""
    told: dict[str, list[Description]] = {}
    for read in lot:
        for key in identity.keys(read.record):
            told.setdefault(key, []).append(read.record)
    numbers = {number for found in papers.owners(db, list(told)).values() for number in found}
    standing = [each for each in records.of(db, numbers) if each.file == row and each.until == papers.FOREVER]
    versions = papers.versions(db, {each.paper for each in standing})
    said = [each.said or versions[each.paper][-1].description for each in standing]
    return [
        each
        for each, before in zip(standing, said, strict=True)
        if any(_replaces(new, before) for key in identity.keys(before) for new in told.get(key, ()))
    ]


def _replaces(new: Description, before: Description) -> bool:
    """Tell whether an entry is another version of one; no id that was told is lost by that."""
    return identity.is_of(new, [before]) and set(identity.id_keys(before)) <= set(identity.id_keys(new))
