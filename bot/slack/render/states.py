"""What is loaded, for whoever asks. Pure.

Law: its length is the same for any number of files and faults.
"""

from datetime import datetime, timedelta

from bot.answers import Status
from bot.digest import phrases
from bot.slack.mrkdwn import code
from bot.slack.render.blocks import Message, fit, said
from bot.wording import ago, counted

_NAMED = 10  # places that could not be read
_PLACE, _REASON = 80, 120


def status(
    state: Status, version: str, now: datetime, upcoming: tuple[datetime, str] | None = None
) -> Message:
    """Say what is loaded, since when, what could not be read, and which Paperboy this is.

    `upcoming` is when the channel may get its next digest, and the zone to say it in.
    """
    lines = [_corpus(state, now)]
    if state.problems:
        lines.append(f"{counted(len(state.problems), 'place')} could not be read:")
    for problem in state.problems[:_NAMED]:
        place = f"{problem.file}:{problem.line}" if problem.line else problem.file
        lines.append(f"• {fit(place, _PLACE)} {fit(problem.reason, _REASON)}")
    if len(state.problems) > _NAMED:
        lines.append(f"and {len(state.problems) - _NAMED:,} more: {code('paperboy status')}")
    if upcoming:
        lines.append(f"Next digest here: {phrases.moment(*upcoming, now)} {upcoming[1]}")
    return said(*lines, f"Paperboy {fit(version, _PLACE)}")


def _corpus(state: Status, now: datetime) -> str:
    if state.loaded_at is None:
        return "No papers are loaded yet."
    records = counted(state.records, "record")
    files = counted(len(state.records_by_file), "file")
    age = ago(max(now - state.loaded_at, timedelta(0)))
    return f"*{counted(state.papers, 'paper')}* from {records} in {files}, loaded {age}."
