"""Slack's Block Kit as a table: each block, element and object with its fields and limits.

Numbers are Slack's published limits. A type that is not in the table is refused, so this is also the
list of what the playground can show. `BLOCK` checks one block, `VIEW` a modal or Home view.
"""

from datetime import date
from typing import Any

from bot.playground.shapes import (
    Check,
    Faults,
    array,
    boolean,
    by_type,
    choice,
    every,
    fault,
    integer,
    matching,
    one_field_of,
    record,
    string,
)

BLOCKS_A_MESSAGE = 50
BLOCKS_A_VIEW = 100
INTERACTIVE = frozenset(
    {
        "button",
        "overflow",
        "static_select",
        "multi_static_select",
        "checkboxes",
        "radio_buttons",
        "plain_text_input",
        "datepicker",
        "timepicker",
    }
)


def _text(most: int, *kinds: str) -> Check:
    shapes = {
        "plain_text": record({"text": string(most, 1)}, emoji=boolean),
        "mrkdwn": record({"text": string(most, 1)}, verbatim=boolean),
    }
    return by_type({kind: shapes[kind] for kind in kinds or shapes})


def _plain(most: int) -> Check:
    return _text(most, "plain_text")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _initial_is_offered(value: Any, at: str, faults: Faults) -> None:
    """Refuse an initial option that is not, field by field, one of the options."""
    groups = [group for group in _listed(value.get("option_groups", [value])) if isinstance(group, dict)]
    offered = [option for group in groups for option in _listed(group.get("options"))]
    single = [value["initial_option"]] if "initial_option" in value else []
    for option in [*single, *_listed(value.get("initial_options"))]:
        if option not in offered:
            fault(faults, at, "initial option is not one of the options")


def _date(value: Any, at: str, faults: Faults) -> None:
    """Refuse what is no day of the calendar."""
    try:
        good = date.fromisoformat(value).isoformat() == value
    except (TypeError, ValueError):
        good = False
    if not good:
        fault(faults, at, "must be YYYY-MM-DD")


def _lengths_agree(value: Any, at: str, faults: Faults) -> None:
    """Refuse a text input that nothing can satisfy, or whose own text does not fit."""
    least, most, initial = (
        value.get("min_length", 0),
        value.get("max_length", 3000),
        value.get("initial_value"),
    )
    if not isinstance(least, int) or not isinstance(most, int):
        return
    if least > most:
        fault(faults, at, "min_length must not be more than max_length")
    if isinstance(initial, str) and len(initial) > most:
        fault(faults, f"{at}/initial_value", f"must be less than {most + 1} characters")


_ID = string(255)
_WEB = matching(r"https?://[^\s/].*", "invalid url")
_LINK = matching(r"(https?://[^\s/]|slack://|mailto:).*", "invalid url")
_CONFIRM = record(
    {"title": _plain(100), "text": _text(300), "confirm": _plain(30), "deny": _plain(30)},
    style=choice("primary", "danger"),
)
_OPTION = record({"text": _plain(75), "value": string(150, 1)}, description=_plain(75))
_OVERFLOW_OPTION = record({"text": _plain(75), "value": string(150, 1)}, description=_plain(75), url=_LINK)
_RICH_OPTION = record({"text": _text(75), "value": string(150, 1)}, description=_text(75))
_GROUP = record({"label": _plain(75), "options": array(_OPTION, 100)})
_PICKED = {"action_id": _ID, "confirm": _CONFIRM, "focus_on_load": boolean}
_MENU = {
    **_PICKED,
    "placeholder": _plain(150),
    "options": array(_OPTION, 100),
    "option_groups": array(_GROUP, 100),
}
_FILE = every(record(id=string(255, 1), url=_WEB), one_field_of(("id", "url")))
_PICTURE = {"image_url": _WEB, "slack_file": _FILE}
_IMAGE = every(record({"alt_text": string(2000)}, **_PICTURE), one_field_of(("image_url", "slack_file")))
_ONE_MENU = one_field_of(("options", "option_groups"))

_ELEMENTS: dict[str, Check] = {
    "button": record(
        {"text": _plain(75)},
        action_id=_ID,
        url=_LINK,
        value=string(2000),
        style=choice("primary", "danger"),
        confirm=_CONFIRM,
        accessibility_label=string(75),
    ),
    "overflow": record({"options": array(_OVERFLOW_OPTION, 5)}, action_id=_ID, confirm=_CONFIRM),
    "static_select": every(record(**_MENU, initial_option=_OPTION), _ONE_MENU, _initial_is_offered),
    "multi_static_select": every(
        record(**_MENU, initial_options=array(_OPTION, 100), max_selected_items=integer(1, 100)),
        _ONE_MENU,
        _initial_is_offered,
    ),
    "checkboxes": every(
        record({"options": array(_RICH_OPTION, 10)}, **_PICKED, initial_options=array(_RICH_OPTION, 10)),
        _initial_is_offered,
    ),
    "radio_buttons": every(
        record({"options": array(_RICH_OPTION, 10)}, **_PICKED, initial_option=_RICH_OPTION),
        _initial_is_offered,
    ),
    "datepicker": record(**_PICKED, placeholder=_plain(150), initial_date=_date),
    "timepicker": record(
        **_PICKED,
        placeholder=_plain(150),
        initial_time=matching(r"([01][0-9]|2[0-3]):[0-5][0-9]", "must be HH:mm"),
        timezone=string(100, 1),
    ),
    "plain_text_input": every(
        record(
            action_id=_ID,
            focus_on_load=boolean,
            placeholder=_plain(150),
            initial_value=string(3000),
            multiline=boolean,
            min_length=integer(0, 3000),
            max_length=integer(1, 3000),
            dispatch_action_config=record(
                trigger_actions_on=array(choice("on_enter_pressed", "on_character_entered"), 2)
            ),
        ),
        _lengths_agree,
    ),
    "image": _IMAGE,
}


