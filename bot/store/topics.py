"""What channels follow.

Law: a topic is never deleted. One that nobody follows any more keeps its row, and its number in the channel.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from sqlite_utils import Database

from bot.topics import Pause, Person, Place, Schedule, Strictness, Topic

When = tuple[str, int, int, str]  # weekdays as digits, day of the month, minute of the day, zone

_HOUR = 60  # minutes
_COLUMNS = (
    "id, team, channel, number, query, strictness, top, weekdays, month_day, minute, zone, owner, owner_name,"
    " created_at, counts_from, newest, earlier, revision, paused_at, paused_by, paused_why"
)


def add(db: Database, topic: Topic, same: str) -> Topic:
    """Add a topic under the channel's next number, which it returns with its id."""
    numbers = "SELECT coalesce(max(number), 0) + 1 FROM topic WHERE team = ? AND channel = ?"
    number = db.conn.execute(numbers, [topic.place.team, topic.place.channel]).fetchone()[0]
    row = {**_row(topic), "number": number, "same": same}
    made = db.table("topic").insert(row).last_pk
    return by_id(db, made)


def change(db: Database, topic: Topic, same: str = "") -> None:
    """Write what a topic has become: everything but id, place, number; `same` if it asks for another."""
    row = {**_row(topic), "revision": topic.revision + 1, **({"same": same} if same else {})}
    for kept in ("team", "channel", "number"):
        del row[kept]
    db.table("topic").update(topic.id, row)


def end(db: Database, topic: Topic, now: datetime) -> None:
    """Record that nobody follows a topic any more."""
    db.table("topic").update(topic.id, {"ended_at": now.timestamp(), "revision": topic.revision + 1})


def by_id(db: Database, topic: object) -> Topic:
    """Return a topic, ended or not; LookupError where there is none."""
    return next(_topics(db, "id = ?", topic), None) or _missing(topic)


def going(db: Database, ids: Sequence[int]) -> list[Topic]:
    """Return those of some topics that are followed and not paused, by number."""
    wanted = json.dumps(list(ids))
    where = "id IN (SELECT value FROM json_each(?)) AND ended_at IS NULL AND paused_at IS NULL"
    return list(_topics(db, where, wanted))


def of_channel(db: Database, place: Place) -> list[Topic]:
    """Return what a channel follows, by number."""
    return list(_topics(db, "team = ? AND channel = ? AND ended_at IS NULL", place.team, place.channel))


def alike(db: Database, place: Place, same: str) -> Topic | None:
    """Return what a channel follows that asks for the same."""
    found = _topics(
        db, "team = ? AND channel = ? AND same = ? AND ended_at IS NULL", place.team, place.channel, same
    )
    return next(found, None)


def slots(db: Database, team: str) -> Iterator[tuple[int, str, When, float, str]]:
    """Yield of each topic that is followed and not paused: id, channel, when, counts from, last date."""
    rows = db.conn.execute(
        "SELECT id, channel, weekdays, month_day, minute, zone, counts_from, last_date FROM topic"
        " WHERE team = ? AND ended_at IS NULL AND paused_at IS NULL ORDER BY channel, number",
        [team],
    )
    for topic, channel, weekdays, month_day, minute, zone, counts_from, last_date in rows:
        yield topic, channel, (weekdays, month_day, minute, zone), counts_from, last_date


def schedule(when: When) -> Schedule:
    """Return the schedule that a row tells of."""
    weekdays, month_day, minute, zone = when
    return Schedule(tuple(map(int, weekdays)), month_day, time(*divmod(minute, _HOUR)), zone)


def decided(db: Database, slots: Iterable[tuple[int, date]]) -> set[tuple[int, date]]:
    """Return of some slots, topics and local dates, those of which it has been decided what they bring."""
    asked = json.dumps([[topic, day.isoformat()] for topic, day in slots])
    found = db.conn.execute(
        "SELECT topic, date FROM json_each(?) JOIN decided"
        " ON topic = json_extract(value, '$[0]') AND date = json_extract(value, '$[1]')",
        [asked],
    )
    return {(topic, date.fromisoformat(day)) for topic, day in found}


def remember(db: Database, topic: int, day: date) -> None:
    """Note that the slot of a local date was the last one decided."""
    db.conn.execute("UPDATE topic SET last_date = ? WHERE id = ?", [day.isoformat(), topic])


def teams(db: Database) -> list[str]:
    """Return the workspaces that follow anything."""
    return [row[0] for row in db.conn.execute("SELECT DISTINCT team FROM topic WHERE ended_at IS NULL")]


def pause_all(db: Database, place: Place, why: str, now: datetime) -> None:
    """Pause what a channel follows because of a failure; what is paused already stays as it is."""
    db.conn.execute(
        "UPDATE topic SET paused_at = ?, paused_why = ?, paused_by = '', revision = revision + 1"
        " WHERE team = ? AND channel = ? AND ended_at IS NULL AND paused_at IS NULL",
        [now.timestamp(), why, place.team, place.channel],
    )


