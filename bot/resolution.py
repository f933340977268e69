"""Whose records are these: records just read, and the papers that are known, → what a load writes of them.

Law: what stands is joined by identity alone, whatever stood before; which numbers that has, `numbering`
tells. A paper that left the corpus is known by what was last said of it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from itertools import chain, count
from operator import attrgetter
from typing import Any

from bot import identity
from bot.numbering import Group, numbered
from bot.papers import Description, Paper, Record, Source, TitleOrigin
from bot.store import Database, papers, records
from bot.store.papers import FOREVER, Entry, Version
from bot.store.records import New, Standing

_ALIKE = 50  # papers of one title; where more have it, as "Editorial", these are the ones it may join
_REWORDED = 200  # papers that files no longer hold, among which the one is sought that was reworded
_FIELDS = tuple(each.name for each in fields(Description))
_VALUES = attrgetter(*_FIELDS)


@dataclass(frozen=True, slots=True)
class Read:
    """A record as it was read, the row of its file, and the digest of its text."""

    record: Record
    file: int
    digest: int


@dataclass(slots=True)
class Outcome:
    """What has become of papers, by their numbers, since what is published; those above `base` are new.

    `next` is the number of the next new paper. `settled` have been looked at; of the new ones `stale` are no
    longer as they were returned, and `lost` have turned out to be one with others.
    """

    base: int
    next: int
    revised: set[int] = field(default_factory=set)
    back: set[int] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)
    lost: set[int] = field(default_factory=set)
    settled: set[int] = field(default_factory=set)
    stale: set[int] = field(default_factory=set)

    @property
    def new(self) -> int:
        """How many papers are new."""
        return self.next - self.base - 1 - len(self.lost)

    @property
    def revised_or_back(self) -> int:
        """How many papers were known and are told of anew."""
        return len(self.revised) + len(self.back)

    @property
    def changed(self) -> int:
        """How many papers are not as they were."""
        return self.new + self.revised_or_back + len(self.removed)

    def is_one_with_another(self, number: int, *, stood: bool) -> None:
        """Note that a paper has become part of another, or is gone."""
        for noted in (self.revised, self.back):
            noted.discard(number)
        if number > self.base:
            self.lost.add(number)
            self.stale.add(number)
        elif stood:
            self.removed.add(number)


@dataclass(frozen=True, slots=True)
class _Node:
    """A record that stands or was just read, and what it says."""

    said: Description
    record: Standing | Read

    @property
    def number(self) -> int:
        """The paper that it was of, 0 where it was just read."""
        return self.record.paper if isinstance(self.record, Standing) else 0

    @property
    def place(self) -> tuple[str, int]:
        if isinstance(self.record, Standing):
            return self.record.name, self.record.line
        source = self.record.record.source
        return source.file, source.line


@dataclass(slots=True)
class _Known:
    """What is known of the papers that a lot may be of: owners of keys, descriptions, and records."""

    owners: Mapping[str, Sequence[int]]
    versions: Mapping[int, Sequence[Version]]
    rows: Mapping[int, Sequence[Standing]]

    def stands(self, number: int) -> bool:
        """Tell whether a record stands there."""
        return any(row.until == FOREVER for row in self.rows[number])

    def left_texts(self) -> dict[int, int]:
        """Return of which paper each text was that a file no longer holds, by the text's digest."""
        papers = sorted(self.rows.items(), reverse=True)  # so that the oldest is told
        return {row.digest: number for number, rows in papers for row in rows if row.until != FOREVER}

    def last(self, number: int) -> Description:
        """Return what was last said of a paper."""
        return self.versions[number][-1].description


@dataclass(slots=True)
class _Writing:
    """What is to be written."""

    entries: list[Entry] = field(default_factory=list)
    keys: list[tuple[str, int]] = field(default_factory=list)
    merged: list[tuple[int, int]] = field(default_factory=list)
    heirs: list[tuple[int, int]] = field(default_factory=list)
    known_as: list[tuple[int, int]] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    new: list[New] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    apart: list[tuple[int, Description]] = field(default_factory=list)

    def save(self, db: Database, change: int, now: datetime) -> None:
        papers.put(db, change, self.entries, now)
        papers.know(db, change, self.keys)
        for other, home in self.merged:
            papers.merge(db, change, home, other)
        papers.hand_on(db, change, [*self.merged, *self.heirs])
        papers.inherit(db, change, self.known_as)
        papers.end(db, change, self.gone)
        records.end(db, change, self.ended)
        records.tell_apart(db, self.apart)
        records.add(db, change, self.new)


