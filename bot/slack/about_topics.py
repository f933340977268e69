"""The commands about topics. Pure.

Law: `subscribe`, `unsubscribe` and `preview` are always commands; `topics` and `list` when nothing follows;
`edit`, `pause` and `resume` when nothing follows, a word with a digit, `all`, or `topic` and a number. All
else is no command: `pause tokens`, `list decoding`. `help` behind what is always a command explains it.
"""

import re

from bot.slack.asked import (
    Command,
    Edit,
    Help,
    Pause,
    Preview,
    Resume,
    Subscribe,
    Topics,
    Unsubscribe,
    UsageError,
)
from bot.wording import shorten

COMMANDS = ("subscribe", "unsubscribe", "topics", "list", "edit", "pause", "resume", "preview")
EXAMPLES = {
    "subscribe": "/paper subscribe backdoor attacks weekly on mondays at 9am",
    "unsubscribe": "/paper unsubscribe 1",
    "topics": "/paper topics",
    "list": "/paper list",
    "edit": "/paper edit 1 weekdays at 09:00",
    "pause": "/paper pause 1",
    "resume": "/paper resume 1",
    "preview": "/paper preview backdoor attacks",
}

_QUESTIONS = {
    "unsubscribe": "Unsubscribe from what? From a topic, its number, or all; for example:",
    "preview": "Preview what? A topic, or the number of one of this channel's; for example:",
    "edit": "Edit which topic, and how? By its number, for example:",
    "pause": "Pause which topic? By its number, for example:",
    "resume": "Resume which topic? By its number, for example:",
}
_LONGEST_NAMED = 80
_ALWAYS = re.compile(r"(?P<name>subscribe|unsubscribe|preview)(?:\s+(?P<rest>.+))?", re.IGNORECASE)
_LIST = re.compile(r"topics|list", re.IGNORECASE)
_ONE = re.compile(r"(?P<name>edit|pause|resume)(?:\s+(?P<which>[^\s]*\d[^\s]*)(?P<rest>.*))?", re.IGNORECASE)
_NO_NUMBER = re.compile(
    r"(?P<name>edit|pause|resume)\s+(?:all|topic\s+#?(?P<number>[0-9]{1,9})(?P<rest>\s.+)?)", re.IGNORECASE
)
_NUMBER = re.compile(r"#?(?P<number>[0-9]{1,9})[.,:;]?")
_NUMBERS = re.compile(
    r"(?:topics?\s+)?#?(?P<number>[0-9]{1,9})(?:[\s,&]+(?:and\s+)?#?[0-9]{1,9})*", re.IGNORECASE
)
_HELP = {"help", "?", "--help", "-h"}


def about_topics(said: str) -> Command | None:
    """Return the command about topics that a clean text is, if it is one.

    Raises UsageError where a command lacks what it needs.
    """
    if _LIST.fullmatch(said):
        return Topics()
    if match := _ALWAYS.fullmatch(said):
        return _always(match["name"].lower(), match["rest"] or "")
    if match := _NO_NUMBER.fullmatch(said):
        name, rest = match["name"].lower(), match["rest"] or ""
        line = f"/paper {name} {match['number']}{rest}" if match["number"] else EXAMPLES[name]
        raise UsageError(_QUESTIONS[name], line)
    if match := _ONE.fullmatch(said):
        return _one(
            match["name"].lower(), match["which"] or "", match["rest"].strip() if match["rest"] else ""
        )
    return None


def _always(name: str, rest: str) -> Command:
    if rest.lower() in _HELP:
        return Help(name)
    if name == "subscribe":
        return Subscribe(rest)
    if not rest:
        raise UsageError(_QUESTIONS[name], EXAMPLES[name])
    number = _NUMBER.fullmatch(rest)
    if name == "preview":
        return Preview(int(number["number"]) if number else rest)
    if not number and (numbers := _NUMBERS.fullmatch(rest)):
        line = f"/paper unsubscribe {numbers['number']}"
        raise UsageError("To unsubscribe takes one number, a topic, or all. For example:", line)
    return Unsubscribe(number["number"] if number else rest)


def _one(name: str, which: str, rest: str) -> Command:
    if not which:
        raise UsageError(_QUESTIONS[name], EXAMPLES[name])
    match = _NUMBER.fullmatch(which)
    if not match:
        raise UsageError(
            f"{shorten(which, _LONGEST_NAMED)} is no topic's number. For example:", EXAMPLES[name]
        )
    number = int(match["number"])
    if name == "edit":
        return Edit(number, rest)
    if rest:
        raise UsageError(f"To {name} takes one number alone. For example:", f"/paper {name} {number}")
    return Pause(number) if name == "pause" else Resume(number)
