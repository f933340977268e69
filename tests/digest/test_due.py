"""What is due: the latest slot since the last change, at most a week old, that has not been decided."""

import zoneinfo
from datetime import datetime, time, timedelta
from importlib import resources
from pathlib import Path

import pytest

from bot.digest import schedule
from bot.digest.due import due
from bot.topics import Place, Wish
from tests.digest.conftest import ANA, HERE, MONDAY, SATURDAY, World

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
EVERY_DAY = (tuple(range(7)), 0)


def dates(world: World, now: datetime) -> list[tuple[str, list[tuple[int, str]]]]:
    """Return what is due: channels with their topics' ids and dates."""
    return [
        (ready.place.channel, [(topic, slot.date.isoformat()) for topic, slot in ready.slots])
        for ready in due(world.store, "T1", now)
    ]


@pytest.fixture
def daily(world: World) -> World:
    """Return a world with one topic, followed since Saturday 9:00, daily at 9:00."""
    world.add("Tea")
    world.follow("tea", days=EVERY_DAY)
    return world


def test_a_slot_is_due_from_its_minute_on(daily: World) -> None:
    """Not the one at whose very minute the topic was made, and not before the next."""
    assert dates(daily, SATURDAY) == []
    assert dates(daily, SATURDAY + DAY - MINUTE) == []
    assert dates(daily, SATURDAY + DAY) == [("C1", [(1, "2026-11-22")])]
    assert dates(daily, SATURDAY + 3 * DAY - MINUTE) == [("C1", [(1, "2026-11-23")])]


def test_a_slot_older_than_a_week_is_not_due(world: World) -> None:
    """It is passed over; what it would have brought comes with the next one."""
    world.add("Tea")
    world.follow("tea", days=((), 23))
    assert dates(world, MONDAY + 7 * DAY) == [("C1", [(1, "2026-11-23")])]
    assert dates(world, MONDAY + 7 * DAY + MINUTE) == []


def test_what_is_decided_is_not_due(daily: World) -> None:
    """Whatever the schedule is changed to, a local date has one slot."""
    daily.now = MONDAY
    daily.finish()
    assert dates(daily, MONDAY + MINUTE) == []
    daily.following.change(HERE, 1, Wish(at=time(17)))
    assert dates(daily, MONDAY + timedelta(hours=9)) == []
    assert dates(daily, MONDAY + timedelta(hours=32)) == [("C1", [(1, "2026-11-24")])]


def test_a_change_of_schedule_or_a_resumption_counts_anew(daily: World) -> None:
    """What had its slot before is not made up for at once; a change of anything else changes no slot."""
    daily.now = MONDAY + MINUTE
    daily.following.change(HERE, 1, Wish(top=3))
    assert dates(daily, daily.now) == [("C1", [(1, "2026-11-23")])]
    daily.following.change(HERE, 1, Wish(at=time(8)))
    assert dates(daily, daily.now) == []
    daily.following.pause(HERE, 1, ANA)
    assert dates(daily, MONDAY + 2 * DAY) == []
    daily.now = MONDAY + 2 * DAY
    daily.following.resume(HERE, 1)
    assert dates(daily, daily.now) == []
    assert dates(daily, MONDAY + 3 * DAY - timedelta(hours=1)) == [("C1", [(1, "2026-11-26")])]


def test_what_is_ended_is_not_due(daily: World) -> None:
    """Nor is another workspace's."""
    daily.follow("tea", Place("T2", "C1"), days=EVERY_DAY)
    daily.following.end(HERE, "1")
    assert dates(daily, MONDAY) == []


def test_topics_come_together_by_channel(daily: World) -> None:
    """In the order of their numbers, each channel once."""
    daily.follow("coffee", days=EVERY_DAY)
    daily.follow("coffee", Place("T1", "C0"), days=EVERY_DAY)
    daily.follow("milk", days=EVERY_DAY)
    assert dates(daily, MONDAY) == [
        ("C0", [(3, "2026-11-23")]),
        ("C1", [(1, "2026-11-23"), (2, "2026-11-23"), (4, "2026-11-23")]),
    ]


def test_a_zone_that_changes_its_rules(world: World, tmp_path: Path) -> None:
    """Slots follow the rules there are now; what was decided for a date is not decided again."""
    world.add("Tea")
    world.follow("tea", days=EVERY_DAY, zone="Europe/Berlin")
    world.now = MONDAY - timedelta(hours=1)
    world.finish()
    folder = tmp_path / "zones" / "Europe"
    folder.mkdir(parents=True)
    new_york = resources.files("tzdata.zoneinfo.America").joinpath("New_York").read_bytes()
    (folder / "Berlin").write_bytes(new_york)
    zoneinfo.reset_tzpath([tmp_path / "zones"])
    try:
        zoneinfo.ZoneInfo.clear_cache()
        schedule.zone_of.cache_clear()
        assert dates(world, MONDAY + timedelta(hours=6)) == []
        assert dates(world, MONDAY + timedelta(hours=28)) == []
        assert dates(world, MONDAY + timedelta(hours=29)) == [("C1", [(1, "2026-11-24")])]
    finally:
        zoneinfo.reset_tzpath()
        zoneinfo.ZoneInfo.clear_cache()
        schedule.zone_of.cache_clear()
