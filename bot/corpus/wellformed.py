"""XML → the same well-formed, with what is often left undeclared in feeds; or the fault in it.

Law: a text without a fault stays as it is. No document type is read, so no entity is expanded but HTML's.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from html.entities import html5
from typing import NamedTuple
from xml.parsers.expat import ErrorString, ExpatError, ParserCreate
from xml.parsers.expat.errors import XML_ERROR_UNBOUND_PREFIX, XML_ERROR_UNDEFINED_ENTITY

_UNDECLARED = (XML_ERROR_UNDEFINED_ENTITY, XML_ERROR_UNBOUND_PREFIX)
_DEEPEST = 1_000  # tags within tags; feedparser takes more than twice as long for twice as many
_MOST_PREFIXES = 30  # feedparser goes through them all for each tag

# Quoted text, comments and instructions say "&nbsp;" where it stands in them.
_ENTITY = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|&(?P<name>\w{1,40};)", re.DOTALL
)


class Fault(NamedTuple):
    """Why a text cannot be parsed, or would take minutes, and how many lines below its first."""

    below: int
    why: str


class _TooDeepError(Exception):
    """Tags stand within each other, too many."""


def wellformed(text: str) -> str | Fault:
    """Return a text that begins with a tag so that it can be parsed, in as many lines."""
    fault = _fault(text)
    if fault and fault.why.endswith(_UNDECLARED):
        text = _with_prefixes(_ENTITY.sub(_as_numbers, text))
        fault = _fault(text)
    return fault or text


def _fault(text: str) -> Fault | None:
    parser, depth = ParserCreate("utf-8", " "), 0

    def begin(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise _TooDeepError

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    try:
        parser.Parse(text.encode(errors="replace"), True)  # noqa: FBT003  # it takes no keywords
    except ExpatError as fault:
        return Fault(fault.lineno - 1, f"a fault in the XML: {ErrorString(fault.code)}")
    except _TooDeepError:
        return Fault(parser.CurrentLineNumber - 1, f"more than {_DEEPEST:,} tags stand within each other")
    return None


def _as_numbers(match: re.Match[str]) -> str:
    """Return the character that HTML calls so, in a way that it is no markup: "&LT;" is one, too."""
    said = html5.get(match["name"], "")
    return "".join(f"&#{ord(character)};" for character in said) or match[0]


def _with_prefixes(text: str) -> str:
    """Declare the prefixes of all names around them; where one is declared further in, that counts."""
    used: set[str] = set()

    def begin(name: str, attributes: Mapping[str, str]) -> None:
        used.update(each.partition(":")[0] for each in (name, *attributes) if ":" in each)

    parser = ParserCreate("utf-8")  # which knows no namespaces
    parser.StartElementHandler = begin
    with suppress(ExpatError):  # it is found again
        parser.Parse(text.encode(errors="replace"), True)  # noqa: FBT003  # as above
    undeclared = sorted(used - {"xml", "xmlns"})
    if not undeclared or len(undeclared) > _MOST_PREFIXES:
        return text
    # A namespace nobody knows: feedparser then goes by the prefix, and "dc" is Dublin Core.
    declared = "".join(f" xmlns:{prefix}='{prefix}'" for prefix in undeclared)
    return f"<_{declared}>{text}</_>"
