"""The form in which a topic is written. Pure.

Law: block and action ids never change, so what was typed stays when the window shows something else. A form
opens without a call before it, for what opens it lives three seconds: where the asker is, is seen later.
"""

from collections.abc import Mapping, Sequence
from datetime import time

from bot.digest import phrases
from bot.digest.following import AT as USUAL_TIME
from bot.digest.following import DAYS as USUAL_DAYS
from bot.digest.following import TOP as USUAL_TOP
from bot.search.query import LONGEST_QUERY
from bot.slack import forms
from bot.slack.buttons import IN_WINDOW, TOPIC
from bot.slack.forms import Form
from bot.slack.mrkdwn import visible
from bot.slack.render import blocks
from bot.slack.render.blocks import Block, Message, View
from bot.topics import LAST_DAY, MOST_TOP, Schedule, Strictness, Topic, Wish

PREVIEW = f"{IN_WINDOW}{TOPIC}form.preview"
_SHOWN = "preview"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HINT = 'As in a search: "length bias" is a phrase, -survey leaves out, year:2023.. and author:xu narrow.'
_ZONE = "As in Berlin or UTC. Left empty, it is where Slack says that you are."
_STRICTNESS = {
    Strictness.BROAD: "A paper has at least half of the topic.",
    Strictness.NORMAL: "Most of it; of two words, both.",
    Strictness.STRICT: "Every word.",
}
_LONGEST_ZONE = 60


def topic_form(form: Form, wish: Wish) -> View:
    """Show the form for a new topic, with what is wished for already; without a zone it is the asker's."""
    return _form(form, "Follow a topic", "Follow", wish)


def edit_form(form: Form, topic: Topic) -> View:
    """Show the form for a topic there is."""
    when = topic.schedule
    days = when.weekdays, when.month_day
    wish = Wish(topic.query, days, when.at, when.zone, topic.top, topic.strictness)
    return _form(form, f"Topic {form.topic}", "Save", wish)


def with_preview(view: View, shown: Message) -> View:
    """Show a form as it is, and under its button what its topic matches, in place of what stood there."""
    kept = [block for block in view["blocks"] if not str(block.get("block_id", "")).startswith(_SHOWN)]
    named = [{**block, "block_id": f"{_SHOWN}{place}"} for place, block in enumerate(shown.blocks)]
    under = 1 + [block["type"] for block in kept].index("actions")
    return blocks.again(view, [*kept[:under], *named, *kept[under:]])


def _form(form: Form, title: str, submit: str, wish: Wish) -> View:
    top, strictness = wish.top or USUAL_TOP, wish.strictness or Strictness.NORMAL
    view = blocks.window(
        title,
        [
            _input(forms.TOPIC, "Topic", _text(wish.topic, LONGEST_QUERY), hint=_HINT),
            blocks.actions(blocks.bare_button("Preview", PREVIEW)),
            *_when(wish.days or USUAL_DAYS, USUAL_TIME if wish.at is None else wish.at),
            _input(forms.ZONE, "Time zone", _text(wish.zone or "", _LONGEST_ZONE), hint=_ZONE, optional=True),
            _input(forms.TOP, "Papers a digest, at most", _select(_counts(), str(top))),
            _input(forms.STRICTNESS, "What a paper must have", _strictness(strictness)),
        ],
        forms.metadata_of(form),
    )
    return {
        **view,
        "submit": blocks.words(submit),
        "close": blocks.words("Cancel"),
        "callback_id": forms.CALLBACK,
    }


def _when(days: tuple[tuple[int, ...], int], at: time) -> tuple[Block, Block, Block]:
    weekdays, month_day = days
    month = _select(_month_days(), str(month_day) if month_day else "")
    month["placeholder"] = blocks.words("No day of the month")
    return (
        _input(forms.DAYS, "Days of the week", _weekdays(weekdays), optional=True),
        _input(forms.MONTH, "Or on the", month, optional=True),
        _input(forms.AT, "Time", {"type": "timepicker", "initial_time": f"{at:%H:%M}"}),
    )


def _input(field: str, label: str, element: Block, *, hint: str = "", optional: bool = False) -> Block:
    return {
        "type": "input",
        "block_id": field,
        "label": blocks.words(label),
        "element": {**element, "action_id": field},
        "optional": optional,
        **({"hint": blocks.words(hint)} if hint else {}),
    }


def _text(initial: str, longest: int) -> Block:
    kept = visible(initial)[:longest]
    return {
        "type": "plain_text_input",
        "max_length": longest,
        **({"initial_value": kept} if kept else {}),
    }


def _weekdays(chosen: Sequence[int]) -> Block:
    options = [_option(name, str(day)) for day, name in enumerate(_DAYS)]
    initial = [options[day] for day in chosen]
    return {
        "type": "checkboxes",
        "options": options,
        **({"initial_options": initial} if initial else {}),
    }


def _select(choices: Mapping[str, str], chosen: str) -> Block:
    options = [_option(text, value) for value, text in choices.items()]
    initial = [option for option in options if option["value"] == chosen]
    return {
        "type": "static_select",
        "options": options,
        **({"initial_option": initial[0]} if initial else {}),
    }


def _month_days() -> dict[str, str]:
    return {str(day): phrases.days(Schedule((), day, USUAL_TIME, "UTC")) for day in range(1, LAST_DAY + 1)}


def _counts() -> dict[str, str]:
    return {str(count): str(count) for count in range(1, MOST_TOP + 1)}


def _strictness(chosen: Strictness) -> Block:
    options = {
        each: {**_option(each.value.capitalize(), each.value), "description": blocks.words(text)}
        for each, text in _STRICTNESS.items()
    }
    return {"type": "radio_buttons", "options": list(options.values()), "initial_option": options[chosen]}


def _option(text: str, value: str) -> Block:
    return {"text": blocks.words(text), "value": value}
