"""Slots: one each local date that a schedule names, through every change of clocks."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digest.schedule import following, latest
from bot.topics import Schedule

# Each zone's two changes of clocks within a year, by local date; India has none.
CHANGES = {
    "Europe/Berlin": (date(2026, 10, 25), date(2027, 3, 28)),
    "America/New_York": (date(2026, 11, 1), date(2027, 3, 14)),
    "Asia/Kolkata": (date(2026, 10, 25), date(2027, 3, 28)),
    "Australia/Lord_Howe": (date(2026, 10, 4), date(2027, 4, 4)),
}
EVERY_DAY = tuple(range(7))
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def daily(at: time, zone: str) -> Schedule:
    """Return the schedule of every day."""
    return Schedule(EVERY_DAY, 0, at, zone)


schedules = st.builds(
    lambda days, at, zone: Schedule(days[0], days[1], at, zone),
    st.one_of(
        st.lists(st.integers(0, 6), min_size=1, unique=True).map(lambda days: (tuple(sorted(days)), 0)),
        st.integers(1, 31).map(lambda day: ((), day)),
    ),
    st.times(timezones=st.none()).map(lambda at: at.replace(second=0, microsecond=0, fold=0)),
    st.sampled_from(sorted(CHANGES)),
)


def named(schedule: Schedule, first: date, days: int) -> list[date]:
    """Return the dates that a schedule names, found another way: by asking each date."""
    found = []
    for day in (first + number * DAY for number in range(days)):
        end = (day.replace(day=28) + 4 * DAY).replace(day=1) - DAY
        monthly = day.day == min(schedule.month_day, end.day)
        if day.weekday() in schedule.weekdays or (not schedule.weekdays and monthly):
            found.append(day)
    return found


@given(schedules, st.integers(0, 1), st.lists(st.floats(0.01, 20), min_size=20, max_size=120))
def test_each_date_has_one_slot_whenever_one_looks(
    schedule: Schedule, which: int, hours: list[float]
) -> None:
    """Five weeks before a change to five weeks after: each date is met once, in order.

    It makes no difference whether a process sleeps until the next slot, or looks now and then, being down for
    up to 20 hours between.
    """
    first = CHANGES[schedule.zone][which] - 35 * DAY
    begin, end = (
        datetime.combine(day, time(0), ZoneInfo(schedule.zone)).astimezone(UTC)
        for day in (first, first + 71 * DAY)
    )
    slept, slot = [], following(schedule, begin - SECOND)
    while slot.moment < end:
        slept.append(slot.date)
        assert latest(schedule, slot.moment) == slot
        slot = following(schedule, slot.moment)
    assert slept == named(schedule, first, 71)
    looked: list[date] = []
    now, rests = begin, cycle(hours)
    while now < end:
        slot = latest(schedule, now)
        if slot.moment >= begin and slot.date not in looked:
            looked.append(slot.date)
        now += timedelta(hours=next(rests))
    slot = latest(schedule, end - SECOND)
    if slot.moment >= begin and slot.date not in looked:
        looked.append(slot.date)
    assert looked == slept


@pytest.mark.parametrize(
    ("zone", "at", "around", "moments"),
    [
        ("Europe/Berlin", time(2, 30), date(2026, 10, 25), ["24T00:30", "25T00:30", "26T01:30"]),
        ("Europe/Berlin", time(2, 30), date(2027, 3, 28), ["27T01:30", "28T01:30", "29T00:30"]),
        ("America/New_York", time(1, 30), date(2026, 11, 1), ["31T05:30", "01T05:30", "02T06:30"]),
        ("America/New_York", time(2, 30), date(2027, 3, 14), ["13T07:30", "14T07:30", "15T06:30"]),
        ("Australia/Lord_Howe", time(2, 15), date(2026, 10, 4), ["02T15:45", "03T15:45", "04T15:15"]),
        ("Australia/Lord_Howe", time(1, 45), date(2027, 4, 4), ["02T14:45", "03T14:45", "04T15:15"]),
        ("Asia/Kolkata", time(9), date(2026, 10, 25), ["24T03:30", "25T03:30", "26T03:30"]),
    ],
)  # fmt: skip
def test_changes_of_clocks(zone: str, at: time, around: date, moments: list[str]) -> None:
    """A time that is skipped counts as if nothing had changed; of one that comes twice the first counts."""
    now = datetime.combine(around - DAY, time(0), ZoneInfo(zone)) - timedelta(seconds=1)
    found = []
    for _ in range(3):
        slot = following(daily(at, zone), now)
        found.append(slot.moment)
        now = slot.moment
    assert [f"{each:%dT%H:%M}" for each in found] == moments


def test_clocks_that_go_back_past_midnight() -> None:
    """In Newfoundland they did so at 00:01: midnight's slot had come, though it was the day before again."""
    schedule = daily(time(0, 0), "America/St_Johns")
    again = datetime(2006, 10, 29, 3, 0, tzinfo=UTC)  # 23:30 on the 28th, for the second time
    assert latest(schedule, again).date == date(2006, 10, 29)
    assert following(schedule, again).date == date(2006, 10, 30)


