"""What people do with topics: follow, change, pause, resume, end, preview.

Law: each deed is one transaction, and says what there is after it. A channel's topics belong to everybody in
it, and to no other channel.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import Enum

from bot.digest.claiming import WAIT
from bot.digest.edition import Due, Edition, select
from bot.digest.schedule import following, latest
from bot.errors import UserError
from bot.library import Library
from bot.matching import Match, Matched, Matcher
from bot.search.topic import sameness
from bot.store import Database, Store, deliveries, papers, topics
from bot.store.deliveries import Last
from bot.topics import Pause, Person, Place, Schedule, Strictness, Topic, Wish
from bot.wording import counted, shorten

MOST_TOPICS = 200
TOP = 5
DAYS: tuple[tuple[int, ...], int] = ((0,), 0)  # Mondays
AT = time(9)
_MONTH = timedelta(days=28)
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
_NAMED = 10
_LONGEST_NUMBER = 9  # digits


class Deed(Enum):
    """What became of a wish to follow something."""

    ADDED = "added"
    CHANGED = "changed"
    KEPT = "kept"  # it was followed just so already


@dataclass(frozen=True, slots=True)
class Rate:
    """How many matching papers came a week, of late; None where all papers there are came on one day."""

    a_week: float | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Preview:
    """What a topic matches: what the next digest would bring of it, best first, and how much would wait.

    `narrowing` are words that would narrow a topic that matches a third of all papers.
    """

    query: str
    match: Match
    brings: tuple[Matched, ...]
    waiting: int
    narrowing: tuple[str, ...]
    rate: Rate


@dataclass(frozen=True, slots=True)
class Done:
    """A topic after what was done with it, what that was, and when its next digest comes.

    `before` is the topic as it was, where there was one.
    """

    topic: Topic
    deed: Deed
    next: datetime
    before: Topic | None = None


@dataclass(frozen=True, slots=True)
class State:
    """A topic in a list: when it comes next (None while paused), its last slot, what it matches today."""

    topic: Topic
    next: datetime | None
    last: Last | None
    match: Match | None


@dataclass(frozen=True, slots=True)
class News:
    """New papers that match a channel's topics: how many, and of them how many match several.

    `topics` are those that some match, by number, and how many do.
    """

    papers: int
    shared: int
    topics: tuple[tuple[Topic, int], ...]


class Following:
    """What the channels of a store follow."""

    def __init__(self, store: Store, library: Library, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._library = library
        self._clock = clock

    @property
    def store(self) -> Store:
        """Where it is written down."""
        return self._store

    def follow(self, place: Place, person: Person, wish: Wish, zone: str) -> Done:
        """Follow a topic, or change the one that asks for the same; `zone` is where the person is.

        Raises UserError where the topic cannot be searched, or the channel follows too many.
        """
        match = self._library.matcher().match(wish.topic, wish.strictness or Strictness.NORMAL)
        now, same = self._clock(), sameness(match.query)
        with self._store.writing() as db:
            if known := topics.alike(db, place, same):
                going = replace(known, pause=None, counts_from=now if known.pause else known.counts_from)
                return self._changed(db, known, going, replace(wish, topic=""), now)
            if len(topics.of_channel(db, place)) >= MOST_TOPICS:
                raise UserError(
                    f"This channel follows {MOST_TOPICS} topics, and more would be noise."
                    " Unsubscribe one first."
                )
            usual = _usual(place, person, zone, now, papers.newest(db))
            added = topics.add(db, _wished(usual, wish, untouched=True), same)
        return Done(added, Deed.ADDED, following(added.schedule, now).moment)

    def change(self, place: Place, number: int, wish: Wish) -> Done:
        """Change what a topic says; raises UserError where there is none, or another asks for the same."""
        now = self._clock()
        with self._store.writing() as db:
            topic = _numbered(db, place, number)
            return self._changed(db, topic, topic, wish, now)

    def check(self, place: Place, number: int, wish: Wish) -> None:
        """Raise UserError where a topic cannot be made of a wish, or one of this number become it.

        `number` is 0 for a new one. It only reads, so the deed itself may still be refused.
        """
        same = sameness(self._library.matcher().match(wish.topic, wish.strictness or Strictness.NORMAL).query)
        with self._store.snapshot() as db:
            if number:
                _numbered(db, place, number)
                _refuse_another(db, place, number, same)

    def pause(self, place: Place, number: int, person: Person) -> Topic:
        """Pause a topic; raises UserError where there is none, or it is paused."""
        now = self._clock()
        with self._store.writing() as db:
            topic = _numbered(db, place, number)
            if topic.pause:
                raise UserError(f"Topic {number} is paused already.")
            return _written(db, replace(topic, pause=Pause(now, person.name)))

    def resume(self, place: Place, number: int) -> Done:
        """Let a topic go on, with what was missed; raises UserError where there is none, or it goes on."""
        now = self._clock()
        with self._store.writing() as db:
            topic = _numbered(db, place, number)
            if not topic.pause:
                raise UserError(f"Topic {number} is not paused.")
            resumed = _written(db, replace(topic, pause=None, counts_from=now))
        return Done(resumed, Deed.CHANGED, following(resumed.schedule, now).moment, topic)

    def end(self, place: Place, which: str) -> list[Topic]:
        """Follow a topic no longer, given by its number or itself, or `all`; return what has ended.

        Raises UserError where there is none.
        """
        with self._store.writing() as db:
            ended = self._meant(db, place, which)
            for topic in ended:
                topics.end(db, topic, self._clock())
        return ended

    def skip_earlier(self, place: Place, number: int) -> Topic:
        """Let a topic bring only papers that are new to it; raises UserError where there is none."""
        with self._store.writing() as db:
            topic = _numbered(db, place, number)
            return _written(db, replace(topic, earlier=0))

    def topic(self, place: Place, number: int) -> Topic:
        """Return a topic; raises UserError where there is none."""
        with self._store.snapshot() as db:
            return _numbered(db, place, number)

    def topics(self, place: Place) -> list[Topic]:
        """Return what a channel follows, by number."""
        with self._store.snapshot() as db:
            return topics.of_channel(db, place)

    def states(self, place: Place, limit: int, skip: int = 0) -> list[State]:
        """Return a page of what a channel follows, as a list shows it."""
        now = self._clock()
        with self._store.snapshot() as db:
            shown = topics.of_channel(db, place)[skip : skip + limit]
            lasts = [deliveries.last(db, topic.id) for topic in shown]
        return [
            State(
                topic,
                None if topic.pause else following(topic.schedule, now).moment,
                last,
                self._match(topic),
            )
            for topic, last in zip(shown, lasts, strict=True)
        ]

    def next(self, place: Place) -> tuple[datetime, str] | None:
        """Return when a channel may get its next digest, and the zone of the topic that brings it."""
        now = self._clock()
        going = [topic.schedule for topic in self.topics(place) if not topic.pause]
        return min(((following(each, now).moment, each.zone) for each in going), default=None)

    def stopped(self, place: Place) -> tuple[datetime, str] | None:
        """Return since when the whole workspace gets nothing, and why, in Slack's word."""
        with self._store.snapshot() as db:
            return deliveries.stopped(db, place.team)

    def preview(self, place: Place, what: int | Wish) -> Preview:
        """Return what the next digest would bring of a topic, or the first one of what might be followed.

        Raises UserError where there is none, or it cannot be searched.
        """
        now, matcher = self._clock(), self._library.matcher()
        with self._store.snapshot() as db:
            if isinstance(what, int):
                topic = _numbered(db, place, what)
            else:
                usual = _usual(place, Person("", ""), "UTC", now, papers.newest(db))
                topic = _wished(usual, what, untouched=True)
            waited = deliveries.waited(db, [topic.id], now - WAIT).get(topic.id, 0)
            taken = deliveries.taken(db, place)
            promised = deliveries.promised(db, [topic.id]).get(topic.id, 0)
        topic = replace(topic, earlier=max(0, topic.earlier - promised))
        match = matcher.match(topic.query, topic.strictness)
        due = Due(topic, latest(topic.schedule, now).date, waited)
        edition = select(place, [(due, match)], matcher, taken).edition(matcher, now)
        return Preview(
            query=match.query.text,
            match=match,
            brings=_brought(edition),
            waiting=edition.waiting,
            narrowing=matcher.narrowing(match) if match.is_broad else (),
            rate=self._rate(sorted(matcher.all(match)), now),
        )

    def matching_new(self, place: Place, above: int) -> News:
        """Return which papers with a number above this match a channel's topics, be these paused or not.

        Raises UserError where no papers are loaded.
        """
        matcher, times = self._library.matcher(), Counter[int]()
        counts = []
        for topic in self.topics(place):
            if match := _match(matcher, topic):
                numbers = matcher.all(match, above)
                times.update(numbers)
                counts.append((topic, len(numbers)))
        shared = sum(many > 1 for many in times.values())
        return News(len(times), shared, tuple(each for each in counts if each[1]))

    def _changed(self, db: Database, before: Topic, topic: Topic, wish: Wish, now: datetime) -> Done:
        """Write what a wish makes of a topic, which was as it was `before`."""
        untouched = topic.earlier == topic.top and deliveries.last(db, topic.id) is None
        changed = _wished(topic, wish, untouched=untouched)
        if changed.schedule != topic.schedule:
            changed = replace(changed, counts_from=now)
        same = self._same(changed)
        _refuse_another(db, topic.place, topic.number, same)
        moment = following(changed.schedule, now).moment
        if changed == before:
            return Done(before, Deed.KEPT, moment, before)
        return Done(_written(db, changed, same), Deed.CHANGED, moment, before)

    def _same(self, topic: Topic) -> str:
        return sameness(self._library.matcher().match(topic.query, topic.strictness).query)

    def _match(self, topic: Topic) -> Match | None:
        try:
            return _match(self._library.matcher(), topic)
        except UserError:  # no papers are loaded
            return None

    def _meant(self, db: Database, place: Place, which: str) -> list[Topic]:
        there = topics.of_channel(db, place)
        if which.casefold() == "all":
            if there:
                return there
            raise UserError("This channel follows no topic.")
        if which.isascii() and which.isdigit() and len(which) <= _LONGEST_NUMBER:
            return [_numbered(db, place, int(which))]
        same = sameness(self._library.matcher().match(which, Strictness.NORMAL).query)
        if known := topics.alike(db, place, same):
            return [known]
        raise _missing(f"This channel does not follow {shorten(which, 80)}.", there)

    def _rate(self, matching: list[int], now: datetime) -> Rate:
        with self._store.snapshot() as db:
            first, last = papers.arrivals(db)
            if last - first < _DAY:
                return Rate(None, first)
            since = max(first + _DAY, now - _MONTH)
            came = papers.arrived(db, matching, since)
        return Rate(came / max((now - since) / _WEEK, 1), since)


