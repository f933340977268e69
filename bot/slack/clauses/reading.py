"""Which clauses of a line count, and what they say together. Pure.

Law: nothing up to the last quotation mark is a clause, and what ends a line (.!?…) belongs to none.
- A sure clause counts wherever it ends the line: daily, mondays, on friday, mon,thu, at 9, 9am, in berlin.
- A doubtful one (black friday, at 9.30) counts beside a clause of another kind, or with nothing before it;
  a doubtful zone only directly behind a sure clause, or with nothing before it.
- A clause that is wrong is refused if nothing else can be meant (at 25:00, top 0, on mondya, weely, hourly,
  in UTC+2). If a topic may end so (at night, top five, in berln), it is refused only directly behind a sure
  clause, or with nothing before it; wrong days (thrusday) also before a clause, if no other days are said.
- Two clauses of a kind must say the same, or one be the more exact (weekly on mondays).
"""

import re
from collections.abc import Iterator, Mapping

from bot.digest.schedule import EVERY_DAY
from bot.slack.clauses.amounts import strictness, top
from bot.slack.clauses.days import general_days, month_day, too_special, week_days
from bot.slack.clauses.parts_of_day import part_of_day
from bot.slack.clauses.piece import SEPARATORS, Piece, trimmed
from bot.slack.clauses.slips import misspelt_days
from bot.slack.clauses.times import time_of_day
from bot.slack.clauses.zones import zone
from bot.topics import Wish
from bot.wording import shorten

_LONGEST_NAMED = 80
_LONGEST_ENDING = 400  # so that the longest line is read at once
_SENTENCE_ENDS = ".!?…"
_BLANK = re.compile(r"\s")
_FIELD = re.compile(r"\s*-?(?:title|authors?|source|venue|year):\s*", re.ASCII | re.IGNORECASE)


class WrongError(Exception):
    """What refuses a text, and the text without its fault."""

    def __init__(self, message: str, mended: str) -> None:
        super().__init__(message)
        self.message, self.mended = message, " ".join(mended.split())


def read(text: str) -> Wish:
    """Read a text; raises WrongError for the last clause that is wrong."""
    protected = text[: _floor(text)]
    rest = text[len(protected) :].rstrip(_SENTENCE_ENDS)
    taken: dict[str, Piece] = {}
    head, said = rest.rstrip(SEPARATORS), ""
    while piece := _last(protected, head, taken):
        behind = head[: piece.start]
        if piece.fault:
            mended = "" if piece.kind in taken else piece.mended
            message = f"{shorten(piece.said, _LONGEST_NAMED)} {piece.fault}"
            raise WrongError(message, f"{protected}{behind}{mended} {said}")
        joined = _joined(piece, taken.get(piece.kind, piece))
        if not joined:
            one, two = (shorten(each.said, _LONGEST_NAMED) for each in (piece, taken[piece.kind]))
            message = f"{one} and {two} contradict each other. Keep one, for example:"
            raise WrongError(message, f"{protected}{behind}{said}")
        taken[piece.kind] = joined
        head, said = trimmed(behind), rest[piece.start :]
    topic = trimmed(protected + head) if taken else text
    return Wish(topic, **{kind: piece.value for kind, piece in taken.items()})


def _floor(text: str) -> int:
    """Return where clauses may begin: behind the word of the last quotation mark, and near the end."""
    start = max(text.rfind('"'), len(text) - _LONGEST_ENDING)
    if start < 0:
        return 0
    blank = _BLANK.search(text, start)
    return blank.start() if blank else len(text)


def _last(protected: str, head: str, taken: Mapping[str, Piece]) -> Piece | None:
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


def _pieces(head: str) -> Iterator[Piece]:
    """Yield every clause, right or wrong, that may end a text."""
    readers = (
        general_days,
        week_days,
        misspelt_days,
        month_day,
        too_special,
        time_of_day,
        part_of_day,
        lambda head: zone(head, _follows),
        top,
        strictness,
    )
    yield from filter(None, (reader(head) for reader in readers))


def _is_beside(piece: Piece, protected: str, behind: str, taken: Mapping[str, Piece]) -> bool:
    """Say whether a doubtful clause counts, for what else there is."""
    if taken and (piece.kind == "days" if piece.fault else piece.kind != "zone"):
        return piece.kind not in taken
    return (piece.doubtful == 1 and not (protected + behind).strip()) or _follows(behind, piece.doubtful)


def _follows(behind: str, clauses: int = 1) -> bool:
    """Say whether a text ends in so many sure clauses, right or wrong."""
    return not clauses or any(
        not piece.doubtful and _follows(behind[: piece.start], clauses - 1)
        for piece in _pieces(trimmed(behind))
    )


def _joined(piece: Piece, other: Piece) -> Piece | None:
    """Return what two clauses of a kind say together; None where they contradict each other."""
    if piece.value == other.value:
        return piece
    general, special = (piece, other) if piece.general else (other, piece)
    if not general.general or special.general or special.value[0] == EVERY_DAY:
        return None
    return special if bool(general.value[0]) == bool(special.value[0]) else None
