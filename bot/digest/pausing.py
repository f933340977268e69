"""Channels that cannot be reached: their topics are paused, kept, and let go on.

Law: nothing is ever deleted because of an error, and each owner is told once, when their topics pause.
"""

import logging
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from bot.digest.sending import Sender, Trouble, Writer
from bot.errors import SendError
from bot.store import Store, topics
from bot.topics import Place, Topic

ARCHIVED = "is_archived"

_log = logging.getLogger(__name__)


def pause(store: Store, place: Place, why: str, now: datetime) -> list[Topic]:
    """Pause what a channel follows, `why` being Slack's word; return the topics that went on until now."""
    with store.writing() as db:
        return topics.pause_all(db, place, why, now)


def tell(sender: Sender, writer: Writer, trouble: Trouble) -> None:
    """Tell each owner of the topics what happened to them; where Slack does not, `topics` shows it."""
    ordered = sorted(trouble.topics, key=lambda topic: (topic.owner.id, topic.number))
    for owner, theirs in groupby(ordered, key=lambda topic: topic.owner.id):
        try:
            sender.tell(owner, writer.trouble(replace(trouble, topics=tuple(theirs))))
        except SendError as error:
            _log.warning("an owner in %s could not be told: %s", trouble.place.channel, error)
