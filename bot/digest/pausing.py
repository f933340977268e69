"""What goes wrong with channels and their digests → whoever set the topics there, told once.

Law: nothing is ever deleted because of an error. What is to be told is read from the database, so no crash
before that keeps it from anybody; and it is claimed before it is said, so nobody hears it twice.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

from bot.digest.sending import Sender, Trouble, Writer
from bot.errors import SendError
from bot.store import Database, Store, deliveries, once, topics
from bot.telling import tell_once

ARCHIVED = "is_archived"
PASSING = {ARCHIVED, "not_in_channel", "channel_not_found"}  # Slack can be asked whether it is still so
LATE = timedelta(days=7)  # of an older pause nobody is told any more

_PAUSED = "told of a pause"
_UNDELIVERED = "told of a digest"
_HELD, _REFUSED = "held", "refused"  # states of deliveries

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Case:
    """One topic's trouble, and what names it: each pause is one, and each run of digests that fail alike."""

    trouble: Trouble
    kind: str
    key: str

    def message(self) -> tuple[str, str, str, bool, bool]:
        """Return what cases share that are told in one message: the owner, and all but the topics."""
        told = self.trouble
        return told.topics[0].owner.id, told.place.channel, told.why, told.held, told.refused


def tell(store: Store, sender: Sender, writer: Writer, now: datetime, stopping: Callable[[], bool]) -> None:
    """Tell owners which of their topics are paused, and which got no digest, where that was not done before.

    It ends early where it is to stop, or Slack has too much to do; the next call goes on.
    """
    with store.snapshot() as db:
        untold = [each for each in _cases(db, sender.team, now) if not once.is_done(db, each.kind, each.key)]
    if untold:
        with store.writing() as db:
            once.forget(db, _PAUSED, now - LATE)
    for (owner, *_), group in groupby(sorted(untold, key=_Case.message), key=_Case.message):
        if stopping():
            return
        cases = {each.key: each for each in group}
        kind = next(iter(cases.values())).kind
        try:
            tell_once(store, kind, cases, partial(_say, sender, writer, owner), now)
        except SendError as error:
            _log.warning("owners are told later: %s", error)
            return


def arrived(db: Database, delivery: int) -> None:
    """Note that a digest has arrived: should a later one fail, the owners of its topics are told again."""
    for topic in topics.of_delivery(db, delivery):
        for state in (_HELD, _REFUSED):
            once.release(db, _UNDELIVERED, f"{topic.id} {state}")


def _cases(db: Database, team: str, now: datetime) -> Iterator[_Case]:
    for topic in topics.failed(db, team, now - LATE):
        if topic.pause:
            key = f"{topic.id} {int(topic.pause.since.timestamp())}"
            yield _Case(Trouble(topic.place, (topic,), topic.pause.why), _PAUSED, key)
    for which, state, why in deliveries.undelivered(db, team):
        topic = topics.by_id(db, which)
        trouble = Trouble(topic.place, (topic,), why, held=state == _HELD, refused=state == _REFUSED)
        yield _Case(trouble, _UNDELIVERED, f"{topic.id} {state}")


def _say(sender: Sender, writer: Writer, owner: str, cases: Sequence[_Case]) -> None:
    topics = tuple(each.trouble.topics[0] for each in cases)
    sender.tell(owner, writer.trouble(replace(cases[0].trouble, topics=topics)))