def failed(db: Database, team: str, since: datetime) -> list[Topic]:
    """Return what failures have paused in a workspace since then, and what is paused still."""
    where = "team = ? AND ended_at IS NULL AND paused_why != '' AND paused_at >= ?"
    return list(_topics(db, where, team, since.timestamp()))


def resume_all(db: Database, place: Place, now: datetime, ends: Callable[[str], bool]) -> list[Topic]:
    """Let go on what was paused by a failure that `ends`; return those topics."""
    paused = [topic for topic in of_channel(db, place) if topic.pause and topic.pause.why]
    held = [topic for topic in paused if topic.pause and ends(topic.pause.why)]
    for topic in held:
        db.conn.execute(
            "UPDATE topic SET paused_at = NULL, paused_why = '', counts_from = ?, revision = revision + 1"
            " WHERE id = ?",
            [now.timestamp(), topic.id],
        )
    return held


def of_delivery(db: Database, delivery: int) -> list[Topic]:
    """Return the topics for which a delivery was made, as far as they are followed."""
    where = "id IN (SELECT topic FROM decided WHERE delivery = ?) AND ended_at IS NULL"
    return list(_topics(db, where, delivery))


def owned_by(db: Database, team: str, owner: str) -> list[Topic]:
    """Return what channels follow because of one person."""
    return list(_topics(db, "team = ? AND owner = ? AND ended_at IS NULL", team, owner))


def move(db: Database, old: Place, new: Place, now: datetime) -> None:
    """Rewrite a channel's id, which Slack has changed.

    What was made under the new id before gives way: its topics get numbers above those of the old id, and one
    that asks for the same as one there ends.
    """
    here = [new.team, new.channel]
    there = [old.team, old.channel]
    db.conn.execute(
        "UPDATE topic SET ended_at = ?, revision = revision + 1 WHERE team = ? AND channel = ?"
        " AND ended_at IS NULL AND same IN"
        " (SELECT same FROM topic WHERE team = ? AND channel = ? AND ended_at IS NULL)",
        [now.timestamp(), *here, *there],
    )
    db.conn.execute(  # below zero first: SQLite minds a unique number row by row
        "UPDATE topic SET number = -number - (SELECT coalesce(max(number), 0) FROM topic"
        " WHERE team = ? AND channel = ?) WHERE team = ? AND channel = ?",
        [*there, *here],
    )
    db.conn.execute("UPDATE topic SET number = -number WHERE team = ? AND channel = ?", here)
    db.conn.execute(
        "INSERT INTO posting SELECT team, ?, posted_at FROM posting WHERE team = ? AND channel = ?"
        " ON CONFLICT DO UPDATE SET posted_at = max(posted_at, excluded.posted_at)",
        [new.channel, *there],
    )
    db.conn.execute(  # a digest drawn up for the old id does not stand
        "UPDATE topic SET channel = ?, revision = revision + 1 WHERE team = ? AND channel = ?",
        [new.channel, *there],
    )
    for table in ("delivery", "delivered_paper"):
        db.conn.execute(
            f"UPDATE OR IGNORE {table} SET channel = ? WHERE team = ? AND channel = ?",
            [new.channel, *there],
        )
    for table in ("delivered_paper", "posting"):
        db.conn.execute(f"DELETE FROM {table} WHERE team = ? AND channel = ?", there)


def _topics(db: Database, where: str, *values: Any) -> Iterator[Topic]:
    rows = db.query(f"SELECT {_COLUMNS} FROM topic WHERE {where} ORDER BY channel, number", values)
    return map(_topic, rows)


def _topic(row: dict[str, Any]) -> Topic:
    since = row["paused_at"]
    return Topic(
        id=row["id"],
        place=Place(row["team"], row["channel"]),
        number=row["number"],
        query=row["query"],
        strictness=Strictness(row["strictness"]),
        top=row["top"],
        schedule=schedule((row["weekdays"], row["month_day"], row["minute"], row["zone"])),
        owner=Person(row["owner"], row["owner_name"]),
        created_at=_time(row["created_at"]),
        counts_from=_time(row["counts_from"]),
        newest=row["newest"],
        earlier=row["earlier"],
        revision=row["revision"],
        pause=None if since is None else Pause(_time(since), row["paused_by"], row["paused_why"]),
    )


def _row(topic: Topic) -> dict[str, Any]:
    when, pause = topic.schedule, topic.pause
    return {
        "team": topic.place.team,
        "channel": topic.place.channel,
        "number": topic.number,
        "query": topic.query,
        "strictness": topic.strictness.value,
        "top": topic.top,
        "weekdays": "".join(map(str, when.weekdays)),
        "month_day": when.month_day,
        "minute": when.at.hour * _HOUR + when.at.minute,
        "zone": when.zone,
        "owner": topic.owner.id,
        "owner_name": topic.owner.name,
        "created_at": topic.created_at.timestamp(),
        "counts_from": topic.counts_from.timestamp(),
        "newest": topic.newest,
        "earlier": topic.earlier,
        "revision": topic.revision,
        "paused_at": pause.since.timestamp() if pause else None,
        "paused_by": pause.by if pause else "",
        "paused_why": pause.why if pause else "",
    }


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _missing(topic: object) -> Topic:
    raise LookupError(f"no topic {topic}")
