"""What was, is and may be on its way to channels, as it is written down."""

import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.papers import Description, TitleOrigin
from bot.store import Database, Store, deliveries, loads, papers, topics
from bot.store.deliveries import Content, Decision, Last, Unsent
from bot.store.loads import Load
from bot.topics import Person, Place, Schedule, Strictness, Topic
from tests import stock

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
AT = NOW.timestamp()
DAY = timedelta(days=1)
HERE, THERE = Place("T1", "C1"), Place("T1", "C2")
CONTENTS: list[Content] = [
    {"text": "5 papers – tülu", "blocks": [{"type": "divider"}]},
    {"text": "", "blocks": []},
]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a store with nine papers; one channel follows two topics, another one, another workspace one."""
    store = Store(tmp_path / "paperboy.db")
    places = [HERE, HERE, THERE, Place("T2", "C1")]
    with store.writing() as db:
        bare = Description(title="T", title_origin=TitleOrigin.PAGE, abstract="A")
        stock.add(db, [(f"p{number}", bare, [], []) for number in range(9)], NOW - 9 * DAY)
        for number, place in enumerate(places):
            topics.add(db, topic(place), f"same {number}")
    return store


def topic(place: Place) -> Topic:
    """Return a topic that was made two days ago, and may bring five papers from before."""
    return Topic(
        id=0,
        place=place,
        number=0,
        query="tea",
        strictness=Strictness.NORMAL,
        top=5,
        schedule=Schedule((0,), 0, time(9), "UTC"),
        owner=Person("U1", "ana"),
        created_at=NOW - 2 * DAY,
        counts_from=NOW - 2 * DAY,
        newest=3,
        earlier=5,
        revision=1,
    )


def decision(topic: int, day: str = "2026-11-23", **more: Any) -> Decision:
    """Return what a slot brings."""
    given = {"upto": 9, "papers": 2, "waiting": 1, "earlier": 5, **more}
    return Decision(topic=topic, date=date.fromisoformat(day), **given)


def claimed(db: Database, name: str = "d1", place: Place = HERE, numbers: tuple[int, ...] = (4, 5)) -> int:
    """Claim a delivery of two messages."""
    return deliveries.claim(db, place, name, numbers, CONTENTS, NOW)


def unsent(delivery: int = 1, **more: Any) -> Unsent:
    """Return the next message of a delivery that has just been claimed."""
    given = {"place": HERE, "part": 0, "tried_at": None, "thread": None, "posted_at": None, **more}
    given = {"next_at": 0.0, "attempts": 0, "held": False, **given}
    return Unsent(delivery=delivery, token=f"d{delivery}", claimed_at=AT, **given)


def rows(db: Database, table: str) -> list[tuple[Any, ...]]:
    """Return what a table holds."""
    return [tuple(row) for row in db.conn.execute(f"SELECT * FROM {table} ORDER BY rowid")]  # noqa: S608


def seen(db: Database) -> list[tuple[int, str]]:
    """Return of each topic how many earlier papers it may bring, and its last date."""
    return [tuple(row) for row in db.conn.execute("SELECT earlier, last_date FROM topic ORDER BY id")]


def test_a_claim_is_written_down_whole(store: Store) -> None:
    """Papers, messages, and what is to be sent first: it may be sent at once, by whatever clock."""
    with store.writing() as db:
        assert claimed(db) == 1
        assert rows(db, "delivery") == [(1, "d1", "T1", "C1", AT, 0.0, 0, "open", "")]
        assert rows(db, "delivered_paper") == [("T1", "C1", 4, 1), ("T1", "C1", 5, 1)]
        assert [row[:2] + row[3:] for row in rows(db, "delivery_message")] == [
            (1, 0, None, None),
            (1, 1, None, None),
        ]
        assert deliveries.unfinished(db, "T1") == [unsent()]
        assert deliveries.content(db, unsent()) == CONTENTS[0]
        assert deliveries.content(db, unsent(part=1)) == CONTENTS[1]
        assert deliveries.taken(db, HERE) == {4, 5}
        assert deliveries.taken(db, THERE) == deliveries.taken(db, Place("T2", "C1")) == set()


@pytest.mark.parametrize("numbers", [(5,), (6, 6), (99,)])
def test_a_paper_is_claimed_once_a_channel(store: Store, numbers: tuple[int, ...]) -> None:
    """A claim with one that it has had, with one twice or with one that there is not fails whole."""
    with store.writing() as db:
        claimed(db)
        claimed(db, "d2", THERE)

    def again() -> None:
        with store.writing() as db:
            claimed(db, "d3", HERE, (7, *numbers))

    with pytest.raises(sqlite3.IntegrityError):
        again()
    with store.reading() as db:
        assert (deliveries.taken(db, HERE), len(rows(db, "delivery"))) == ({4, 5}, 2)


def test_a_slot_is_decided_once(store: Store) -> None:
    """Its topic remembers the date."""
    with store.writing() as db:
        deliveries.decide(db, [decision(1), decision(2, earlier=2)], claimed(db), NOW)
        deliveries.decide(db, [decision(3, papers=0, waiting=0, earlier=0)], None, NOW)
        assert rows(db, "decided") == [
            (1, "2026-11-23", AT, 9, 2, 1, 5, 1),
            (2, "2026-11-23", AT, 9, 2, 1, 2, 1),
            (3, "2026-11-23", AT, 9, 0, 0, 0, None),
        ]
        assert seen(db) == [(5, "2026-11-23"), (5, "2026-11-23"), (5, "2026-11-23"), (5, "")]
        assert [each.id for each in topics.of_delivery(db, 1)] == [1, 2]
        asked = [(1, date(2026, 11, 23)), (1, date(2026, 11, 24)), (4, date(2026, 11, 23))]
        assert topics.decided(db, asked) == {(1, date(2026, 11, 23))}
    with pytest.raises(sqlite3.IntegrityError), store.writing() as db:
        deliveries.decide(db, [decision(4), decision(1)], None, NOW)
    with store.reading() as db:
        assert len(rows(db, "decided")) == 3


def test_earlier_papers_are_used_up_when_they_arrive(store: Store) -> None:
    """Until then they are promised; what people left of them meanwhile is what there is."""
    with store.writing() as db:
        deliveries.decide(
            db, [decision(1, "2026-11-16"), decision(2, "2026-11-16", earlier=2)], claimed(db), NOW
        )
        deliveries.decide(db, [decision(2, earlier=1), decision(3)], claimed(db, "d2", HERE, (6,)), NOW)
        assert deliveries.promised(db, [1, 2, 4]) == {1: 5, 2: 3}
        topics.change(db, replace(topics.by_id(db, 1), earlier=3))
        deliveries.hold(db, unsent(), AT, "missing_scope")
        assert deliveries.promised(db, [1, 2, 3]) == {1: 5, 2: 3, 3: 5}
        deliveries.posted(db, unsent(), "1.5", NOW)
        assert [each[0] for each in seen(db)] == [0, 3, 5, 5]
        assert deliveries.promised(db, [1, 2, 3]) == {2: 1, 3: 5}
        deliveries.posted(db, unsent(part=1), "2.5", NOW)
        assert [each[0] for each in seen(db)] == [0, 3, 5, 5]
        deliveries.take_back(db, 2, "is_archived", slots=False)
        assert ([each[0] for each in seen(db)], deliveries.promised(db, [1, 2, 3])) == ([0, 3, 5, 5], {})


def test_messages_follow_each_other(store: Store) -> None:
    """The next one is told with the first one's ts, and when the channel got it; with the last it is done."""
    with store.writing() as db:
        claimed(db)
        claimed(db, "d2", THERE)
        deliveries.trying(db, unsent(), NOW)
        assert deliveries.unfinished(db, "T1") == [unsent(tried_at=AT), unsent(2, place=THERE)]
        deliveries.untaken(db, unsent())
        assert deliveries.unfinished(db, "T1", 1) == [unsent()]
        deliveries.trying(db, unsent(), NOW)
        deliveries.posted(db, unsent(), "1.5", NOW)
        reply = unsent(part=1, thread="1.5", posted_at=AT, next_at=AT)
        assert deliveries.unfinished(db, "T1") == [reply, unsent(2, place=THERE)]
        later = NOW + timedelta(seconds=1)
        deliveries.posted(db, reply, "2.5", later)
        assert deliveries.unfinished(db, "T1") == [unsent(2, place=THERE)]
        assert deliveries.unfinished(db, "T1", 1) == deliveries.unfinished(db, "T2") == []
        assert rows(db, "delivery")[0] == (1, "d1", "T1", "C1", AT, AT + 1, 0, "done", "")
        assert rows(db, "delivery_message")[:2] == [(1, 0, "{}", None, "1.5"), (1, 1, "{}", None, "2.5")]
        assert rows(db, "posting") == [("T1", "C1", AT + 1)]


