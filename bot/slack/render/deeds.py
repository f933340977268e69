"""What somebody did with topics, for everybody to see. Pure.

Law: one line says who did what, and how to undo it; a person is named, never mentioned. What to type is given
only where it would bring back just what was there.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.digest import phrases
from bot.digest.following import Deed, Done
from bot.slack.asked import UsageError
from bot.slack.clauses import parse_clauses
from bot.slack.mrkdwn import code
from bot.slack.render import blocks
from bot.slack.render.blocks import Message, fit, said
from bot.topics import Strictness, Topic, Wish
from bot.wording import counted

LONGEST_TOPIC = 200
_PERSON = 80
_LONGEST_LINE = 2_000
_ROOM = 2_800  # of a section
_MOST_ROOM = 9_000
_COMMAND = "/paper"


def done(deed: Done, person: str, now: datetime, *, again: bool = False) -> Message:
    """Say what somebody made of a topic; `again`: they asked for one that is followed already.

    A topic that stays as it was is told to the asker.
    """
    topic = deed.topic
    next_one = f"next: {phrases.on(deed.next, topic.schedule.zone, now)}"
    if deed.deed is Deed.KEPT:
        return said(f"This channel has that already, as {_facts('topic ', topic, next_one)}")
    who, undo = fit(person, _PERSON), _undo(deed)
    if deed.deed is Deed.ADDED:
        first = next_one.replace("next", "first", 1)
        return said(f"{who} added {_facts('topic ', topic, first, undo)}")
    already = "This channel follows that already. " if again else ""
    changed = "resumed" if deed.before and deed.before.pause and not topic.pause else ""
    paused = "still paused" if topic.pause else next_one
    return said(f"{already}{who} changed {_facts('topic ', topic, changed, paused, undo)}")


def paused(topic: Topic, person: str) -> Message:
    """Say who paused a topic."""
    return said(
        f"{fit(person, _PERSON)} paused topic {_named(topic)} · undo: {_typed(f'resume {topic.number}')}"
    )


def resumed(deed: Done, person: str, now: datetime) -> Message:
    """Say who let a topic go on, and when it comes next."""
    topic = deed.topic
    next_one = phrases.on(deed.next, topic.schedule.zone, now)
    undo = _typed(f"pause {topic.number}")
    return said(f"{fit(person, _PERSON)} resumed topic {_named(topic)} · next: {next_one} · undo: {undo}")


def skipped(topic: Topic, person: str) -> Message:
    """Say who left out what was there before a topic; nothing brings that back."""
    who = fit(person, _PERSON)
    return said(f"{who}: topic {topic.number} brings only papers that arrived since it was added")


def ended(topics: Sequence[Topic], person: str) -> Message:
    """Say who ended topics, and the lines that would bring them back, as many as there is room for."""
    who = fit(person, _PERSON)
    if len(topics) == 1:
        return said(f"{who} removed topic {_named(topics[0])} · undo: {again(topics[0])}")
    lines = [f"{who} removed {len(topics)} topics; each line brings one back:"]
    for left, topic in zip(range(len(topics), 0, -1), topics, strict=True):
        line = f"{topic.number} {again(topic)}"
        if sum(map(len, lines)) + len(line) > _MOST_ROOM:
            lines.append(f"and {counted(left, 'more topic')}, the longest of which there was no room for.")
            break
        lines.append(line)
    return blocks.message(lines, [blocks.section(text) for text in _pages(lines)])


def again(topic: Topic) -> str:
    """Return what to type to follow a topic anew."""
    return _restoring("subscribe", topic, topic.query) or code(f"{_COMMAND} subscribe")


def _undo(deed: Done) -> str:
    if deed.deed is Deed.ADDED or deed.before is None:
        return f"undo: {_typed(f'unsubscribe {deed.topic.number}')}"
    before, number = deed.before, deed.topic.number
    words = "" if before.query == deed.topic.query else before.query
    line = _restoring(f"edit {number}", before, words)
    return f"undo: {line}" if line else ""


def _restoring(command: str, topic: Topic, words: str) -> str:
    """Return the line that gives a topic its words and all else, if there is one that does just that."""
    schedule = topic.schedule
    meant = Wish(
        topic=words,
        days=(schedule.weekdays, schedule.month_day),
        at=schedule.at,
        zone=schedule.zone,
        top=topic.top,
        strictness=topic.strictness,
    )
    text = f"{words} {phrases.clause(schedule)} top {topic.top} {topic.strictness}".strip()
    line = code(f"{_COMMAND} {command} {text}")
    try:
        return line if len(line) <= _LONGEST_LINE and parse_clauses(text) == meant else ""
    except UsageError:  # the words end in what reads as a clause
        return ""


def _facts(before: str, topic: Topic, *more: str) -> str:
    size = f"up to {counted(topic.top, 'paper')}"
    kind = "" if topic.strictness is Strictness.NORMAL else topic.strictness.value
    facts = (f"{before}{_named(topic)}", phrases.when(topic.schedule), size, kind, *more)
    return " · ".join(filter(None, facts))


def _named(topic: Topic) -> str:
    return f"{topic.number}: *{fit(topic.query, LONGEST_TOPIC)}*"


def _typed(line: str) -> str:
    return code(f"{_COMMAND} {line}")


def _pages(lines: Sequence[str]) -> list[str]:
    pages = [""]
    for line in lines:
        if len(pages[-1]) + len(line) >= _ROOM:
            pages.append(line)
        else:
            pages[-1] = "\n".join(filter(None, (pages[-1], line)))
    return pages
