"""Days that are misspelt: on mondya, weely, mon and thrusday. Pure.

Law: a word is a slip if it is near one of days and is none; the rest of its list stays. A day alone
(thrusday) is doubtful, for a topic may end so; a word that is nothing but a clause (weely), or several, are
surely wrong.
"""

import re

from bot.search.spelling import nearest
from bot.slack.clauses import days
from bot.slack.clauses.piece import Piece
from bot.wording import listed

_SURE_WORDS = ("daily", "weekly", "monthly", "weekdays", "weekends")
_OTHER_WORDS = ("weekday", "weekend", "weakly", "meekly")  # near to those, and no slips
_SPELLINGS = dict.fromkeys(
    (*days.NAMES, *(f"{name}s" for name in days.NAMES), *_SURE_WORDS, *_OTHER_WORDS), 1
)
_SHORTEST_SLIP = 5
_LONGEST_LIST = 120
_WORD = re.compile(r"[a-z]+", re.ASCII | re.IGNORECASE)
_OPENERS = ("on", "every", "each")
_JOINS = ("and", "to", "through")
_BETWEEN = re.compile(r"[\s.,&/–—-]*")


def misspelt_days(head: str) -> Piece | None:
    """Read days of which some are misspelt."""
    start, words = len(head), dict[str, str | None]()
    for word in reversed(list(_WORD.finditer(head, max(0, len(head) - _LONGEST_LIST)))):
        said = word[0].lower()
        meant = None if days.DAY.fullmatch(said) else _meant(said)
        if not _BETWEEN.fullmatch(head, word.end(), start) or not (
            meant or said in _OPENERS or said in _JOINS or days.DAY.fullmatch(said)
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
    return Piece(
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