def test_a_date_that_a_zone_left_out() -> None:
    """Samoa had no 30 December 2011: its slot falls together with the next one, as which it counts."""
    schedule = daily(time(9), "Pacific/Apia")
    now = datetime(2011, 12, 30, 19, 30, tzinfo=UTC)
    assert latest(schedule, now).date == date(2011, 12, 31)


@pytest.mark.parametrize(
    ("month_day", "dates"),
    [(31, ["31 Jan", "28 Feb", "31 Mar", "30 Apr"]), (30, ["30 Jan", "28 Feb", "30 Mar", "30 Apr"]),
     (1, ["01 Feb", "01 Mar", "01 Apr", "01 May"])],
)  # fmt: skip
def test_a_day_past_the_months_end_is_its_last(month_day: int, dates: list[str]) -> None:
    """Each month has one slot."""
    now, found = datetime(2027, 1, 2, tzinfo=UTC), []
    for _ in range(4):
        slot = following(Schedule((), month_day, time(9), "UTC"), now)
        found.append(f"{slot.date:%d %b}")
        now = slot.moment
    assert found == dates


def test_the_last_slot_of_a_month_long_schedule() -> None:
    """It may lie a month back, and counts from its very minute on."""
    schedule = Schedule((), 29, time(9), "UTC")
    assert latest(schedule, datetime(2027, 3, 1, tzinfo=UTC)).date == date(2027, 2, 28)
    moment = datetime(2027, 3, 29, 9, tzinfo=UTC)
    assert latest(schedule, moment).moment == moment
    assert following(schedule, moment).date == date(2027, 4, 29)
    assert following(schedule, moment - timedelta(microseconds=1)).moment == moment


def test_a_zone_that_nobody_knows_is_utc() -> None:
    """A name that has left the rules stops no digest."""
    schedule = daily(time(9), "Atlantis/Capital")
    assert latest(schedule, datetime(2026, 11, 23, 9, tzinfo=UTC)).moment == datetime(
        2026, 11, 23, 9, tzinfo=UTC
    )


def test_a_slot_that_a_change_moves_past_midnight() -> None:
    """In Scoresbysund the spring of 2025 went from 23:00 to midnight: 23:30 came half an hour after that."""
    schedule = daily(time(23, 30), "America/Scoresbysund")
    moment = datetime(2025, 3, 30, 1, 30, tzinfo=UTC)
    assert following(schedule, moment - timedelta(minutes=20)) == (moment, date(2025, 3, 29))
    assert latest(schedule, moment) == (moment, date(2025, 3, 29))
    assert latest(schedule, moment - SECOND).date == date(2025, 3, 28)
