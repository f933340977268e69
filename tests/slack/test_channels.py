"""What becomes of channels, of people and of the bot itself, told by Slack in a real socket."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.digest.courier import Courier
from bot.digest.following import Following
from bot.library import Library
from bot.playground import ANA, BEN, BOT, IM, PRIVATE, READING, SAFETY, TEAM, Delivery, Fault, LocalSlack
from bot.slack.listeners.channels import PAUSES
from bot.slack.sender import ChannelSender, DigestWriter
from bot.store import Store, deliveries, topics
from bot.topics import Person, Place, Wish
from tests.conftest import LOADED_AT
from tests.slack.conftest import EVENTS, SCOPES, answering
from tests.slack.deeds import Json
from tests.slack.test_answers import signed_json

NOW = LOADED_AT + timedelta(hours=2)
OWNERS = {ANA: Person(ANA, "ana"), BEN: Person(BEN, "ben")}
GOES_ON = "Topic 1 goes on; what was missed will come."


class World:
    """A local Slack, the app beside it, and what its channels follow."""

    def __init__(self, slack: LocalSlack, library: Library, db: Path, app: ExitStack) -> None:
        self.slack = slack
        self.store = Store(db)
        self._library = library
        self._following = Following(self.store, library, lambda: NOW)
        self._app = app

    def follow(self, query: str, channel: str = SAFETY, owner: str = ANA, team: str = TEAM) -> None:
        """Follow a topic."""
        self._following.follow(Place(team, channel), OWNERS[owner], Wish(query), "UTC")

    def pauses(self, channel: str = SAFETY, team: str = TEAM) -> list[str | None]:
        """Return of each topic of a channel why it is paused, None where it is not."""
        with self.store.snapshot() as db:
            return [
                each.pause.why if each.pause else None for each in topics.of_channel(db, Place(team, channel))
            ]

    def pause(self, why: str, channel: str = SAFETY) -> None:
        """Pause what a channel follows, as a failure does."""
        with self.store.writing() as db:
            topics.pause_all(db, Place(TEAM, channel), why, NOW)

    def stopped(self, team: str = TEAM) -> str | None:
        """Return why a workspace gets nothing, None where it does."""
        with self.store.snapshot() as db:
            found = deliveries.stopped(db, team)
        return found and found[1]

    def rows(self) -> list[Any]:
        """Return all that is stored of topics and workspaces."""
        with self.store.snapshot() as db:
            return [*db.query("SELECT * FROM topic"), *db.query("SELECT * FROM workspace")]

    def settled(self) -> "World":
        """End the app: by then all that came has been answered."""
        self._app.close()
        return self

    def round(self) -> None:
        """Go a round, in which owners are told."""
        client = WebClient(self.slack.bot_token, base_url=self.slack.api_url)
        sender, writer = ChannelSender(client, TEAM), DigestWriter(self._library)
        Courier(self.store, self._library, sender, writer, clock=lambda: NOW).round()

    def told(self, user: str) -> list[str]:
        """Return what the bot told a person."""
        return self.said(self.slack.workspace.direct(user).id)

    def said(self, channel: str = SAFETY) -> list[str]:
        """Return what the bot said in a channel."""
        return [each["text"] for each in self.slack.messages(channel) if each["bot"]]


@pytest.fixture
def world(library: Library, db: Path) -> Iterator[World]:
    """Yield a world with the rights and the events of the manifest; the bot is in the private channel too."""
    with ExitStack() as app, LocalSlack(scopes=SCOPES, subscribed=EVENTS) as slack:
        slack.workspace.channels[PRIVATE].members.add(BOT)
        app.enter_context(answering(slack, library, db))
        yield World(slack, library, db, app)
        app.close()


def heard(delivered: list[Delivery]) -> None:
    """Fail where the app did not hear of something."""
    assert [each.acknowledged for each in delivered] == [True] * len(delivered)
    assert delivered


Act = Callable[[LocalSlack, str], list[Delivery]]


@pytest.mark.parametrize("channel", [SAFETY, PRIVATE])
@pytest.mark.parametrize(
    ("act", "why"),
    [
        (lambda slack, channel: slack.archive(channel=channel), "is_archived"),
        (lambda slack, channel: slack.delete_channel(channel=channel), "channel_not_found"),
        (lambda slack, channel: slack.remove_bot(channel=channel), "not_in_channel"),
    ],
)
def test_a_channel_that_cannot_be_reached_pauses(world: World, channel: str, act: Act, why: str) -> None:
    """All its topics, and no other's; each owner is told once of theirs, though Slack says it twice."""
    for query, owner in (("tea", ANA), ("coffee", BEN), ("milk", ANA)):
        world.follow(query, channel, owner)
    world.follow("tea", READING)
    world.follow("tea", channel, team="T0OTHER")
    heard(act(world.slack, channel))
    world.slack.resend()
    world.settled()
    world.round()
    world.round()
    assert world.pauses(channel) == [why] * 3
    assert world.pauses(READING) == [None]
    assert world.pauses(channel, "T0OTHER") == [None]
    (ana,), (ben,) = world.told(ANA), world.told(BEN)
    assert ana.split("\n")[1] == "Paused there: topics 1 tea, 3 milk."
    assert ben.split("\n")[1] == "Paused there: topic 2 coffee."
    assert ana.startswith(f"I cannot post in <#{channel}>: ")


