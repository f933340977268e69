from datetime import UTC, datetime, time
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digest.phrases import clause, days, moment, on, when
from bot.digest.schedule import EVERY_DAY, WEEKDAYS
from bot.digest.zones import known
from bot.slack.clauses import parse_clauses
from bot.topics import Schedule, Wish

NOW = datetime(2026, 11, 21, 15, tzinfo=UTC)
NINE = time(9)

DAYS = st.lists(st.sampled_from(EVERY_DAY), min_size=1, unique=True).map(
    lambda days: (tuple(sorted(days)), 0)
)
MONTH_DAYS = st.integers(1, 31).map(lambda day: ((), day))
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
ZONES = st.sampled_from(sorted(filter(known, available_timezones())))


@pytest.mark.parametrize(
    ("weekdays", "month_day", "shown", "typed"),
    [
        (EVERY_DAY, 0, "every day", "every day"),
        (WEEKDAYS, 0, "Mon–Fri", "weekdays"),
        ((0,), 0, "Mondays", "mondays"),
        ((6,), 0, "Sundays", "sundays"),
        ((0, 3), 0, "Mon, Thu", "mondays and thursdays"),
        ((5, 6), 0, "Sat, Sun", "saturdays and sundays"),
        ((0, 1, 2), 0, "Mon, Tue, Wed", "mondays, tuesdays and wednesdays"),
        ((), 1, "1st of the month", "monthly on the 1st"),
        ((), 2, "2nd of the month", "monthly on the 2nd"),
        ((), 3, "3rd of the month", "monthly on the 3rd"),
        ((), 11, "11th of the month", "monthly on the 11th"),
        ((), 22, "22nd of the month", "monthly on the 22nd"),
        ((), 30, "30th of the month", "monthly on the 30th"),
        ((), 31, "last day of the month", "monthly on the last day"),
    ],
)
def test_a_schedule_has_words_to_show_and_words_to_type(
    weekdays: tuple[int, ...], month_day: int, shown: str, typed: str
) -> None:
    """Its days alone, with time and zone, and as a line would say them."""
    schedule = Schedule(weekdays, month_day, time(9, 5), "Europe/London")
    assert (days(schedule), when(schedule), clause(schedule)) == (
        shown,
        f"{shown} 09:05 Europe/London",
        f"{typed} at 09:05 in Europe/London",
    )


@pytest.mark.parametrize(
    ("when_it_is", "zone", "shown"),
    [
        (datetime(2026, 11, 24, 9, tzinfo=UTC), "Europe/London", ("Tue 24 Nov", "Tue 24 Nov 09:00")),
        (datetime(2026, 11, 24, 23, 30, tzinfo=UTC), "Europe/Berlin", ("Wed 25 Nov", "Wed 25 Nov 00:30")),
        (datetime(2027, 1, 4, 9, tzinfo=UTC), "UTC", ("Mon 4 Jan 2027", "Mon 4 Jan 2027 09:00")),
        (datetime(2027, 1, 1, 2, tzinfo=UTC), "America/New_York", ("Thu 31 Dec", "Thu 31 Dec 21:00")),
        (datetime(2025, 12, 31, 9, tzinfo=UTC), "UTC", ("Wed 31 Dec 2025", "Wed 31 Dec 2025 09:00")),
    ],
)
def test_a_moment_has_the_date_of_its_zone(when_it_is: datetime, zone: str, shown: tuple[str, str]) -> None:
    """The year is named where it is not the one that now is there."""
    assert (on(when_it_is, zone, NOW), moment(when_it_is, zone, NOW)) == shown


def test_the_year_of_now_is_the_zones_too() -> None:
    """On New Year's Eve in New York the new year has begun in UTC."""
    eve = datetime(2027, 1, 1, 2, tzinfo=UTC)
    assert on(datetime(2026, 12, 31, 12, tzinfo=UTC), "America/New_York", eve) == "Thu 31 Dec"


@given(DAYS | MONTH_DAYS, TIMES, ZONES)
def test_what_is_to_be_typed_is_read_back(said: tuple[tuple[int, ...], int], at: time, zone: str) -> None:
    """Every schedule survives being put into words and read."""
    line = f"some topic {clause(Schedule(*said, at, zone))}"
    assert parse_clauses(line) == Wish("some topic", said, at, zone)
