"""What a topic matches, and what its next digest would bring. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from bot.digest import phrases
from bot.digest.following import Preview, Rate
from bot.slack.buttons import FOLLOW, TOPIC, Act, Chosen, Typed
from bot.slack.mrkdwn import code
from bot.slack.render import blocks
from bot.slack.render.blocks import Block, Message, fit, name
from bot.topics import Topic
from bot.wording import counted, listed

MANY_WORDS = 6
_TITLE, _TOPIC, _WORD, _NAMED = 300, 200, 100, 10


def first_digest(shown: Preview, topic: Topic, *, shared: bool = False, unzoned: bool = False) -> Message:
    """Show whoever followed a topic what its first digest brings.

    `shared`: with another organisation; `unzoned`: Slack did not say where the asker is.
    """
    lines = [*_brought(shown, "first", "brings"), *_notes(shown), _then(shown.rate)]
    if shared:
        lines.append(
            "This channel is shared with another organization, whose people will see the digests as well."
        )
    if unzoned:
        change = code(f"/paper edit {topic.number} in Europe/Berlin")
        lines.append(
            f"I could not see your time zone, so this is {topic.schedule.zone}; change it with {change}"
        )
    skip = blocks.button("Skip these, only new ones", TOPIC + Act.SKIP, Chosen(Act.SKIP, topic.number))
    row = blocks.actions(edit_button(topic.number), skip if shown.brings and topic.earlier else None)
    return _message(lines, row)


def next_digest(shown: Preview, topic: Topic, next_one: datetime | None, now: datetime) -> Message:
    """Show what the next digest would bring of a topic; `next_one` is when it comes, None while paused."""
    when = f"next {phrases.on(next_one, topic.schedule.zone, now)}" if next_one else "paused"
    head = f"*{topic.number} {fit(topic.query, _TOPIC)}* · {when}"
    return _message([head, *_brought(shown, "next", "would bring"), *_notes(shown)], None)


def not_followed(shown: Preview, line: str) -> Message:
    """Show what the first digest would bring of a topic, which may be followed as the `line` says."""
    head = f"*{fit(shown.query, _TOPIC)}*"
    row = blocks.actions(blocks.button("Follow this topic", FOLLOW, Typed(line)))
    return _message([head, *_brought(shown, "first", "would bring"), *_notes(shown)], row)


def in_form(shown: Preview, most: int = 5) -> Message:
    """Show what a topic matches that was typed into a form."""
    some = replace(shown, brings=shown.brings[:most])
    count = f"{_counted(shown)}." if not some.brings else f"{_counted(shown)}, best first:"
    return _message([count, *_titles(some), *_notes(shown)], None)


def edit_button(number: int) -> Block | None:
    """Return the button that opens the form for a topic."""
    return blocks.button("Edit topic", TOPIC + Act.EDIT, Chosen(Act.EDIT, number))


def _message(lines: list[str], row: Block | None) -> Message:
    return blocks.message(lines, [blocks.section("\n".join(lines)), row])


def _brought(shown: Preview, which: str, brings: str) -> Iterator[str]:
    total, number = shown.match.total, len(shown.brings)
    if not number:
        had = "; this channel has had what there is" if total else ""
        yield f"{_counted(shown)}{had}. The {which} digest comes when a new one arrives."
        return
    what = ("it" if number == 1 else "them") if number == total else f"the best {number}"
    yield f"{_counted(shown)}; the {which} digest {brings} {what}:"
    yield from _titles(shown)
    if shown.waiting:
        yield f"{shown.waiting:,} more would wait."


def _counted(shown: Preview) -> str:
    total, of = shown.match.total, counted(shown.match.of, "paper")
    return (
        f"{total:,} of {of} {'matches' if total == 1 else 'match'} today"
        if total
        else f"None of {of} matches today"
    )


def _titles(shown: Preview) -> list[str]:
    return [f"• {name(each.paper, _TITLE)}" for each in shown.brings]


def _notes(shown: Preview) -> Iterator[str]:
    """Yield what could be better about a topic."""
    if shown.match.is_broad:
        narrower = [f"*{fit(word, _WORD)}*" for word in shown.narrowing]
        with_ = f" A word more would narrow it, as {listed(narrower)}." if narrower else ""
        yield f":warning: That is a third of all papers or more.{with_}"
    unknown = [f"*{shown_}*" for word in shown.match.unknown[:_NAMED] if (shown_ := fit(word, _WORD))]
    if unknown:
        yield f":warning: No paper has {listed(unknown)}."
    words = len({word.forms for word in shown.match.query.words})
    if words > MANY_WORDS:
        yield f"These are {words} words; {MANY_WORDS} or fewer match more surely."


def _then(rate: Rate) -> str:
    first = "Then only new arrivals; silence when there are none."
    if rate.a_week is None:
        day = phrases.on(rate.since, "UTC", rate.since.astimezone(UTC)).partition(" ")[2]
        return f"{first} No weekly rate yet: every paper arrived on {day}."
    number = round(rate.a_week)
    few = "fewer than one a week" if number < 1 else f"about {number:,} a week"
    return f"{first} Of late {few} came."
