"""The feeds that bring new papers: which they are, how they fare, and what is done with them. Pure.

Law: its length is the same for any number of feeds; those that fail are never left out for others.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.arriving import Arrived
from bot.digest.following import News
from bot.fetches import Fetch
from bot.slack.mrkdwn import code
from bot.slack.render import blocks
from bot.slack.render.blocks import Message, fit, said
from bot.slack.render.notes import to_type
from bot.slack.render.reloads import news_line
from bot.store.feeds import Followed
from bot.wording import ago, counted

_NAMED = 20
_A_SECTION = 8
_NAME, _REASON, _PERSON = 70, 110, 40
_ADD, _REMOVE = code("/paper feeds add arxiv:cs.CL"), code("/paper feeds remove 2")


def feed_list(followed: Sequence[Followed], now: datetime) -> Message:
    """List the feeds, and say how admins change that."""
    if not followed:
        return said(f"No feeds are followed, so no papers come by themselves. Admins can add one: {_ADD}")
    many = f"*{counted(len(followed), 'feed')}* {'brings' if len(followed) == 1 else 'bring'} new papers"
    return _message([many], followed, now, f"Admins change that: {_ADD}, {_REMOVE}")


def with_feeds(lines: Sequence[str], followed: Sequence[Followed], now: datetime, after: str) -> Message:
    """Say some lines, which are escaped already, then how the feeds fare, and what comes after."""
    return _message(lines, followed, now, after)


def feed_added(feed: Followed) -> Message:
    """Say that a feed is followed from now on."""
    return said(f"{_called(feed)} is followed from now on. I am fetching it.")


def feed_fetched(feed: Followed, fetch: Fetch | None, news: News | None, now: datetime) -> Message:
    """Say what a feed brought that was added, or why it brought nothing yet.

    `news` is None where the channel follows nothing, or nothing is new.
    """
    if fetch is None:
        return said(f"{_called(feed)} is fetched {_in(feed, now)}, for I am busy with others.")
    if fetch.arrived is None:
        remove = code(f"/paper feeds remove {feed.number}")
        wrong = f"If it is not the one you meant: {remove}"
        reason = fit(fetch.fault, _REASON)
        return said(f"{_called(feed)} could not be fetched: {reason} I try again {_in(feed, now)}.", wrong)
    return said(f"{_called(feed)} {_brought(fetch.arrived)}", *([news_line(news)] if news else []))


def feed_removed(feed: Followed) -> Message:
    """Say that a feed is followed no longer, and how to undo that."""
    stay = f" The {counted(feed.papers, 'paper')} that it brought {'stays' if feed.papers == 1 else 'stay'}."
    undo = to_type(f"/paper feeds add {feed.name}")
    return said(f"{_called(feed)} is followed no longer.{stay if feed.papers else ''} To undo: {undo}")


def feeds_failing(failing: Sequence[Followed], now: datetime) -> Message:
    """Tell an admin which feeds have failed again and again, why, and what can be done."""
    one = len(failing) == 1
    remove = code(f"/paper feeds remove {failing[0].number}")
    return _message(
        [f"I cannot read {'this feed' if one else 'these feeds'}, and have tried several times:"],
        failing,
        now,
        f"I go on trying, and tell you once {'it is' if one else 'they are'} well again. What"
        f" {'it' if one else 'they'} brought stays. To follow {'it' if one else 'one'} no longer: {remove}",
    )


def feeds_well(well: Sequence[Followed], now: datetime) -> Message:
    """Tell an admin which feeds are well again."""
    one = len(well) == 1
    return _message([f"{'This feed is' if one else 'These feeds are'} well again:"], well, now)


def _message(lines: Sequence[str], followed: Sequence[Followed], now: datetime, *after: str) -> Message:
    failing_first = sorted(followed, key=lambda feed: (not feed.faults, feed.number))
    shown = sorted(failing_first[:_NAMED], key=lambda feed: feed.number)
    fares = [_fares(feed, now) for feed in shown]
    if more := len(followed) - len(shown):
        fares.append(f"and {more:,} more: {code('paperboy feeds')} lists all of them")
    texts = ["\n".join(lines), *_chunks(fares), *after]
    return blocks.message(texts, [blocks.section(text) for text in texts])


def _chunks(lines: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(lines), _A_SECTION):
        yield "\n".join(lines[start : start + _A_SECTION])


def _fares(feed: Followed, now: datetime) -> str:
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


def _called(feed: Followed) -> str:
    return f"Feed {feed.number}, {_name(feed)},"


def _name(feed: Followed) -> str:
    """Return a feed's name as it may be typed, where it is not long."""
    return fit(feed.name, _NAME, code)


def _brought(arrived: Arrived) -> str:
    refused = f"; {counted(len(arrived.problems), 'entry', 'entries')} could not be read"
    papers = f"brought {counted(arrived.new, 'new paper')}" if arrived.new else "brought nothing new yet"
    return f"{papers}{refused if arrived.problems else ''}."


def _in(feed: Followed, now: datetime) -> str:
    return f"in {max(1, round((feed.due - now) / timedelta(minutes=1)))} min"


def _ago(moment: datetime, now: datetime) -> str:
    return ago(max(now - moment, timedelta(0)))
