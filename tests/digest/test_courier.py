"""Delivering: what is due is posted once, whatever fails and whoever dies in between."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.digest.claiming import draft
from bot.digest.due import due as due_now
from bot.digest.edition import Edition
from bot.errors import BusyError, Reason, RefusedError, UncertainError
from bot.library import Library
from bot.store import Store, deliveries, topics
from bot.topics import Place, Wish
from tests.digest.conftest import ANA, HERE, MONDAY, SATURDAY, PlainWriter, World

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
CLOSED = RefusedError("chat.postMessage", "not_in_channel", Reason.CHANNEL)


class Killed(BaseException):
    """The process dies here."""


@pytest.fixture
def due(world: World) -> World:
    """Return a world in which two channels have a digest due."""
    world.add("Tea and time", "Tea alone", "Coffee")
    world.follow("tea", top=2)
    world.follow("tea", Place("T1", "C2"))
    world.now = MONDAY
    return world


def test_a_digest_is_posted_with_its_thread_and_marked(world: World) -> None:
    """One message, a second later its reply, both with the delivery's token; then nothing is left."""
    world.add("Tea and time", "Coffee")
    world.follow("tea")
    assert world.round() is None
    world.now = MONDAY
    assert world.round() == 1.0
    assert world.round(0.5 * SECOND) == 0.5
    assert world.round(0.5 * SECOND) is None
    assert world.round(timedelta(hours=1)) is None
    parent, reply = world.slack.messages
    assert (parent.channel, parent.content, parent.thread) == ("C1", {"says": {"1": [1]}, "waiting": 0}, None)
    assert (reply.channel, reply.content, reply.thread) == ("C1", {"papers": [1]}, parent.ts)
    assert (parent.mark.part, reply.mark.part, parent.mark.token) == (0, 1, reply.mark.token)
    assert world.rows("delivered_paper") == [("T1", "C1", 1, 1)]
    at = MONDAY.timestamp()
    assert world.rows("decided") == [(1, "2026-11-23", at, 2, 1, 0, 5, 1)]
    assert world.rows("delivery") == [(1, parent.mark.token, "T1", "C1", at, at + 1, 0, "done", "")]
    assert world.rows("delivery_message") == [(1, 0, "{}", None, parent.ts), (1, 1, "{}", None, reply.ts)]
    assert world.outcomes == ["claimed", "posted", "replied"]


def test_nothing_to_say_is_silence(world: World) -> None:
    """The slot is recorded, and passed over; a paper that comes later waits for the next one."""
    world.add("Coffee")
    world.follow("tea")
    world.now = MONDAY
    assert world.round() is None
    assert world.rows("decided") == [(1, "2026-11-23", MONDAY.timestamp(), 1, 0, 0, 0, None)]
    world.add("Tea")
    assert world.round(DAY) is None
    assert world.slack.messages == []
    world.round(6 * DAY)
    assert world.slack.parents == [{"1": [2]}]


def test_only_the_first_digest_draws_on_what_was_there(world: World) -> None:
    """At most as many as are wished; then only what is new, and silence without it."""
    world.add("Tea one", "Tea two", "Tea three")
    world.follow("tea", top=2)
    for _ in range(2):
        world.now += 7 * DAY
        world.finish()
    world.add("Tea four")
    world.now += 7 * DAY
    world.finish()
    assert world.slack.parents == [{"1": [1, 2]}, {"1": [4]}]


def test_new_papers_that_have_no_room_wait(world: World) -> None:
    """They come with later digests, and compete with newer ones."""
    world.add("Coffee")
    world.follow("tea", top=1)
    world.add("Tea of the morning", "Tea of the evening and of the night")
    for _ in range(3):
        world.now += 7 * DAY
        world.finish()
    assert world.slack.parents == [{"1": [2]}, {"1": [3]}]
    assert [row[4:6] for row in world.rows("decided")] == [(1, 1), (1, 0), (0, 0)]


