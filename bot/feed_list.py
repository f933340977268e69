"""Which feeds are followed: those that the settings name, and those that admins have added.

Law: the settings' own can only be taken out there. What a feed has brought stays when it is followed no more.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.errors import UserError
from bot.feeds.addresses import Feed
from bot.store import Store, feeds
from bot.store.feeds import Followed
from bot.topics import Person
from bot.wording import shorten

MOST = 100  # feeds that are followed, whoever adds one more
AGAIN = timedelta(minutes=15)  # until a feed is due that somebody has begun to fetch
_SHOWN = 80


class FeedList:
    """The feeds that are followed, of which the settings name those `wanted`."""

    def __init__(self, store: Store, wanted: Sequence[Feed]) -> None:
        self._store = store
        self._wanted = dict.fromkeys(feed.name for feed in wanted)  # each once, in order

    def followed(self, now: datetime) -> list[Followed]:
        """Return the feeds, by their numbers; those that the settings name since are due at once."""
        with self._store.reading() as db:
            found = feeds.every(db)
        if not self._wanted.keys() <= {each.name for each in found}:
            with self._store.writing() as db:
                feeds.enter(db, self._wanted, now)
                found = feeds.every(db)
        return [each for each in found if self._is_followed(each)]

    def add(self, feed: Feed, by: Person, now: datetime) -> Followed:
        """Follow a feed for somebody who is about to fetch it; should they not, it is due soon.

        Raises UserError where it is followed already, or too many are.
        """
        with self._store.writing() as db:
            followed = {
                each.name for each in feeds.every(db) if self._is_followed(each)
            } | self._wanted.keys()
            if feed.name in followed:
                raise UserError(f"{shorten(feed.name, _SHOWN)} is followed already: see /paper feeds.")
            if len(followed) >= MOST:
                raise UserError(f"{MOST} feeds are followed already, which is the most. Remove one first.")
            feeds.add(db, feed.name, by, now + AGAIN)
            return next(each for each in feeds.every(db) if each.name == feed.name)

    def remove(self, which: str) -> Followed:
        """Follow a feed no more, given by its number or its name; return it as it was.

        Raises UserError where none is followed that is called so, or the settings name it.
        """
        with self._store.writing() as db:
            followed = [each for each in feeds.every(db) if self._is_followed(each)]
            gone = next((each for each in followed if which in {str(each.number), each.name}), None)
            if gone is None:
                raise UserError(f"There is no feed {shorten(which, _SHOWN)}: see /paper feeds.")
            if gone.name in self._wanted:
                raise UserError(
                    f"Feed {gone.number}, {shorten(gone.name, _SHOWN)}, stands in the settings."
                    " Whoever runs me can take it out of PAPERBOY_FEEDS."
                )
            feeds.remove(db, gone.number)
        return gone

    def _is_followed(self, feed: Followed) -> bool:
        return feed.by is not None or feed.name in self._wanted