def test_what_a_person_paused_stays_theirs(world: World) -> None:
    """Nobody is told of it, and unarchiving does not resume it."""
    world.follow("tea")
    world._following.pause(Place(TEAM, SAFETY), 1, OWNERS[BEN])  # noqa: SLF001 (ours)
    heard(world.slack.archive())
    heard(world.slack.unarchive())
    world.settled()
    world.round()
    assert world.pauses() == [""]
    assert (world.told(ANA), world.said()) == ([], [])


@pytest.mark.parametrize("channel", [SAFETY, PRIVATE])
def test_an_unarchived_channel_goes_on(world: World, channel: str) -> None:
    """The bot enters a public one again; the channel is told once which topics go on."""
    for query in ("tea", "coffee"):
        world.follow(query, channel)
    heard(world.slack.archive(channel=channel))
    world.slack.wait_for(lambda _: world.pauses(channel) == ["is_archived"] * 2)
    heard(world.slack.unarchive(channel=channel, user=BEN))
    world.slack.wait_for_message("go on", channel=channel)
    world.slack.resend()
    world.settled()
    assert world.pauses(channel) == [None, None]
    assert world.said(channel) == ["Topics 1 and 2 go on; what was missed will come."]
    assert BOT in world.slack.workspace.channels[channel].members


def test_unarchiving_ends_no_other_failure(world: World) -> None:
    """What was forbidden is still."""
    world.follow("tea")
    world.pause("restricted_action")
    world.slack.event({"type": "channel_unarchive", "channel": SAFETY, "user": ANA})
    assert world.settled().pauses() == ["restricted_action"]
    assert world.said() == []


