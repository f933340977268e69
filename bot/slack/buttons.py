"""What a button stands for ↔ its value, and what a window keeps ↔ its metadata. Pure.

Law: a button holds everything that its press needs, so buttons outlive restarts. What cannot be read, of
another version, tampered with or too long, is None to `read`, and OutdatedError to whoever wants it.
"""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, TypeVar

VERSION = 1
LONGEST_VALUE = 2000  # Slack's limits
LONGEST_METADATA = 3000
_LONGEST_TEXT = 500
_DEEPEST = 1_000_000
_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

# What a button does is its action_id; in a window it has another one, for there is no response URL.
ABSTRACT, MORE, PREVIOUS, NEXT = "abstract", "more", "page.previous", "page.next"
SEARCH, SHARE, SIMILAR, BIBTEX = "search", "share", "similar", "bibtex"
IN_WINDOW = "window."
FOLLOW, MANAGE = "topics.follow", "topics.manage"
TOPIC, TOPICS_PREVIOUS, TOPICS_NEXT = "topic", "topics.previous", "topics.next"


@dataclass(frozen=True, slots=True)
class Results:
    """The results of a query after the first `skip`, in the corpus `loaded` at that time (Unix seconds)."""

    query: str
    skip: int
    loaded: int


@dataclass(frozen=True, slots=True)
class One:
    """The paper with this shown id, in the corpus `loaded` at that time."""

    paper: str
    loaded: int


@dataclass(frozen=True, slots=True)
class Alike:
    """The papers like the one with this shown id after the first `skip`, in the corpus `loaded` then."""

    like: str
    skip: int
    loaded: int


class Act(StrEnum):
    """What a button does with a topic."""

    PREVIEW = "preview"
    EDIT = "edit"
    PAUSE = "pause"
    RESUME = "resume"
    END = "unsubscribe"
    SKIP = "skip"  # what was there before the topic


@dataclass(frozen=True, slots=True)
class Chosen:
    """A topic, by its number in the channel where the button is pressed, and what to do with it."""

    act: Act
    topic: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A query that may be followed."""

    follow: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A topic that may be followed, with its clauses, as it was typed."""

    subscribe: str


@dataclass(frozen=True, slots=True)
class Page:
    """The topics, after the first `after`, of the channel where the button is pressed."""

    after: int


Subject = Results | One | Alike
Pressed = Subject | Chosen | Wanted | Typed | Page
Begun = Wanted | Typed
Kind = TypeVar("Kind", bound=Pressed)
LISTS: tuple[type[Results | Alike], ...] = (Results, Alike)  # what a button may stand for
SUBJECTS: tuple[type[Subject], ...] = (Results, One, Alike)
BEGUN: tuple[type[Begun], ...] = (Wanted, Typed)


@dataclass(frozen=True, slots=True)
class Window:
    """What a window keeps: the response URL of the click that opened it, and what has been done in it."""

    url: str = ""
    bibtex: bool = False
    shared: bool = False


class OutdatedError(Exception):
    """A button, or a window, that this version cannot read."""


def value_of(subject: Pressed) -> str | None:
    """Return the value of a button that stands for this; None where `read` would not take it back."""
    fields = {name: getattr(subject, name) for name in subject.__slots__}
    if not all(map(_sound, fields.items())):
        return None
    value = _written({"v": VERSION, **fields})
    return value if len(value) <= LONGEST_VALUE else None


def read(value: object) -> Pressed | None:
    """Return what a button stands for, or None."""
    fields = fields_of(value, LONGEST_VALUE)
    for kind in (Results, One, Alike, Chosen, Wanted, Typed, Page):
        if fields.keys() == set(kind.__dataclass_fields__) and all(map(_sound, fields.items())):
            return kind(**{**fields, "act": Act(fields["act"])} if kind is Chosen else fields)
    return None


def wanted(value: object, *kinds: type[Kind]) -> Kind:
    """Return what a button stands for; raises OutdatedError where it is of none of these kinds."""
    subject = read(value)
    if not isinstance(subject, kinds):
        raise OutdatedError
    return subject


def metadata_of(window: Window) -> str:
    """Return what a window keeps as its private metadata; an address too long for it is left out."""
    kept = json.dumps({"v": VERSION, **asdict(window)}, separators=(",", ":"))
    return kept if len(kept) <= LONGEST_METADATA else metadata_of(Window("", window.bibtex, window.shared))


def window_of(metadata: object) -> Window:
    """Return what a window keeps; raises OutdatedError where that cannot be read."""
    fields = fields_of(metadata, LONGEST_METADATA)
    kinds = {"url": str, "bibtex": bool, "shared": bool}
    if fields.keys() != kinds.keys() or not all(isinstance(fields[name], kinds[name]) for name in kinds):
        raise OutdatedError
    return Window(**fields)


def fields_of(text: object, longest: int) -> dict[str, Any]:
    """Return the fields of a text that this version wrote; of any other there are none."""
    if not isinstance(text, str) or len(text) > longest:
        return {}
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(read, dict) or read.pop("v", None) != VERSION:
        return {}
    return read


def _sound(field: tuple[str, object]) -> bool:
    name, value = field
    if name == "loaded":
        return type(value) is int
    if name in {"skip", "after", "topic"}:
        return type(value) is int and 0 <= value <= _DEEPEST
    if name == "act":
        return isinstance(value, str) and value in set(Act)
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_TEXT
