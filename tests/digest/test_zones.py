from collections import defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.digest.zones import _CITIES, is_city, known, named, nearest


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("berlin", "Europe/Berlin"),
        ("BERLIN", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("New_York", "America/New_York"),
        ("America/New York", "America/New_York"),
        ("Zürich", "Europe/Zurich"),
        ("São Paulo", "America/Sao_Paulo"),
        ("St. John's", "America/St_Johns"),
        ("port au prince", "America/Port-au-Prince"),
        ("Port-au-Prince", "America/Port-au-Prince"),
        ("Buenos Aires", "America/Argentina/Buenos_Aires"),
        ("istanbul", "Europe/Istanbul"),
        ("singapore", "Asia/Singapore"),
        ("utc", "UTC"),
        ("GMT", "GMT"),
        ("cet", "CET"),
        ("japan", "Japan"),
        ("us/pacific", "US/Pacific"),
        ("Africa/Reunion", None),
        ("Indian/Reunion", "Indian/Reunion"),
        ("reunion", None),
        ("general", None),
        ("pacific", None),
        ("medicine", None),
        ("Mumbai", "Asia/Kolkata"),
        ("München", "Europe/Berlin"),
        ("san francisco", "America/Los_Angeles"),
        ("Rio de Janeiro", "America/Sao_Paulo"),
        ("Cambridge", None),
        ("EST", None),
        ("pst", None),
        ("UTC+2", None),
        ("GMT-5", None),
        ("Factory", None),
        ("localtime", None),
        ("posix/Europe/Berlin", None),
        ("", None),
    ],
)
def test_people_name_zones_and_cities(said: str, zone: str | None) -> None:
    """A zone goes by its name and its city; words, offsets and half a year's clocks are none."""
    assert named(said) == zone


@pytest.mark.parametrize(
    ("said", "is_one"),
    [
        ("Berlin", True),
        ("new york", True),
        ("Munich", False),
        ("beijing", False),
        ("Singapore", False),
        ("panama", False),
        ("St. Lucia", False),
        ("japan", False),
        ("UTC", False),
        ("medicine", False),
    ],
)
def test_a_city_with_a_zone_is_told_from_a_place(said: str, is_one: bool) -> None:  # noqa: FBT001 as below
    """A country, or a city that keeps another's clock, is more often said of a place than of a zone."""
    assert is_city(said) is is_one


def test_every_zone_goes_by_its_own_name() -> None:
    """No city takes the name of another zone, but where both are one clock."""
    zones = [zone for zone in available_timezones() if known(zone)]
    others = {zone: named(zone) for zone in zones if named(zone) != zone}
    assert others == {
        "Jamaica": "America/Jamaica",
        "Kwajalein": "Pacific/Kwajalein",
        "Singapore": "Asia/Singapore",
    }


def test_every_city_without_a_zone_keeps_one_that_there_is() -> None:
    """None takes the place of a zone, or of a city that has one."""
    assert {city: zone for city, zone in _CITIES.items() if not known(zone) or named(city) != zone} == {}


def test_two_zones_of_one_city_are_one_clock() -> None:
    """Whichever is taken, the hour is right: a city that stands for two clocks would have to be left out."""
    cities: defaultdict[str, set[tuple[timedelta | None, ...]]] = defaultdict(set)
    for zone in filter(known, available_timezones()):
        if "/" in zone and named(zone.rpartition("/")[2]):
            city = zone.rpartition("/")[2]
            cities[city] |= {clock(zone), clock(named(city) or "")}
    assert {city for city, clocks in cities.items() if len(clocks) > 1} == set()


def clock(zone: str) -> tuple[timedelta | None, ...]:
    """Return what a zone's clock is off UTC by, on the first of each month of three years."""
    moments = (datetime(year, month, 1, tzinfo=UTC) for year in (2025, 2026, 2027) for month in range(1, 13))
    return tuple(moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in moments)


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("berln", "Europe/Berlin"),
        ("Europe/Berln", "Europe/Berlin"),
        ("new yrok", "America/New_York"),
        ("londno", "Europe/London"),
        ("PST", "America/Los_Angeles"),
        ("est", "America/New_York"),
        ("USA", "America/New_York"),
        ("munihc", "Europe/Berlin"),
        ("medicine", None),
        ("", None),
        ("UTC+2", None),
    ],
)
def test_a_slip_or_an_abbreviation_has_its_nearest_zone(said: str, zone: str | None) -> None:
    """An abbreviation's is the city that most people mean; what is far from all has none."""
    assert nearest(said) == zone


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("Europe/London", True),
        ("UTC", True),
        ("Etc/GMT+5", True),
        ("europe/london", False),
        ("EST", False),
        ("Factory", False),
        ("right/UTC", False),
        ("../UTC", False),
        ("", False),
    ],
)
def test_a_digests_clock_has_an_exact_name(name: str, is_one: bool) -> None:  # noqa: FBT001 a table's column
    """Names are taken as IANA writes them."""
    assert known(name) is is_one
