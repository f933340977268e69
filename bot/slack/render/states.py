"""What is loaded, for whoever asks. Pure.

Law: its length is the same for any number of files and faults.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.answers import Status
from bot.digest import phrases
from bot.slack.render.blocks import Message, fit, said
from bot.slack.render.feeds import with_feeds
from bot.slack.render.reloads import brought, refused_lines, took
from bot.store.feeds import Followed
from bot.wording import ago, counted

_NAME = 80


def status(
    state: Status,
    followed: Sequence[Followed],
    version: str,
    now: datetime,
    upcoming: tuple[datetime, str] | None = None,
) -> Message:
    """Say what is loaded, since when, by whom, what that brought, how feeds fare, and which Paperboy this is.

    `upcoming` is when the channel may get its next digest, and the zone to say it in.
    """
    lines = list(_corpus(state, now))
    if state.under_way:
        lines.append(f"{fit(state.under_way, _NAME)} is under way.")
    if upcoming:
        lines.append(f"Next digest here: {phrases.moment(*upcoming, now)} {upcoming[1]}")
    last = f"Paperboy {fit(version, _NAME)}"
    return with_feeds("\n".join(lines), followed, now, last) if followed else said(*lines, last)


def _corpus(state: Status, now: datetime) -> Iterator[str]:
    last = state.last
    if last is None:
        yield "No papers are loaded yet."
        return
    records = counted(state.records, "record")
    sources = [counted(len(state.records_by_file), "file")]
    if state.records_by_feed:
        sources.append(counted(len(state.records_by_feed), "feed"))
    age = ago(max(now - last.at, timedelta(0)))
    by = f" by {fit(last.by, _NAME)}" if last.by else ""
    yield f"*{counted(state.papers, 'paper')}* from {records} in {' and '.join(sources)}, loaded {age}{by}."
    yield f"The last load took {took(last.seconds)}: {brought(last)}"
    yield from refused_lines(last.problems)
