"""What people typed, from what Slack sends of it. Pure.

Law: what comes out is what the person saw in the box, on one line. Slack's own markup stands in raw angle
brackets and is undone before entities are, so that no brackets that were typed are taken for it.
"""

import re
import unicodedata

from bot.ids import names_a_paper

_ENTITIES = (
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&amp;", "&"),
)  # all that Slack encodes; & last, so that it is once
_QUOTES = str.maketrans("“”„‟«»‘’‚", '""""""\'\'\'')
_MARKUP = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_LINK = re.compile(r"<(https?://[^|>\s]+)(?:\|[^>]*)?>|([^\s,]+)")  # Slack's own markup, or a word


def clean(text: str) -> str:
    """Undo what Slack and phones do to typed text: entities, curly quotes, control characters, odd blanks."""
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    text = text.encode("utf-8", "replace").decode()  # a lone surrogate cannot be sent anywhere
    text = "".join(" " if unicodedata.category(character) == "Cc" else character for character in text)
    return " ".join(unicodedata.normalize("NFC", text).translate(_QUOTES).split())


def unmarked(text: str) -> str:
    """Undo the markup that Slack makes in messages, in which entities stand still.

    A link to a paper becomes its address, another its label, a channel its name; mentions are left out.
    """
    return _MARKUP.sub(_typed, text)


def references(text: str) -> tuple[str, ...]:
    """Return the ids and links in a clean text, in which blanks and commas part them; each once."""
    found = (match[1] or match[2] for match in _LINK.finditer(text))
    return tuple(dict.fromkeys(found))


def _typed(markup: re.Match[str]) -> str:
    target, label = markup[1], markup[2] or ""
    if target.startswith(("@", "!")):
        return ""
    if target.startswith("#"):
        return label
    return target if not label or names_a_paper(target) else label