class Resolver:
    """Settles lots of records, one after the other, for a change that is not published yet."""

    def __init__(self, change: int, outcome: Outcome, now: datetime) -> None:
        self._change = change
        self._outcome = outcome
        self._now = now

    def settle(self, db: Database, lot: Sequence[Read], left: Iterable[int] = ()) -> list[Paper]:
        """Write records and the papers they are of; return the papers that are new, ascending by number.

        Papers that a record has `left` are described anew, or are gone where they stand nowhere any more.
        Wants a transaction.
        """
        first, left = self._outcome.next, set(left)
        reworded = _reworded_in(db, lot, self._change)
        known = _known(db, lot, left.union(reworded))
        nodes, reworded_as = _nodes(lot, known, [number for number in reworded if not known.stands(number)])
        places = identity.group([node.said for node in nodes])
        groups = [[nodes[place] for place in each] for each in places]
        todo, found, shown = _Writing(), [], set[str]()
        home = {place: at for at, each in enumerate(places) for place in each}
        numbers = self._numbers(
            groups, {number: home[place] for number, place in reworded_as.items()}, known, todo
        )
        for group, number in zip(groups, numbers, strict=True):
            members = sorted(group, key=lambda node: node.place)
            entry = self._entry(db, number, members, known, shown)
            _place(members, number, todo)
            self._note(number, first, entry.description, members, known)
            if self._is_as_it_was(number, entry.description, members, known):
                todo.keys += [(key, number) for key in entry.keys]
                continue
            todo.entries.append(entry)
            if number >= first:
                found.append(_paper(entry, members))
        for number in left.difference(numbers):
            if known.versions[number][-1].until == FOREVER and not known.stands(number):
                todo.gone.append(number)
                self._outcome.is_one_with_another(number, stood=True)
        todo.save(db, self._change, self._now)
        identity.keys.cache_clear()  # what it holds may be large, and another lot asks for none of it
        return sorted(found, key=lambda paper: paper.number)

    def _numbers(
        self, groups: Sequence[Sequence[_Node]], reworded: Mapping[int, int], known: _Known, todo: _Writing
    ) -> list[int]:
        """Return the groups' numbers, and note which papers are now one, and which have parted."""
        left = known.left_texts()
        done = numbered(
            [Group([node.said for node in group], _stood_in(group, left)) for group in groups],
            {number: known.last(number) for number in known.versions},
            reworded,
            self._outcome.next,
            {key: owners for key, owners in known.owners.items() if owners},
        )
        self._outcome.next = max(self._outcome.next, 1 + max(done.numbers, default=0))
        todo.merged, todo.heirs, todo.known_as = done.merged, done.heirs, done.known_as
        for number, _ in done.merged:
            self._outcome.is_one_with_another(number, stood=self._stood(number, known) is not None)
        return done.numbers

    def _entry(
        self, db: Database, number: int, members: Sequence[_Node], known: _Known, shown: set[str]
    ) -> Entry:
        """Return what a paper is from now on; `shown` are the ids that this lot has given out."""
        description = identity.describe([node.said for node in members])
        keys = dict.fromkeys(key for node in members for key in identity.keys(node.said))
        if _has_shown_id(description):
            return Entry(number, identity.shown_id(description), description, list(keys))
        if (last := known.versions.get(number)) and not _has_shown_id(last[-1].description):
            return Entry(number, last[-1].shown_id, description, list(keys))
        for salt in chain([0], count(number)):  # from 1 on it would take long where many have one title
            own = identity.shown_id(description, salt)
            key = f"id:{own}"
            owners = known.owners[key] if key in known.owners else papers.owners(db, [key]).get(key, [])
            if {number}.issuperset(owners) and own not in shown:
                break
        shown.add(own)
        return Entry(number, own, description, [*keys, key])

    def _is_as_it_was(
        self, number: int, description: Description, members: Sequence[_Node], known: _Known
    ) -> bool:
        """Tell whether what is published of a paper, and the files it stands in, need no change."""
        last = known.versions[number][-1] if number in known.versions else None
        if last is None or last.since == self._change:
            return False
        before = {row.name for row in known.rows[number]}
        return (last.until, last.description, before) == (
            FOREVER,
            description,
            {node.place[0] for node in members},
        )

    def _note(
        self, number: int, first: int, description: Description, members: Sequence[_Node], known: _Known
    ) -> None:
        """Note what has become of a paper."""
        outcome = self._outcome
        outcome.settled.add(number)
        if number > outcome.base:
            if number < first:
                outcome.stale.add(number)
            return
        outcome.removed.discard(number)
        before = self._stood(number, known)
        if before is None:
            outcome.back.add(number)
            return
        digests = Counter(row.digest for row in known.rows[number] if row.since < self._change)
        is_same = digests == Counter(node.record.digest for node in members) or not any(digests)
        if is_same and before == description:
            outcome.revised.discard(number)
        else:
            outcome.revised.add(number)

    def _stood(self, number: int, known: _Known) -> Description | None:
        """Return how a paper is described in what is published; None where it does not stand there."""
        for version in known.versions[number]:
            if version.since < self._change <= version.until:
                return version.description
        return None


