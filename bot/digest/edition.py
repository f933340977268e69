"""What one message brings to a channel: the best new papers of every topic that is due. Pure.

Law: a paper stands in it once, under the topic where it ranks best (of equals the lower number), and counts
for every topic that chose it. What has no room waits.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.digest.schedule import following
from bot.matching import Match, Matched, Matcher
from bot.search.postings import Flags
from bot.store.deliveries import Decision
from bot.topics import Place, Topic

MOST = 10  # papers a message


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper, and the numbers of the other topics that chose it."""

    matched: Matched
    also: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A topic with the papers that stand under it, and how many it chose that stand there or elsewhere."""

    topic: Topic
    entries: tuple[Entry, ...]
    chosen: int


@dataclass(frozen=True, slots=True)
class Edition:
    """A message: its sections by number, how many papers wait, when each topic comes next."""

    place: Place
    sections: tuple[Section, ...]
    waiting: int
    upcoming: tuple[tuple[Topic, datetime], ...]

    @property
    def papers(self) -> list[int]:
        """The numbers of its papers."""
        return [entry.matched.paper.number for section in self.sections for entry in section.entries]


@dataclass(frozen=True, slots=True)
class Due:
    """A topic whose slot is due, by the local date that names the slot.

    Its papers up to the number `waited` have waited long enough.
    """

    topic: Topic
    date: date
    waited: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """What a topic would bring, best first.

    Papers above the number `floor` that the channel has not `had` are new to it; `owed` are those from before
    that the channel has been promised.
    """

    due: Due
    match: Match
    floor: int
    had: Flags
    chosen: tuple[int, ...]
    owed: tuple[int, ...]

    def waiting(self, matcher: Matcher, homes: dict[int, int]) -> set[int]:
        """Return what it would bring besides what has room."""
        return {*matcher.all(self.match, self.floor, self.had), *self.owed} - homes.keys()


@dataclass(frozen=True, slots=True)
class Selection:
    """What a channel gets of its topics that are due: which papers, and under which topic each stands.

    `homes` has the place of a choice for each paper that there is room for.
    """

    place: Place
    choices: tuple[Choice, ...]
    homes: dict[int, int]

    def decisions(self, matcher: Matcher) -> list[Decision]:
        """Return what this decides."""
        return [_decision(choice, self.homes, matcher) for choice in self.choices]

    def edition(self, matcher: Matcher, now: datetime) -> Edition:
        """Return what is shown of it."""
        waiting = {number for choice in self.choices for number in choice.waiting(matcher, self.homes)}
        sections = (_section(self, place, matcher) for place in range(len(self.choices)))
        topics = [choice.due.topic for choice in self.choices]
        upcoming = tuple((topic, following(topic.schedule, now).moment) for topic in topics)
        return Edition(self.place, tuple(sections), len(waiting), upcoming)


def select(
    place: Place, due: Sequence[tuple[Due, Match]], matcher: Matcher, taken: Collection[int]
) -> Selection:
    """Choose what a channel gets of the topics that are due, by number; `taken` are the papers it has had."""
    had = matcher.had(taken)
    choices = tuple(_choose(each, match, matcher, had) for each, match in due)
    return Selection(place, choices, _homes(choices))


def _choose(due: Due, match: Match, matcher: Matcher, had: Flags) -> Choice:
    topic = due.topic
    floor = max(topic.newest, due.waited)
    if not topic.earlier:
        return Choice(due, match, floor, had, tuple(matcher.best(match, floor, had, topic.top)), ())
    if topic.earlier >= topic.top and floor == topic.newest:  # a first digest: it may bring whatever is best
        chosen = tuple(matcher.best(match, 0, had, topic.top))
        return Choice(due, match, floor, had, chosen, tuple(each for each in chosen if each <= topic.newest))
    best = matcher.best(match, 0, had)
    owed = tuple([number for number in best if number <= topic.newest][: topic.earlier])
    allowed = [number for number in best if number > floor or number in owed]
    return Choice(due, match, floor, had, tuple(allowed[: topic.top]), owed)


def _homes(choices: Sequence[Choice]) -> dict[int, int]:
    """Return for each paper that has room the place of the choice under which it stands."""
    ranked = sorted(
        (rank, place, number)
        for place, choice in enumerate(choices)
        for rank, number in enumerate(choice.chosen)
    )
    homes: dict[int, int] = {}
    for _, place, number in ranked:
        if number not in homes and len(homes) < MOST:
            homes[number] = place
    return homes


def _section(selection: Selection, place: int, matcher: Matcher) -> Section:
    choice, homes = selection.choices[place], selection.homes
    others = selection.choices[:place] + selection.choices[place + 1 :]
    entries = [
        Entry(matched, tuple(each.due.topic.number for each in others if matched.paper.number in each.chosen))
        for matched in matcher.show(
            choice.match, [number for number in choice.chosen if homes.get(number) == place]
        )
    ]
    chosen = sum(number in homes for number in choice.chosen)
    return Section(choice.due.topic, tuple(entries), chosen)


def _decision(choice: Choice, homes: dict[int, int], matcher: Matcher) -> Decision:
    topic = choice.due.topic
    brings = sum(number in homes for number in choice.chosen)
    left = [number for number in choice.owed if number not in homes] if brings else range(topic.earlier)
    return Decision(
        topic=topic.id,
        date=choice.due.date,
        upto=matcher.newest,
        papers=brings,
        waiting=len(choice.waiting(matcher, homes)),
        earlier=topic.earlier - len(left),
    )