def test_what_waits_is_given_up_after_thirty_days(world: World) -> None:
    """A paper that had no room for so long is passed over, but not before a second slot has seen it."""
    world.add("Coffee")
    world.follow("tea", top=1)
    world.add(*(f"Tea {number}" for number in range(7)))
    for _ in range(8):
        world.now += 7 * DAY
        world.finish()
    assert [number for says in world.slack.parents for number in says["1"]] == [2, 3, 4, 5, 6]
    monthly = Place("T1", "C9")
    world.follow("milk", monthly, top=1, days=((), 1))
    world.add("Milk one", "Milk two")
    for _ in range(12):
        world.now += 7 * DAY
        world.finish()
    assert [says["1"] for says in world.slack.parents[5:]] == [[9], [10]]


def test_a_paper_never_comes_twice_to_a_channel(world: World) -> None:
    """Whichever topic catches it, also one that is made anew; another channel gets it all the same."""
    world.add("Tea and time")
    world.follow("tea")
    world.now += 7 * DAY
    world.finish()
    world.following.end(HERE, "all")
    world.follow("time")
    world.follow("tea")
    world.follow("tea", Place("T1", "C2"))
    world.now += 7 * DAY
    world.finish()
    assert [(each.channel, each.content["says"]) for each in world.slack.messages if not each.thread] == [
        ("C1", {"1": [1]}),
        ("C2", {"1": [1]}),
    ]


def test_after_downtime_there_is_one_digest(world: World) -> None:
    """Not one for each slot that was missed, and none for a slot that is older than a week."""
    world.add("Tea")
    world.follow("tea", days=(tuple(range(7)), 0))
    world.follow("tea", Place("T1", "C2"), days=((), 22))
    world.now = SATURDAY + 9 * DAY
    world.finish()
    assert [each.channel for each in world.slack.messages if not each.thread] == ["C1"]


@pytest.mark.parametrize("moved", [-timedelta(hours=1), timedelta(days=365), -timedelta(days=365)])
def test_a_clock_that_is_moved_doubles_nothing(world: World, moved: timedelta) -> None:
    """Set back an hour, or a year forward and back: each slot's date is decided once, and later ones come."""
    world.add("Tea one")
    world.follow("tea", days=(tuple(range(7)), 0))
    world.now = MONDAY
    world.round()
    world.add("Tea two")
    world.now += moved
    world.finish()
    world.now -= moved
    world.finish()
    world.now = MONDAY + 2 * DAY
    world.finish()
    world.finish()
    assert sorted(number for says in world.slack.parents for number in says["1"]) == [1, 2]
    assert [each.thread is None for each in world.slack.messages].count(False) == 2


@pytest.mark.parametrize("slack_has_it", [False, True])
def test_a_process_that_dies_while_it_posts(due: World, *, slack_has_it: bool) -> None:
    """Whoever comes next looks into the history before it sends again, and not before all has settled."""
    (due.slack.after if slack_has_it else due.slack.before).append(Killed())
    with pytest.raises(Killed):
        due.round()
    due.restart()
    assert due.round(SECOND) == 1.0
    assert [each.channel for each in due.slack.messages] == ["C1"] * slack_has_it + ["C2"]
    assert due.slack.looked == []
    due.finish()
    parents = [each.channel for each in due.slack.messages if each.thread is None]
    assert sorted(parents) == ["C1", "C2"]
    assert [mark.part for mark in due.slack.looked] == [0]
    assert len(due.slack.messages) == 4
    assert ("found" in due.outcomes) == slack_has_it


