"""Days: of every week, or one of every month. Pure.

Law: days are sure where they can mean nothing else: daily, mondays, on friday, mon,thu, every mon. A day
alone is doubtful (black friday, SAT), and so is the last day. What is too often, too seldom or too special
to keep (hourly, biweekly, the first monday of the month) is wrong.
"""

import re

from bot.digest.schedule import EVERY_DAY, WEEKDAYS
from bot.slack.clauses.piece import Piece, ending
from bot.topics import LAST_DAY

NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORT = tuple(name[:3] for name in NAMES)
_WEEKEND = EVERY_DAY[5:]

_DAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
    r"|(?:mon|tues?|weds?|thu(?:rs?)?|fri|sat|sun)\b\.?)"
)
_TO = r"(?:\s*[-–—]\s*|\s+(?:to|through)\s+)"
_AND = r"(?:\s*[,&/]\s*(?:and\s+)?|\s+and\s+|\s+)"
_MEMBER = rf"(?:{_DAY}(?:{_TO}{_DAY})?|weekdays?|weekends?)"
_EACH = r"(?:every|each|once\s+(?:a|per|every|each))"
_OF_MONTH = r"(?:\s+of\s+(?:the|each|every)\s+month)"
_NTH = r"(?P<nth>\d{1,4})(?:st|nd|rd|th)"

DAY = re.compile(_DAY)
_GENERAL = {
    ending(rf"daily|everyday|{_EACH}\s+day"): (EVERY_DAY, 0),
    ending(rf"weekly|{_EACH}\s+week"): ((0,), 0),
    ending(rf"monthly|{_EACH}\s+month"): ((), 1),
}
_LIST = ending(rf"(?:(?P<every>(?:every|each)\s+)|(?P<on>on\s+))?(?P<list>{_MEMBER}(?:{_AND}{_MEMBER})*)")
_IN_LIST = re.compile(
    rf"(?P<first>{_DAY}|weekday|weekend)s?(?:{_TO}(?P<last>{_DAY}))?", re.ASCII | re.IGNORECASE
)
_MONTH_DAYS = (
    ending(
        rf"(?:monthly|{_EACH}\s+month)\s+(?:on\s+)?(?:the\s+)?"
        rf"(?:day\s+)?(?:(?P<nth>\d{{1,4}})(?:st|nd|rd|th)?|last(?:\s+day)?){_OF_MONTH}?"
    ),
    ending(rf"(?:on\s+)?(?:the\s+)?(?:{_NTH}|last\s+day){_OF_MONTH}"),
    ending(rf"on\s+the\s+(?:{_NTH}|last\s+day)"),
)
_NTH_WEEKDAY = ending(
    rf"(?:on\s+)?(?:the\s+)?(?:first|second|third|fourth|last|\d(?:st|nd|rd|th))\s+{_DAY}(?P<month>{_OF_MONTH})?"
)
_OTHER = ending(
    rf"every\s+(?:other|second|two|\d+)\s+(?:days?|weeks?|months?|{_DAY})|bi-?(?:weekly|monthly)|fortnightly"
    r"|twice\s+(?:weekly|monthly|(?:a|per|every|each)\s+(?:week|month))"
)
_OFTEN = ending(r"hourly|every\s+(?:hour|\d+\s+hours)|twice\s+(?:daily|(?:a|per|every|each)\s+day)")


def general_days(head: str) -> Piece | None:
    """Read daily, weekly, monthly; the last two may be told more."""
    for pattern, days in _GENERAL.items():
        if match := pattern.search(head):
            return Piece.of(match, "days", days, general=days[0] != EVERY_DAY)
    return None


def week_days(head: str) -> Piece | None:
    """Read a list of days of the week."""
    match = _LIST.search(head)
    if not match:
        return None
    said = match["list"].lower()
    full = said.endswith(("days", "ends")) or (match["on"] and said.endswith("day"))
    doubtful = said.rstrip(".").isalpha() and not match["every"] and not full
    days = {day for each in _IN_LIST.finditer(said) for day in _span(each["first"], each["last"])}
    return Piece.of(match, "days", (tuple(sorted(days)), 0), doubtful=doubtful)


def _span(first: str, last: str | None) -> tuple[int, ...]:
    """Return the days that a name means, or the days from one to another, past Sunday if need be."""
    if first.startswith("week"):
        return WEEKDAYS if first.startswith("weekday") else _WEEKEND
    start = _SHORT.index(first[:3])
    length = (_SHORT.index(last[:3]) - start) % 7 if last else 0
    return tuple((start + each) % 7 for each in range(length + 1))


def month_day(head: str) -> Piece | None:
    """Read a day of the month."""
    match = next(filter(None, (pattern.search(head) for pattern in _MONTH_DAYS)), None)
    if not match:
        return None
    plain = match.re is _MONTH_DAYS[-1]  # that it is of a month nobody says
    last = match["nth"] is None
    day = LAST_DAY if last else int(match["nth"])
    if 1 <= day <= LAST_DAY:
        return Piece.of(match, "days", ((), day), doubtful=plain and last)
    return Piece.of(
        match,
        "days",
        doubtful=plain or match[0][-1].isdigit(),
        fault=f"names no day of a month: they are 1 to {LAST_DAY}, or the last day. For example:",
        mended=f"{'' if plain else 'monthly '}on the {'31st' if day else '1st'}",
    )


def too_special(head: str) -> Piece | None:
    """Read days that no schedule can keep."""
    match = _OTHER.search(head) or _OFTEN.search(head) or _NTH_WEEKDAY.search(head)
    return match and Piece.of(
        match,
        "days",
        doubtful=match.re is _NTH_WEEKDAY and not match["month"],
        fault="is more than I can keep. Digests come daily, on days of the week, or once a month:",
        mended="daily" if match.re is _OFTEN else "weekly",
    )
