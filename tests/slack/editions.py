"""Topics, and what they bring of the seeds, for whoever shows or sends digests."""

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from bot.digest.edition import Due, Edition, select
from bot.digest.schedule import latest
from bot.library import Library
from bot.playground import SAFETY, TEAM
from bot.topics import Person, Place, Schedule, Strictness, Topic
from tests.conftest import LOADED_AT

AT = int(LOADED_AT.timestamp())
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HERE = Place(TEAM, SAFETY)
DAILY = Schedule((0, 1, 2, 3, 4), 0, time(9), "Europe/London")
MONDAYS = Schedule((0,), 0, time(9), "Europe/London")


def topic(number: int, query: str, schedule: Schedule = MONDAYS, **more: Any) -> Topic:
    """Return a topic of Ana's that is new to no paper of the seeds."""
    made = Topic(
        id=number,
        place=HERE,
        number=number,
        query=query,
        strictness=Strictness.NORMAL,
        top=3,
        schedule=schedule,
        owner=Person("U1", "ana"),
        created_at=LOADED_AT,
        counts_from=LOADED_AT,
        newest=0,
        earlier=0,
        revision=1,
    )
    return replace(made, **more)


def edition(library: Library, *topics: Topic) -> Edition:
    """Return what these topics bring of the seeds."""
    matcher = library.matcher()
    due = [
        (Due(each, latest(each.schedule, NOW).date), matcher.match(each.query, each.strictness))
        for each in topics
    ]
    return select(HERE, due, matcher, ()).edition(matcher, NOW)
