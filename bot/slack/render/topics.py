"""What a channel follows, for whoever asks. Pure.

Law: a page has ten topics, whatever there is to say of each, and says of every one when it comes next or why
it does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time

from bot.digest import phrases
from bot.digest.following import TOP, State
from bot.slack.buttons import FOLLOW, TOPIC, TOPICS_NEXT, TOPICS_PREVIOUS, Act, Begun, Chosen, Page
from bot.slack.mrkdwn import code
from bot.slack.render import blocks
from bot.slack.render.blocks import Block, Message, fit
from bot.slack.render.reasons import ends_by_itself, over, why
from bot.store.deliveries import Last
from bot.topics import Pause, Strictness
from bot.wording import counted, listed

PAGE = 10
ACTS = {
    Act.PREVIEW: "Preview",
    Act.EDIT: "Edit",
    Act.PAUSE: "Pause",
    Act.RESUME: "Resume",
    Act.END: "Unsubscribe",
}
_TOPIC, _PERSON, _NAME, _WORD = 200, 80, 80, 60
_BEGIN = "/paper subscribe backdoor attacks weekly on mondays at 9am"


@dataclass(frozen=True, slots=True)
class Listed:
    """The `states` of a page of topics, after the first `after` of `total`.

    `channel` is its name, or empty; `next` is when its next digest may come, and the zone to say it in;
    `stopped` since when the whole workspace gets nothing, and why, in Slack's word.
    """

    channel: str
    states: tuple[State, ...]
    after: int
    total: int
    next: tuple[datetime, str] | None
    stopped: tuple[datetime, str] | None = None


def topic_list(listed: Listed, now: datetime) -> Message:
    """Show a page of what a channel follows, each topic with what can be done with it."""
    head = list_head(listed, now)
    entries = [(entry(state, now), _menu(state)) for state in listed.states]
    row = blocks.actions(*turning(listed), follow_button())
    return blocks.message(
        [head, *(text for text, _ in entries)],
        [blocks.section(head), *(blocks.section(text, menu) for text, menu in entries), row],
    )


def list_head(listed: Listed, now: datetime) -> str:
    """Return what stands above a page of topics."""
    if not listed.total:
        return f"This channel follows nothing yet. For example: {code(_BEGIN)}"
    where = f" in #{fit(listed.channel, _NAME)}" if listed.channel else " here"
    place = ""
    if listed.total > len(listed.states):
        place = f" · {listed.after + 1}–{listed.after + len(listed.states)}"
    next_one = f" · next digest {phrases.moment(*listed.next, now)} {listed.next[1]}" if listed.next else ""
    head = f"*{counted(listed.total, 'topic')}{where}*{place}{next_one}"
    if listed.stopped:
        since, reason = listed.stopped
        head += f"\n:warning: Nothing comes here since {phrases.on(since, 'UTC', now)}: {why(reason)}"
    return head


def entry(state: State, now: datetime, where: str = " from ⋯") -> str:
    """Return what is said of a topic: its query and schedule, what came last, what it matches, who set it.

    `where` it can be resumed.
    """
    topic = state.topic
    kind = "" if topic.strictness is Strictness.NORMAL else topic.strictness.value
    size = "" if topic.top == TOP else f"up to {topic.top}"
    sign = ":warning: " if topic.pause and topic.pause.why else ""
    when = _paused(topic.pause, topic.schedule.zone, now) if topic.pause else phrases.when(topic.schedule)
    first = [f"{sign}*{topic.number} {fit(topic.query, _TOPIC)}*", when, size, kind]
    return "\n".join(" · ".join(filter(None, facts)) for facts in (first, [*_second(state, now, where)]))


def turning(listed: Listed, where: str = "") -> tuple[Block | None, Block | None]:
    """Return the buttons that turn the pages."""
    last = listed.after + len(listed.states)
    back, on = Page(max(0, listed.after - PAGE)), Page(last)
    return (
        blocks.button("Previous", where + TOPICS_PREVIOUS, back) if listed.after else None,
        blocks.button("Next", where + TOPICS_NEXT, on) if last < listed.total else None,
    )


def follow_button(begun: Begun | None = None) -> Block | None:
    """Return the button that opens the form for a new topic, which may have `begun` already."""
    label = "Follow a topic"
    return blocks.button(label, FOLLOW, begun) if begun else blocks.bare_button(label, FOLLOW)


def acts(state: State) -> list[Act]:
    """Return what can be done with a topic."""
    return [Act.PREVIEW, Act.EDIT, Act.RESUME if state.topic.pause else Act.PAUSE, Act.END]


def _menu(state: State) -> Block:
    chosen = {ACTS[act]: Chosen(act, state.topic.number) for act in acts(state)}
    return blocks.menu(TOPIC, chosen)


def _paused(pause: Pause, zone: str, now: datetime) -> str:
    by = f" by {fit(pause.by, _PERSON)}" if pause.by else ""
    reason = f": {why(pause.why)}" if pause.why else ""
    return f"paused{by} {phrases.on(pause.since, zone, now)}{reason}"


def _second(state: State, now: datetime, where: str) -> Iterator[str]:
    topic = state.topic
    if state.next:
        yield f"next {phrases.on(state.next, topic.schedule.zone, now)}"
    elif topic.pause:
        goes_on = ends_by_itself(topic.pause.why)
        how = f"Goes on once {over(topic.pause.why)}" if goes_on else f"Resume it{where}"
        yield f"{how}; what was missed will come"
    if state.last:
        yield _last(state.last, now)
    if state.match:
        unknown = [f"*{shown}*" for word in state.match.unknown[:3] if (shown := fit(word, _WORD))]
        if unknown and not state.match.total:
            never = "never matched" if not (state.last and state.last.papers) else "matches nothing"
            yield f"{never}: no paper has {listed(unknown)}"
        else:
            yield f"{state.match.total:,} of {state.match.of:,} match"
    yield f"by {fit(topic.owner.name, _PERSON)}"


def _last(last: Last, now: datetime) -> str:
    day = phrases.on(datetime.combine(last.date, time(12), UTC), "UTC", now)
    if last.state == "held":
        return (
            f":warning: the digest of {day} may or may not be here: Slack did not say,"
            " and I cannot read this channel's history"
        )
    if last.state == "refused":
        return f"last {day}: Slack refused it, and its papers will come again"
    waiting = f", {last.waiting:,} waiting" if last.waiting else ""
    if last.state == "open":
        return f"{day}: {counted(last.papers, 'paper')} on the way"
    return f"last {day}: {counted(last.papers, 'paper') if last.papers else 'nothing new'}{waiting}"
