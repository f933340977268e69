"""Schedules and their moments in words. Pure.

Law: the words are English wherever this runs, and the grammar of /paper subscribe reads those of `clause`
back as the same schedule.
"""

from datetime import datetime

from bot.digest.schedule import EVERY_DAY, WEEKDAYS, zone_of
from bot.topics import Schedule
from bot.wording import listed

_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LAST = 31  # which every shorter month's last day stands in for
_ENDINGS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd"}


def days(schedule: Schedule) -> str:
    """Return `every day`, `Mon–Fri`, `Mondays`, `Mon, Thu`, `1st of the month` or `last day of the month`."""
    weekdays = schedule.weekdays
    if not weekdays:
        return f"{_day(schedule.month_day)} of the month"
    if weekdays in {EVERY_DAY, WEEKDAYS}:
        return "every day" if weekdays == EVERY_DAY else "Mon–Fri"
    return f"{_NAMES[weekdays[0]]}s" if len(weekdays) == 1 else ", ".join(_NAMES[day][:3] for day in weekdays)


def when(schedule: Schedule) -> str:
    """Return days, time and zone: `Mon–Fri 09:00 Europe/London`."""
    return f"{days(schedule)} {schedule.at:%H:%M} {schedule.zone}"


def on(moment: datetime, zone: str, now: datetime) -> str:
    """Return a moment's date in a zone: `Mon 23 Nov`, with its year where that is not the year of `now`."""
    local, today = (each.astimezone(zone_of(zone)) for each in (moment, now))
    year = "" if local.year == today.year else f" {local.year}"
    return f"{_NAMES[local.weekday()][:3]} {local.day} {_MONTHS[local.month - 1]}{year}"


def moment(moment: datetime, zone: str, now: datetime) -> str:
    """Return a moment's date and time in a zone: `Tue 24 Nov 09:00`."""
    return f"{on(moment, zone, now)} {moment.astimezone(zone_of(zone)):%H:%M}"


def clause(schedule: Schedule) -> str:
    """Return what to type for a schedule: `weekdays at 09:00 in Europe/London`."""
    return f"{_typed_days(schedule)} at {schedule.at:%H:%M} in {schedule.zone}"


def _typed_days(schedule: Schedule) -> str:
    weekdays = schedule.weekdays
    if not weekdays:
        return f"monthly on the {_day(schedule.month_day)}"
    if weekdays in {EVERY_DAY, WEEKDAYS}:
        return "every day" if weekdays == EVERY_DAY else "weekdays"
    return listed([f"{_NAMES[day].lower()}s" for day in weekdays], "and")


def _day(month_day: int) -> str:
    return "last day" if month_day == _LAST else f"{month_day}{_ENDINGS.get(month_day, 'th')}"
