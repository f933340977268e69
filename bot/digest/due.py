"""What is due: asked of the database each time, so that restarts, missed ticks and moved clocks come right.

Law: of a topic only its latest slot counts: at or before now, later than its last change, not older than a
week, and not decided yet. After any downtime that is one digest, never several.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from bot.digest.schedule import Slot, latest
from bot.store import Store, topics
from bot.topics import Place

LATE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Ready:
    """A channel, and its topics (by id, in the order of their numbers) whose slots are due at an instant."""

    at: datetime
    place: Place
    slots: tuple[tuple[int, Slot], ...]


def due(store: Store, team: str, now: datetime) -> list[Ready]:
    """Return what is due in a workspace, as far as each topic's last decision tells."""
    found: list[tuple[str, int, Slot]] = []
    slots: dict[topics.When, tuple[Slot, float, str]] = {}
    with store.snapshot() as db:
        for topic, channel, when, counts_from, last_date in topics.slots(db, team):
            if when not in slots:
                slot = latest(topics.schedule(when), now)
                counts = slot.moment.timestamp() if now - slot.moment <= LATE else 0
                slots[when] = slot, counts, slot.date.isoformat()
            slot, moment, date = slots[when]
            if moment > counts_from and date != last_date:
                found.append((channel, topic, slot))
    return [
        Ready(now, Place(team, channel), tuple((topic, slot) for _, topic, slot in group))
        for channel, group in groupby(found, key=lambda each: each[0])
    ]