def test_what_rests_and_what_is_held(store: Store) -> None:
    """Each rest counts; a post begins to count anew, and it alone lets go what was held."""
    with store.writing() as db:
        claimed(db)
        deliveries.put_off(db, unsent(), AT + 20, "gone")
        deliveries.put_off(db, unsent(attempts=1), AT + 60, "gone again")
        assert deliveries.unfinished(db, "T1") == [unsent(attempts=2, next_at=AT + 60)]
        deliveries.hold(db, unsent(attempts=2), AT + 600, "missing_scope")
        assert deliveries.unfinished(db, "T1") == [unsent(attempts=3, next_at=AT + 600, held=True)]
        assert rows(db, "delivery")[0][7:] == ("held", "missing_scope")
        deliveries.put_off(db, unsent(attempts=3), AT + 700, "gone")
        assert deliveries.unfinished(db, "T1") == [unsent(attempts=4, next_at=AT + 700, held=True)]
        deliveries.posted(db, unsent(attempts=4), "1.5", NOW)
        assert rows(db, "delivery")[0][5:] == (AT, 0, "open", "")


def test_a_thread_that_is_given_up(store: Store) -> None:
    """The digest stays, with its papers; nothing of it is to be sent any more."""
    with store.writing() as db:
        deliveries.decide(db, [decision(1)], claimed(db), NOW)
        deliveries.posted(db, unsent(), "1.5", NOW)
        deliveries.skip(db, unsent(part=1), "thread_not_found")
        assert deliveries.unfinished(db, "T1") == []
        assert rows(db, "delivery")[0][7:] == ("done", "thread_not_found")
        assert deliveries.taken(db, HERE) == {4, 5}
        assert seen(db)[0] == (0, "2026-11-23")


