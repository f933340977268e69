"""What was, is and may be on its way to channels.

Law: what shall be sent is written down whole before it is sent, and what became of it afterwards. A message
is `tried` while nobody knows whether Slack took it. A delivery is open until its last message is posted,
held while nobody can find out, and then done; one that Slack refused is taken back. A topic gives up what was
promised of its earlier papers only once they have arrived; so taking back undoes nothing that people did.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlite_utils import Database

from bot.store.papers import PUBLISHED
from bot.topics import Place

Content = Mapping[str, Any]  # a message's text and blocks, as Slack takes them


@dataclass(frozen=True, slots=True)
class Decision:
    """What a topic's slot brings: papers, papers that wait; it looked at all papers up to a number.

    `earlier` is by how many fewer papers from before the topic may bring once this has arrived.
    """

    topic: int
    date: date
    upto: int
    papers: int
    waiting: int
    earlier: int


@dataclass(frozen=True, slots=True)
class Unsent:
    """The next message of an unfinished delivery; times are Unix seconds.

    `tried_at` is None where Slack certainly does not have it. `thread` is the first message's ts; the first
    message itself has none. `posted_at` is when the channel got a message last.
    """

    delivery: int
    token: str
    place: Place
    claimed_at: float
    next_at: float
    attempts: int
    held: bool
    part: int
    tried_at: float | None
    thread: str | None
    posted_at: float | None


@dataclass(frozen=True, slots=True)
class Last:
    """What a topic's last slot brought; `state` is its delivery's, empty where there was nothing to say."""

    date: date
    papers: int
    waiting: int
    state: str
    error: str


def taken(db: Database, place: Place) -> set[int]:
    """Return the papers that have been delivered to a channel, or are on their way, by whatever number."""
    sql = (
        "WITH had AS (SELECT paper FROM delivered_paper WHERE team = ? AND channel = ?)"
        " SELECT paper FROM had UNION SELECT home FROM merged JOIN had USING (paper)"
        f" WHERE merged.since <= {PUBLISHED}"
    )
    return {row[0] for row in db.conn.execute(sql, [place.team, place.channel])}


def waited(db: Database, topics: Iterable[int], since: datetime) -> dict[int, int]:
    """Return the number up to which each topic's papers have waited longer than since then, if any have.

    They were looked at by a slot before then, and by another one afterwards.
    """
    found = db.conn.execute(
        "SELECT topic, max(upto) FROM decided WHERE topic IN (SELECT value FROM json_each(?)) AND at <= ?"
        " AND rowid < (SELECT max(rowid) FROM decided AS later WHERE later.topic = decided.topic)"
        " GROUP BY topic",
        [json.dumps(list(topics)), since.timestamp()],
    )
    return dict(found.fetchall())


def decide(db: Database, decisions: Iterable[Decision], delivery: int | None, now: datetime) -> None:
    """Record what slots bring, in a delivery or none; IntegrityError where one has been decided before."""
    for each in decisions:
        day = each.date.isoformat()
        row = [each.topic, day, now.timestamp(), each.upto, each.papers, each.waiting, each.earlier, delivery]
        db.conn.execute("INSERT INTO decided VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        db.conn.execute("UPDATE topic SET last_date = ? WHERE id = ?", [day, each.topic])


def promised(db: Database, topics: Iterable[int]) -> dict[int, int]:
    """Return by how many fewer earlier papers topics may bring once what is on its way has arrived."""
    found = db.conn.execute(
        "SELECT topic, sum(earlier) FROM decided JOIN delivery ON delivery.id = decided.delivery"
        " JOIN delivery_message ON delivery_message.delivery = delivery.id AND part = 0"
        " WHERE topic IN (SELECT value FROM json_each(?)) AND state IN ('open', 'held') AND ts IS NULL"
        " GROUP BY topic",
        [json.dumps(list(topics))],
    )
    return dict(found.fetchall())


def claim(  # noqa: PLR0913, PLR0917 (what a delivery is made of)
    db: Database, place: Place, token: str, papers: Iterable[int], contents: Sequence[Content], now: datetime
) -> int:
    """Write down a delivery: its papers, which the channel gets no other way, and its messages."""
    at = now.timestamp()
    row = {"token": token, "team": place.team, "channel": place.channel, "claimed_at": at, "next_at": 0.0}
    delivery = db.table("delivery").insert(row).last_pk
    assert isinstance(delivery, int)  # noqa: S101 (sqlite-utils promises less than SQLite)
    db.conn.executemany(
        "INSERT INTO delivered_paper (team, channel, paper, delivery) VALUES (?, ?, ?, ?)",
        [(place.team, place.channel, paper, delivery) for paper in papers],
    )
    db.conn.executemany(
        "INSERT INTO delivery_message (delivery, part, content) VALUES (?, ?, ?)",
        [(delivery, part, json.dumps(content)) for part, content in enumerate(contents)],
    )
    return delivery


def posted_at(db: Database, place: Place) -> float:
    """Return when a channel got a message last, in Unix seconds; 0 where it never did."""
    sql = "SELECT posted_at FROM posting WHERE team = ? AND channel = ?"
    found = db.conn.execute(sql, [place.team, place.channel]).fetchone()
    return float(found[0]) if found else 0.0


def unfinished(db: Database, team: str, delivery: int | None = None) -> list[Unsent]:
    """Return the next message of each delivery that is not done, or of that one; the oldest first."""
    one = "AND delivery.id = :delivery" if delivery else ""
    rows = db.query(
        "SELECT delivery.id AS delivery, token, team, channel, claimed_at, next_at, attempts,"
        " state = 'held' AS held, part, tried_at, posting.posted_at,"
        " (SELECT ts FROM delivery_message WHERE delivery = delivery.id AND part = 0) AS thread"
        " FROM delivery JOIN delivery_message ON delivery_message.delivery = delivery.id"
        " LEFT JOIN posting USING (team, channel)"
        f" WHERE state IN ('open', 'held') AND team = :team {one} AND part ="
        " (SELECT min(part) FROM delivery_message WHERE delivery = delivery.id AND ts IS NULL)"
        " ORDER BY delivery.id",
        {"team": team, "delivery": delivery},
    )
    return [
        Unsent(place=Place(row.pop("team"), row.pop("channel")), held=bool(row.pop("held")), **row)
        for row in rows
    ]


def content(db: Database, message: Unsent) -> Content:
    """Return what a message says."""
    row = db.table("delivery_message").get((message.delivery, message.part))
    found: Content = json.loads(row["content"])
    return found


def trying(db: Database, message: Unsent, now: datetime) -> bool:
    """Record that from now on nobody knows whether Slack has a message; False where that was so before."""
    made = db.conn.execute(
        "UPDATE delivery_message SET tried_at = ?"
        " WHERE delivery = ? AND part = ? AND tried_at IS NULL AND ts IS NULL",
        [now.timestamp(), message.delivery, message.part],
    )
    return made.rowcount == 1


def try_again(db: Database, message: Unsent, now: datetime) -> None:
    """Record another time for a try, where the clock was set back since."""
    _message(db, message, tried_at=now.timestamp())


def untaken(db: Database, message: Unsent) -> None:
    """Record that Slack certainly does not have a message."""
    _message(db, message, tried_at=None)


def posted(db: Database, message: Unsent, ts: str, now: datetime) -> None:
    """Record that Slack has a message.

    With the first one earlier papers are used up, as was decided; with the last one the delivery is done.
    """
    _message(db, message, tried_at=None, ts=ts, content="{}")
    if not message.part:
        db.conn.execute(
            "UPDATE topic SET earlier = max(0, topic.earlier - decided.earlier) FROM decided"
            " WHERE decided.topic = topic.id AND decided.delivery = ?",
            [message.delivery],
        )
    row = {"team": message.place.team, "channel": message.place.channel, "posted_at": now.timestamp()}
    db.table("posting").upsert(row, pk=("team", "channel"))
    left = "SELECT count(*) FROM delivery_message WHERE delivery = ? AND ts IS NULL"
    done = not db.conn.execute(left, [message.delivery]).fetchone()[0]
    db.table("delivery").update(
        message.delivery,
        {"state": "done" if done else "open", "attempts": 0, "error": "", "next_at": now.timestamp()},
    )


def skip(db: Database, message: Unsent, error: str) -> None:
    """Give up a message, and with it the rest of its thread; what was posted stays."""
    db.table("delivery").update(message.delivery, {"state": "done", "error": error})


def put_off(db: Database, message: Unsent, until: float, error: str) -> None:
    """Let a delivery rest until a time."""
    db.table("delivery").update(
        message.delivery,
        {"next_at": until, "attempts": message.attempts + 1, "error": error},
    )


def hold(db: Database, message: Unsent, until: float, error: str) -> None:
    """Record that nobody can find out whether Slack has a message; look again at a time."""
    db.table("delivery").update(
        message.delivery,
        {"next_at": until, "attempts": message.attempts + 1, "error": error, "state": "held"},
    )


def take_back(db: Database, delivery: int, error: str, *, slots: bool) -> None:
    """Undo a delivery that Slack certainly does not have: its papers are new again, and its `slots` due."""
    db.conn.execute("DELETE FROM delivered_paper WHERE delivery = ?", [delivery])
    if slots:
        db.conn.execute(
            "UPDATE topic SET last_date = '' WHERE id IN (SELECT topic FROM decided WHERE delivery = ?)",
            [delivery],
        )
        db.conn.execute("DELETE FROM decided WHERE delivery = ?", [delivery])
    db.table("delivery").update(delivery, {"state": "refused", "error": error})


def undelivered(db: Database, team: str) -> list[tuple[int, str, str]]:
    """Return of a workspace the topics for which the last slot had papers whose digest is held or refused.

    Each with that state, and with Slack's word for why; by channel and number. What was taken back with its
    slot comes again, and is not among them.
    """
    found = db.conn.execute(
        "SELECT topic.id, state, error FROM topic"
        " CROSS JOIN decided ON decided.topic = topic.id AND date = last_date"  # in this order: by their keys
        " CROSS JOIN delivery ON delivery.id = decided.delivery"
        " WHERE topic.team = ? AND ended_at IS NULL AND papers > 0 AND state IN ('held', 'refused')"
        " ORDER BY topic.channel, topic.number",
        [team],
    )
    return found.fetchall()


def last(db: Database, topic: int) -> Last | None:
    """Return what a topic's last slot brought; one that is held goes before later ones."""
    rows = db.query(
        "SELECT date, papers, waiting, coalesce(state, '') AS state, coalesce(error, '') AS error"
        " FROM decided LEFT JOIN delivery ON delivery.id = decided.delivery"
        " WHERE topic = ? ORDER BY coalesce(state, '') = 'held' DESC, decided.rowid DESC LIMIT 1",
        [topic],
    )
    for row in rows:
        return Last(**{**row, "date": date.fromisoformat(row["date"])})
    return None


