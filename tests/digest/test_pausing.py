"""What owners are told when something fails: all of it, once, also after a restart."""

from datetime import timedelta

import pytest

from bot.digest import pausing
from bot.errors import BusyError, Reason, RefusedError, SendError, UncertainError
from bot.store import topics
from bot.topics import Person, Place, Wish
from tests.digest.conftest import HERE, MONDAY, SATURDAY, World

DAY = timedelta(days=1)
BEN = Person("U2", "ben")
THERE = Place("T1", "C2")
DEFECT = RefusedError("chat.postMessage", "no_text", Reason.MESSAGE)
UNREADABLE = RefusedError("conversations.history", "missing_scope", Reason.SCOPE)


class Killed(BaseException):
    """The process dies here."""


@pytest.fixture
def world(world: World) -> World:
    """Return a world in which a channel follows two topics, of two people, every day, and another one one."""
    world.add("Tea", "Coffee")
    world.follow("tea", days=(tuple(range(7)), 0))
    world.following.follow(HERE, BEN, Wish("coffee", days=(tuple(range(7)), 0)), "UTC")
    world.follow("tea", THERE, days=((), 1))
    return world


def fail(world: World, place: Place = HERE, why: str = "is_archived") -> None:
    """Pause what a channel follows, as an event does."""
    with world.store.writing() as db:
        topics.pause_all(db, place, why, world.now)


def paused(topic: int, channel: str = "C1") -> dict[str, object]:
    """Return what an owner is told of a topic."""
    return {"channel": channel, "paused": [topic], "why": "is_archived"}


def test_each_owner_is_told_of_theirs(world: World) -> None:
    """Once, in the next round; a message a channel and a cause."""
    fail(world)
    world.now += timedelta(minutes=1)
    world.follow("milk")
    fail(world, THERE)
    fail(world)
    for _ in range(2):
        world.round()
    assert world.slack.told == [
        ("U1", {"channel": "C1", "paused": [1, 3], "why": "is_archived"}),
        ("U1", paused(1, "C2")),
        ("U2", paused(2)),
    ]


def test_a_crash_between_the_pause_and_the_message(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next start tells what this one could not, and no later one tells it again."""
    world.now = MONDAY
    world.slack.before.append(RefusedError("chat.postMessage", "is_archived", Reason.CHANNEL))
    monkeypatch.setattr(pausing, "tell", lambda *_: (_ for _ in ()).throw(Killed()))
    with pytest.raises(Killed):
        world.round()
    monkeypatch.undo()
    assert world.slack.told == []
    for _ in range(3):
        world.restart()
        world.round(timedelta(minutes=1))
    assert world.slack.told == [("U1", paused(1)), ("U2", paused(2))]


@pytest.mark.parametrize("fault", [Killed(), UncertainError("gone"), RefusedError("x", "user_disabled")])
def test_what_an_owner_may_have_heard_is_not_said_again(world: World, fault: BaseException) -> None:
    """Nor what Slack does not take for them; the others are told."""
    fail(world)
    world.slack.telling.append(fault)
    for _ in range(3):
        try:
            world.round()
        except Killed:
            world.restart()
    assert world.slack.told == [("U2", paused(2))]


@pytest.mark.parametrize(
    "fault", [BusyError("ratelimited", 30), RefusedError("x", "token_revoked", Reason.WORKSPACE)]
)
def test_what_slack_does_not_take_now_is_told_later(world: World, fault: SendError) -> None:
    """In a later round, in the same words."""
    fail(world)
    world.slack.telling += [fault, None, fault]
    told = []
    for _ in range(4):
        world.round()
        told.append(len(world.slack.told))
    assert told == [0, 1, 2, 2]
    assert world.slack.told == [("U1", paused(1)), ("U2", paused(2))]


def test_stopping_ends_between_two_owners(world: World) -> None:
    """The others are told after the restart."""
    fail(world)
    world.restart(stopping=lambda: bool(world.slack.told))
    world.round()
    assert world.slack.told == [("U1", paused(1))]
    world.restart()
    world.round()
    assert world.slack.told == [("U1", paused(1)), ("U2", paused(2))]


def test_what_is_over_or_long_ago_is_told_to_nobody(world: World) -> None:
    """A topic that goes on again or has ended, one that a person paused, a pause of more than a week ago."""
    fail(world)
    world.following.resume(HERE, 1)
    world.following.end(HERE, "2")
    world.following.pause(HERE, 1, BEN)
    fail(world, THERE)
    world.now += 7 * DAY + timedelta(seconds=1)
    world.round()
    assert world.slack.told == []


def test_each_pause_is_told(world: World) -> None:
    """Though a change of the topic meanwhile is none; and what is known of old ones is forgotten."""
    fail(world, THERE)
    world.round()
    world.following.change(THERE, 1, Wish(top=3))
    world.round()
    world.following.resume(THERE, 1)
    world.now += 8 * DAY
    fail(world, THERE)
    world.round()
    assert world.slack.told == [("U1", paused(1, "C2"))] * 2
    at = int(world.now.timestamp())
    assert world.rows("once") == [("told of a pause", f"3 {at}", at, 1)]


def test_another_workspaces_owners_are_told_by_its_own_bot(world: World) -> None:
    """The token belongs to one."""
    world.follow("tea", Place("T2", "C1"))
    fail(world, Place("T2", "C1"))
    world.round()
    assert world.slack.told == []


def test_a_digest_refused_for_a_defect_is_told_once_until_one_arrives(world: World) -> None:
    """Each owner, of the first of a run of failures; its papers come with the digest that does arrive."""
    defect = [
        ("U1", {"channel": "C1", "refused": [1], "why": "no_text"}),
        ("U2", {"channel": "C1", "refused": [2], "why": "no_text"}),
    ]
    world.now = SATURDAY
    for refused in (True, True, False, True):
        world.now += DAY
        world.slack.before += [DEFECT] * refused
        world.add("Tea again")
        world.finish()
        world.restart()
    assert world.slack.told == [*defect, defect[0]]
    assert world.slack.parents == [{"1": [1, 3, 4, 5], "2": [2]}]


def test_a_crash_between_the_refusal_and_the_message(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next start tells it."""
    world.now = MONDAY
    world.slack.before.append(DEFECT)
    monkeypatch.setattr(pausing, "tell", lambda *_: (_ for _ in ()).throw(Killed()))
    with pytest.raises(Killed):
        world.round()
    monkeypatch.undo()
    for _ in range(2):
        world.restart()
        world.round()
    assert [(who, told["refused"]) for who, told in world.slack.told] == [("U1", [1]), ("U2", [2])]


def test_a_digest_that_is_held_is_told_once_until_one_arrives(world: World) -> None:
    """Also where it was held, found, and its thread is held again."""
    world.now = MONDAY
    world.slack.after += [UncertainError("gone"), UncertainError("gone")]
    world.slack.looking += [UNREADABLE, UNREADABLE, None, UNREADABLE]
    world.finish()
    held = [
        ("U1", {"channel": "C1", "held": [1], "why": "missing_scope"}),
        ("U2", {"channel": "C1", "held": [2], "why": "missing_scope"}),
    ]
    assert world.slack.told == held * 2
    assert len(world.slack.messages) == 2


@pytest.mark.parametrize("error", [SendError("x"), BusyError("ratelimited")])
def test_an_owner_who_cannot_be_told_stops_no_digest(world: World, error: SendError) -> None:
    """What is due elsewhere comes all the same."""
    fail(world, THERE)
    world.slack.telling.append(error)
    world.now = MONDAY
    world.finish()
    assert world.slack.parents == [{"1": [1], "2": [2]}]
