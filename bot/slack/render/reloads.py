"""A reload, for whoever asked for it: begun, under way, done, failed. Pure.

Law: its length is the same for any number of files, faults and topics.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.answers import Loaded, Progress
from bot.digest.following import News
from bot.papers import Problem
from bot.slack.mrkdwn import code
from bot.slack.render.blocks import Message, fit, said
from bot.wording import ago, counted

_NAMED = 10  # places that could not be read
_TOPICS = 3
_PLACE, _REASON, _TOPIC = 70, 120, 80
_SENTENCE = 1_600
_TENTHS, _SECONDS = 10, 120  # below so many seconds, tenths or whole ones are told


def reload_begun(papers: int) -> Message:
    """Say that a reload has begun, and what is searched meanwhile."""
    meanwhile = f"searches are still answered from {counted(papers, 'paper')}"
    return said(f"Reloading… {meanwhile if papers else 'no papers are loaded yet'}.")


def reload_goes_on(progress: Progress) -> Message:
    """Say how far a reload is: in files, or in shares of the only one."""
    if progress.files > 1:
        return said(f"Reloading… {progress.read:,} of {progress.files:,} files read.")
    return said(f"Reloading… {int(progress.share * 100)} % read, {counted(progress.papers, 'paper')}.")


def reload_done(loaded: Loaded, news: News | None) -> Message:
    """Say what a reload brought, also of the channel's topics, and what could not be read.

    `news` is None where the channel follows nothing, or nothing is new.
    """
    lines = [_done(loaded)]
    if news:
        lines.append(news_line(news))
    return said(*lines, *refused_lines(loaded.problems))


def reload_failed(reason: str, papers: int, loaded_at: datetime | None, now: datetime) -> Message:
    """Say why a reload failed, and what is searched on."""
    served = "No papers are loaded."
    if papers and loaded_at:
        age = ago(max(now - loaded_at, timedelta(0)))
        served = f"Still serving {counted(papers, 'paper')}, loaded {age}."
    return said(f"Reload failed: {fit(reason, _SENTENCE).rstrip('.')}. {served}")


def brought(loaded: Loaded) -> str:
    """Return what a load brought: `86 new · 0 revised · 296 unchanged · 0 removed · 0 lines refused`."""
    counts = {
        "new": loaded.new,
        "revised": loaded.revised,
        "unchanged": loaded.unchanged,
        "removed": loaded.removed,
    }
    tally = " · ".join(f"{count:,} {what}" for what, count in counts.items())
    return f"{tally} · {_refused(loaded)}"


def took(seconds: float) -> str:
    """Return how long something took: `0.4 s`, `25 s`, `12 min`."""
    if seconds < _TENTHS:
        return f"{max(seconds, 0.1):.1f} s"
    return f"{seconds:.0f} s" if seconds < _SECONDS else f"{seconds / 60:.0f} min"


def refused_lines(problems: Sequence[Problem]) -> Iterator[str]:
    """Yield the places that could not be read, the first of them by name."""
    for problem in problems[:_NAMED]:
        line = f":{problem.line}" if problem.line else ""
        yield f"• {fit(problem.file, _PLACE)}{line} {fit(problem.reason, _REASON)}"
    if len(problems) > _NAMED:
        yield f"and {len(problems) - _NAMED:,} more: {code('paperboy status')} lists all of them"


def news_line(news: News) -> str:
    """Return how many new papers match a channel's topics, and which topics."""
    if not news.papers:
        return "None of them matches this channel's topics."
    most = sorted(news.topics, key=lambda each: each[1], reverse=True)[:_TOPICS]
    most.sort(key=lambda each: each[0].number)
    named = [f"{count:,} for {fit(topic.query, _TOPIC)}" for topic, count in most]
    more = len(news.topics) - len(named)
    others = f" and {counted(more, 'more topic')}" if more else ""
    several = "both" if len(news.topics) == len(("one", "other")) else "several"
    shared = f" ({news.shared:,} for {several})" if news.shared else ""
    papers = f"{counted(news.papers, 'new paper')} {'matches' if news.papers == 1 else 'match'}"
    return f"{papers} this channel's topics: {', '.join(named)}{others}{shared}."


def _done(loaded: Loaded) -> str:
    took_so_long, papers = f"Reloaded in {took(loaded.seconds)}", f"*{counted(loaded.papers, 'paper')}*."
    if loaded.new or loaded.revised or loaded.removed:
        return f"{took_so_long}: {papers} {brought(loaded)}"
    faults = f" {_refused(loaded)}" if loaded.problems else ""
    return f"{took_so_long}: nothing has changed. {papers}{faults}"


def _refused(loaded: Loaded) -> str:
    return f"{counted(len(loaded.problems), 'line')} refused"