def test_what_is_taken_back_leaves_what_people_did(store: Store) -> None:
    """Papers are new again, earlier ones as far as they are wanted; with its slot a topic is due again."""
    with store.writing() as db:
        claimed(db, "d1", HERE, (1,))
        deliveries.decide(db, [decision(1, "2026-11-16", earlier=1)], 1, NOW - 7 * DAY)
        claimed(db, "d2", HERE, (4, 5))
        claimed(db, "d3", THERE, (4,))
        deliveries.decide(db, [decision(1, earlier=4), decision(2)], 2, NOW)
        topics.change(db, replace(topics.by_id(db, 2), earlier=0))
        deliveries.decide(db, [decision(3)], 3, NOW)
        deliveries.take_back(db, 2, "is_archived", slots=True)
        assert seen(db) == [(5, ""), (0, ""), (5, "2026-11-23"), (5, "")]
        assert deliveries.taken(db, HERE) == {1}
        assert deliveries.taken(db, THERE) == {4}
        assert [row[:2] for row in rows(db, "decided")] == [(1, "2026-11-16"), (3, "2026-11-23")]
        assert rows(db, "delivery")[1][7:] == ("refused", "is_archived")
        assert [each.delivery for each in deliveries.unfinished(db, "T1")] == [1, 3]
        deliveries.decide(db, [decision(1, earlier=4)], claimed(db, "d4"), NOW)


