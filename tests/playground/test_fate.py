"""What happens to the bot, to channels and to people, and how the app hears of it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.playground import (
    ANA,
    APP,
    ARCHIVED,
    BEN,
    BOT,
    IM,
    PRIVATE,
    READING,
    SAFETY,
    TEAM,
    Channel,
    Delivery,
    LocalSlack,
)
from bot.playground.scopes import ALL_SCOPES
from tests.playground.test_deliver import recorder
from tests.playground.test_events import TAKEN, UNHEARD, Received, inner
from tests.playground.test_web_api import refusal

Json = dict[str, Any]
Act = Callable[[LocalSlack], list[Delivery]]
NEW = "C0NEWNAME1"


@pytest.fixture
def received(slack: LocalSlack) -> Iterator[Received]:
    """Yield what the app, which takes everything and is in the private channel, has been sent."""
    slack.workspace.channels[PRIVATE].members.add(BOT)
    with recorder() as (slack.request_url, received):
        yield received


def told(received: Received) -> list[Json]:
    """Return the events received without their time stamps, which must be there and grow."""
    found = inner(received)
    stamps = [each.pop("event_ts") for each in found]
    assert stamps == sorted(set(stamps))
    return found


@pytest.mark.parametrize(
    ("act", "events"),
    [
        (
            lambda slack: slack.remove_bot(user=BEN),
            [
                {
                    "type": "member_left_channel",
                    "user": BOT,
                    "channel": SAFETY,
                    "channel_type": "C",
                    "team": TEAM,
                },
                {"type": "channel_left", "channel": SAFETY, "actor_id": BEN},
            ],
        ),
        (
            lambda slack: slack.remove_bot(channel=PRIVATE),
            [
                {
                    "type": "member_left_channel",
                    "user": BOT,
                    "channel": PRIVATE,
                    "channel_type": "C",
                    "team": TEAM,
                },
                {"type": "group_left", "channel": PRIVATE, "actor_id": ANA},
            ],
        ),
        (
            lambda slack: slack.archive(),
            [{"type": "channel_archive", "channel": SAFETY, "user": ANA, "is_moved": 0}],
        ),
        (
            lambda slack: slack.archive(channel=PRIVATE),
            [{"type": "group_archive", "channel": PRIVATE, "user": ANA, "is_moved": 0}],
        ),
        (
            lambda slack: slack.unarchive(channel=ARCHIVED, user=BEN),
            [{"type": "channel_unarchive", "channel": ARCHIVED, "user": BEN}],
        ),
        (
            lambda slack: slack.delete_channel(),
            [{"type": "channel_deleted", "channel": SAFETY, "actor_id": ANA}],
        ),
        (
            lambda slack: slack.delete_channel(channel=PRIVATE),
            [{"type": "group_deleted", "channel": PRIVATE, "actor_id": ANA}],
        ),
        (
            lambda slack: slack.rename_channel("safer"),
            [
                {
                    "type": "channel_rename",
                    "channel": {
                        "id": SAFETY,
                        "name": "safer",
                        "name_normalized": "safer",
                        "created": 0,
                        "is_channel": True,
                        "is_mpim": False,
                    },
                }
            ],
        ),
        (
            lambda slack: slack.rename_channel("lab", channel=PRIVATE),
            [
                {
                    "type": "group_rename",
                    "channel": {
                        "id": PRIVATE,
                        "name": "lab",
                        "name_normalized": "lab",
                        "created": 0,
                        "is_channel": False,
                        "is_mpim": False,
                    },
                }
            ],
        ),
        (
            lambda slack: slack.change_channel_id(SAFETY, NEW),
            [{"type": "channel_id_changed", "old_channel_id": SAFETY, "new_channel_id": NEW}],
        ),
        (
            lambda slack: slack.uninstall(),
            [
                {"type": "app_uninstalled"},
                {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT]}},
            ],
        ),
    ],
)
def test_events(slack: LocalSlack, received: Received, act: Act, events: list[Json]) -> None:
    """The app hears of each in Slack's words."""
    assert act(slack) == [TAKEN] * len(events)
    assert told(received) == events


def test_private_unarchived(slack: LocalSlack, received: Received) -> None:
    """A private channel keeps its members while it is archived, and tells them."""
    slack.archive(channel=PRIVATE)
    slack.unarchive(channel=PRIVATE)
    assert told(received)[1] == {"type": "group_unarchive", "channel": PRIVATE, "actor_id": ANA}
    assert slack.workspace.channels[PRIVATE].members == {ANA, BEN, BOT}


