"""Time zones: in Berlin, Europe/Berlin, UTC. Pure.

Law:
- A zone without `in` counts behind a time alone; `in` a country (japan, Singapore) or a city without a zone
  of its own (Munich) directly behind a sure clause, or with nothing before it; a name with a slash anywhere.
- A distance from UTC is wrong, and so is what is near a zone. Without a slash it is doubtful (in berln).
- `in X` that is no zone is refused behind a time of the clock; behind another sure clause only if X is
  capitalised like a name (daily in Springfield), behind two of them always. So it is topic with words between
  (daily mood changes in Adolescents), in small letters (measured daily in adolescents), as an acronym (ICU).
"""

import re
from collections.abc import Callable

from bot.digest import zones
from bot.slack.clauses.piece import Piece, ending, trimmed
from bot.slack.clauses.times import sure_time, time_of_day

_NO_ZONE = "names no time zone that I know. Name one as in Berlin, Europe/Berlin or UTC, for example:"
_OFFSET_FAULT = "would be wrong when clocks change. Name a city, for example:"
_EXAMPLE = "in Europe/Berlin"
_LONGEST = 4  # words, `in` included
_OFFSET = ending(r"(?:in\s+)?(?P<name>(?:utc|gmt)\s*[+−–-]\s*\d{1,2}(?::?\d\d)?)")
_ZONE = re.compile(r"(?P<in>in\s+)?\(?(?P<name>\S.*?)\)?(?:\s+time)?", re.ASCII | re.IGNORECASE)
_SURE = ("UTC", "GMT", "CET", "EET", "WET")
_WORD = re.compile(r"\S+")

Follows = Callable[[str], bool]


def zone(head: str, follows: Follows) -> Piece | None:
    """Read a zone; `follows` says whether a text ends in a sure clause, of whatever kind."""
    if (match := _OFFSET.search(head)) and not zones.named(match["name"]):
        return Piece.of(match, "zone", fault=_OFFSET_FAULT, mended=_EXAMPLE)
    starts = [word.start() for word in _WORD.finditer(head)][-_LONGEST:]
    matches = [match for start in starts if (match := _ZONE.fullmatch(head, start))]
    right = (_right(match, trimmed(head[: match.start()])) for match in matches)
    wrong = (_wrong(match, trimmed(head[: match.start()]), follows) for match in matches)
    return next(filter(None, right), None) or next(filter(None, wrong), None)


def _right(match: re.Match[str], before: str) -> Piece | None:
    name = match["name"]
    named = zones.named(name)
    if not named:
        return None
    sure = "/" in name or _is_time(before) or (match["in"] and (zones.is_city(name) or named in _SURE))
    exact = name if zones.known(name) else named
    return Piece.of(match, "zone", exact, doubtful=not sure) if sure or match["in"] else None


def _wrong(match: re.Match[str], before: str, follows: Follows) -> Piece | None:
    name = match["name"]
    full = "/" in name
    if not (match["in"] or full or _is_time(before)):
        return None
    if near := zones.nearest(name):
        fault = f"names no time zone that I know. Clocks change, so name a city. Did you mean {near}?"
        return Piece.of(match, "zone", doubtful=not full, fault=fault, mended=f"in {near}")
    if not match["in"]:
        return None
    like_a_name = match["in"].islower() and name[0].isupper() and name[1:2].islower()
    doubtful = 0 if _is_clearly_time(before, follows) else 1 if like_a_name else 2
    return Piece.of(match, "zone", doubtful=doubtful, fault=_NO_ZONE, mended=_EXAMPLE)


def _is_time(text: str) -> bool:
    """Say whether a text ends in a time."""
    piece = time_of_day(text)
    return piece is not None and not piece.fault


def _is_clearly_time(text: str, follows: Follows) -> bool:
    """Say whether a text ends in a time of the clock, or in one behind another clause: not `at 16`."""
    piece = sure_time(text)
    if not piece:
        return False
    return piece.said[-1] in "mM." or ":" in piece.said or follows(text[: piece.start])
