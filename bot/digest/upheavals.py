"""What becomes of channels, of people and of the bot itself → what is followed.

Law: each event takes effect once, though Slack sends it again: it is claimed in the transaction that records
what it changes. It touches nothing of another workspace, and nothing is ever deleted because of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from bot.digest.pausing import ARCHIVED
from bot.store import Database, Store, deliveries, once, topics
from bot.topics import Place, Topic

_KIND = "upheaval"
_KEPT = timedelta(days=1)  # Slack sends an event again for an hour at most


@dataclass(frozen=True, slots=True)
class News:
    """An event: the workspace that it is of, Slack's id for it, and when it came."""

    team: str
    event: str
    at: datetime


def stopped(store: Store, news: News, why: str) -> None:
    """Record that the workspace does not let the bot in any more."""
    with _once(store, news) as db:
        if db:
            deliveries.stop(db, news.team, why, news.at)


def unreachable(store: Store, news: News, channel: str, why: str) -> None:
    """Pause what a channel follows, `why` being Slack's word; who set it is told in the next round."""
    with _once(store, news) as db:
        if db:
            topics.pause_all(db, Place(news.team, channel), why, news.at)


def unarchived(store: Store, news: News, channel: str) -> list[Topic]:
    """Let go on what was paused because the channel was archived; return it."""
    with _once(store, news) as db:
        place = Place(news.team, channel)
        return topics.resume_all(db, place, news.at, lambda why: why == ARCHIVED) if db else []


def returned(store: Store, news: News, channel: str) -> list[Topic]:
    """Let go on what any failure paused, for the bot is in the channel again; return it."""
    with _once(store, news) as db:
        return topics.resume_all(db, Place(news.team, channel), news.at, lambda _: True) if db else []


def moved(store: Store, news: News, old: str, new: str) -> None:
    """Rewrite a channel's id, which Slack has changed."""
    with _once(store, news) as db:
        if db and old != new:
            topics.move(db, Place(news.team, old), Place(news.team, new), news.at)


def owned(store: Store, team: str, person: str) -> dict[Place, list[Topic]]:
    """Return what is followed because of one person, by channel."""
    with store.snapshot() as db:
        found = topics.owned_by(db, team, person)
    return {place: list(theirs) for place, theirs in groupby(found, key=lambda topic: topic.place)}


@contextmanager
def _once(store: Store, news: News) -> Iterator[Database | None]:
    """Open a transaction that claims an event; yield None where that was done before."""
    with store.writing() as db:
        once.forget(db, _KIND, news.at - _KEPT)
        yield db if once.claim(db, _KIND, f"{news.team} {news.event}", news.at) else None
