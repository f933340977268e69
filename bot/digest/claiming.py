"""What is due in a channel → a delivery, written down whole.

Law: a claim is one transaction. It stands only if no topic has changed since it was drawn up, and if there is
nothing to say, that is what it records.
"""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.digest.due import Ready
from bot.digest.edition import Due, Edition, Selection, select
from bot.digest.sending import Writer
from bot.errors import UserError
from bot.library import Library
from bot.matching import Match, Matcher
from bot.store import Database, Store, deliveries, topics
from bot.store.deliveries import Decision, Unsent
from bot.topics import Topic

WAIT = timedelta(days=30)  # how long papers that had no room wait
PACE = 1.0  # seconds between two messages in a channel
_TRIES = 3

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a channel would get, of the papers of a matcher.

    `lost` are topics that cannot be searched any more, as an earlier version could; `over` are slots decided
    long before, as when clocks have been set back.
    """

    matcher: Matcher
    selection: Selection
    lost: tuple[Due, ...]
    over: tuple[tuple[int, date], ...]

    def edition(self, now: datetime) -> Edition:
        """Return what is shown of it."""
        return self.selection.edition(self.matcher, now)

    def dues(self) -> list[Due]:
        """Return the topics that it is for."""
        return [*(choice.due for choice in self.selection.choices), *self.lost]

    def decisions(self) -> list[Decision]:
        """Return what it decides; a topic that cannot be searched brings nothing, and loses nothing."""
        silent = [
            Decision(due.topic.id, due.date, upto=0, papers=0, waiting=0, earlier=0) for due in self.lost
        ]
        return [*self.selection.decisions(self.matcher), *silent]


def draft(store: Store, library: Library, ready: Ready) -> Draft:
    """Draw up what is due in a channel; raises UserError where no papers are loaded."""
    matcher = library.matcher()
    with store.snapshot() as db:
        over = topics.decided(db, [(topic, slot.date) for topic, slot in ready.slots])
        waited = deliveries.waited(db, [topic for topic, _ in ready.slots], ready.at - WAIT)
        slots = {topic: slot for topic, slot in ready.slots if (topic, slot.date) not in over}
        promised = deliveries.promised(db, [*slots])
        wanted = [
            Due(_without(topic, promised), slots[topic.id].date, waited.get(topic.id, 0))
            for topic in topics.going(db, [*slots])
            if topic.place == ready.place and slots[topic.id].moment > topic.counts_from  # as they are now
        ]
        taken = deliveries.taken(db, ready.place)
    matches = [(each, match) for each in wanted if (match := _match(matcher, each.topic))]
    lost = [each for each in wanted if each not in {matched for matched, _ in matches}]
    return Draft(matcher, select(ready.place, matches, matcher, taken), tuple(lost), tuple(over))


def claim(store: Store, library: Library, writer: Writer, ready: Ready, now: datetime) -> Unsent | None:
    """Claim what is due in a channel; return its message, None where there is nothing to say.

    Unless the channel must rest, the message is tried from then on: whoever claimed it sends it at once.
    Raises UserError where no papers are loaded.
    """
    for _ in range(_TRIES):
        drawn = draft(store, library, ready)
        place, found = ready.place, [*drawn.selection.homes]
        at = max(ready.at, now)
        contents = writer.edition(drawn.edition(at), at) if found else ()
        with store.writing() as db:
            if any(_changed(due.topic, db) for due in drawn.dues()):
                continue
            delivery = None
            if found:
                delivery = deliveries.claim(db, place, secrets.token_hex(8), found, contents, now)
            deliveries.decide(db, drawn.decisions(), delivery, now)
            for topic, day in drawn.over:
                topics.remember(db, topic, day)
            if delivery is None:
                return None
            message = deliveries.unfinished(db, place.team, delivery)[0]
            if not 0 <= now.timestamp() - deliveries.posted_at(db, place) < PACE:
                deliveries.trying(db, message, now)
                message = replace(message, tried_at=now.timestamp())
            return message
    return None  # they are being changed; the next tick finds them at rest


def _match(matcher: Matcher, topic: Topic) -> Match | None:
    try:
        return matcher.match(topic.query, topic.strictness)
    except UserError as error:  # an earlier version could search it
        _log.error("topic %d cannot be searched any more: %s", topic.id, error)
        return None


def _without(topic: Topic, promised: Mapping[int, int]) -> Topic:
    """Return a topic as it will be once what is on its way has arrived."""
    return replace(topic, earlier=max(0, topic.earlier - promised.get(topic.id, 0)))


def _changed(topic: Topic, db: Database) -> bool:
    return topics.by_id(db, topic.id).revision != topic.revision
