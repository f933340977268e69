"""Times of day: at 9, 9am, 9:30 pm, 21:00, noon. Pure.

Law: a bare hour is a time behind sure days (daily 9), and with `at` wherever no measure stands before it
(precision at 10). `at 9.30` is doubtful, for it may be a number. What looks like a time and is none is
wrong (at 25:00); a bare number too high for an hour is doubtful (training at 512).
"""

import re
from datetime import time

from bot.slack.clauses.days import general_days, week_days
from bot.slack.clauses.piece import Piece, ending, trimmed

NOON = 12
NO_TIME = "is no time. Name one as in 9am, 9:30 pm or 21:00, for example:"
_EXAMPLE = "at 09:00"
_LAST_HOUR, _LAST_MINUTE = 23, 59
_TIME = ending(
    r"(?P<at>at\s+|@\s*)?(?:(?P<hour>\d{1,3})(?:(?P<sign>[:.])(?P<minute>\d{1,3}))?"
    r"(?:\s*(?P<half>[ap])\.?m\.?)?|(?P<word>noon|midnight))"
)
_MEASURE = re.compile(
    r"\b(?:accuracy|hits?|map|mrr|ndcg|pass|precision|recall|success)\Z", re.ASCII | re.IGNORECASE
)


def time_of_day(head: str) -> Piece | None:
    """Read a time."""
    match = _TIME.search(head)
    if not match:
        return None
    at, before = _clock(match), trimmed(head[: match.start()])
    if not (match["at"] or match["half"] or match["sign"] == ":" or match["word"]):
        days = None if match["sign"] or at is None else general_days(before) or week_days(before)
        return Piece.of(match, "at", at) if days and days.is_sure else None
    dotted = match["sign"] == "." and not match["half"]
    bare = not (match["half"] or match["sign"] or match["word"])
    if bare and _MEASURE.search(before):
        return None
    if at or dotted:
        return Piece.of(match, "at", at, doubtful=dotted) if at else None
    clear = (match["at"] and not bare) or (match["minute"] == "00" and len(match["hour"]) == len("25"))
    return Piece.of(match, "at", doubtful=not clear, fault=NO_TIME, mended=_EXAMPLE)


def _clock(match: re.Match[str]) -> time | None:
    """Return the time of day that is said, if there is such a time."""
    if match["word"]:
        return time(NOON if match["word"].lower() == "noon" else 0)
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if match["minute"] and len(match["minute"]) != len("00"):
        return None
    if match["half"]:
        if not 1 <= hour <= NOON:
            return None
        hour = hour % NOON + (NOON if match["half"].lower() == "p" else 0)
    return time(hour, minute) if hour <= _LAST_HOUR and minute <= _LAST_MINUTE else None


def sure_time(text: str) -> Piece | None:
    """Read a time that can be nothing else."""
    piece = time_of_day(text)
    return piece if piece and piece.is_sure else None
