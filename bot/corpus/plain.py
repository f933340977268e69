"""Abstracts, one a line, without titles: a bare list, or the ACL Anthology's preview page."""

from collections.abc import Iterator

from bot.corpus.lines import Found, Line, Shape, Stray, content, too_short


def recognises(lines: tuple[Line, ...]) -> bool:
    """Tell a text of which at least half the lines are prose."""
    inside = content(lines)
    return bool(inside) and sum(line.is_prose for line in inside) * 2 >= len(inside)


def read(lines: tuple[Line, ...]) -> Iterator[Found | Stray]:
    """Every line is an abstract, or too short for one."""
    for line in content(lines):
        yield Stray(line, too_short(line)) if line.shape is Shape.SHORT else Found(line)
