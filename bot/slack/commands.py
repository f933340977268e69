"""The text behind /paper → what is asked for. Pure.

Law: what is not clearly a command is a search. `help wanted` is a search, `search help` is one too. A first
word that is one slip away from a command and in no paper is not searched: the command is offered. An id or a
link alone, which no text contains, is shown.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from bot.errors import UserError
from bot.identity import names_a_library
from bot.search.spelling import distance

TOPICS = ("search",)
EXAMPLES = {
    "show": "Show which paper? By its id or a link, for example: /paper show 2305.14710",
    "similar": "Papers like which one? By its id or a link, for example: /paper similar 2305.14710",
    "bib": "BibTeX of which papers? By their ids or links, for example: /paper bib 2305.14710 2311.09433",
    "search": "Search for what? For example: /paper search status quo bias",
}

_ENTITIES = (
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&amp;", "&"),
)  # all that Slack encodes; & last, so that it is once
_QUOTES = str.maketrans("“”„‟«»‘’‚", '""""""\'\'\'')
_PRIVATE = re.compile(r"(?:--|[—–]-?)me(?:\s+|$)", re.IGNORECASE)  # phones make one dash of two
_HELP = re.compile(r"(?:(?:help|\?)(?:\s+(?P<topic>\S+))?|--help|-h)", re.IGNORECASE)
_SEARCH = re.compile(r"search(?:\s+|$)", re.IGNORECASE)
_STATUS = re.compile(r"status", re.IGNORECASE)
_ABOUT = re.compile(r"(?P<name>show|similar|bib)(?:\s+(?P<rest>.+))?", re.IGNORECASE)
_LINK = re.compile(r"<(https?://[^|>\s]+)(?:\|[^>]*)?>|([^\s,]+)")  # Slack's own markup, or a word
_POINTS_AT_A_PAPER = re.compile(r"<?https?://|[^\s,]*[0-9]", re.IGNORECASE)
_NAMES = ("help", "search", "status", "show", "similar", "bib")


@dataclass(frozen=True, slots=True)
class Help:
    """Help, on one of TOPICS or on everything."""

    topic: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """A search; `private`: the answer is for the asker alone."""

    query: str
    private: bool = False


@dataclass(frozen=True, slots=True)
class Show:
    """One paper, by an id or a link."""

    reference: str


@dataclass(frozen=True, slots=True)
class Similar:
    """The papers most like one, given by an id or a link."""

    reference: str


@dataclass(frozen=True, slots=True)
class Bib:
    """BibTeX of one or more papers, each given by an id or a link."""

    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """What is loaded."""


@dataclass(frozen=True, slots=True)
class Slip:
    """A command misspelled: what was `said`, and what was probably `meant`."""

    said: str
    meant: str


Command = Help | Search | Show | Similar | Bib | Status | Slip


def parse_command(text: str, has_word: Callable[[str], bool]) -> Command:
    """Read what stands behind /paper; `has_word` tells whether a word is in some paper.

    Raises UserError where a command lacks what it needs.
    """
    said, private = _without_me(clean(text))
    if not said and not private:
        return Help()
    command = _command(said)
    if command is None and (slip := _slip(said, has_word)):
        return slip
    return command or _search(said, private=private)


def clean(text: str) -> str:
    """Undo what Slack and phones do to typed text: entities, curly quotes, control characters, odd blanks."""
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    text = text.encode("utf-8", "replace").decode()  # a lone surrogate cannot be sent anywhere
    text = "".join(" " if unicodedata.category(character) == "Cc" else character for character in text)
    return " ".join(unicodedata.normalize("NFC", text).translate(_QUOTES).split())


def references(text: str) -> tuple[str, ...]:
    """Return the ids and links in a text, in which blanks and commas part them; each once."""
    found = (match[1] or match[2] for match in _LINK.finditer(text))
    return tuple(dict.fromkeys(found))


def _without_me(said: str) -> tuple[str, bool]:
    private = False
    while match := _PRIVATE.match(said):
        said, private = said[match.end() :], True
    return said, private


def _command(said: str) -> Command | None:
    """Return the command that this clearly is, if it is one other than a search."""
    if match := _HELP.fullmatch(said):
        topic = (match["topic"] or "").lower()
        return Help(topic) if not topic or topic in TOPICS else None
    if _STATUS.fullmatch(said):
        return Status()
    if " " not in said and names_a_library(said):
        return Show(references(said)[0])
    match = _ABOUT.fullmatch(said)
    if not match or (match["rest"] and not _POINTS_AT_A_PAPER.match(match["rest"])):
        return None
    return _about(match["name"].lower(), references(match["rest"] or ""), match["rest"] or "")


def _about(name: str, given: tuple[str, ...], rest: str) -> Command:
    if not given:
        raise UserError(EXAMPLES[name])
    if name == "bib":
        return Bib(given)
    reference = given[0] if len(given) == 1 else rest
    return Show(reference) if name == "show" else Similar(reference)


def _search(said: str, *, private: bool) -> Search:
    if match := _SEARCH.match(said):
        said, private_too = _without_me(said[match.end() :])
        private = private or private_too
    if not said:
        raise UserError(EXAMPLES["search"])
    return Search(said, private)


def _slip(said: str, has_word: Callable[[str], bool]) -> Slip | None:
    """Return the command that was meant, if the first word nearly names one and is in no paper."""
    first, _, rest = said.partition(" ")
    for name in _NAMES:
        meant = f"{name} {rest}".strip()
        if distance(first.lower(), name) == 1 and _is_command(meant) and not has_word(first):
            return Slip(said, meant)
    return None


def _is_command(said: str) -> bool:
    try:
        return _command(said) is not None or bool(_SEARCH.match(said))
    except UserError:  # a command, though one that lacks what it needs
        return True
