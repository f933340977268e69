"""The form in which a topic is written: what it keeps, and what was filled in ↔ a wish. Pure.

Law: whatever a person chose or typed is a wish, or a sentence beside the field that is to be mended. What a
form keeps survives restarts; what cannot be read, or is another version's, is OutdatedError.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import time
from typing import Any

from bot.digest import zones
from bot.slack.buttons import LONGEST_METADATA, VERSION, OutdatedError, fields_of
from bot.slack.typed import clean
from bot.topics import LAST_DAY, MOST_TOP, Strictness, Wish

CALLBACK = "topic.form"
TOPIC, DAYS, MONTH, AT, ZONE, TOP, STRICTNESS = "topic", "days", "month", "at", "zone", "top", "strictness"

Fields = Mapping[str, Mapping[str, Mapping[str, Any]]]  # block id → action id → what is held


@dataclass(frozen=True, slots=True)
class Form:
    """What a window about topics keeps: its channel, by which URL to answer, and which topic it edits.

    `topic` is 0 in a form for a new one. `after`: how many topics stand on the pages before the one shown.
    """

    channel: str
    url: str = ""
    topic: int = 0
    after: int = 0


def metadata_of(form: Form) -> str:
    """Return what a form keeps as its private metadata; an address too long for it is left out."""
    kept = json.dumps({"v": VERSION, **asdict(form)}, separators=(",", ":"))
    return kept if len(kept) <= LONGEST_METADATA else metadata_of(replace(form, url=""))


def form_of(metadata: object) -> Form:
    """Return what a form keeps; raises OutdatedError where that cannot be read."""
    fields = fields_of(metadata, LONGEST_METADATA)
    kinds = {"channel": str, "url": str, "topic": int, "after": int}
    if fields.keys() != kinds.keys() or not all(type(fields[name]) is kinds[name] for name in kinds):
        raise OutdatedError
    return Form(**fields)


def wish_of(values: Fields) -> tuple[Wish, dict[str, str]]:
    """Return what was filled in, and by field what is to be mended there."""
    faults: dict[str, str] = {}
    topic = clean(_text(values, TOPIC))
    if not topic:
        faults[TOPIC] = "Say what to look for, as in a search: backdoor attacks"
    wish = Wish(
        topic=topic,
        days=_days(values, faults),
        at=_at(values, faults),
        zone=_zone(clean(_text(values, ZONE)), faults),
        top=_top(values, faults),
        strictness=_strictness(values, faults),
    )
    return wish, faults


def _days(values: Fields, faults: dict[str, str]) -> tuple[tuple[int, ...], int] | None:
    weekdays = tuple(sorted(int(each) for each in _options(values, DAYS) if each in set("0123456")))
    month = next(iter(_options(values, MONTH)), "")
    day = int(month) if month.isascii() and month.isdigit() and 1 <= int(month) <= LAST_DAY else 0
    if weekdays and day:
        faults[MONTH] = "Choose days of the week or a day of the month, not both."
    elif not (weekdays or day):
        faults[DAYS] = "Choose at least one day, or a day of the month below."
    else:
        return weekdays, day
    return None


def _at(values: Fields, faults: dict[str, str]) -> time | None:
    try:
        return time.fromisoformat(_held(values, AT).get("selected_time") or "")
    except ValueError:
        faults[AT] = "Choose a time, for example 09:00."
        return None


def _zone(said: str, faults: dict[str, str]) -> str | None:
    if not said:
        return None
    if zone := zones.named(said):
        return zone
    near = zones.nearest(said)
    meant = f"Did you mean {near}?" if near else "Name one as in Berlin, Europe/Berlin or UTC."
    faults[ZONE] = f"I know no such time zone. {meant}"
    return None


def _top(values: Fields, faults: dict[str, str]) -> int | None:
    said = next(iter(_options(values, TOP)), "")
    if said.isascii() and said.isdigit() and 1 <= int(said) <= MOST_TOP:
        return int(said)
    faults[TOP] = f"Choose 1 to {MOST_TOP} papers."
    return None


def _strictness(values: Fields, faults: dict[str, str]) -> Strictness | None:
    try:
        return Strictness(next(iter(_options(values, STRICTNESS)), ""))
    except ValueError:
        faults[STRICTNESS] = "Choose one."
        return None


def _held(values: Fields, field: str) -> Mapping[str, Any]:
    return values.get(field, {}).get(field, {})


def _text(values: Fields, field: str) -> str:
    return _held(values, field).get("value") or ""


def _options(values: Fields, field: str) -> list[str]:
    held = _held(values, field)
    chosen = held.get("selected_options") or [held.get("selected_option")]
    return [option["value"] for option in chosen if option]