def _stood_in(group: Sequence[_Node], left: Mapping[int, int]) -> set[int]:
    """Return the papers in which records of a group stood, be it in another file or line."""
    return {node.number or left.get(node.record.digest, 0) for node in group} - {0}


def _has_shown_id(said: Description) -> bool:
    """Tell whether people know the paper by a library's id."""
    return bool(said.arxiv_id or said.acl_id)


def _reworded_in(db: Database, lot: Sequence[Read], change: int) -> list[int]:
    """Return papers that a file no longer holds, where they are few and something without an id was read."""
    if all(len(identity.keys(read.record)) > 1 for read in lot):
        return []
    left = records.left_by(db, change, _REWORDED + 1)
    return left if len(left) <= _REWORDED else []


def _known(db: Database, lot: Sequence[Read], more: set[int]) -> _Known:
    records_read = [read.record for read in lot]
    keys = set(chain.from_iterable(map(identity.keys, records_read)))
    keys.update(f"id:{identity.shown_id(each)}" for each in records_read if not _has_shown_id(each))
    owners: dict[str, list[int]] = {key: [] for key in keys} | papers.owners(db, list(keys))
    numbers = more.union(*(found[:_ALIKE] for found in owners.values()))
    versions, rows = _told_of(db, numbers)
    parted = {  # what a record that has left kept others apart from, or joined
        key
        for number, found in rows.items()
        if any(row.until != FOREVER for row in found)
        for row in found
        for key in identity.keys(row.said or versions[number][-1].description)
    }
    if parted - keys:
        beside = papers.owners(db, list(parted - keys))
        versions, rows = _told_of(db, numbers.union(*(found[:_ALIKE] for found in beside.values())))
    return _Known(owners, versions, rows)


def _told_of(db: Database, numbers: set[int]) -> tuple[dict[int, list[Version]], dict[int, list[Standing]]]:
    """Return the descriptions and the records of those papers that have any; one may have become another."""
    versions = papers.versions(db, numbers) if numbers else {}
    rows: dict[int, list[Standing]] = {number: [] for number in versions}
    for row in records.of(db, versions) if versions else ():
        rows[row.paper].append(row)
    return versions, rows


def _nodes(lot: Sequence[Read], known: _Known, reworded: Sequence[int]) -> tuple[list[_Node], dict[int, int]]:
    """Return all records that may be joined, and of papers that were `reworded` the places of these."""
    nodes = [
        _Node(row.said or known.last(number), row)
        for number, rows in sorted(known.rows.items())
        for row in rows
        if row.until == FOREVER
    ]
    found: dict[int, int] = {}
    gone = {number: known.last(number) for number in reworded}
    for read in lot:
        said: Description = read.record
        keys = identity.keys(said)
        is_unknown = len(keys) == 1 and not known.owners[keys[0]]  # without an id
        before = identity.reworded(said, gone) if is_unknown and gone else None
        if before is not None:
            found[before] = len(nodes)
            said = _inherited(read.record, gone.pop(before))
        nodes.append(_Node(said, read))
    return nodes, found


def _inherited(record: Record, before: Description) -> Description:
    """Return what is known of a paper whose text was changed where nothing but the text stands.

    What a catalog said of it is joined by the text, and would be lost. What the record says itself stays.
    """
    if record.title_origin is not TitleOrigin.SENTENCE:
        return record
    known: dict[str, Any] = {name: getattr(record, name) or getattr(before, name) for name in _FIELDS}
    if before.title_origin is not TitleOrigin.SENTENCE:
        known |= {"title": before.title, "title_origin": before.title_origin}
    return Description(**known)


def _place(members: Sequence[_Node], number: int, todo: _Writing) -> None:
    """Note where a paper stands from now on."""
    several = len(members) > 1
    for node in members:
        said = node.said if several else None
        match node.record:
            case Read(record, file, digest):
                todo.new.append(New(file, record.source.line, digest, number, said))
            case row if row.paper != number:
                todo.ended.append(row.id)
                todo.new.append(New(row.file, row.line, row.digest, number, said))
            case row if said and not row.said:
                todo.apart.append((row.id, said))


def _paper(entry: Entry, members: Sequence[_Node]) -> Paper:
    known = dict(zip(_FIELDS, _VALUES(entry.description), strict=True))
    sources = tuple(Source(*node.place) for node in members)
    return Paper(**known, number=entry.number, shown_id=entry.shown_id, sources=sources)