def test_a_process_that_dies_before_it_posts(due: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A claim is a try: the next one looks into the history first, and then sends."""
    monkeypatch.setattr(deliveries, "content", lambda *_: (_ for _ in ()).throw(Killed()))
    with pytest.raises(Killed):
        due.round()
    monkeypatch.undo()
    due.restart()
    due.round()
    assert ([each.channel for each in due.slack.messages], due.slack.looked) == (["C2"], [])
    due.finish()
    assert sorted(each.channel for each in due.slack.messages) == ["C1", "C1", "C2", "C2"]
    assert len(due.slack.looked) == 1


def test_a_channel_that_had_a_message_just_now_must_rest(due: World) -> None:
    """What is claimed for it meanwhile is certainly not sent, and comes a second later."""
    due.round()
    due.now += 0.5 * SECOND
    with due.store.writing() as db:
        db.conn.execute("UPDATE topic SET counts_from = 0, last_date = ''")
        db.conn.execute("DELETE FROM decided")
    due.add("Tea again")
    due.round()
    assert len(due.slack.messages) == 2
    assert [row[3] for row in due.rows("delivery_message") if row[0] > 2] == [None] * 4
    due.finish()
    assert due.slack.looked == []
    assert len(due.slack.messages) == 8


@pytest.mark.parametrize("slack_has_it", [False, True])
def test_an_answer_that_never_came(due: World, *, slack_has_it: bool) -> None:
    """The others go on; 30 seconds later the history tells, and only what is not there is sent again."""
    (due.slack.after if slack_has_it else due.slack.before).append(UncertainError("gone"))
    assert due.round() == 1.0
    due.finish()
    assert sorted(each.channel for each in due.slack.messages) == ["C1", "C1", "C2", "C2"]
    assert (due.now - MONDAY).total_seconds() == 31
    assert due.outcomes.count("unknown") == 1


def test_silence_again_and_again_is_asked_ever_more_rarely(due: World) -> None:
    """After 30 seconds a few times, then 60, 120 and so on, ten minutes at most."""
    due.following.end(Place("T1", "C2"), "all")
    due.slack.before += [UncertainError("gone")] * 11
    rests = [due.round()]
    while not due.slack.messages:
        assert rests[-1] is not None
        rests.append(due.round(timedelta(seconds=rests[-1])))
    assert rests == [30, 30, 30, 30, 30, 60, 120, 240, 480, 600, 600, 1]


def test_too_much_waits_as_long_as_slack_says(due: World) -> None:
    """Nothing is sent meanwhile, nor claimed; and it is not looked for, since Slack did not take it."""
    due.slack.before.append(BusyError("ratelimited", 30))
    assert due.round() == 30.0
    assert due.round(29 * SECOND) == 1.0
    assert (due.slack.messages, len(due.rows("delivery"))) == ([], 1)
    due.finish()
    assert (len(due.slack.messages), due.slack.looked) == (4, [])
    assert due.outcomes.count("limited") == 1


@pytest.mark.parametrize("code", ["channel_not_found", "not_in_channel", "is_archived", "restricted_action"])
def test_a_channel_that_takes_nothing_pauses_its_topics(due: World, code: str) -> None:
    """All are kept, their owner is told once, and what was missed comes after they are resumed."""
    due.follow("coffee", top=1)
    due.slack.before.append(RefusedError("chat.postMessage", code, Reason.CHANNEL))
    due.finish()
    assert [each.channel for each in due.slack.messages] == ["C2", "C2"]
    assert due.slack.told == [("U1", {"channel": "C1", "paused": [1, 2], "why": code})]
    due.now += 7 * DAY
    due.finish()
    assert len(due.slack.told) == 1
    paused = [topic.pause for topic in due.following.topics(HERE)]
    assert [pause and pause.why for pause in paused] == [code, code]
    for number in (1, 2):
        due.following.resume(HERE, number)
    due.finish()
    assert len(due.slack.messages) == 2
    due.now += 7 * DAY
    due.finish()
    assert due.slack.parents[1:] == [{"1": [1, 2], "2": [3]}]


def test_earlier_papers_that_people_skip_stay_skipped(due: World) -> None:
    """Though that was between the claim of a digest and Slack's refusal; new papers come all the same."""
    due.slack.before += [BusyError("ratelimited", 30), CLOSED]
    due.round()
    due.following.skip_earlier(HERE, 1)
    due.finish()
    assert due.following.topic(HERE, 1).earlier == 0
    due.following.resume(HERE, 1)
    due.add("Tea again")
    due.now += 7 * DAY
    due.finish()
    assert [
        each.content["says"] for each in due.slack.messages if each.channel == "C1" and not each.thread
    ] == [{"1": [4]}]


@pytest.mark.parametrize(("top", "brings"), [(1, [1]), (9, [1, 2])])
def test_earlier_papers_outlast_a_pause(due: World, top: int, brings: list[int]) -> None:
    """A digest taken back for a pause comes later, as many as are wished by then, but no more than before."""
    due.slack.before.append(BusyError("ratelimited", 30))
    due.round()
    due.following.pause(HERE, 1, ANA)
    due.following.change(HERE, 1, Wish(top=top))
    due.finish()
    due.following.resume(HERE, 1)
    due.now += 7 * DAY
    due.finish()
    assert due.slack.parents == [{"1": [1, 2]}, {"1": brings}]


def test_what_is_on_its_way_is_not_made_up_for(world: World) -> None:
    """While nobody knows whether the first digest arrived, the next one brings no other earlier papers."""
    world.add("Tea one", "Tea two", "Tea three", "Tea four")
    world.follow("tea", top=2)
    world.now = MONDAY
    world.slack.after.append(UncertainError("gone"))
    world.slack.looking += [RefusedError("conversations.history", "missing_scope", Reason.SCOPE)] * 12
    world.finish_until(MONDAY + timedelta(hours=1))
    world.add("Tea five")
    world.now = MONDAY + 7 * DAY
    world.round()
    assert (world.slack.parents, world.following.topic(HERE, 1).earlier) == ([{"1": [1, 2]}, {"1": [5]}], 2)
    world.slack.looking.clear()
    world.now += DAY
    world.finish()
    assert ("found" in world.outcomes, world.following.topic(HERE, 1).earlier) == (True, 0)


@pytest.mark.parametrize("code", ["channel_not_found", "not_in_channel", "is_archived"])
def test_a_channel_that_is_open_again_is_tried_again(due: World, code: str) -> None:
    """For the bot was invited meanwhile: nothing is paused, nobody is told, and the digest comes once."""
    due.slack.open.add("C1")
    refusal = RefusedError("chat.postMessage", code, Reason.CHANNEL)
    due.slack.before += [refusal, None, refusal]
    assert due.round() == 1.0
    assert [row[6:] for row in due.rows("delivery")] == [(1, "open", code), (0, "open", "")]
    due.round(30 * SECOND)
    due.finish()
    assert sorted((each.channel, each.mark.part) for each in due.slack.messages) == [
        ("C1", 0), ("C1", 1), ("C2", 0), ("C2", 1)
    ]  # fmt: skip
    assert (due.slack.asked, due.slack.looked, due.slack.told) == (["C1", "C1"], [], [])
    assert [topic.pause for topic in due.following.topics(HERE)] == [None]
    assert (due.outcomes.count("put off"), due.outcomes.count("refused")) == (2, 0)


def test_what_slack_forbids_is_not_asked_for_again(due: World) -> None:
    """Whether the bot is in the channel says nothing of that."""
    due.slack.open.add("C1")
    due.slack.before.append(RefusedError("chat.postMessage", "restricted_action", Reason.CHANNEL))
    due.finish()
    assert due.slack.asked == []
    assert [topic.pause and topic.pause.why for topic in due.following.topics(HERE)] == ["restricted_action"]


@pytest.mark.parametrize("reason", [Reason.WORKSPACE, Reason.SCOPE])
def test_a_workspace_that_lets_nobody_in_gets_nothing_more(due: World, reason: Reason) -> None:
    """It is asked every ten minutes whether it does again; then all comes, for nothing is lost."""
    due.slack.before.append(RefusedError("chat.postMessage", "token_revoked", reason))
    assert due.round() is None
    due.restart()
    assert due.round(SECOND) is None
    assert due.slack.messages == []
    due.slack.checking.append(RefusedError("auth.test", "invalid_auth", Reason.WORKSPACE))
    assert due.round(timedelta(minutes=10)) is None
    assert due.following.stopped(HERE) == (due.now, "invalid_auth")
    assert due.round(timedelta(minutes=9)) is None
    assert due.slack.messages == []
    due.round(timedelta(minutes=1))
    due.finish()
    assert due.following.stopped(HERE) is None
    assert sorted(each.channel for each in due.slack.messages) == ["C1", "C1", "C2", "C2"]


def test_a_defect_of_ours_neither_loops_nor_loses(due: World) -> None:
    """The slot is over, and its papers come with the next one."""
    due.slack.before.append(RefusedError("chat.postMessage", "no_text", Reason.MESSAGE))
    due.finish()
    due.finish()
    assert [each.channel for each in due.slack.messages] == ["C2", "C2"]
    due.now += 7 * DAY
    due.finish()
    assert due.slack.parents == [{"1": [1, 2]}, {"1": [1, 2]}]


def test_a_thread_that_is_refused_leaves_the_digest(due: World) -> None:
    """Somebody may have deleted the message meanwhile; the rest of the thread is given up."""
    due.round()
    due.slack.before.append(RefusedError("chat.postMessage", "thread_not_found", Reason.CHANNEL))
    due.finish()
    assert sorted((each.channel, each.mark.part) for each in due.slack.messages) == [
        ("C1", 0),
        ("C2", 0),
        ("C2", 1),
    ]
    assert [row[7:] for row in due.rows("delivery")] == [("done", "thread_not_found"), ("done", "")]


def test_what_nobody_can_find_out_is_held(due: World) -> None:
    """It is looked for every ten minutes, the owner is told once, and nothing is sent until it is clear."""
    due.slack.after.append(UncertainError("gone"))
    refusal = RefusedError("conversations.history", "missing_scope", Reason.SCOPE)
    due.slack.looking += [refusal, refusal]
    due.round()
    for _ in range(3):
        due.round(timedelta(minutes=10))
    due.finish()
    assert due.slack.told == [("U1", {"channel": "C1", "held": [1], "why": "missing_scope"})]
    assert sorted((each.channel, each.mark.part) for each in due.slack.messages) == [
        ("C1", 0), ("C1", 1), ("C2", 0), ("C2", 1)
    ]  # fmt: skip
    assert due.outcomes.count("held") == 1


def test_one_message_a_second_a_channel(world: World) -> None:
    """Also of two deliveries: those of other channels go between."""
    world.add("Tea", "Coffee")
    world.follow("tea")
    world.now = MONDAY
    world.round()
    world.follow("coffee", at=(MONDAY + timedelta(minutes=1)).time())
    sent: list[float] = []
    world.now = MONDAY + timedelta(minutes=1)
    while (rest := world.round()) is not None:
        sent += [world.now.timestamp()] * (len(world.slack.messages) - 1 - len(sent))
        world.now += timedelta(seconds=rest)
    assert len(world.slack.messages) == 4
    sent += [world.now.timestamp()] * (3 - len(sent))
    assert [b - a for a, b in pairwise(sent)] == [1.0, 1.0]


def test_stopping_ends_between_two_posts(due: World) -> None:
    """What is left is delivered after the restart."""
    due.restart(stopping=lambda: bool(due.slack.messages))
    due.round()
    assert [each.channel for each in due.slack.messages] == ["C1"]
    due.restart()
    due.finish()
    assert sorted(each.channel for each in due.slack.messages) == ["C1", "C1", "C2", "C2"]


def test_stopping_ends_a_long_look(due: World) -> None:
    """Nobody knows still, so the next start looks again, and what is there is not posted again."""
    due.slack.after.append(UncertainError("gone"))
    due.finish_until(MONDAY + 29 * SECOND)
    due.now += SECOND
    due.restart(stopping=lambda: bool(due.slack.looked))
    due.round()
    assert [row[3] for row in due.rows("delivery_message")] == [MONDAY.timestamp(), None, None, None]
    due.restart()
    due.finish()
    assert sorted((each.channel, each.mark.part) for each in due.slack.messages) == [
        ("C1", 0), ("C1", 1), ("C2", 0), ("C2", 1)
    ]  # fmt: skip
    assert len(due.slack.looked) == 2


def test_stopping_after_a_look_posts_nothing(due: World) -> None:
    """What is certainly not there is sent after the restart."""
    due.slack.before.append(UncertainError("gone"))
    due.finish_until(MONDAY + 29 * SECOND)
    due.now += SECOND
    asked = iter([False, False])  # before the message, and by the look
    due.restart(stopping=lambda: next(asked, True))
    due.round()
    assert [each.channel for each in due.slack.messages] == ["C2", "C2"]
    assert [row[3] for row in due.rows("delivery_message")] == [None] * 4
    due.restart()
    due.finish()
    assert len(due.slack.messages) == 4


def test_stopping_after_a_refusal_asks_nothing(due: World) -> None:
    """Whether the channel is open is found out by the next try."""
    due.slack.before += [CLOSED, CLOSED]
    due.restart(stopping=lambda: not due.slack.before[1:])
    due.round()
    assert (due.slack.asked, due.following.topic(HERE, 1).pause) == ([], None)
    due.restart()
    due.now += 30 * SECOND
    due.finish()
    assert due.slack.asked == ["C1"]
    assert due.slack.told == [("U1", {"channel": "C1", "paused": [1], "why": "not_in_channel"})]


def test_nothing_is_decided_while_no_papers_are_loaded(world: World, tmp_path: Path) -> None:
    """The slot stays due, and comes once there are papers."""
    world.add("Tea")
    world.follow("tea")
    empty = Library(Store(tmp_path / "empty.db"))
    world.now = MONDAY
    before, world.library = world.library, empty
    world.restart()
    world.round()
    assert world.rows("decided") == []
    world.library = before
    world.restart()
    world.finish()
    assert world.slack.parents == [{"1": [1]}]


def test_a_topic_changed_meanwhile_is_drawn_up_anew(due: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A claim stands only for topics as they are."""
    write = PlainWriter.edition
    ended: list[object] = []

    def edition(self: PlainWriter, edition: Edition, now: datetime) -> Sequence[dict[str, Any]]:
        if not ended:
            ended.append(due.following.end(HERE, "1"))
        return write(self, edition, now)

    monkeypatch.setattr(PlainWriter, "edition", edition)
    due.finish()
    assert [each.channel for each in due.slack.messages] == ["C2", "C2"]
    assert due.rows("delivered_paper") == [("T1", "C2", 1, 1), ("T1", "C2", 2, 1)]


@pytest.mark.parametrize("deed", ["end", "pause"])
def test_what_nobody_wants_any_more_is_not_sent(due: World, deed: str) -> None:
    """A digest that waits, for Slack had too much, is taken back when its topics are ended or paused."""
    due.slack.before.append(BusyError("ratelimited", 30))
    due.round()
    assert [row[1] for row in due.rows("delivered_paper")] == ["C1", "C1"]
    if deed == "end":
        due.following.end(HERE, "all")
    else:
        due.following.pause(HERE, 1, ANA)
    due.finish()
    assert [each.channel for each in due.slack.messages] == ["C2", "C2"]
    assert [row[1] for row in due.rows("delivered_paper")] == ["C2", "C2"]


def test_another_workspace_gets_nothing(due: World) -> None:
    """The bot's token belongs to one."""
    due.follow("tea", Place("T2", "C3"))
    due.finish()
    assert {each.channel for each in due.slack.messages} == {"C1", "C2"}


def test_a_clock_set_back_while_nobody_knows(due: World) -> None:
    """Thirty seconds by the new time are enough, and nobody waits for the old one to come again."""
    due.slack.after.append(UncertainError("gone"))
    due.round()
    due.now -= timedelta(hours=1)
    due.round()
    due.round(30 * SECOND)
    assert "found" in due.outcomes
    due.round(SECOND)
    assert len(due.slack.messages) == 4


def test_a_clock_that_was_ahead_keeps_nobody_waiting(due: World) -> None:
    """What Slack said to wait is seconds, whatever the clock says afterwards."""
    due.now += timedelta(days=3)
    due.slack.before.append(BusyError("ratelimited", 30))
    due.round()
    due.now -= timedelta(days=3) - SECOND
    due.finish()
    assert len(due.slack.messages) == 4


def test_reading_the_history_may_be_too_much_while_posts_are_not(due: World) -> None:
    """Slack limits each method by itself: other channels get their digests meanwhile."""
    due.slack.after.append(UncertainError("gone"))
    due.slack.looking.append(BusyError("ratelimited", 40))
    due.follow("coffee", Place("T1", "C3"), at=time(9, 1))
    due.round()
    due.round(30 * SECOND)
    due.round(30 * SECOND)
    assert [each.channel for each in due.slack.messages if not each.thread] == ["C1", "C2", "C3"]
    due.finish()
    assert sorted(each.channel for each in due.slack.messages) == ["C1", "C1", "C2", "C2", "C3", "C3"]


def test_one_messages_fault_stops_no_other(due: World) -> None:
    """It is put off, and comes once the fault is gone."""
    due.slack.before.append(KeyError("ts"))
    due.round()
    assert [each.channel for each in due.slack.messages] == ["C2"]
    due.finish()
    assert sorted(each.channel for each in due.slack.messages) == ["C1", "C1", "C2", "C2"]
    assert due.outcomes.count("failed") == 1


@pytest.mark.parametrize("code", ["token_revoked", "missing_scope"])
def test_a_thread_waits_for_a_workspace_that_lets_nobody_in(due: World, code: str) -> None:
    """Its abstracts come once it does again."""
    due.round()
    reason = Reason.SCOPE if code == "missing_scope" else Reason.WORKSPACE
    due.slack.before.append(RefusedError("chat.postMessage", code, reason))
    due.finish()
    assert len(due.slack.messages) == 2
    due.now += timedelta(minutes=10)
    due.finish()
    assert len(due.slack.messages) == 4


def test_a_channel_that_closes_under_a_thread_pauses_its_topics(due: World) -> None:
    """The digest is there; what follows waits, and the owner is told."""
    due.round()
    due.slack.before.append(RefusedError("chat.postMessage", "is_archived", Reason.CHANNEL))
    due.finish()
    assert due.slack.told == [("U1", {"channel": "C1", "paused": [1], "why": "is_archived"})]


def test_what_is_held_ends_with_its_topics(due: World) -> None:
    """Nobody asks for it for ever; while topics live, ever more rarely, a day at most."""
    due.slack.after.append(UncertainError("gone"))
    due.slack.looking += [RefusedError("conversations.history", "channel_not_found", Reason.CHANNEL)] * 30
    due.round()
    rests = [due.round(30 * SECOND)]
    for _ in range(10):
        rests.append(due.round(timedelta(seconds=rests[-1] or 0)))
    assert rests[-3:] == [86400.0] * 3
    due.following.end(HERE, "all")
    assert due.round(DAY) is None


def test_a_topic_that_cannot_be_searched_any_more_stops_no_other(due: World) -> None:
    """Its slot passes without a word; the others of the channel come."""
    due.now = SATURDAY
    due.follow("coffee")
    due.now = MONDAY
    with due.store.writing() as db:
        db.conn.execute("UPDATE topic SET query = 'the of and' WHERE id = 1")
    due.finish()
    assert due.slack.parents == [{"2": [3]}, {"1": [1, 2]}]
    assert due.rows("decided")[0][4:7] == (0, 0, 0)
    assert due.following.topic(HERE, 1).earlier == 2


def test_a_writer_that_fails_keeps_no_other_channel_waiting(
    due: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its channel's slot stays due, and the failure is counted."""
    write = PlainWriter.edition

    def edition(self: PlainWriter, edition: Edition, now: datetime) -> Sequence[dict[str, Any]]:
        if edition.place == HERE:
            raise ValueError("a defect")
        return write(self, edition, now)

    monkeypatch.setattr(PlainWriter, "edition", edition)
    due.finish()
    assert ({each.channel for each in due.slack.messages}, "failed" in due.outcomes) == ({"C2"}, True)
    monkeypatch.undo()
    due.finish()
    assert {each.channel for each in due.slack.messages} == {"C1", "C2"}


def test_a_schedule_changed_after_it_was_due_is_not_due(due: World) -> None:
    """Between finding what is due and drawing it up a topic may get another slot, or another channel."""
    found = due_now(due.store, "T1", MONDAY)
    due.now += SECOND
    due.following.change(HERE, 1, Wish(at=time(17)))
    with due.store.writing() as db:
        topics.move(db, Place("T1", "C2"), Place("T1", "C9"), due.now)
    drawn = [draft(due.store, due.library, each) for each in found]
    assert [[choice.due.topic.id for choice in each.selection.choices] for each in drawn] == [[], []]


def test_two_digests_of_a_channel_keep_its_pace(due: World) -> None:
    """Also where both have waited, for Slack had too much."""
    due.follow("coffee", at=time(9, 1))
    due.slack.before.append(BusyError("ratelimited", 90))
    due.round()
    due.round(90 * SECOND)
    due.round(SECOND)
    sent = [each.channel for each in due.slack.messages]
    assert sent.count("C1") == 2
    due.finish()
    assert sorted(each.channel for each in due.slack.messages) == ["C1"] * 4 + ["C2"] * 2