def test_a_bot_that_cannot_enter_or_speak_still_resumes(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says so, without a traceback; the next digest finds out."""
    world.follow("tea")
    heard(world.slack.archive())
    world.slack.wait_for(lambda _: world.pauses() == ["is_archived"])
    world.slack.fail("conversations.join", Fault("restricted_action"))
    heard(world.slack.unarchive())
    assert world.settled().pauses() == [None]
    logged = [(each.levelname, each.exc_info) for each in caplog.records if each.name.endswith(".channels")]
    assert logged == [("WARNING", None)] * 2


@pytest.mark.parametrize("inviter", [ANA, None])
@pytest.mark.parametrize("why", ["not_in_channel", "channel_not_found", "restricted_action", "is_archived"])
def test_a_bot_that_is_back_goes_on(world: World, why: str, inviter: str | None) -> None:
    """Whoever brought it and whatever had failed: a channel that one can be added to is open."""
    world.follow("tea")
    world.follow("tea", PRIVATE)
    for channel in (SAFETY, PRIVATE):
        world.pause(why, channel)
    joined = {
        "type": "member_joined_channel",
        "user": BOT,
        "channel": SAFETY,
        "channel_type": "C",
        "team": TEAM,
    }
    assert world.slack.event(joined | ({"inviter": inviter} if inviter else {})).acknowledged
    world.slack.wait_for_message("goes on")
    world.slack.resend()
    world.settled()
    assert (world.pauses(), world.pauses(PRIVATE)) == ([None], [why])
    assert world.said() == [GOES_ON]


@pytest.mark.parametrize(
    "event",
    [
        {"type": "channel_left", "channel": SAFETY, "actor_id": ANA},
        {"type": "member_left_channel", "channel": SAFETY, "user": BOT, "channel_type": "C", "team": TEAM},
        {"type": "channel_archive", "channel": SAFETY, "user": ANA},
    ],
    ids=lambda event: event["type"],
)
def test_what_is_over_when_it_is_heard_of_is_passed_over(world: World, event: Json) -> None:
    """Slack sends events for an hour, and another one may have come before: it is asked how things are."""
    world.follow("tea")
    heard(world.slack.remove_bot())
    world.slack.wait_for(lambda _: world.pauses() == ["not_in_channel"])
    world.round()
    assert world.slack.invite(channel=SAFETY).acknowledged
    world.slack.wait_for(lambda _: world.pauses() == [None])
    assert world.slack.event(event, event_id="EvLate").acknowledged
    assert world.settled().pauses() == [None]
    world.round()
    assert len(world.told(ANA)) == 1


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault.ratelimited(), None),
        (Fault.outage(503), None),
        (Fault("missing_scope"), "not_in_channel"),
    ],
    ids=["too much", "out of order", "no scope"],
)
def test_a_removal_while_slack_does_not_say(world: World, fault: Fault, why: str | None) -> None:
    """The next digest finds it out; where nobody may look, the event is believed."""
    world.follow("tea")
    world.slack.fail("conversations.info", fault, times=None)
    heard(world.slack.remove_bot())
    assert world.settled().pauses() == [why]


@pytest.mark.parametrize(
    "event",
    [
        {"type": "member_left_channel", "user": BEN, "channel": SAFETY},
        {"type": "member_joined_channel", "user": BEN, "channel": SAFETY, "inviter": ANA},
        {"type": "channel_rename", "channel": {"id": SAFETY, "name": "safer"}},
        {"type": "group_rename", "channel": {"id": PRIVATE, "name": "safer"}},
        {"type": "tokens_revoked", "tokens": {"oauth": [ANA]}},
        {"type": "tokens_revoked", "tokens": {"oauth": [ANA], "bot": []}},
        {"type": "user_change", "user": {"id": ANA, "name": "ana", "deleted": False}},
    ],
    ids=lambda event: event["type"],
)
def test_what_changes_nothing_is_taken_and_passed_over(world: World, event: Json) -> None:
    """Others who come and go, new names, other people's tokens, a new picture."""
    world.follow("tea")
    world.follow("tea", PRIVATE)
    before = world.rows()
    assert world.slack.event(event).acknowledged
    assert world.settled().rows() == before
    assert [call.method for call in world.slack.calls if call.method.startswith("chat.")] == []


def test_uninstalling_stops_the_workspace(world: World) -> None:
    """Both events say so; topics stay as they are, and no other workspace stops."""
    world.follow("tea")
    heard(world.slack.uninstall())
    world.settled()
    assert world.stopped() in {"app_uninstalled", "tokens_revoked"}
    assert world.stopped("T0OTHER") is None
    assert world.pauses() == [None]


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ({"type": "app_uninstalled"}, "app_uninstalled"),
        ({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT]}}, "tokens_revoked"),
    ],
)
def test_an_old_event_does_not_stop_it_again(world: World, event: Json, why: str) -> None:
    """Once the app is back, what Slack sends again is passed over."""
    assert world.slack.event(event, event_id="Ev1").acknowledged
    world.slack.wait_for(lambda _: world.stopped() == why)
    with world.store.writing() as db:
        deliveries.start(db, TEAM)
    assert world.slack.event(event, event_id="Ev1", retry=(1, "http_timeout")).acknowledged
    assert world.settled().stopped() is None


