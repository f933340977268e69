"""What /paper is asked for: one frozen kind for each thing that can be. Pure."""

from dataclasses import dataclass

from bot.errors import UserError
from bot.feeds.addresses import Feed


class UsageError(UserError):
    """A command that lacks what it needs, or has something else; `line` is one that works."""

    def __init__(self, message: str, line: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Help:
    """Help, about a command, `me`, `manage`, `admin`, or everything."""

    about: str = ""


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
class Reload:
    """The corpus anew."""


@dataclass(frozen=True, slots=True)
class Feeds:
    """The feeds that bring new papers."""


@dataclass(frozen=True, slots=True)
class AddFeed:
    """A feed to follow."""

    feed: Feed


@dataclass(frozen=True, slots=True)
class RemoveFeed:
    """A feed to follow no longer, by its number or as it is written."""

    which: str


@dataclass(frozen=True, slots=True)
class Subscribe:
    """A topic to follow, with its clauses; the form, where nothing is said."""

    line: str = ""


@dataclass(frozen=True, slots=True)
class Topics:
    """What this channel follows."""


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Topics to follow no longer: a number, a topic, or `all`."""

    which: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A topic, by its number, and what shall change; the form, where nothing is said."""

    number: int
    line: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """A topic to pause, by its number."""

    number: int


@dataclass(frozen=True, slots=True)
class Resume:
    """A topic to resume, by its number."""

    number: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What the next digest would bring, of a topic by its number or of one that might be followed."""

    what: int | str


@dataclass(frozen=True, slots=True)
class Slip:
    """A command misspelled: what was `said`, and what was probably `meant`; `private` as in a search."""

    said: str
    meant: str
    private: bool = False


Command = (
    Help
    | Search
    | Show
    | Similar
    | Bib
    | Status
    | Reload
    | Feeds
    | AddFeed
    | RemoveFeed
    | Subscribe
    | Topics
    | Unsubscribe
    | Edit
    | Pause
    | Resume
    | Preview
    | Slip
)
