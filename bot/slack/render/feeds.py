"""The feeds that bring new papers: which they are, how they fare, and what is done with them. Pure.

Law: its length is the same for any number of feeds; of those that fail as many as there is room for are told.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.arriving import Arrived
from bot.digest.following import News
from bot.fetches import Fetch
from bot.slack import about_feeds
from bot.slack.mrkdwn import code
from bot.slack.render import blocks
from bot.slack.render.blocks import Message, fit, said
from bot.slack.render.reloads import news_line
from bot.store.feeds import Followed
from bot.wording import ago, counted

_TOLD = 14  # feeds of which is told how they fare
_NAMED = 100  # feeds, at most
_LINES, _NAMES = 7, 35  # in a section
_NAME, _SHORT, _REASON, _PERSON = 70, 50, 110, 30
_LONGEST_UNDO = 1_300
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)


def feed_list(followed: Sequence[Followed], now: datetime) -> Message:
    """List the feeds, and say how admins change that."""
    add = code(about_feeds.EXAMPLE)
    if not followed:
        return said(f"No feeds are followed, so no papers come by themselves. Admins can add one: {add}")
    many = f"*{counted(len(followed), 'feed')}* {'brings' if len(followed) == 1 else 'bring'} new papers"
    removable = [_remove(feed) for feed in followed if feed.by][:1]
    fares, others = _parted(followed)
    change = f"Admins change that: {', '.join([add, *removable])}"
    return _message(many, *_fares(fares, now), *_names(others), change)


def with_feeds(line: str, followed: Sequence[Followed], now: datetime, after: str) -> Message:
    """Say something, which is escaped already, then how the feeds fare, and what comes after."""
    fares, others = _parted(followed)
    more = f"and {counted(len(others), 'more feed')}: {code('/paper feeds')}"
    return _message(line, *_fares(fares, now), *([more] if others else []), after)


def feed_added(feed: Followed) -> Message:
    """Say that a feed is followed from now on."""
    return said(f"{_called(feed)} is followed from now on. I am fetching it.")


def feed_fetched(feed: Followed, fetch: Fetch | None, news: News | None, now: datetime) -> Message:
    """Say what a feed brought that was added, or why it brought nothing yet.

    `news` is None where the channel follows nothing, or nothing is new.
    """
    if fetch is None:
        return said(f"{_called(feed)} has to wait a little. I fetch it {_in(feed, now)}.")
    if fetch.arrived:
        return said(f"{_called(feed)} {_brought(fetch.arrived)}", *([news_line(news)] if news else []))
    reason = fit(fetch.fault, _REASON)
    if not feed.faults:
        return said(f"{_called(feed)} has to wait: {reason} I fetch it {_in(feed, now)}.")
    return said(
        f"{_called(feed)} could not be fetched: {reason} I try again {_in(feed, now)}.",
        f"If it is not the one you meant: {_remove(feed)}",
    )


def feed_removed(feed: Followed) -> Message:
    """Say that a feed is followed no longer, and how to undo that."""
    stay = f" The {counted(feed.papers, 'paper')} that it brought {'stays' if feed.papers == 1 else 'stay'}."
    undo = code(f"/paper feeds add {feed.name}")
    return said(
        f"{_called(feed)} is followed no longer.{stay if feed.papers else ''}"
        f"{f' To undo: {undo}' if len(undo) <= _LONGEST_UNDO else ''}"
    )


def feeds_failing(failing: Sequence[Followed], now: datetime) -> Message:
    """Tell an admin which feeds have failed again and again, why, and what can be done."""
    one = len(failing) == 1
    it, is_well = ("it", "it is") if one else ("they", "they are")
    fares, others = _parted(failing)
    return _message(
        f"I cannot read {'this feed' if one else 'these feeds'}, and have tried several times:",
        *_fares(fares, now),
        *_names(others),
        f"I go on trying, and tell you once {is_well} well again. What {it} brought stays."
        f" To follow {'it' if one else 'one'} no longer: {_ending(failing)}",
    )


def feeds_well(well: Sequence[Followed], now: datetime) -> Message:
    """Tell an admin which feeds are well again."""
    fares, others = _parted(well)
    head = "This feed is" if len(well) == 1 else "These feeds are"
    return _message(f"{head} well again:", *_fares(fares, now), *_names(others))


def _message(*texts: str) -> Message:
    return blocks.message(texts, [blocks.section(text) for text in texts])


def _parted(followed: Sequence[Followed]) -> tuple[list[Followed], list[Followed]]:
    """Return those of which is told how they fare, and the others; each by their numbers."""
    failing_first = sorted(followed, key=lambda feed: (not feed.faults, feed.number))
    told = {feed.number for feed in failing_first[:_TOLD]}
    return [feed for feed in followed if feed.number in told], [
        feed for feed in followed if feed.number not in told
    ]


def _fares(feeds: Sequence[Followed], now: datetime) -> Iterator[str]:
    for start in range(0, len(feeds), _LINES):
        yield "\n".join(_fare(feed, now) for feed in feeds[start : start + _LINES])


def _names(feeds: Sequence[Followed]) -> Iterator[str]:
    """Yield the numbers and names of more feeds, and how many more there are."""
    named = feeds[: _NAMED - _TOLD]
    for start in range(0, len(named), _NAMES):
        yield " · ".join(f"*{feed.number}* {_name(feed, _SHORT)}" for feed in named[start : start + _NAMES])
    if more := len(feeds) - len(named):
        yield f"and {more:,} more: {code('paperboy feeds')} lists all of them"


def _fare(feed: Followed, now: datetime) -> str:
    """Return a line: what a feed has brought, when it was read last, and when and why it was not."""
    facts = [
        f"{':warning: ' if feed.faults else ''}*{feed.number}* {_name(feed)}",
        f"{counted(feed.papers, 'paper')} brought",
        f"read {_ago(feed.succeeded, now)}" if feed.succeeded else "never read",
    ]
    if feed.by:
        facts.append(f"by {fit(feed.by.name, _PERSON)}")
    if feed.failed:
        facts.append(f"{_often(feed.faults)} {_ago(feed.failed, now)}: {fit(feed.fault, _REASON)}")
    return " · ".join(facts)


def _often(faults: int) -> str:
    if faults > 1:
        return f"failed {faults:,} times in a row, last"
    return "failed" if faults else "last failed"


def _ending(feeds: Sequence[Followed]) -> str:
    """Return what ends the first feed that can be ended in Slack, or who can end them."""
    return next((_remove(feed) for feed in feeds if feed.by), "whoever runs me can change PAPERBOY_FEEDS.")


def _remove(feed: Followed) -> str:
    return code(f"/paper feeds remove {feed.number}")


def _called(feed: Followed) -> str:
    return f"Feed {feed.number}, {_name(feed)},"


def _name(feed: Followed, longest: int = _NAME) -> str:
    """Return a feed's name as it may be typed, where it is not long."""
    return fit(feed.name, longest, code)


def _brought(arrived: Arrived) -> str:
    refused = f"; {counted(len(arrived.problems), 'entry', 'entries')} could not be read"
    papers = f"brought {counted(arrived.new, 'new paper')}" if arrived.new else "brought nothing new yet"
    return f"{papers}{refused if arrived.problems else ''}."


def _in(feed: Followed, now: datetime) -> str:
    span = feed.due - now
    return f"in {max(1, round(span / _MINUTE))} min" if span < 2 * _HOUR else f"in {round(span / _HOUR)} h"


def _ago(moment: datetime, now: datetime) -> str:
    return ago(max(now - moment, timedelta(0)))