def forget(db: Database, before: datetime) -> None:
    """Forget what was decided and sent before then, but for each topic's last slot and which papers came."""
    at = before.timestamp()
    db.conn.execute(
        "DELETE FROM delivery_message WHERE delivery IN"
        " (SELECT id FROM delivery WHERE claimed_at < ? AND state IN ('done', 'refused'))",
        [at],
    )
    db.conn.execute(
        "DELETE FROM decided WHERE at < ?"
        " AND rowid < (SELECT max(rowid) FROM decided AS later WHERE later.topic = decided.topic)",
        [at],
    )


def stop(db: Database, team: str, why: str, now: datetime) -> None:
    """Record why a workspace gets nothing more."""
    row = {"team": team, "stopped_at": now.timestamp(), "why": why}
    db.table("workspace").insert(row, pk="team", replace=True)


def start(db: Database, team: str) -> None:
    """Record that a workspace lets the bot in."""
    db.table("workspace").delete_where("team = ?", [team])


def stopped(db: Database, team: str) -> tuple[datetime, str] | None:
    """Return since when a workspace gets nothing, and why."""
    for row in db.query("SELECT stopped_at, why FROM workspace WHERE team = ?", [team]):
        return datetime.fromtimestamp(row["stopped_at"], UTC), row["why"]
    return None


def _message(db: Database, message: Unsent, **changes: Any) -> None:
    db.table("delivery_message").update((message.delivery, message.part), changes)