def test_a_slot_that_is_over_stays_decided(store: Store) -> None:
    """Where it would fail again at once; its papers come with the next one."""
    with store.writing() as db:
        deliveries.decide(db, [decision(1)], claimed(db), NOW)
        deliveries.take_back(db, 1, "invalid_blocks", slots=False)
        assert seen(db)[0] == (5, "2026-11-23")
        assert deliveries.taken(db, HERE) == set()
        assert deliveries.last(db, 1) == Last(date(2026, 11, 23), 2, 1, "refused", "invalid_blocks")


def test_what_did_not_arrive(store: Store) -> None:
    """The topics of one workspace whose last slot's digest is held or stays refused, and why.

    Not those for which there was nothing in it.
    """
    with store.writing() as db:
        for which, place in ((2, HERE), (1, HERE), (3, THERE), (4, Place("T2", "C1"))):
            deliveries.decide(db, [decision(which)], claimed(db, f"d{which}", place, (which,)), NOW)
        empty = topics.add(db, topic(HERE), "same 5").id
        deliveries.decide(db, [decision(empty, papers=0)], 1, NOW)
        assert deliveries.undelivered(db, "T1") == []
        deliveries.hold(db, unsent(1), AT, "missing_scope")
        deliveries.take_back(db, 2, "no_text", slots=False)
        deliveries.take_back(db, 3, "is_archived", slots=True)
        deliveries.hold(db, unsent(4), AT, "missing_scope")
        assert deliveries.undelivered(db, "T1") == [(1, "refused", "no_text"), (2, "held", "missing_scope")]
        deliveries.decide(db, [decision(1, "2026-11-30", papers=0)], None, NOW)
        topics.end(db, topics.by_id(db, 2), NOW)
        assert deliveries.undelivered(db, "T1") == []


def test_the_last_slot_of_a_topic(store: Store) -> None:
    """What it brought and what became of that; one that is held goes before later ones."""
    with store.writing() as db:
        deliveries.decide(db, [decision(1, "2026-11-16")], claimed(db), NOW - 7 * DAY)
        assert deliveries.last(db, 1) == Last(date(2026, 11, 16), 2, 1, "open", "")
        deliveries.hold(db, unsent(), AT, "missing_scope")
        assert deliveries.last(db, 1) == Last(date(2026, 11, 16), 2, 1, "held", "missing_scope")
        deliveries.decide(db, [decision(1, papers=0, waiting=0)], None, NOW)
        assert deliveries.last(db, 1) == Last(date(2026, 11, 16), 2, 1, "held", "missing_scope")
        deliveries.posted(db, unsent(), "1.5", NOW)
        assert deliveries.last(db, 1) == Last(date(2026, 11, 23), 0, 0, "", "")
        assert deliveries.last(db, 2) is None


@pytest.mark.parametrize(
    ("since", "waited"),
    [("2026-10-31", 0), ("2026-11-01", 4), ("2026-11-08", 6), ("2026-11-30", 6)],
)
def test_papers_that_waited_too_long(store: Store, since: str, waited: int) -> None:
    """Those that a slot had looked at by then; what only the last slot has seen gets another chance."""
    moment = datetime.fromisoformat(since).replace(tzinfo=UTC)
    with store.writing() as db:
        for day, upto in [("2026-11-01", 4), ("2026-11-08", 6), ("2026-11-15", 9)]:
            when = datetime.fromisoformat(day).replace(tzinfo=UTC)
            deliveries.decide(db, [decision(1, day, upto=upto)], None, when)
        assert deliveries.waited(db, [1, 2], moment) == ({1: waited} if waited else {})


