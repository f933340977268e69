"""Searches of arXiv: what is written behind `arxiv:` → a search_query of its API.

Law: a query that is written in two ways is one, and arXiv knows every field in it. Its grammar:
https://info.arxiv.org/help/api/user-manual.html#query_details
"""

import re

from bot.feeds.categories import spelled

LONGEST = 500  # characters
FIELDS = ("ti", "au", "abs", "co", "jr", "cat", "rn", "id", "all")
_PARTS = re.compile(r'"[^"]*"|[()]|[^\s"()]+|\s+')
_FIELD = re.compile(r"([A-Za-z_]+):(.*)", re.DOTALL)
_BARE = re.compile(r"[A-Za-z-]+(?:\.(?:[A-Za-z-]+|\*))?")


def is_category(text: str) -> bool:
    """Tell whether a text is a category, as arXiv spells it."""
    return bool(text) and spelled(text) == text


def names_a_category(text: str) -> bool:
    """Tell whether a text names a category, however it is written."""
    return bool(spelled(text))


def query_of(written: str) -> str:
    """Return the query that a category or a search stands for.

    Raises ValueError with the end of a sentence that says what is wrong.
    """
    written = " ".join(written.split())
    if category := spelled(written):
        return f"cat:{category}"
    if not written or _BARE.fullmatch(written):
        raise ValueError("arXiv has no such category")
    if len(written) > LONGEST:
        raise ValueError(f"arXiv is asked for {LONGEST} characters at most")
    if written.count('"') % 2:
        raise ValueError("a double quote is not closed")
    parts = _PARTS.findall(written)
    if not _is_balanced(parts):
        raise ValueError("a bracket is not closed, or closed too often")
    query = "".join(map(_part, parts, [*parts[1:], ""]))
    if not _FIELD.match(query.lstrip("( ")):
        raise ValueError(f"a search begins with one of {', '.join(f'{field}:' for field in FIELDS)}")
    return query


def _is_balanced(parts: list[str]) -> bool:
    depth = 0
    for part in parts:
        depth += {"(": 1, ")": -1}.get(part, 0)
        if depth < 0:
            return False
    return depth == 0


def _part(part: str, behind: str) -> str:
    """Return a word, a phrase or what stands between them as arXiv spells it. Raises ValueError."""
    match = _FIELD.fullmatch(part)
    if not match:
        return part
    field, value = match[1].lower(), match[2]
    if field not in FIELDS:
        raise ValueError(f"arXiv has no field {field}:, only {', '.join(FIELDS)}")
    if not value and not behind.startswith(('"', "(")):
        raise ValueError(f"nothing stands behind {field}:")
    return f"{field}:{(spelled(value) if field == 'cat' else '') or value}"
