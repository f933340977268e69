"""What Slack refuses, and with which error code. Nothing here changes what it is given.

`ApiError.code` is Slack's own; `messages` say which rule, as Slack's `response_metadata.messages` do.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from bot.playground.block_kit import MESSAGE_BLOCKS, VIEW
from bot.playground.shapes import Faults, fault

Json = dict[str, Any]
TEXT_CUT = 40_000
TEXT_OF_ALL_BLOCKS = 13_200


class ApiError(Exception):
    """A request that Slack refuses; `more` are further fields of the answer."""

    def __init__(self, code: str, messages: list[str] | None = None, **more: str) -> None:
        super().__init__(code)
        self.code = code
        self.messages = messages or []
        self.more = more


def objects(value: Any, at: str = "") -> Iterator[tuple[str, Json]]:
    """Yield every object within the JSON value, outermost first, with its pointer."""
    if isinstance(value, dict):
        yield at, value
        for name, item in value.items():
            yield from objects(item, f"{at}/{name}")
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from objects(item, f"{at}/{place}")


def _check_once(blocks: Any, faults: Faults) -> None:
    """Refuse a block_id that comes twice, an action_id twice in one block, and a second focus."""
    focused = [at for at, item in objects(blocks, "/blocks") if item.get("focus_on_load") is True]
    for at in focused[1:]:
        fault(faults, f"{at}/focus_on_load", "only one element can have the focus")
    block_ids: set[str] = set()
    for place, block in enumerate(blocks):
        action_ids: set[str] = set()
        for at, item in objects(block, f"/blocks/{place}"):
            for name, seen in (("block_id", block_ids), ("action_id", action_ids)):
                if item.get(name) in seen:
                    fault(faults, f"{at}/{name}", f"`{name}` already exists")
                if name in item:
                    seen.add(item[name])


def _text_length(blocks: Any) -> int:
    return sum(len(item["text"]) for _, item in objects(blocks) if isinstance(item.get("text"), str))


def decoded(value: Any, code: str) -> Any:
    """Return the value, which may also come as a string of JSON; one that cannot be read raises `code`."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as error:
        raise ApiError(code) from error


def blocks_of(value: Any) -> list[Json]:
    """Return a message's blocks if Slack would take them; none at all is an empty list."""
    blocks = decoded(value, "invalid_blocks_format")
    if blocks is None or blocks == "":
        return []
    if not isinstance(blocks, list):
        raise ApiError("invalid_blocks_format")
    faults: Faults = []
    MESSAGE_BLOCKS(blocks, "/blocks", faults)
    if not faults:  # the table has bounded how deep blocks are nested
        _check_once(blocks, faults)
    if faults:
        raise ApiError("invalid_blocks", [f"[ERROR] {sentence}" for sentence in faults])
    if _text_length(blocks) > TEXT_OF_ALL_BLOCKS:
        raise ApiError("msg_blocks_too_long")
    return blocks


def content_of(body: Mapping[str, Any]) -> tuple[str, list[Json]]:
    """Return a message's text, cut where Slack cuts it, and its blocks; one of them must be there."""
    blocks = blocks_of(body.get("blocks"))
    text = body.get("text") or ""
    if not isinstance(text, str):
        raise ApiError("invalid_arguments", ["[ERROR] must provide a string [json-pointer:/text]"])
    if not text and not blocks:
        raise ApiError("no_text")
    return text[:TEXT_CUT], blocks


def view_of(value: Any, *kinds: str) -> Json:
    """Return a view, of one of the kinds (modal, home), if Slack would take it."""
    view = decoded(value, "invalid_arguments")
    faults: Faults = []
    VIEW(view, "/view", faults)
    if not faults:
        _check_once(view["blocks"], faults)
        if view["type"] not in kinds:
            fault(faults, "/view/type", f"unsupported type: {view['type']}")
    if faults:
        raise ApiError("invalid_arguments", [f"[ERROR] {sentence}" for sentence in faults])
    return dict(view)


def metadata_of(value: Any) -> Json | None:
    """Return a message's metadata if it has the two fields Slack asks for; None if there is none."""
    metadata = decoded(value, "invalid_metadata_format")
    if metadata is None:
        return None
    if (
        not isinstance(metadata, dict)
        or not isinstance(metadata.get("event_type"), str)
        or not metadata["event_type"]
        or not isinstance(metadata.get("event_payload"), dict)
    ):
        raise ApiError("invalid_metadata_schema")
    return metadata