def test_a_workspace_that_lets_nobody_in(store: Store) -> None:
    """Since when and why is known, and only of it; whoever lets the bot in again is served."""
    with store.writing() as db:
        deliveries.stop(db, "T1", "token_revoked", NOW)
        deliveries.stop(db, "T1", "account_inactive", NOW + DAY)
        assert deliveries.stopped(db, "T1") == (NOW + DAY, "account_inactive")
        assert deliveries.stopped(db, "T2") is None
        deliveries.start(db, "T1")
        deliveries.start(db, "T1")
        assert deliveries.stopped(db, "T1") is None


def test_what_is_on_its_way_moves_with_its_channel(store: Store) -> None:
    """Also where the new id has had some of the papers, and had a message later."""
    with store.writing() as db:
        claimed(db, "d1", HERE, (4, 5))
        claimed(db, "d2", THERE, (5, 6))
        claimed(db, "d3", Place("T2", "C1"), (5,))
        deliveries.posted(db, unsent(), "1.5", NOW)
        deliveries.posted(db, unsent(2, place=THERE), "2.5", NOW + DAY)
        topics.move(db, HERE, THERE, NOW)
        assert [(each.delivery, each.place) for each in deliveries.unfinished(db, "T1")] == [
            (1, THERE),
            (2, THERE),
        ]
        assert deliveries.taken(db, THERE) == {4, 5, 6}
        assert deliveries.taken(db, HERE) == set()
        assert deliveries.taken(db, Place("T2", "C1")) == {5}
        assert rows(db, "posting") == [("T1", "C2", AT + DAY.total_seconds())]


def test_only_one_try_at_a_time(store: Store) -> None:
    """Whoever finds a message tried, or posted, has no right to send it."""
    with store.writing() as db:
        claimed(db)
        assert [deliveries.trying(db, unsent(), NOW) for _ in range(2)] == [True, False]
        deliveries.untaken(db, unsent())
        assert deliveries.trying(db, unsent(), NOW)
        deliveries.posted(db, unsent(), "1.5", NOW)
        assert not deliveries.trying(db, unsent(), NOW)


def test_what_nobody_asks_for_any_more_is_forgotten(store: Store) -> None:
    """Messages and decisions from before a time; not each topic's last one, and not which papers came."""
    with store.writing() as db:
        deliveries.decide(db, [decision(1, "2026-11-02")], claimed(db), NOW - 21 * DAY)
        deliveries.skip(db, unsent(), "gone")
        deliveries.decide(db, [decision(1, "2026-11-09", papers=0)], None, NOW - 14 * DAY)
        deliveries.decide(db, [decision(2, "2026-11-02", papers=0)], None, NOW - 21 * DAY)
        deliveries.forget(db, NOW + DAY)
        assert [row[:2] for row in rows(db, "decided")] == [(1, "2026-11-09"), (2, "2026-11-02")]
        assert rows(db, "delivery_message") == []
        assert deliveries.taken(db, HERE) == {4, 5}


def test_what_came_of_a_paper_came_of_the_one_it_is_part_of(store: Store) -> None:
    """However many were joined one after the other, as soon as that is published; for each channel alone."""
    with store.writing() as db:
        claimed(db, "d1", HERE, (7, 9))
        claimed(db, "d2", THERE, (5,))
        papers.hand_on(db, 2, [(7, 5)])
        papers.merge(db, 2, 5, 7)
        papers.hand_on(db, 2, [(5, 3)])
        papers.merge(db, 2, 3, 5)
        assert deliveries.taken(db, HERE) == {7, 9}
        loads.publish(db, Load(loaded_at=NOW, records=0, papers=7, change=2))
        assert deliveries.taken(db, HERE) == {3, 5, 7, 9}
        papers.hand_on(db, 3, [(3, 1)])
        papers.merge(db, 3, 1, 3)
        assert deliveries.taken(db, HERE) == {3, 5, 7, 9}
        loads.publish(db, Load(loaded_at=NOW, records=0, papers=6, change=3))
        assert deliveries.taken(db, HERE) == {1, 3, 5, 7, 9}
        assert deliveries.taken(db, THERE) == {1, 3, 5}
        assert deliveries.taken(db, Place("T2", "C1")) == set()
