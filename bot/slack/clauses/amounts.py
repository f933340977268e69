"""How much to send: top 5, and strict, normal or broad. Pure.

Law: a count is written in digits, and is 1 to MOST_TOP; in words it is wrong, and doubtful (the top five).
"""

from bot.slack.clauses.piece import Piece, ending
from bot.topics import MOST_TOP, Strictness

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_TOP = ending(rf"top\s+(?:(?P<count>\d{{1,9}})|(?P<word>{'|'.join(NUMBERS)}))(?:\s+papers)?")
_STRICTNESS = ending("|".join(Strictness))


def top(head: str) -> Piece | None:
    """Read how many papers come at most."""
    match = _TOP.search(head)
    if not match:
        return None
    count = int(match["count"] or 0)
    if 1 <= count <= MOST_TOP:
        return Piece.of(match, "top", count)
    meant = NUMBERS.index(match["word"].lower()) + 1 if match["word"] else count and MOST_TOP
    fault = f"is not possible: write top 1 to top {MOST_TOP}. For example:"
    return Piece.of(match, "top", doubtful=bool(match["word"]), fault=fault, mended=f"top {meant or 1}")


def strictness(head: str) -> Piece | None:
    """Read how strictly the topic is matched."""
    match = _STRICTNESS.search(head)
    return match and Piece.of(match, "strictness", Strictness(match[0].lower()))
