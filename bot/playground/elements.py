"""What people use in a message or view: which elements there are, what using one sends, what inputs hold.

Pure functions over blocks that have passed the checks.
"""

import copy
from collections.abc import Callable, Iterator
from typing import Any

from bot.playground.block_kit import INTERACTIVE
from bot.playground.checks import Json

_HOLDS = {
    "plain_text_input": ("value", "initial_value"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "static_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", None),
    "multi_static_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
}


def elements_of(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield each interactive element with its block."""
    for block in blocks:
        candidates = [block.get("accessory"), block.get("element"), *block.get("elements", [])]
        for item in candidates:
            if item and item["type"] in INTERACTIVE:
                yield block, item


def with_ids(blocks: list[Json], new_id: Callable[[], str]) -> list[Json]:
    """Return a copy in which every block has a block_id and every interactive element an action_id."""
    blocks = copy.deepcopy(blocks)
    for block in blocks:
        block.setdefault("block_id", new_id())
    for _, element in elements_of(blocks):
        element.setdefault("action_id", new_id())
    return blocks


def find_element(blocks: list[Json], action_id: str, block_id: str | None) -> tuple[Json, Json]:
    """Return the block and the element a person used; LookupError if there is none such."""
    for block, element in elements_of(blocks):
        if element["action_id"] == action_id and block_id in (None, block["block_id"]):
            return block, element
    raise LookupError(f"no element {action_id!r}")


def _options(element: Json) -> dict[str, Json]:
    groups = element.get("option_groups") or [element]
    return {option["value"]: option for group in groups for option in group.get("options", [])}


def holding(element: Json, value: Any) -> Json:
    """Return what an element holds once a person has given it `value`.

    An option is named by its value, several by a list of values; None empties the element. LookupError if
    there is no such option, TypeError if the value has the wrong type.
    """
    field, _ = _HOLDS[element["type"]]
    options = _options(element)
    if field == "selected_options":
        if not isinstance(value or [], list):
            raise TypeError("expected a list of option values")
        held: Any = [options[each] for each in value or []]
    elif value is not None and not isinstance(value, str):
        raise TypeError("expected a string")
    elif field == "selected_option":
        held = None if value is None else options[value]
    else:
        held = value
    return {"type": element["type"], field: held}


def initial_state(blocks: list[Json]) -> Json:
    """Return `state.values` of a view that nobody has touched: block_id → action_id → what is held."""
    values: Json = {}
    for block, element in elements_of(blocks):
        field, initial = _HOLDS.get(element["type"], (None, None))
        if field and initial:
            empty: list[Json] | None = [] if field == "selected_options" else None
            held = {"type": element["type"], field: element.get(initial, empty)}
            values.setdefault(block["block_id"], {})[element["action_id"]] = held
    return values


def merged(values: Json, held: Json) -> Json:
    """Return the initial values, with those held in their place where the same element is still there."""
    return {
        block_id: {
            name: held[block_id][name]
            if held.get(block_id, {}).get(name, {}).get("type") == value["type"]
            else value
            for name, value in actions.items()
        }
        for block_id, actions in values.items()
    }


def value_held(held: Json) -> Any:
    """Return the plain value in what an element holds: the text, the option's value, the options' values."""
    for field, _ in _HOLDS.values():
        if field in held:
            chosen = held[field]
            if isinstance(chosen, dict):
                return chosen.get("value")
            if isinstance(chosen, list):
                return [option.get("value") if isinstance(option, dict) else option for option in chosen]
            return chosen
    return None


def missing_inputs(blocks: list[Json], values: Json) -> dict[str, str]:
    """Return what Slack says beside each input that stops a submission before the app hears of it."""
    errors = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        value = value_held(values.get(block["block_id"], {}).get(element["action_id"], {}))
        if not value and not block.get("optional"):
            errors[block["block_id"]] = "Please complete this required field."
        elif value and element["type"] == "plain_text_input":
            if len(value) > element.get("max_length", 3000):
                errors[block["block_id"]] = (
                    f"Please enter no more than {element.get('max_length', 3000)} characters."
                )
            elif len(value) < element.get("min_length", 0):
                errors[block["block_id"]] = f"Please enter at least {element['min_length']} characters."
    return errors


def action_of(block: Json, element: Json, value: Any, action_ts: str) -> Json:
    """Return the entry of `actions` that Slack sends when a person uses an element."""
    action: Json = {"action_id": element["action_id"], "block_id": block["block_id"], "action_ts": action_ts}
    if element["type"] == "button":
        given: Json = {name: element[name] for name in ("text", "value", "style", "url") if name in element}
        return {**action, "type": "button", **given}
    return {**action, **holding(element, value)}
