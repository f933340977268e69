"""The arguments of one Web API call, however they came: form fields are text, JSON has types."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.playground.checks import ApiError, Json

_JSON_FIELDS = ("blocks", "metadata", "view")


@dataclass(frozen=True)
class Call:
    """One Web API call as the app made it, without the token."""

    method: str
    args: Json


class Args:
    """Typed access to a call's arguments; a missing or wrong one raises ApiError invalid_arguments."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = given

    def get(self, name: str) -> Any:
        """Return the argument as it came, or None."""
        return self.given.get(name)

    def need(self, name: str) -> str:
        """Return an argument that must be there, as text."""
        value = self.given.get(name)
        if not isinstance(value, str) or not value:
            raise ApiError("invalid_arguments", [f"[ERROR] missing required field: {name}"])
        return value

    def flag(self, name: str) -> bool:
        """Return a boolean argument; absent is false."""
        return is_true(self.given.get(name))

    def number(self, name: str, default: int, most: int) -> int:
        """Return a whole number from 1 to `most`."""
        value = self.given.get(name, default)
        try:
            number = int(value)
        except (OverflowError, TypeError, ValueError):
            number = 0
        if number < 1:
            raise ApiError("invalid_limit", [f"[ERROR] must be a number above 0: {name}"])
        return min(number, most)


def is_true(value: object) -> bool:
    """Say whether a flag is set, as JSON or as form text."""
    return value is True or value in ("true", "True", "1", 1)


def json_fields(args: Json) -> Json:
    """Return the arguments with the JSON strings among them read, where they can be."""
    read = dict(args)
    for name in _JSON_FIELDS:
        if isinstance(read.get(name), str):
            try:
                read[name] = json.loads(read[name])
            except (ValueError, RecursionError):
                continue
    return read