def _elements(*without: str) -> Check:
    return by_type({kind: shape for kind, shape in _ELEMENTS.items() if kind not in without}, _ELEMENTS)


_STYLE = record(
    **dict.fromkeys(
        ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"), boolean
    )
)
_RICH_LEAVES: dict[str, Check] = {
    "text": record({"text": string(13_200, 1)}, style=_STYLE),
    "link": record({"url": _LINK}, text=string(3000), unsafe=boolean, style=_STYLE),
    "emoji": record({"name": string(255, 1)}, unicode=string(255), skin_tone=integer(1, 6), style=_STYLE),
    "user": record({"user_id": string(255, 1)}, style=_STYLE),
    "channel": record({"channel_id": string(255, 1)}, style=_STYLE),
    "usergroup": record({"usergroup_id": string(255, 1)}, style=_STYLE),
    "broadcast": record({"range": choice("here", "channel", "everyone")}, style=_STYLE),
    "color": record({"value": string(255, 1)}, style=_STYLE),
    "date": record(
        {"timestamp": integer(0, 2**53), "format": string(3000, 1)},
        url=_LINK,
        fallback=string(3000),
        style=_STYLE,
    ),
}
_LEAVES = array(by_type(_RICH_LEAVES), 10_000, 0)
_SECTION = by_type({"rich_text_section": record({"elements": _LEAVES})})
_BORDER = integer(0, 1)
_RICH_PARTS = by_type(
    {
        "rich_text_section": record({"elements": _LEAVES}),
        "rich_text_list": record(
            {"elements": array(_SECTION, 10_000, 0), "style": choice("bullet", "ordered")},
            indent=integer(0, 8),
            offset=integer(0, 2**31),
            border=_BORDER,
        ),
        "rich_text_preformatted": record({"elements": _LEAVES}, border=_BORDER, language=string(255)),
        "rich_text_quote": record({"elements": _LEAVES}, border=_BORDER),
    }
)

_BLOCKS: dict[str, Check] = {
    "section": every(
        record(
            block_id=_ID,
            text=_text(3000),
            fields=array(_text(2000), 10),
            accessory=_elements("plain_text_input"),
            expand=boolean,
        ),
        one_field_of(("text", "fields"), exactly=False),
    ),
    "header": record({"text": _plain(150)}, block_id=_ID),
    "context": record(
        {
            "elements": array(
                by_type(
                    {
                        "plain_text": record({"text": string(3000, 1)}, emoji=boolean),
                        "mrkdwn": record({"text": string(3000, 1)}, verbatim=boolean),
                        "image": _IMAGE,
                    }
                ),
                10,
            )
        },
        block_id=_ID,
    ),
    "divider": record(block_id=_ID),
    "actions": record(
        {"elements": array(_elements("plain_text_input", "image", "multi_static_select"), 25)},
        block_id=_ID,
    ),
    "input": record(
        {"label": _plain(2000), "element": _elements("button", "overflow", "image")},
        block_id=_ID,
        hint=_plain(2000),
        optional=boolean,
        dispatch_action=boolean,
    ),
    "image": every(
        record({"alt_text": string(2000)}, **_PICTURE, block_id=_ID, title=_plain(2000)),
        one_field_of(("image_url", "slack_file")),
    ),
    "rich_text": record({"elements": array(_RICH_PARTS, 10_000, 0)}, block_id=_ID),
}
BLOCK: Check = by_type(_BLOCKS, _BLOCKS)
MESSAGE_BLOCKS: Check = array(BLOCK, BLOCKS_A_MESSAGE, 0)


def _inputs_need_submit(value: Any, at: str, faults: Faults) -> None:
    kinds = [block.get("type") for block in _listed(value.get("blocks")) if isinstance(block, dict)]
    if "input" in kinds and "submit" not in value:
        fault(faults, at, "missing required field: submit")


_VIEW = {"blocks": array(BLOCK, BLOCKS_A_VIEW, 0)}
_VIEW_EXTRAS: dict[str, Check] = {
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}
VIEW: Check = by_type(
    {
        "modal": every(
            record(
                {"title": _plain(24), **_VIEW},
                **_VIEW_EXTRAS,
                submit=_plain(24),
                close=_plain(24),
                clear_on_close=boolean,
                notify_on_close=boolean,
                submit_disabled=boolean,
            ),
            _inputs_need_submit,
        ),
        "home": record(_VIEW, **_VIEW_EXTRAS),
    }
)
