"""The text behind /paper → what is asked for. Pure.

Law: what is not clearly a command is a search. `help wanted` is a search, `search help` is one too.
"""

import re
import unicodedata
from dataclasses import dataclass

from bot.errors import UserError

TOPICS = ("search",)

_ENTITIES = (
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&amp;", "&"),
)  # all that Slack encodes; & last, so that it is once
_QUOTES = str.maketrans("“”„‟«»‘’‚", '""""""\'\'\'')
_PRIVATE = re.compile(r"^(?:--|[—–]-?)me(?:\s+|$)", re.IGNORECASE)  # phones make one dash of two
_HELP = re.compile(r"^(?:(?:help|\?)(?:\s+(?P<topic>\S+))?|--help|-h)$", re.IGNORECASE)
_SEARCH = re.compile(r"^search(?:\s+|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Help:
    """Help, on one of TOPICS or on everything."""

    topic: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """A search; `private`: the answer is for the asker alone."""

    query: str
    private: bool = False


Command = Help | Search


def parse_command(text: str) -> Command:
    """Read what stands behind /paper; raises UserError where a command lacks what it needs."""
    said = clean(text)
    if not said:
        return Help()
    help_asked = _HELP.match(said)
    topic = ((help_asked and help_asked["topic"]) or "").lower()
    if help_asked and (not topic or topic in TOPICS):
        return Help(topic)
    return _search(said)


def clean(text: str) -> str:
    """Undo what Slack and phones do to typed text: entities, curly quotes, control characters, odd blanks."""
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    text = text.encode("utf-8", "replace").decode()  # a lone surrogate cannot be sent anywhere
    text = "".join(" " if unicodedata.category(character) == "Cc" else character for character in text)
    return " ".join(unicodedata.normalize("NFC", text).translate(_QUOTES).split())


def _search(said: str) -> Search:
    private = False
    named = False
    while True:
        if match := _PRIVATE.match(said):
            private = True
        elif not named and (match := _SEARCH.match(said)):
            named = True
        else:
            break
        said = said[match.end() :]
    if not said:
        raise UserError("Search for what? For example: /paper search status quo bias")
    return Search(said, private)
