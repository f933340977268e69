"""Text that cannot smuggle anything into a message. Pure.

Law: nothing that comes from a paper or a person enters a message but through `plain`, `bold`, `code` or
`link`.

Slack reads `&`, `<` and `>` as markup: these have entities. It also reads `*`, `_`, `~` and backticks,
which have none: where such a character could format, a look-alike takes its place. And it reads `:name:`
as an emoji; a look-alike takes the first colon's place. Every text object is `verbatim`, so that Slack
makes no link or mention of bare `@channel`, `#general` or `example.com`. Characters that show nothing, or
turn the direction of what follows them, are left out.
"""

import re
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

_ENTITIES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))  # & first, for the others bring some
_BACKTICK = ("`", "ˋ")
_ESCAPES = (*_ENTITIES, _BACKTICK, ("*", "∗"), ("~", "∼"))
_EDGE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")  # one inside a word, as in x_i, formats nothing
_EMOJI = re.compile(r":(?=[a-z0-9_+'-]+:)", re.IGNORECASE)
_INVISIBLE = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_LONGEST_ADDRESS = 500
_URL_SAFE = "/:?#[]@!$&'()*+,;=%~"


def plain(text: str) -> str:
    """Return the text so that Slack shows just that, on one line."""
    text = " ".join(_shown(text).split())
    if "_" in text:
        text = _EDGE_UNDERSCORE.sub("ˍ", text)
    if ":" in text:
        text = _EMOJI.sub("∶", text)
    return _replaced(text, _ESCAPES)


def visible(text: str) -> str:
    """Return the text for where nothing is markup, without what shows nothing or turns the direction."""
    return _shown(text).strip()


def bold(text: str) -> str:
    """Return the text in bold; a text of blanks is nothing."""
    shown = plain(text)
    return f"*{shown}*" if shown else ""


def code(text: str) -> str:
    """Return the text as code, where only entities and backticks count."""
    return f"`{_replaced(_shown(text), (*_ENTITIES, _BACKTICK))}`"


def link(address: str, label: str) -> str:
    """Return a link whose label is escaped already.

    An address that is not http or https, or longer than any that people use, gives the label alone.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return label
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return label
    encoded = quote(address, safe=_URL_SAFE).replace("&", "&amp;")
    return f"<{encoded}|{label}>" if len(encoded) <= _LONGEST_ADDRESS else label


def _shown(text: str) -> str:
    return text if text.isascii() else _INVISIBLE.sub("", text)


def _replaced(text: str, escapes: Iterable[tuple[str, str]]) -> str:
    for character, escape in escapes:
        text = text.replace(character, escape)
    return text
