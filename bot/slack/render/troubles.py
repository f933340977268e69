"""What happens to channels and to those who set topics in them, told to whom it concerns. Pure.

Law: it says which topics, why in plain words, what mends it, and that nothing is lost. People are
named, never mentioned; a link to a channel pings nobody.
"""

from collections.abc import Sequence

from bot.digest.sending import Trouble
from bot.slack.mrkdwn import code
from bot.slack.render.blocks import Message, fit, said
from bot.slack.render.digests import some, topic_name
from bot.slack.render.reasons import ends_by_itself, over, why
from bot.topics import Place, Topic
from bot.wording import listed

_NAMED = 10
_PERSON = 80


def trouble(trouble: Trouble) -> Message:
    """Tell an owner that their topics in a channel are paused, or that a digest is held or was refused."""
    if trouble.refused:
        return said(*_refused(trouble))
    return said(*(_held(trouble) if trouble.held else _paused(trouble)))


def going_on(topics: Sequence[Topic]) -> Message:
    """Tell a channel which topics go on, now that the bot is back."""
    return said(f"{_numbered(topics)} {_verb(topics, 'goes', 'go')} on; what was missed will come.")


def owner_left(topics: Sequence[Topic]) -> Message:
    """Tell a channel that whoever set these topics there has left."""
    many = len(topics) > 1
    who = fit(topics[0].owner.name, _PERSON) or "Somebody"
    numbered = _numbered(topics)
    paused = all(topic.pause for topic in topics)
    stays = (
        f"{'they stay' if many else 'it stays'} paused"
        if paused
        else f"{'they go' if many else 'it goes'} on"
    )
    return said(
        f"{who}, who set {numbered[0].lower()}{numbered[1:]} here, has left; {stays},"
        f" and anyone here may change {'them' if many else 'it'}."
    )


def _paused(trouble: Trouble) -> tuple[str, ...]:
    topics, it = trouble.topics, "it" if len(trouble.topics) == 1 else "they"
    goes = _verb(topics, "goes", "go")
    if ends_by_itself(trouble.why):
        then = f"{it.capitalize()} {goes} on once {over(trouble.why)}."
    else:
        resume = code(f"/paper resume {topics[0].number}")
        each = "" if len(topics) == 1 else ", and so for the others"
        then = f"Once {over(trouble.why)}, type {resume} there{each}, and {it} {goes} on."
    return (
        f"I cannot post in {_where(trouble.place)}: {why(trouble.why, 'there')}.",
        f"Paused there: {_named(topics)}.",
        f"{then} Nothing is lost: what was missed will come.",
    )


def _held(trouble: Trouble) -> tuple[str, ...]:
    return (
        f"I cannot see whether a digest has arrived in {_where(trouble.place)}: {why(trouble.why, 'there')}.",
        f"It is for {_named(trouble.topics)}.",
        f"I keep it, so it is not lost, and do not post it twice. I can look again once {over(trouble.why)}.",
    )


def _refused(trouble: Trouble) -> tuple[str, ...]:
    reason = why(trouble.why, "there")
    then = "Nothing is lost: its papers will come with the next digest."
    return (
        f"A digest did not get into {_where(trouble.place)}, through a fault of mine: {reason}.",
        f"It was for {_named(trouble.topics)}.",
        f"{then} Please tell whoever runs me. I say this once, until a digest arrives there again.",
    )


def _where(place: Place) -> str:
    """Return a link to a channel; the bot's own conversation with somebody has none."""
    return "our direct messages" if place.channel.startswith("D") else f"<#{place.channel}>"


def _named(topics: Sequence[Topic]) -> str:
    return f"{_verb(topics, 'topic', 'topics')} {some(list(map(topic_name, topics)), _NAMED)}"


def _numbered(topics: Sequence[Topic]) -> str:
    """Return `Topic 1`, `Topics 1 and 2`."""
    return f"{_verb(topics, 'Topic', 'Topics')} {listed([str(topic.number) for topic in topics], 'and')}"


def _verb(topics: Sequence[Topic], one: str, many: str) -> str:
    return one if len(topics) == 1 else many
