"""A channel's topics in a window, each with what can be done with it. Pure."""

from datetime import datetime

from bot.digest.following import State
from bot.slack.buttons import IN_WINDOW, TOPIC, Act, Chosen
from bot.slack.forms import Form, metadata_of
from bot.slack.render import blocks
from bot.slack.render.blocks import Block, View
from bot.slack.render.topics import ACTS, Listed, acts, entry, list_head, turning
from bot.wording import shorten

_QUERY = 150


def topics_window(listed: Listed, kept: Form, now: datetime) -> View:
    """Show a page of what a channel follows, with buttons."""
    parts: list[Block | None] = [blocks.section(list_head(listed, now))]
    for state in listed.states:
        parts += [blocks.section(entry(state, now, where="")), _row(state)]
    turns = blocks.actions(*turning(listed, IN_WINDOW))
    return blocks.window("Topics", [*parts, turns], metadata_of(kept))


def _row(state: State) -> Block | None:
    return blocks.actions(*(_button(act, state) for act in acts(state)))


def _button(act: Act, state: State) -> Block | None:
    button = blocks.button(ACTS[act], f"{IN_WINDOW}{TOPIC}{act}", Chosen(act, state.topic.number))
    if button and act is Act.END:
        query = shorten(state.topic.query, _QUERY)
        button["confirm"] = {
            "title": blocks.words(f"Unsubscribe from topic {state.topic.number}?"),
            "text": blocks.words(f"Nothing more will come here for {query}."),
            "confirm": blocks.words("Unsubscribe"),
            "deny": blocks.words("Keep it"),
        }
    return button
