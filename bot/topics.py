"""The nouns of following: frozen, and without behaviour that needs anything else."""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

MOST_TOP = 20  # papers a digest brings of a topic, at most
LAST_DAY = 31  # of a month; in shorter ones their last stands in


class Strictness(StrEnum):
    """How much of a topic's weight a paper must have; of a two-word topic `NORMAL` wants both words."""

    BROAD = "broad"  # half
    NORMAL = "normal"  # seven tenths
    STRICT = "strict"  # every word


@dataclass(frozen=True, slots=True)
class Schedule:
    """A digest `at` a local time of a `zone` (its IANA name), on days of the week or once a month.

    `weekdays` ascend, Monday being 0; where there are none, `month_day` (1 to 31) is the day of the month, or
    the last in months that are shorter.
    """

    weekdays: tuple[int, ...]
    month_day: int
    at: time
    zone: str


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation of a workspace, by Slack's ids."""

    team: str
    channel: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who did something: Slack's id, and the handle by which people are named."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Since when nothing comes: because a person wanted it, or `why` in Slack's word for what went wrong."""

    since: datetime
    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a channel follows: a query, how strictly it is matched, how many papers come at most, and when.

    `number` names it in its channel. Slots count after `counts_from`. Papers with a number above `newest` are
    new to it; of those from before `earlier` may still come. `revision` grows with every change.
    """

    id: int
    place: Place
    number: int
    query: str
    strictness: Strictness
    top: int
    schedule: Schedule
    owner: Person
    created_at: datetime
    counts_from: datetime
    newest: int
    earlier: int
    revision: int
    pause: Pause | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asked for of a topic; None is what they did not say.

    `days` are a schedule's weekdays and its day of the month.
    """

    topic: str = ""
    days: tuple[tuple[int, ...], int] | None = None
    at: time | None = None
    zone: str | None = None
    top: int | None = None
    strictness: Strictness | None = None
