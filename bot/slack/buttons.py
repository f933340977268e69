"""What a button stands for ↔ its value, and what a window keeps ↔ its metadata. Pure.

Law: a button holds everything that its press needs, so buttons outlive restarts. What cannot be read, of
another version, tampered with or too long, is None, never an error.
"""

import json
from dataclasses import asdict, dataclass
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


Subject = Results | One | Alike
Kind = TypeVar("Kind", Results, One, Alike)


@dataclass(frozen=True, slots=True)
class Window:
    """What a window keeps: the response URL of the click that opened it, and what has been done in it."""

    url: str = ""
    bibtex: bool = False
    shared: bool = False


class OutdatedError(Exception):
    """A button, or a window, that this version cannot read."""


def value_of(subject: Subject) -> str | None:
    """Return the value of a button that stands for this; None where `read` would not take it back."""
    fields = {name: getattr(subject, name) for name in subject.__slots__}
    if not all(map(_sound, fields.items())):
        return None
    value = _written({"v": VERSION, **fields})
    return value if len(value) <= LONGEST_VALUE else None


def read(value: object) -> Subject | None:
    """Return what a button stands for, or None."""
    fields = _fields(value, LONGEST_VALUE)
    for kind in (Results, One, Alike):
        if fields.keys() == set(kind.__dataclass_fields__) and all(map(_sound, fields.items())):
            return kind(**fields)
    return None


def wanted(value: object, kind: type[Kind]) -> Kind:
    """Return what a button stands for; raises OutdatedError where it is not of this kind."""
    subject = read(value)
    if not isinstance(subject, kind):
        raise OutdatedError
    return subject


def wanted_list(value: object) -> Results | Alike:
    """Return the list that a button stands for; raises OutdatedError where it is none."""
    subject = read(value)
    if subject is None or isinstance(subject, One):
        raise OutdatedError
    return subject


def wanted_any(value: object) -> Subject:
    """Return whatever a button stands for; raises OutdatedError where that cannot be read."""
    subject = read(value)
    if subject is None:
        raise OutdatedError
    return subject


def metadata_of(window: Window) -> str:
    """Return what a window keeps as its private metadata; an address too long for it is left out."""
    kept = json.dumps({"v": VERSION, **asdict(window)}, separators=(",", ":"))
    return kept if len(kept) <= LONGEST_METADATA else metadata_of(Window("", window.bibtex, window.shared))


def window_of(metadata: object) -> Window:
    """Return what a window keeps; raises OutdatedError where that cannot be read."""
    fields = _fields(metadata, LONGEST_METADATA)
    kinds = {"url": str, "bibtex": bool, "shared": bool}
    if fields.keys() != kinds.keys() or not all(isinstance(fields[name], kinds[name]) for name in kinds):
        raise OutdatedError
    return Window(**fields)


def _fields(text: object, longest: int) -> dict[str, Any]:
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
    if name == "skip":
        return type(value) is int and 0 <= value <= _DEEPEST
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_TEXT