def test_public_unarchived(slack: LocalSlack, client: WebClient) -> None:
    """A public channel has lost its members, and so the bot, when it is opened again."""
    slack.archive()
    assert refusal(client, "chat.postMessage", channel=SAFETY, text="x") == "is_archived"
    slack.unarchive(user=BEN)
    assert slack.workspace.channels[SAFETY].members == {BEN}
    assert refusal(client, "chat.postMessage", channel=SAFETY, text="x") == "not_in_channel"
    client.conversations_join(channel=SAFETY)
    assert client.chat_postMessage(channel=SAFETY, text="x")["ok"]


@pytest.mark.parametrize(
    ("act", "channel", "code"),
    [
        (lambda slack: slack.remove_bot(), SAFETY, "not_in_channel"),
        (lambda slack: slack.remove_bot(channel=PRIVATE), PRIVATE, "channel_not_found"),
        (lambda slack: slack.archive(), SAFETY, "is_archived"),
        (lambda slack: slack.delete_channel(), SAFETY, "channel_not_found"),
        (lambda slack: slack.change_channel_id(SAFETY, NEW), SAFETY, "channel_not_found"),
        (lambda slack: slack.uninstall(), SAFETY, "account_inactive"),
        (lambda slack: slack.uninstall(code="token_revoked"), SAFETY, "token_revoked"),
    ],
)
def test_refused_afterwards(
    slack: LocalSlack, client: WebClient, received: Received, act: Act, channel: str, code: str
) -> None:
    """Afterwards Slack refuses to post there, and says why."""
    assert client.chat_postMessage(channel=channel, text="x")["ok"]
    act(slack)
    assert refusal(client, "chat.postMessage", channel=channel, text="x") == code
    assert received != []


@pytest.mark.parametrize(
    ("act", "scope", "count"),
    [
        (lambda slack: slack.remove_bot(), "channels:read", 2),
        (lambda slack: slack.remove_bot(channel=PRIVATE), "groups:read", 2),
        (lambda slack: slack.archive(), "channels:read", 1),
        (lambda slack: slack.archive(channel=PRIVATE), "groups:read", 1),
        (lambda slack: slack.unarchive(channel=ARCHIVED), "channels:read", 1),
        (lambda slack: slack.delete_channel(), "channels:read", 1),
        (lambda slack: slack.delete_channel(channel=PRIVATE), "groups:read", 1),
        (lambda slack: slack.rename_channel("x"), "channels:read", 1),
        (lambda slack: slack.rename_channel("x", channel=PRIVATE), "groups:read", 1),
        (lambda slack: slack.change_channel_id(SAFETY, NEW), "channels:read", 1),
        (lambda slack: slack.deactivate(BEN), "users:read", 1),
    ],
)
def test_scopes(act: Act, scope: str, count: int) -> None:
    """The app hears of each with its scope alone, and not with all others."""
    found = []
    for scopes in ([scope], [each for each in ALL_SCOPES if each != scope]):
        with LocalSlack(scopes=scopes) as slack, recorder() as (slack.request_url, _):
            slack.workspace.channels[PRIVATE].members.add(BOT)
            found.append(act(slack))
    assert found == [[TAKEN] * count, [UNHEARD] * count]


@pytest.mark.parametrize(
    "act",
    [
        lambda slack: slack.archive(channel=PRIVATE),
        lambda slack: slack.rename_channel("x", channel=PRIVATE),
        lambda slack: slack.delete_channel(channel=PRIVATE),
        lambda slack: slack.change_channel_id(PRIVATE, NEW),
    ],
)
def test_private_matters(slack: LocalSlack, act: Act) -> None:
    """What happens to a private channel in which the app is not it does not hear."""
    with recorder() as (slack.request_url, received):
        assert (act(slack), received) == ([], [])


@pytest.mark.parametrize(
    "act",
    [
        lambda slack: slack.remove_bot(channel=READING),
        lambda slack: slack.remove_bot(channel=IM),
        lambda slack: slack.archive(channel=ARCHIVED),
        lambda slack: slack.unarchive(),
        lambda slack: slack.delete_channel(channel="C404"),
        lambda slack: slack.rename_channel("x", channel=IM),
        lambda slack: slack.change_channel_id(SAFETY, READING),
        lambda slack: slack.deactivate(BOT),
        lambda slack: slack.deactivate("U404"),
        lambda slack: [*slack.uninstall(), *slack.uninstall()],
    ],
)
def test_cannot_be(slack: LocalSlack, act: Act) -> None:
    """What cannot happen is refused."""
    with pytest.raises(LookupError):
        act(slack)


def test_rename_is_seen(slack: LocalSlack, client: WebClient) -> None:
    """A renamed channel has its new name everywhere."""
    slack.rename_channel("safer")
    assert client.conversations_info(channel=SAFETY)["channel"]["name"] == "safer"


