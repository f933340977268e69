"""The text behind /paper → what is asked for. Pure.

Law: what is not clearly a command is a search. `help wanted` is a search, `search help` is one too. A first
word that is one slip away from a command and in no paper is not searched: the command is offered. An id or a
link alone, which no text contains, is shown.
"""

import re
from collections.abc import Callable

from bot.errors import UserError
from bot.ids import names_a_paper
from bot.search.spelling import distance
from bot.slack import about_feeds, about_topics
from bot.slack.asked import Bib, Command, Help, Reload, Search, Show, Similar, Slip, Status, UsageError
from bot.slack.typed import clean, references
from bot.wording import shorten

COMMANDS = ("help", "search", "status", "reload", "feeds", "show", "similar", "bib", *about_topics.COMMANDS)
GUIDES = ("manage", "admin")  # what help explains besides
EXAMPLES = {
    **about_topics.EXAMPLES,
    "feeds": about_feeds.EXAMPLE,
    "show": "/paper show 2305.14710",
    "similar": "/paper similar 2305.14710",
    "bib": "/paper bib 2305.14710 2311.09433",
    "search": "/paper search status quo bias",
}

_QUESTIONS = {
    "show": "Show which paper? By its id or a link, for example:",
    "similar": "Papers like which one? By its id or a link, for example:",
    "bib": "BibTeX of which papers? By their ids or links, for example:",
    "search": "Search for what? For example:",
}
_LONGEST_NAMED = 80
_NAMES = (*COMMANDS, "bibtex")
_PAGES = "|".join((*_NAMES, *GUIDES))
_PRIVATE = re.compile(r"(?:--|[—–]-?)me(?:\s+|$)", re.IGNORECASE)  # phones make one dash of two
_HELP = re.compile(rf"(?:(?:help|\?)(?:\s+(?P<about>{_PAGES}|(?:--|[—–]-?)?me))?|--help|-h)", re.IGNORECASE)
_SEARCH = re.compile(r"search(?:\s+|$)", re.IGNORECASE)
_ALONE: dict[str, Command] = {"status": Status(), "reload": Reload()}  # where nothing follows
_ABOUT = re.compile(r"(?P<name>show|similar|bib)(?:(?<=bib)tex)?(?:\s+(?P<rest>.+))?", re.IGNORECASE)
_POINTS_AT_A_PAPER = re.compile(r"<?https?://|[^\s,]*[0-9]", re.IGNORECASE)


def parse_command(text: str, has_word: Callable[[str], bool]) -> Command:
    """Read what stands behind /paper; `has_word` tells whether a word is in some paper.

    Raises UserError where a command lacks what it needs, or has what it cannot use.
    """
    said, private = _without_me(clean(text))
    if not said and not private:
        return Help()
    command = _command(said)
    if command is None and (slip := _slip(said, has_word, private=private)):
        return slip
    return command or _search(said, private=private)


def _without_me(said: str) -> tuple[str, bool]:
    private = False
    while match := _PRIVATE.match(said):
        said, private = said[match.end() :], True
    return said, private


def _command(said: str) -> Command | None:
    """Return the command that this clearly is, if it is one other than a search."""
    if match := _HELP.fullmatch(said):
        about = (match["about"] or "").lower().lstrip("-—–")
        return Help("bib" if about == "bibtex" else about)
    command = _ALONE.get(said.lower()) or about_feeds.about_feeds(said) or about_topics.about_topics(said)
    if command:
        return command
    given = (said,) if names_a_paper(said) else references(said)
    if given and all(map(names_a_paper, given)):
        return Show(_one("show", given))
    match = _ABOUT.fullmatch(said)
    if not match or (match["rest"] and not _POINTS_AT_A_PAPER.match(match["rest"])):
        return None
    return _about(match["name"].lower(), match["rest"] or "")


def _about(name: str, rest: str) -> Command:
    given = references(rest)
    if not given:
        raise UsageError(_QUESTIONS[name], EXAMPLES[name])
    if name == "bib":
        return Bib(given)
    reference = rest if len(given) > 1 and not all(map(names_a_paper, given)) else _one(name, given)
    return Show(reference) if name == "show" else Similar(reference)


def _one(name: str, given: tuple[str, ...]) -> str:
    if len(given) > 1:
        alone = f"/paper {name} {shorten(given[0], _LONGEST_NAMED)}"
        raise UsageError(
            f"One at a time: {alone}. BibTeX takes several:", f"/paper bib {' '.join(given[:2])}"
        )
    return given[0]


def _search(said: str, *, private: bool) -> Search:
    if match := _SEARCH.match(said):
        said, private_too = _without_me(said[match.end() :])
        private = private or private_too
    if not said:
        raise UsageError(_QUESTIONS["search"], EXAMPLES["search"])
    return Search(said, private)


def _slip(said: str, has_word: Callable[[str], bool], *, private: bool) -> Slip | None:
    """Return the command that was meant, if the first word nearly names one and is in no paper."""
    first, _, rest = said.partition(" ")
    for name in _NAMES:
        meant = f"{name} {rest}".strip()
        if distance(first.lower(), name) == 1 and _is_command(meant) and not has_word(first):
            return Slip(said, meant, private)
    return None


def _is_command(said: str) -> bool:
    try:
        return _command(said) is not None or bool(_SEARCH.match(said))
    except UserError:  # a command, though one that lacks what it needs
        return True