def _match(matcher: Matcher, topic: Topic) -> Match | None:
    try:
        return matcher.match(topic.query, topic.strictness)
    except UserError:  # an earlier version could search it
        return None


def _usual(place: Place, person: Person, zone: str, now: datetime, newest: int) -> Topic:
    """Return a topic of which nothing has been said yet."""
    return Topic(
        id=0,
        place=place,
        number=0,
        query="",
        strictness=Strictness.NORMAL,
        top=TOP,
        schedule=Schedule(*DAYS, AT, zone),
        owner=person,
        created_at=now,
        counts_from=now,
        newest=newest,
        earlier=TOP,
        revision=1,
    )


def _wished(topic: Topic, wish: Wish, *, untouched: bool) -> Topic:
    """Return a topic with what a wish says; `untouched`: none of what it may bring from before has come."""
    when, top = topic.schedule, wish.top or topic.top
    days = wish.days or (when.weekdays, when.month_day)
    return replace(
        topic,
        query=wish.topic or topic.query,
        strictness=wish.strictness or topic.strictness,
        top=top,
        schedule=Schedule(*days, when.at if wish.at is None else wish.at, wish.zone or when.zone),
        earlier=top if untouched else min(topic.earlier, top),
    )


def _written(db: Database, topic: Topic, same: str = "") -> Topic:
    topics.change(db, topic, same)
    return topics.by_id(db, topic.id)


def _numbered(db: Database, place: Place, number: int) -> Topic:
    there = topics.of_channel(db, place)
    for topic in there:
        if topic.number == number:
            return topic
    raise _missing(f"There is no topic {number} here.", there)


def _refuse_another(db: Database, place: Place, number: int, same: str) -> None:
    """Raise UserError where another topic than this asks for the same."""
    other = topics.alike(db, place, same)
    if other and other.number != number:
        raise UserError(f"Topic {other.number} asks for that already.")


def _missing(sentence: str, there: list[Topic]) -> UserError:
    if not there:
        return UserError(f"{sentence} This channel follows no topic.")
    named = ", ".join(f"{topic.number} {shorten(topic.query, 60)}" for topic in there[:_NAMED])
    more = f" and {counted(len(there) - _NAMED, 'other')}" if len(there) > _NAMED else ""
    return UserError(f"{sentence} This channel follows {named}{more}.")


def _brought(edition: Edition) -> tuple[Matched, ...]:
    return tuple(entry.matched for section in edition.sections for entry in section.entries)
