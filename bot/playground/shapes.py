"""A small language for the shape of JSON, so that Slack's limits can be written as a table.

A `Check` looks at one value and appends a sentence for each fault it finds, in Slack's own form:
`must be less than 151 characters [json-pointer:/blocks/0/text/text]`. It never raises and never changes
the value. Records are closed: a field that is not listed is a fault.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

Faults = list[str]
Check = Callable[[Any, str, Faults], None]


def fault(faults: Faults, at: str, sentence: str) -> None:
    """Append one fault about the value at the JSON pointer `at`."""
    faults.append(f"{sentence} [json-pointer:{at or '/'}]")


def string(most: int, least: int = 0) -> Check:
    """Text of `least` to `most` characters."""

    def check(value: Any, at: str, faults: Faults) -> None:
        if not isinstance(value, str):
            fault(faults, at, "must provide a string")
        elif len(value) < least:
            fault(faults, at, f"must be more than {least - 1} characters")
        elif len(value) > most:
            fault(faults, at, f"must be less than {most + 1} characters")

    return check


def matching(pattern: str, saying: str, most: int = 3000) -> Check:
    """Text that matches `pattern` from its start to its end."""
    compiled, length = re.compile(pattern, re.DOTALL), string(most)

    def check(value: Any, at: str, faults: Faults) -> None:
        length(value, at, faults)
        if isinstance(value, str) and not compiled.fullmatch(value):
            fault(faults, at, saying)

    return check


def boolean(value: Any, at: str, faults: Faults) -> None:
    """Check for true or false."""
    if not isinstance(value, bool):
        fault(faults, at, "must provide a boolean")


def integer(least: int, most: int) -> Check:
    """Check for a whole number from `least` to `most`."""

    def check(value: Any, at: str, faults: Faults) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            fault(faults, at, f"must provide an integer from {least} to {most}")

    return check


def choice(*words: str) -> Check:
    """Check for one of the words."""

    def check(value: Any, at: str, faults: Faults) -> None:
        if value not in words:
            fault(faults, at, f"unsupported value; expected one of {', '.join(words)}")

    return check


def array(check_item: Check, most: int, least: int = 1) -> Check:
    """Check for a list of `least` to `most` items, each of which passes `check_item`."""

    def check(value: Any, at: str, faults: Faults) -> None:
        if not isinstance(value, list):
            fault(faults, at, "must provide an array")
            return
        if len(value) < least:
            fault(faults, at, f"no fewer than {least} items allowed")
        if len(value) > most:
            fault(faults, at, f"no more than {most} items allowed")
        for place, item in enumerate(value):
            check_item(item, f"{at}/{place}", faults)

    return check


def record(required: Mapping[str, Check] | None = None, /, **optional: Check) -> Check:
    """Check for an object that has every required field, perhaps the optional ones, and no other."""
    needed = required or {}
    known = {**needed, **optional}

    def check(value: Any, at: str, faults: Faults) -> None:
        if not isinstance(value, dict):
            fault(faults, at, "must provide an object")
            return
        for name in needed:
            if name not in value:
                fault(faults, at, f"missing required field: {name}")
        for name, item in value.items():
            if name in known:
                known[name](item, f"{at}/{name}", faults)
            else:
                fault(faults, at, f"invalid additional property: {name}")

    return check


def by_type(shapes: Mapping[str, Check], everywhere: Collection[str] | None = None) -> Check:
    """Check for an object whose `type` names the shape that the rest of it has.

    `everywhere`: the types of its kind that may stand elsewhere. Slack refuses those here; any other the
    playground does not know, whether or not Slack does, and says so.
    """

    def check(value: Any, at: str, faults: Faults) -> None:
        if not isinstance(value, dict):
            fault(faults, at, "must provide an object")
            return
        kind = value.get("type")
        if not isinstance(kind, str) or kind not in shapes:
            here = kind is None or everywhere is None or kind in everywhere
            sentence = "unsupported type: {}" if here else "the playground does not know the type {}"
            fault(faults, f"{at}/type", sentence.format(kind))
            return
        shapes[kind]({name: item for name, item in value.items() if name != "type"}, at, faults)

    return check


def every(*checks: Check) -> Check:
    """Check what each of the checks checks."""

    def check(value: Any, at: str, faults: Faults) -> None:
        for each in checks:
            each(value, at, faults)

    return check


def one_field_of(names: Sequence[str], *, exactly: bool = True) -> Check:
    """Check for an object that has one of the fields (not `exactly`: one or more)."""

    def check(value: Any, at: str, faults: Faults) -> None:
        if isinstance(value, dict):
            present = sum(name in value for name in names)
            if not present or (exactly and present > 1):
                fault(
                    faults,
                    at,
                    f"must provide {'exactly' if exactly else 'at least'} one of {', '.join(names)}",
                )

    return check