def test_messages_move_to_the_new_id(slack: LocalSlack, client: WebClient) -> None:
    """Under its new id a channel has its place, its messages and its response URLs."""
    secret = slack.workspace.grants.response_url(SAFETY, ANA)
    sent = client.chat_postMessage(
        channel=SAFETY, text="x", metadata={"event_type": "t", "event_payload": {}}
    )
    before = client.conversations_history(channel=SAFETY, include_all_metadata=True)["messages"]
    slack.change_channel_id(SAFETY, NEW)
    assert client.conversations_history(channel=NEW, include_all_metadata=True)["messages"] == before
    assert client.chat_update(channel=NEW, ts=sent["ts"], text="y")["channel"] == NEW
    assert slack.workspace.grants.find_url(secret).channel == NEW
    assert (slack.messages(SAFETY), next(iter(slack.workspace.channels))) == ([], NEW)


def test_uninstalled(slack: LocalSlack, client: WebClient) -> None:
    """Without the app its command is nobody's, its buttons are dead and nothing is told; it can come back."""
    with recorder() as (slack.request_url, received):
        slack.uninstall()
        delivery = slack.command("x")
        slack.say("hi @paperboy")
        assert [each["type"] for each in inner(received)] == ["app_uninstalled", "tokens_revoked"]
        slack.reinstall()
        assert slack.command("x") == TAKEN
    assert delivery == Delivery(acknowledged=False, error="unknown_command")
    assert client.chat_postMessage(channel=SAFETY, text="x")["message"]["app_id"] == APP


def test_uninstalled_button(slack: LocalSlack, client: WebClient, received: Received) -> None:
    """A button that the app left behind reaches nobody, and says so."""
    element = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    blocks = [{"type": "actions", "elements": [element]}]
    ts = client.chat_postMessage(channel=SAFETY, text="x", blocks=blocks)["ts"]
    slack.uninstall()
    assert slack.click("go", message_ts=ts) == Delivery(acknowledged=False, error="app_uninstalled")
    assert slack.notices == [(ANA, "Oh no, something went wrong. Please try that again.")]
    assert len(received) == 2


def test_deactivated(slack: LocalSlack, client: WebClient, received: Received) -> None:
    """A deactivated person is told of as Slack's users.info has them, and can do nothing more."""
    assert slack.deactivate(BEN) == [TAKEN]
    user = client.users_info(user=BEN)["user"]
    [changed] = told(received)
    assert changed == {"type": "user_change", "user": user, "cache_ts": changed["cache_ts"]}
    assert (user["deleted"], user["name"]) == (True, "ben")
    assert refusal(client, "conversations.open", users=BEN) == "user_disabled"
    with pytest.raises(LookupError, match="cannot write"):
        slack.say("hi", user=BEN)


def test_typed_remove_and_archive(slack: LocalSlack, received: Received) -> None:
    """Whoever types /remove @paperboy or /archive does it."""
    slack.say("/remove @paperboy")
    slack.say("/Archive", channel=READING)
    assert [each["type"] for each in inner(received)] == [
        "member_left_channel",
        "channel_left",
        "channel_archive",
    ]
    assert [slack.messages(each, user=ANA) for each in (SAFETY, READING)] == [[], []]


@pytest.mark.parametrize(
    ("typed", "channel", "note"),
    [
        (
            "/remove @ben",
            SAFETY,
            "Only @paperboy can be removed here, and only from a channel that it is in.",
        ),
        (
            "/remove @paperboy",
            READING,
            "Only @paperboy can be removed here, and only from a channel that it is in.",
        ),
        (
            "/remove @paperboy",
            IM,
            "Only @paperboy can be removed here, and only from a channel that it is in.",
        ),
        ("/archive", IM, "Only a channel can be archived."),
    ],
)
def test_typed_in_vain(slack: LocalSlack, received: Received, typed: str, channel: str, note: str) -> None:
    """Where it cannot be done Slackbot says so, and the app is told nothing."""
    slack.say(typed, channel=channel)
    assert [each["text"] for each in slack.messages(channel, user=ANA)] == [note]
    assert received == []


def test_many_channels(slack: LocalSlack, client: WebClient) -> None:
    """Further channels can be added, in which the bot may post; no id twice."""
    for number in range(250):
        slack.add_channel(f"C0MANY{number:04}", f"many-{number}", {ANA, BOT})
    names = [each["name"] for page in client.conversations_list(limit=100) for each in page["channels"]]
    assert names[-250:] == [f"many-{number}" for number in range(250)]
    assert client.chat_postMessage(channel="C0MANY0249", text="x")["ok"]
    added = slack.add_channel("C0SECRET01", "secret", [ANA], kind="private")
    assert added == Channel("C0SECRET01", "secret", "private", {ANA})
    with pytest.raises(ValueError, match="there is a channel C0SECRET01 already"):
        slack.add_channel("C0SECRET01", "other", [ANA])
