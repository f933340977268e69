"""Feeds as the store knows them."""

from datetime import UTC, datetime

from bot.store.feeds import Followed
from bot.topics import Person

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


def never_fetched(number: int, name: str, by: Person | None = None, due: datetime = NOW) -> Followed:
    """Return a feed that was never fetched."""
    return Followed(
        number=number,
        name=name,
        by=by,
        due=due,
        etag="",
        modified="",
        succeeded=None,
        failed=None,
        fault="",
        faults=0,
        papers=0,
    )