def test_a_changed_id_is_rewritten(world: World) -> None:
    """Topics go on under the new one, and Slack may say so twice."""
    world.follow("tea")
    world.follow("tea", team="T0OTHER")
    heard(world.slack.change_channel_id(SAFETY, "C0NEWNAME1"))
    world.slack.resend()
    world.settled()
    assert (world.pauses("C0NEWNAME1"), world.pauses(SAFETY)) == ([None], [])
    assert world.pauses(team="T0OTHER") == [None]


def test_a_channel_is_told_that_an_owner_has_left(world: World) -> None:
    """Once in each, though Slack sends more such events; topics go on."""
    world.follow("tea", owner=BEN)
    world.follow("coffee")
    world.follow("milk", owner=BEN)
    world.follow("tea", PRIVATE, BEN)
    world.follow("tea", IM)
    world.follow("tea", world.slack.workspace.direct(BEN).id, BEN)
    heard(world.slack.deactivate(BEN))
    heard(world.slack.deactivate(BEN))
    world.slack.resend()
    world.settled()
    assert world.said() == [
        "ben, who set topics 1 and 3 here, has left; they go on, and anyone here may change them."
    ]
    assert world.said(PRIVATE) == [
        "ben, who set topic 1 here, has left; it goes on, and anyone here may change it."
    ]
    assert (world.said(IM), world.told(BEN)) == ([], [])
    assert world.pauses() == [None] * 3


def test_a_channel_that_could_not_be_told_is_told_next_time(world: World) -> None:
    """And keeps no other from being told."""
    world.follow("tea", owner=BEN)
    world.follow("tea", PRIVATE, BEN)
    world.slack.fail("chat.postMessage", Fault.ratelimited())
    heard(world.slack.deactivate(BEN))
    world.slack.wait_for(lambda _: len(world.said()) + len(world.said(PRIVATE)) == 1)
    heard(world.slack.deactivate(BEN))
    world.settled()
    assert (len(world.said()), len(world.said(PRIVATE))) == (1, 1)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"type": "channel_id_changed", "old_channel_id": READING, "new_channel_id": SAFETY}, []),
        (
            {"type": "user_change", "user": {"id": BEN, "name": "ben", "deleted": True}},
            ["ben, who set topic 1 here, has left; it goes on, and anyone here may change it."],
        ),
    ],
    ids=lambda each: each["type"] if isinstance(each, dict) else "",
)
def test_an_organizations_events_concern_the_bots_workspace(
    world: World, event: Json, said: list[str]
) -> None:
    """Slack may name the organization; topics are stored under the workspace whose token the bot has."""
    world.follow("tea", channel=SAFETY if said else READING, owner=BEN)
    body = {"type": "event_callback", "team_id": "E0ORG", "event_id": "Ev1", "event": event}
    assert signed_json(world.slack, body) == 200
    assert world.settled().pauses() == [None]
    assert world.said() == said


def test_who_comes_back_and_leaves_again_is_told_again(library: Library, db: Path) -> None:
    """A month later it is news."""
    left = {"type": "user_change", "user": {"id": BEN, "name": "ben", "deleted": True}}
    with LocalSlack(scopes=SCOPES, subscribed=EVENTS) as slack:
        for days in (0, 1, 32):
            Following(Store(db), library, lambda: NOW).follow(
                Place(TEAM, SAFETY), OWNERS[BEN], Wish("tea"), "UTC"
            )
            with answering(slack, library, db, timedelta(days=days)):
                assert slack.event(left).acknowledged
        assert len(slack.messages()) == 2


def test_the_manifest_asks_for_all_events_that_are_answered() -> None:
    """Slack sends what stands there, and nothing else."""
    assert set(EVENTS) >= {
        *PAUSES,
        "channel_unarchive",
        "group_unarchive",
        "channel_id_changed",
        "user_change",
    }
    assert set(EVENTS) >= {"app_uninstalled", "tokens_revoked", "member_joined_channel"}
