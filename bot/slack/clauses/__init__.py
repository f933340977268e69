"""What stands behind /paper subscribe → the topic, and when, where and how much to send. Pure.

Law: clauses are read from the end of the line, in any order, up to the first word that is none; the rest is
the topic, untouched. What is clearly no clause is neither eaten nor refused; one that is wrong is refused,
with a line that works.

reading       which clauses count, and what they say together
piece         a clause that ends a text, right or wrong
days          daily, mon,thu, every monday, monthly on the 15th
slips         days that are misspelt
times         at 9, 9:30 pm, noon
parts_of_day  in the evening, at night
zones         in Berlin, Europe/Berlin, UTC
amounts       top 5, strict
"""

from bot.search.query import LONGEST_QUERY
from bot.slack.asked import UsageError
from bot.slack.clauses.reading import WrongError, read
from bot.topics import Wish

_SUBSCRIBE = "/paper subscribe"
_EDIT = "/paper edit"
_EXAMPLE = "backdoor attacks"
_EXAMPLE_CLAUSES = "weekdays at 09:00"
_MOST_MENDED = 5


def parse_clauses(text: str, command: str = _SUBSCRIBE) -> Wish:
    """Read a clean text; the topic is empty where all of it is clauses.

    Raises UsageError for a clause that is wrong; its line is the text put right, behind `command`, which may
    be `/paper preview`, or `/paper edit 2`, which needs no topic.
    """
    try:
        return read(text)
    except WrongError as wrong:
        message, mended = wrong.message, wrong.mended
    clauses, _, topic = text.partition(": ")
    if topic.strip() and _are_clauses(clauses):
        message, mended = "The topic comes first, for example:", f"{topic} {clauses}"
    raise UsageError(message, _line(command, mended))


def _are_clauses(text: str) -> bool:
    try:
        return not read(text).topic
    except WrongError:
        return False


def _line(command: str, text: str) -> str:
    """Return a line with this text, put right if more is wrong, or an example if too much or too long."""
    example = "" if command.startswith(_EDIT) else f"{_EXAMPLE} "
    for _ in range(_MOST_MENDED):
        try:
            topic = read(text).topic
        except WrongError as wrong:
            text = wrong.mended
        else:
            line = f"{command} {'' if topic else example}{text}"
            if len(line) <= LONGEST_QUERY:
                return line
            break
    return f"{command} {example}{_EXAMPLE_CLAUSES}"
