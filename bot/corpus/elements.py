"""A feed's text → its entries, each with the tags that are open around all of them, as they are asked for.

Law: of the file no more is kept than an entry takes, a fault in one costs no other, and a file that declares
entities is refused where it does.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Literal, NamedTuple

from bot.corpus.pieces import Numbered

LONGEST_ENTRY = 1 << 20  # characters
LONGEST_FRAME = 1 << 13  # it is parsed with each entry

# What these open is passed over to its end.
_UNTIL = {"<!--": re.compile("-->"), "<![CDATA[": re.compile(r"\]\]>"), "<?": re.compile(r"\?>")}
# The bound is for a text full of them; what stands farther off declares entities, or does no harm.
_NO_TAG = r"<!--|<!\[CDATA\[|<\?|(?P<declares>(?i:<!ENTITY|<!DOCTYPE[^>\[]{0,1000}\[))"
_REST = r"""(?=[\s/>])(?:[^<>"'/]|/(?!>)|"[^"<]*"|'[^'<]*')*+(?P<empty>/?)[^<>]*+>"""
_NAME = r"(?:\w[\w.-]*:)?(?i:entry|item)"
_ENTRY = re.compile(rf"{_NO_TAG}|<(?P<ends>/?)(?P<name>{_NAME}){_REST}")
_TAG = re.compile(rf"{_NO_TAG}|<(?P<ends>/?)(?P<name>\w[\w.:-]*){_REST}")
_ENTRYS_NAME = re.compile(_NAME)
_BLOCK = 1 << 16  # characters that are looked at together; a tag is not longer

_TOO_LONG = f"the entry is too long: more than {LONGEST_ENTRY:,} characters"
_CUT_OFF = "the entry is cut off: its end is missing"


class RefusedError(Exception):
    """A feed that is not read any further."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(line, why)
        self.line, self.why = line, why


class Frame(NamedTuple):
    """The tags that are open around the entries: they tell the kind of the feed, and the namespaces."""

    line: int
    opening: str
    closing: str

    def around(self, entry: str) -> str:
        """Return a feed that has this entry only, in as many lines as the entry."""
        return f"{self.opening}{entry}{self.closing}"


class Entry(NamedTuple):
    """An entry from its tag to its end, the line of the tag, and why it cannot be read, or nothing."""

    line: int
    text: str
    why: str = ""


class _Part(NamedTuple):
    """A tag, or what stands between tags."""

    line: int
    text: str
    kind: Literal["begin", "end", "empty", "between"] = "between"
    name: str = ""

    @property
    def begins_entry(self) -> bool:
        """Whether it is the tag of an entry, in whatever namespace."""
        return self.kind in ("begin", "empty") and _ENTRYS_NAME.fullmatch(self.name) is not None


def cut(lines: Iterable[Numbered]) -> tuple[Frame, Iterator[Entry]]:
    """Return what is open around the first entry, and the entries; what else stands there may be no XML.

    Both this and going through the entries raise RefusedError.
    """
    parts = _parts(lines)
    frame, first = _frame(parts)
    return frame, _entries(chain([first], parts))


def _frame(parts: Iterator[_Part]) -> tuple[Frame, _Part]:
    """Return what is open around the first entry, and that entry's tag; an end without a begin is passed."""
    tags: list[_Part] = []
    for part in parts:
        if part.begins_entry:
            opening = "".join(" ".join(tag.text.split()) for tag in tags)
            closing = "".join(f"</{tag.name}>" for tag in reversed(tags))
            return Frame((tags or [part])[0].line, opening, closing), part
        if part.kind == "begin":
            tags.append(part)
            if sum(len(tag.text) for tag in tags) > LONGEST_FRAME:
                raise RefusedError(part.line, "too much stands around the first entry")
        elif part.kind == "end" and part.name in (names := [tag.name for tag in tags]):
            del tags[len(names) - 1 - names[::-1].index(part.name) :]
    raise RefusedError(0, "no entries")


def _entries(parts: Iterable[_Part]) -> Iterator[Entry]:
    """Put the entries together; of one that is too long only so much is kept that this can be seen.

    What has the name of an entry but another prefix is a field where an entry is open.
    """
    begun, kept, size = None, list[str](), 0
    for part in parts:
        if part.begins_entry and (begun is None or part.name == begun.name):
            if begun:
                yield _entry(begun, kept, _CUT_OFF)
            begun, kept, size = part, [], 0
        if begun is None:
            continue
        if size <= LONGEST_ENTRY:
            kept.append(part.text)
            size += len(part.text)
        if part.kind in ("end", "empty") and part.name == begun.name:
            yield _entry(begun, kept)
            begun = None
    if begun:
        yield _entry(begun, kept, _CUT_OFF)


def _entry(begun: _Part, kept: list[str], why: str = "") -> Entry:
    text = "".join(kept)
    return Entry(begun.line, text, _TOO_LONG if len(text) > LONGEST_ENTRY else why)


def _parts(lines: Iterable[Numbered]) -> Iterator[_Part]:
    """Cut the text at its tags; from the first entry on, at those of entries only."""
    line = 1
    for text, tag in _cuts(lines):
        if tag and tag["declares"]:
            raise RefusedError(line, "declares entities, which are not read")
        if tag and tag["name"]:
            yield _Part(
                line, text, "end" if tag["ends"] else "empty" if tag["empty"] else "begin", tag["name"]
            )
        else:
            yield _Part(line, text)
        line += text.count("\n")


def _cuts(lines: Iterable[Numbered]) -> Iterator[tuple[str, re.Match[str] | None]]:
    """Yield the whole text in short parts, with what was found where one begins like a tag."""
    tags = sought = _TAG
    text = ""
    for block in _blocks(lines):
        text, at = text + block, 0
        while found := sought.search(text, at):
            yield text[at : found.start()], None
            yield found[0], found if sought is tags else None
            if sought is _TAG and _ENTRYS_NAME.fullmatch(found["name"] or ""):
                tags = _ENTRY
            sought, at = _UNTIL.get(found[0], tags), found.end()
        rest = (
            text.rfind("<", at) if sought is tags else max(at, len(text) - 2)
        )  # may go on in the next block
        if rest < 0 or len(text) - rest > _BLOCK:
            rest = len(text)
        yield text[at:rest], None
        text = text[rest:]
    yield text, None


def _blocks(lines: Iterable[Numbered]) -> Iterator[str]:
    """Join the lines, and cut them anew: one may be long, and a short one is not worth a search."""
    kept, size, last = list[str](), 0, 1
    for number, text in lines:
        kept += ["\n" * (number != last), text]
        size, last = size + len(text) + 1, number
        if size >= _BLOCK:
            joined = "".join(kept)
            kept, size = [], 0
            yield from (joined[at : at + _BLOCK] for at in range(0, len(joined), _BLOCK))
    yield "".join(kept)
