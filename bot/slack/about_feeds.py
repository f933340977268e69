"""The commands about feeds. Pure.

Law: `feeds` is a command when nothing follows, or `add`, `remove` or another word for that. All else is a
search: `feed forward`.
"""

import re

from bot.errors import UserError
from bot.feeds.addresses import Feed, feed_of, split
from bot.slack.asked import AddFeed, Command, Feeds, RemoveFeed, UsageError

EXAMPLE = "/paper feeds add arxiv:cs.CL"
REMOVING = "/paper feeds remove 2"
_WHICH = "Remove which feed? By its number, for example:"
_COMMAND = re.compile(
    r"feeds|feeds?\s+(?P<deed>add|remove|delete|rm)(?:\s+(?P<rest>.+))?|feeds\s+list", re.IGNORECASE
)
_NUMBER = re.compile(r"(?:feed\s+)?#?0*(?P<number>[0-9]+)[.,:;]?", re.IGNORECASE)


def about_feeds(said: str) -> Command | None:
    """Return the command about feeds that a clean text is, if it is one.

    Raises UserError where no feed is named, or none that can be followed.
    """
    match = _COMMAND.fullmatch(said)
    if not match:
        return None
    if not match["deed"]:
        return Feeds()
    return _add(match["rest"]) if match["deed"].lower() == "add" else _remove(match["rest"])


def _add(named: str | None) -> AddFeed:
    if not named:
        raise UsageError(
            "Add which feed? A category or a search of arXiv, or an address; for example:",
            EXAMPLE,
        )
    feeds = _named(named)
    if feeds[1:]:
        raise UsageError("One feed at a time. For example:", f"/paper feeds add {feeds[0].name}")
    return AddFeed(*feeds)


def _remove(which: str | None) -> RemoveFeed:
    if not which:
        raise UsageError(_WHICH, REMOVING)
    if match := _NUMBER.fullmatch(which):
        return RemoveFeed(match["number"])
    try:
        return RemoveFeed(feed_of(which).name)
    except UserError:
        raise UsageError(_WHICH, REMOVING) from None


def _named(text: str) -> list[Feed]:
    """Return the feeds that somebody named; a search of arXiv may have blanks. Raises UserError."""
    try:
        return list(map(feed_of, split(text)))
    except UserError:
        return [feed_of(text)]
