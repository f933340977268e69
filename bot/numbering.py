"""Which papers' numbers the groups of descriptions have that identity has made.

Law: a number is never given twice, and goes with its paper: with the id by which that was known last, else
with the first of its records, else, where none is left, with what identity takes for it. A group has the
oldest of the numbers that it may have. Whoever got a paper has got whatever its records are of now, and
whatever has an id that ever was its own.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from bot import identity
from bot.papers import Description


class Group(NamedTuple):
    """What is said of one paper, and the numbers that the records had in which it stood already."""

    said: Sequence[Description]
    had: Collection[int]


@dataclass(slots=True)
class Numbering:
    """The groups' numbers, and what has become of other papers.

    `merged` are papers that have become part of others, each with the other; `heirs` are papers of whose
    records some are another's now, each with that; `known_as` are those of whose ids some are.
    """

    numbers: list[int] = field(default_factory=list)
    merged: list[tuple[int, int]] = field(default_factory=list)
    heirs: list[tuple[int, int]] = field(default_factory=list)
    known_as: list[tuple[int, int]] = field(default_factory=list)


def numbered(
    groups: Sequence[Group],
    papers: Mapping[int, Description],
    reworded: Mapping[int, int],
    first: int,
    owners: Mapping[str, Sequence[int]],
) -> Numbering:
    """Return which group has which number; a group of no known paper has a new one, from `first` on.

    `papers` are those that the groups may be, by their numbers, as they were described last. Of those that
    are known to be `reworded` it is known which group they are. `owners` are the papers that were ever known
    by a key, be it that their records have left.
    """
    places = _Places(groups if papers else ())  # hardly any are known, where a corpus is loaded first
    done, given = Numbering(), dict[int, int]()
    for number, last in sorted(papers.items()):
        forced = [reworded[number]] if number in reworded else []
        may_have = [*forced, *places.of(number, last)]
        free = next((place for place in may_have if place not in given), None)
        if free is not None:
            given[free] = number
        elif may_have:
            done.merged.append((number, given[may_have[0]]))
    new = count(first)
    done.numbers += [given.get(place) or next(new) for place in range(len(groups))]
    homes = dict(done.merged)
    for number, stood in places.stood.items():
        own = {done.numbers[place] for place in stood}
        done.heirs += [(number, heir) for heir in sorted(own - {number, homes.get(number)})]
    for heir, group in zip(done.numbers, groups, strict=True) if owners else ():
        ids = {key for said in group.said for key in identity.deciding_keys(said)}
        own = {number for key in ids for number in owners.get(key, ())}
        done.known_as += [(number, heir) for number in sorted(own - {heir}) if homes.get(number) != heir]
    return done


class _Places:
    """Where in a row of groups keys stand, and the records of papers that were known before."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self._groups = groups
        self._keyed: dict[str, list[int]] = {}
        self.stood: dict[int, list[int]] = {}
        for place, group in enumerate(groups):
            for key in {key for said in group.said for key in identity.keys(said)}:
                self._keyed.setdefault(key, []).append(place)
            for number in group.had:
                self.stood.setdefault(number, []).append(place)

    def of(self, number: int, last: Description) -> list[int]:
        """Return the places of the groups that may be a paper, described so last; the best first."""
        stood = self.stood.get(number, [])
        has_id = self._with(identity.deciding_keys(last))
        if stood:
            return [*has_id, *stood]
        near = self._with(identity.keys(last))
        return [*has_id, *(place for place in near if identity.is_of(last, self._groups[place].said))]

    def _with(self, keys: Iterable[str]) -> Iterable[int]:
        return dict.fromkeys(place for key in keys for place in self._keyed.get(key, ()))
