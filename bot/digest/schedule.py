"""When digests come. Pure.

Law: a schedule has exactly one slot on each local date that it names, through every change of clocks. A time
that a change skips counts as if the change had not come yet, 02:30 in Berlin's spring being 03:30; of a time
that comes twice the first counts.
"""

import logging
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.topics import Schedule

EVERY_DAY = tuple(range(7))
WEEKDAYS = EVERY_DAY[:5]
_DAY = timedelta(days=1)

_log = logging.getLogger(__name__)


class Slot(NamedTuple):
    """When a digest is due: the moment, and the local date that names it."""

    moment: datetime
    date: date


def latest(schedule: Schedule, now: datetime) -> Slot:
    """Return the last slot at or before `now`."""
    day = _local_date(schedule, now) + _DAY  # which has begun once where clocks went back past midnight
    while not _names(schedule, day) or (moment := _moment(schedule, day)) > now:
        day -= _DAY
    return Slot(moment, day)


def following(schedule: Schedule, now: datetime) -> Slot:
    """Return the first slot after `now`."""
    day = _local_date(schedule, now) - _DAY
    while not _names(schedule, day) or (moment := _moment(schedule, day)) <= now:
        day += _DAY
    return Slot(moment, day)


@lru_cache(maxsize=1024)
def zone_of(name: str) -> tzinfo:
    """Return a zone; UTC, and a line in the log, where this machine's rules know the name no more."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        _log.exception("no rules for the zone %s: UTC stands in", name)
        return UTC


def _local_date(schedule: Schedule, now: datetime) -> date:
    return now.astimezone(zone_of(schedule.zone)).date()


def _names(schedule: Schedule, day: date) -> bool:
    if schedule.weekdays:
        return day.weekday() in schedule.weekdays
    return day.day == schedule.month_day or (
        day.day < schedule.month_day and day.day == monthrange(day.year, day.month)[1]
    )


def _moment(schedule: Schedule, day: date) -> datetime:
    return datetime.combine(day, schedule.at, zone_of(schedule.zone)).astimezone(UTC)
