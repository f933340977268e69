"""What stands behind /paper subscribe → the topic, and when, where and how much to send. Pure.

Law: clauses are read from the end of the line, in any order, up to the first word that is none; the rest is
the topic, untouched. Nothing up to the last quotation mark is a clause. What is clearly no clause is neither
eaten nor refused:

- A sure clause counts wherever it ends the line: daily, mondays, on friday, mon,thu, at 9, 9am, in berlin.
- A doubtful one, a day alone (black friday, SAT) or `at 9.30`, counts beside a clause of another kind, or
  with nothing before it. A bare hour is a time behind sure days (daily 9), and with `at` wherever no measure
  stands before it (precision at 10).
- A zone without `in` counts behind a time alone; `in` a country (japan, Singapore) or a city without a zone
  of its own (Munich) directly behind a sure clause, or with nothing before it; a name with a slash anywhere.
- A clause that is wrong is refused if nothing else can be meant (at 25:00, top 0, on mondya, weely, hourly,
  in UTC+2). If a topic may end so (at night, top five, in berln), it is refused only directly behind a sure
  clause, or with nothing before it; wrong days (thrusday) also before a clause, if no other days are said.
- `in X` that is no zone is refused behind a time of the clock; behind another sure clause only if X is
  capitalised like a name (daily in Springfield), behind two of them always. So it is topic with words between
  (daily mood changes in Adolescents), in small letters (measured daily in adolescents), as an acronym (ICU).

What parts a topic from its clauses (a comma, a dash, and, with, from) and what ends a line (.!?…) is neither.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from bot.digest import zones
from bot.digest.schedule import EVERY_DAY, WEEKDAYS
from bot.search.query import LONGEST_QUERY
from bot.search.spelling import nearest
from bot.slack.asked import UsageError
from bot.topics import LAST_DAY, MOST_TOP, Strictness, Wish
from bot.wording import listed, shorten

_SUBSCRIBE = "/paper subscribe"
_EDIT = "/paper edit"
_EXAMPLE = "backdoor attacks"
_EXAMPLE_CLAUSES = "weekdays at 09:00"
_EXAMPLE_TIME = "at 09:00"
_EXAMPLE_ZONE = "in Europe/Berlin"
_NO_TIME = "is no time. Name one as in 9am, 9:30 pm or 21:00, for example:"
_NO_ZONE = "names no time zone that I know. Name one as in Berlin, Europe/Berlin or UTC, for example:"
_OFFSET_FAULT = "would be wrong when clocks change. Name a city, for example:"
_LONGEST_NAMED = 80
_MOST_MENDED = 5
_LONGEST_ENDING = 400  # so that the longest line is read at once
_LONGEST_LIST = 120
_LONGEST_ZONE = 4  # words, `in` included
_LAST_HOUR, _LAST_MINUTE, _NOON = 23, 59, 12

_NUMBER = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORT = tuple(name[:3] for name in _WEEKDAYS)
_WEEKEND = EVERY_DAY[5:]
_SURE_WORDS = ("daily", "weekly", "monthly", "weekdays", "weekends")
_OTHER_WORDS = ("weekday", "weekend", "weakly", "meekly")  # near to those, and no slips
_SPELLINGS = dict.fromkeys((*_WEEKDAYS, *(f"{name}s" for name in _WEEKDAYS), *_SURE_WORDS, *_OTHER_WORDS), 1)
_SHORTEST_SLIP = 5
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
_MEASURES = r"(?:accuracy|hits?|map|mrr|ndcg|pass|precision|recall|success)"
_PART = r"(?:morning|evening|afternoon)"
_HOURS = {"morning": 9, "afternoon": 15, "evening": 18, "night": 21, "dawn": 6, "dusk": 18, "lunch": 12} | {
    word: hour for hour, word in enumerate(_NUMBER.split("|"), 1)
}
_DAWN = 5


def _ending(pattern: str) -> re.Pattern[str]:
    """Compile what ends a line, from the beginning of a word."""
    return re.compile(rf"(?:^|(?<=[\s,;]))(?:{pattern})\Z", re.ASCII | re.IGNORECASE)


_GENERAL = {
    _ending(rf"daily|everyday|{_EACH}\s+day"): (EVERY_DAY, 0),
    _ending(rf"weekly|{_EACH}\s+week"): ((0,), 0),
    _ending(rf"monthly|{_EACH}\s+month"): ((), 1),
}
_LIST = _ending(rf"(?:(?P<every>(?:every|each)\s+)|(?P<on>on\s+))?(?P<list>{_MEMBER}(?:{_AND}{_MEMBER})*)")
_IN_LIST = re.compile(
    rf"(?P<first>{_DAY}|weekday|weekend)s?(?:{_TO}(?P<last>{_DAY}))?", re.ASCII | re.IGNORECASE
)
_WORD = re.compile(r"[a-z]+", re.ASCII | re.IGNORECASE)
_DAY_NAME = re.compile(_DAY)
_OPENERS = ("on", "every", "each")
_JOINS = ("and", "to", "through")
_BETWEEN = re.compile(r"[\s.,&/–—-]*")
_MONTH_DAYS = (
    _ending(
        rf"(?:monthly|{_EACH}\s+month)\s+(?:on\s+)?(?:the\s+)?"
        rf"(?:day\s+)?(?:(?P<nth>\d{{1,4}})(?:st|nd|rd|th)?|last(?:\s+day)?){_OF_MONTH}?"
    ),
    _ending(rf"(?:on\s+)?(?:the\s+)?(?:{_NTH}|last\s+day){_OF_MONTH}"),
    _ending(rf"on\s+the\s+(?:{_NTH}|last\s+day)"),
)
_NTH_WEEKDAY = _ending(
    rf"(?:on\s+)?(?:the\s+)?(?:first|second|third|fourth|last|\d(?:st|nd|rd|th))\s+{_DAY}(?P<month>{_OF_MONTH})?"
)
_OTHER = _ending(
    rf"every\s+(?:other|second|two|\d+)\s+(?:days?|weeks?|months?|{_DAY})|bi-?(?:weekly|monthly)|fortnightly"
    r"|twice\s+(?:weekly|monthly|(?:a|per|every|each)\s+(?:week|month))"
)
_OFTEN = _ending(r"hourly|every\s+(?:hour|\d+\s+hours)|twice\s+(?:daily|(?:a|per|every|each)\s+day)")
_TIME = _ending(
    r"(?P<at>at\s+|@\s*)?(?:(?P<hour>\d{1,3})(?:(?P<sign>[:.])(?P<minute>\d{1,3}))?"
    r"(?:\s*(?P<half>[ap])\.?m\.?)?|(?P<word>noon|midnight))"
)
_MEASURE = re.compile(rf"\b{_MEASURES}\Z", re.ASCII | re.IGNORECASE)
_SURE_PART = _ending(rf"at\s+{_PART}|every\s+(?:{_PART}|night)")
_PART_OF_DAY = _ending(
    rf"(?:in\s+the\s+)?{_PART}s?|at\s+(?:night|dawn|dusk|lunch|lunchtime)|nights|at\s+(?:{_NUMBER})"
)
_OFFSET = _ending(r"(?:in\s+)?(?P<name>(?:utc|gmt)\s*[+−–-]\s*\d{1,2}(?::?\d\d)?)")
_ZONE = re.compile(r"(?P<in>in\s+)?\(?(?P<name>\S.*?)\)?(?:\s+time)?", re.ASCII | re.IGNORECASE)
_SURE_ZONES = ("UTC", "GMT", "CET", "EET", "WET")
_NOT_BLANK = re.compile(r"\S+")
_BLANK = re.compile(r"\s")
_TOP = _ending(rf"top\s+(?:(?P<count>\d{{1,9}})|(?P<word>{_NUMBER}))(?:\s+papers)?")
_STRICTNESS = _ending("|".join(Strictness))
_FIELD = re.compile(r"\s*-?(?:title|authors?|source|venue|year):\s*", re.ASCII | re.IGNORECASE)
_SEPARATORS = ",; \t\n"
_LINKS = ("-", "–", "—", "--", "and", "with", "from")
_SENTENCE_ENDS = ".!?…"


@dataclass(frozen=True, slots=True)
class _Piece:
    """What ends a text: a clause of a `kind` that begins at `start`, or with a `fault` one that is wrong.

    `mended` is what to write instead of a wrong one. A `general` one (weekly) may be told more (on mondays).
    A `doubtful` one needs so many sure clauses before it, or what `_is_beside` else asks for.
    """

    start: int
    said: str
    kind: str
    value: Any = None
    doubtful: int = 0
    general: bool = False
    fault: str = ""
    mended: str = ""


class _WrongError(Exception):
    """What refuses a text, and the text without its fault."""

    def __init__(self, message: str, mended: str) -> None:
        super().__init__(message)
        self.message, self.mended = message, mended


def parse_clauses(text: str, command: str = _SUBSCRIBE) -> Wish:
    """Read a clean text; the topic is empty where all of it is clauses.

    Raises UsageError for a clause that is wrong; its line is the text put right, behind `command`, which may
    be `/paper preview`, or `/paper edit 2`, which needs no topic.
    """
    try:
        return _read(text)
    except _WrongError as wrong:
        message, mended = wrong.message, wrong.mended
    clauses, _, topic = text.partition(": ")
    if topic.strip() and _are_clauses(clauses):
        message, mended = "The topic comes first, for example:", f"{topic} {clauses}"
    raise UsageError(message, _line(command, mended))


def _are_clauses(text: str) -> bool:
    try:
        return not _read(text).topic
    except _WrongError:
        return False


def _line(command: str, text: str) -> str:
    """Return a line with this text, put right if more is wrong, or an example if too much or too long."""
    example = "" if command.startswith(_EDIT) else f"{_EXAMPLE} "
    for _ in range(_MOST_MENDED):
        try:
            topic = _read(text).topic
        except _WrongError as wrong:
            text = wrong.mended
        else:
            line = f"{command} {'' if topic else example}{text}"
            if len(line) <= LONGEST_QUERY:
                return line
            break
    return f"{command} {example}{_EXAMPLE_CLAUSES}"


def _read(text: str) -> Wish:
    """Read a text; raises _WrongError."""
    protected = text[: _floor(text)]
    rest = text[len(protected) :].rstrip(_SENTENCE_ENDS)
    taken: dict[str, _Piece] = {}
    head, said = rest.rstrip(_SEPARATORS), ""
    while piece := _last(protected, head, taken):
        behind = head[: piece.start]
        if piece.fault:
            mended = "" if piece.kind in taken else piece.mended
            fixed = f"{protected}{behind}{mended} {said}"
            raise _WrongError(f"{shorten(piece.said, _LONGEST_NAMED)} {piece.fault}", " ".join(fixed.split()))
        joined = _joined(piece, taken.get(piece.kind, piece))
        if not joined:
            raise _contradiction(piece, taken[piece.kind], f"{protected}{behind}{said}")
        taken[piece.kind] = joined
        head, said = _trimmed(behind), rest[piece.start :]
    topic = _trimmed(protected + head) if taken else text
    return Wish(topic, **{kind: piece.value for kind, piece in taken.items()})


def _floor(text: str) -> int:
    """Return where clauses may begin: behind the word of the last quotation mark, and near the end."""
    start = max(text.rfind('"'), len(text) - _LONGEST_ENDING)
    if start < 0:
        return 0
    blank = _BLANK.search(text, start)
    return blank.start() if blank else len(text)


def _trimmed(text: str) -> str:
    """Return a text without what parts it from the clause behind it: blanks, commas, a dash, `and`."""
    text = text.rstrip(_SEPARATORS)
    while (words := text.rpartition(" "))[2].lower() in _LINKS:
        text = words[0].rstrip(_SEPARATORS)
    return text


def _last(protected: str, head: str, taken: Mapping[str, _Piece]) -> _Piece | None:
    """Return the longest clause that counts at the end of `head`, before which `protected` stands.

    What is no zone comes last, for it may be one with a clause behind it: in berlin strict.
    """
    for piece in sorted(
        _pieces(head), key=lambda piece: (piece.kind == "zone" and piece.fault > "", piece.start)
    ):
        behind = head[: piece.start]
        in_field = _FIELD.fullmatch(protected + behind)
        if not in_field and (not piece.doubtful or _is_beside(piece, protected, behind, taken)):
            return piece
    return None


def _is_beside(piece: _Piece, protected: str, behind: str, taken: Mapping[str, _Piece]) -> bool:
    """Say whether a doubtful clause counts, for what else there is."""
    if taken and (piece.kind == "days" if piece.fault else piece.kind != "zone"):
        return piece.kind not in taken
    return (piece.doubtful == 1 and not (protected + behind).strip()) or _follows(behind, piece.doubtful)


def _follows(behind: str, clauses: int = 1) -> bool:
    """Say whether a text ends in so many sure clauses, right or wrong."""
    return not clauses or any(
        not piece.doubtful and _follows(behind[: piece.start], clauses - 1)
        for piece in _pieces(_trimmed(behind))
    )


def _joined(piece: _Piece, other: _Piece) -> _Piece | None:
    """Return what two clauses of a kind say together; None where they contradict each other."""
    if piece.value == other.value:
        return piece
    general, special = (piece, other) if piece.general else (other, piece)
    if not general.general or special.general or special.value[0] == EVERY_DAY:
        return None
    return special if bool(general.value[0]) == bool(special.value[0]) else None


def _contradiction(piece: _Piece, other: _Piece, mended: str) -> _WrongError:
    one, two = (shorten(each.said, _LONGEST_NAMED) for each in (piece, other))
    return _WrongError(
        f"{one} and {two} contradict each other. Keep one, for example:", " ".join(mended.split())
    )


def _pieces(head: str) -> Iterator[_Piece]:
    """Yield every clause, right or wrong, that may end a text."""
    for reader in (_general, _list, _misspelt, _month_day, _too_special, _time, _part_of_day, _zone, _top):
        if piece := reader(head):
            yield piece
    if match := _STRICTNESS.search(head):
        yield _piece(match, "strictness", Strictness(match[0].lower()))


def _piece(match: re.Match[str], kind: str, value: object = None, **more: Any) -> _Piece:
    return _Piece(match.start(), match[0], kind, value, **more)


def _general(head: str) -> _Piece | None:
    for pattern, days in _GENERAL.items():
        if match := pattern.search(head):
            return _piece(match, "days", days, general=days[0] != EVERY_DAY)
    return None


def _list(head: str) -> _Piece | None:
    match = _LIST.search(head)
    if not match:
        return None
    said = match["list"].lower()
    full = said.endswith(("days", "ends")) or (match["on"] and said.endswith("day"))
    doubtful = said.rstrip(".").isalpha() and not match["every"] and not full
    days = {day for each in _IN_LIST.finditer(said) for day in _span(each["first"], each["last"])}
    return _piece(match, "days", (tuple(sorted(days)), 0), doubtful=doubtful)


def _span(first: str, last: str | None) -> tuple[int, ...]:
    """Return the days that a name means, or the days from one to another, past Sunday if need be."""
    if first.startswith("week"):
        return WEEKDAYS if first.startswith("weekday") else _WEEKEND
    start = _SHORT.index(first[:3])
    length = (_SHORT.index(last[:3]) - start) % 7 if last else 0
    return tuple((start + each) % 7 for each in range(length + 1))


def _misspelt(head: str) -> _Piece | None:
    """Return days of which some are misspelt, if the text ends in such."""
    start, words = len(head), dict[str, str | None]()
    for word in reversed(list(_WORD.finditer(head, max(0, len(head) - _LONGEST_LIST)))):
        said = word[0].lower()
        meant = None if _DAY_NAME.fullmatch(said) else _meant(said)
        if not _BETWEEN.fullmatch(head, word.end(), start) or not (
            meant or said in _OPENERS or said in _JOINS or _DAY_NAME.fullmatch(said)
        ):
            break
        words[word[0]] = meant
        start = word.start()
        if said in _OPENERS:
            break
    slips = {word: meant for word, meant in words.items() if meant}
    if not slips or (start and not head[start - 1].isspace()):
        return None
    telling = [word for word in words if word.lower() not in _JOINS]
    mended = _WORD.sub(lambda word: slips.get(word[0]) or word[0], head[start:])
    return _Piece(
        start,
        head[start:],
        "days",
        doubtful=len(telling) == 1 and slips[telling[0]] not in _SURE_WORDS,
        fault=f"has a word that I do not know. Did you mean {listed(list(slips.values())[::-1], 'and')}?",
        mended=mended,
    )


def _meant(said: str) -> str | None:
    """Return the word of days that was probably meant by one that is none."""
    if said == "dayly":  # to `nearest` a wrong letter in so short a word is another word
        return "daily"
    near = nearest(said, _SPELLINGS) if len(said) >= _SHORTEST_SLIP else None
    return None if near == said or near in _OTHER_WORDS else near


def _month_day(head: str) -> _Piece | None:
    match = next(filter(None, (pattern.search(head) for pattern in _MONTH_DAYS)), None)
    if not match:
        return None
    plain = match.re is _MONTH_DAYS[-1]  # that it is of a month nobody says
    last = match["nth"] is None
    day = LAST_DAY if last else int(match["nth"])
    if 1 <= day <= LAST_DAY:
        return _piece(match, "days", ((), day), doubtful=plain and last)
    return _piece(
        match,
        "days",
        doubtful=plain or match[0][-1].isdigit(),
        fault=f"names no day of a month: they are 1 to {LAST_DAY}, or the last day. For example:",
        mended=f"{'' if plain else 'monthly '}on the {'31st' if day else '1st'}",
    )


def _too_special(head: str) -> _Piece | None:
    match = _OTHER.search(head) or _OFTEN.search(head) or _NTH_WEEKDAY.search(head)
    return match and _piece(
        match,
        "days",
        doubtful=match.re is _NTH_WEEKDAY and not match["month"],
        fault="is more than I can keep. Digests come daily, on days of the week, or once a month:",
        mended="daily" if match.re is _OFTEN else "weekly",
    )


def _time(head: str) -> _Piece | None:
    match = _TIME.search(head)
    if not match:
        return None
    at, before = _clock(match), _trimmed(head[: match.start()])
    if not (match["at"] or match["half"] or match["sign"] == ":" or match["word"]):
        days = None if match["sign"] or at is None else _general(before) or _list(before)
        return _piece(match, "at", at) if days and not days.doubtful else None
    dotted = match["sign"] == "." and not match["half"]
    bare = not (match["half"] or match["sign"] or match["word"])
    if bare and _MEASURE.search(before):
        return None
    if at or dotted:
        return _piece(match, "at", at, doubtful=dotted) if at else None
    clear = (match["at"] and not bare) or (match["minute"] == "00" and len(match["hour"]) == len("25"))
    return _piece(match, "at", doubtful=not clear, fault=_NO_TIME, mended=_EXAMPLE_TIME)


def _clock(match: re.Match[str]) -> time | None:
    """Return the time of day that is said, if there is such a time."""
    if match["word"]:
        return time(_NOON if match["word"].lower() == "noon" else 0)
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if match["minute"] and len(match["minute"]) != len("00"):
        return None
    if match["half"]:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if match["half"].lower() == "p" else 0)
    return time(hour, minute) if hour <= _LAST_HOUR and minute <= _LAST_MINUTE else None


def _part_of_day(head: str) -> _Piece | None:
    """Return a part of the day, with the time that stands beside it."""
    behind = _sure_time(head)
    text = _trimmed(head[: behind.start]) if behind else head
    match = _SURE_PART.search(text) or _PART_OF_DAY.search(text)
    if not match:
        return None
    said = match[0].lower()
    before = None if behind else _sure_time(_trimmed(head[: match.start()]))
    start = before.start if before else match.start()
    at = _halved(behind or before, said)
    return _Piece(
        start,
        match[0],
        "at",
        doubtful=match.re is _PART_OF_DAY and not before,
        fault=_NO_TIME,
        mended=f"daily {at}" if said.startswith("every") else at,
    )


def _sure_time(text: str) -> _Piece | None:
    piece = _time(text)
    return None if not piece or piece.fault or piece.doubtful else piece


def _halved(at: _Piece | None, part: str) -> str:
    """Return what to write for a part of the day: `at 9` in the evening is `at 9pm`."""
    if not at:
        return next(f"at {hour:02}:00" for name, hour in _HOURS.items() if name in part)
    hour = at.value.hour if at.said[-1].isdigit() else 0
    if not 1 <= hour <= _NOON or not re.search("noon|evening|night", part):
        return at.said
    return f"{at.said}{'am' if 'night' in part and hour % _NOON < _DAWN else 'pm'}"


def _zone(head: str) -> _Piece | None:
    """Return a zone that ends a text, or what is wrong with one."""
    if (match := _OFFSET.search(head)) and not zones.named(match["name"]):
        return _piece(match, "zone", fault=_OFFSET_FAULT, mended=_EXAMPLE_ZONE)
    starts = [word.start() for word in _NOT_BLANK.finditer(head)][-_LONGEST_ZONE:]
    for read in (_right_zone, _wrong_zone):
        for start in starts:
            match = _ZONE.fullmatch(head, start)
            if match and (piece := read(match, _trimmed(head[:start]))):
                return piece
    return None


def _right_zone(match: re.Match[str], behind: str) -> _Piece | None:
    name = match["name"]
    zone = zones.named(name)
    if not zone:
        return None
    sure = "/" in name or _is_time(behind) or (match["in"] and (zones.is_city(name) or zone in _SURE_ZONES))
    exact = name if zones.known(name) else zone
    return _piece(match, "zone", exact, doubtful=not sure) if sure or match["in"] else None


def _wrong_zone(match: re.Match[str], behind: str) -> _Piece | None:
    name = match["name"]
    full = "/" in name
    if not (match["in"] or full or _is_time(behind)):
        return None
    if near := zones.nearest(name):
        fault = f"names no time zone that I know. Clocks change, so name a city. Did you mean {near}?"
        return _piece(match, "zone", doubtful=not full, fault=fault, mended=f"in {near}")
    if not match["in"]:
        return None
    like_a_name = match["in"].islower() and name[0].isupper() and name[1:2].islower()
    doubtful = 0 if _is_clearly_time(behind) else 1 if like_a_name else 2
    return _piece(match, "zone", doubtful=doubtful, fault=_NO_ZONE, mended=_EXAMPLE_ZONE)


def _is_time(text: str) -> bool:
    """Say whether a text ends in a time."""
    piece = _time(text)
    return piece is not None and not piece.fault


def _is_clearly_time(text: str) -> bool:
    """Say whether a text ends in a time of the clock, or in one behind another clause: not `at 16`."""
    piece = _sure_time(text)
    if not piece:
        return False
    return piece.said[-1] in "mM." or ":" in piece.said or _follows(text[: piece.start])


def _top(head: str) -> _Piece | None:
    match = _TOP.search(head)
    if not match:
        return None
    count = int(match["count"] or 0)
    if 1 <= count <= MOST_TOP:
        return _piece(match, "top", count)
    meant = _NUMBER.split("|").index(match["word"].lower()) + 1 if match["word"] else count and MOST_TOP
    fault = f"is not possible: write top 1 to top {MOST_TOP}. For example:"
    return _piece(match, "top", doubtful=bool(match["word"]), fault=fault, mended=f"top {meant or 1}")
