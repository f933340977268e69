"""Parts of the day: in the evening, at night, every morning, at nine. Pure.

Law: none is a time, so each is wrong, and its mending is one: the hour that stands beside it in the half of
the day that it means (at 9 in the evening: at 9pm), else a usual one. Where a topic may end so (object
detection at night) it is doubtful.
"""

import re

from bot.slack.clauses.amounts import NUMBERS
from bot.slack.clauses.piece import Piece, ending, trimmed
from bot.slack.clauses.times import NO_TIME, NOON, sure_time

_PART = r"(?:morning|evening|afternoon)"
_SURE = ending(rf"at\s+{_PART}|every\s+(?:{_PART}|night)")
_DOUBTFUL = ending(
    rf"(?:in\s+the\s+)?{_PART}s?|at\s+(?:night|dawn|dusk|lunch|lunchtime)|nights|at\s+(?:{'|'.join(NUMBERS)})"
)
_HOURS = {"morning": 9, "afternoon": 15, "evening": 18, "night": 21, "dawn": 6, "dusk": 18, "lunch": 12} | {
    word: hour for hour, word in enumerate(NUMBERS, 1)
}
_DAWN = 5


def part_of_day(head: str) -> Piece | None:
    """Read a part of the day, with the time that stands beside it."""
    behind = sure_time(head)
    text = trimmed(head[: behind.start]) if behind else head
    match = _SURE.search(text) or _DOUBTFUL.search(text)
    if not match:
        return None
    said = match[0].lower()
    before = None if behind else sure_time(trimmed(head[: match.start()]))
    start = before.start if before else match.start()
    at = _halved(behind or before, said)
    return Piece(
        start,
        match[0],
        "at",
        doubtful=match.re is _DOUBTFUL and not before,
        fault=NO_TIME,
        mended=f"daily {at}" if said.startswith("every") else at,
    )


def _halved(at: Piece | None, part: str) -> str:
    """Return what to write for a part of the day: `at 9` in the evening is `at 9pm`."""
    if not at:
        return next(f"at {hour:02}:00" for name, hour in _HOURS.items() if name in part)
    hour = at.value.hour if at.said[-1].isdigit() else 0
    if not 1 <= hour <= NOON or not re.search("noon|evening|night", part):
        return at.said
    return f"{at.said}{'am' if 'night' in part and hour % NOON < _DAWN else 'pm'}"
