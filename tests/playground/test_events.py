"""Which events reach the app, and which are sent again."""

import json
import socket
from collections.abc import Callable, Iterator
from queue import Queue
from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from bot.playground import ANA, BEN, BOT, IM, PRIVATE, READING, SAFETY, SHARED, TEAM, Delivery, LocalSlack
from bot.playground.scopes import ALL_SCOPES
from tests.playground.test_deliver import recorder

Json = dict[str, Any]
Received = list[tuple[dict[str, str], bytes]]
Serve = Callable[[LocalSlack, Callable[[App], None]], App]
OPENED = {"type": "app_home_opened"}
TAKEN = Delivery(acknowledged=True, status=200)
REFUSED = Delivery(acknowledged=False, error="dispatch_failed", status=500)
LOST = Delivery(acknowledged=False, error="dispatch_failed")
UNHEARD = Delivery(acknowledged=False, error="missing_scope")


@pytest.fixture
def received(slack: LocalSlack) -> Iterator[Received]:
    """Yield what the app, which takes everything, has been sent."""
    with recorder() as (slack.request_url, received):
        yield received


def retries(received: Received) -> list[tuple[str | None, str | None]]:
    """Return what each request says of being a further attempt."""
    return [(head.get("X-Slack-Retry-Num"), head.get("X-Slack-Retry-Reason")) for head, _ in received]


def inner(received: Received) -> list[Json]:
    """Return the events received."""
    return [json.loads(body)["event"] for _, body in received]


def test_resent_three_times(slack: LocalSlack, clock: Any) -> None:
    """What is refused comes again at once, after a minute and after five, and then no more."""
    with recorder(500) as (slack.request_url, received):
        assert slack.event(OPENED) == REFUSED
        for seconds in (0, 59, 1, 239, 1, 10_000):
            clock.now += seconds
            slack.resend_due()
            slack.resend_due()
    assert retries(received) == [(None, None), *((str(each), "http_error") for each in (1, 2, 3))]
    assert len({body for _, body in received}) == 1


def test_due_at_the_third_time(slack: LocalSlack, clock: Any) -> None:
    """Each of three retries has its moment, counted from the first attempt."""
    slack.event(OPENED)
    counts = []
    for seconds in (0, 59, 1, 239, 1):
        clock.now += seconds
        counts.append(len(slack.resend_due()))
    assert counts == [1, 0, 1, 0, 1]


def test_taken_the_second_time(slack: LocalSlack, clock: Any) -> None:
    """What is acknowledged does not come again."""
    assert slack.event(OPENED) == LOST
    with recorder() as (slack.request_url, received):
        assert slack.resend_due() == [TAKEN]
        clock.now += 60
        assert slack.resend_due() == []
    assert retries(received) == [("1", "connection_failed")]


def test_reason_of_a_time_out(hasty: LocalSlack) -> None:
    """An event that was not acknowledged in time comes again as such."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hasty.request_url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        hasty.event(OPENED)
    with recorder() as (hasty.request_url, received):
        hasty.resend_due()
    assert retries(received) == [("1", "http_timeout")]


@pytest.mark.parametrize(("value", "again"), [("1", 0), ("0", 1)])
def test_not_sent_again_where_the_app_says_so(slack: LocalSlack, value: str, again: int) -> None:
    """An answer with X-Slack-No-Retry: 1 ends an event, although it was no acknowledgement."""
    with recorder(500, X_Slack_No_Retry=value) as (slack.request_url, received):
        slack.event(OPENED)
        slack.resend_due()
    assert len(received) == 1 + again


def test_sent_twice(slack: LocalSlack, received: Received) -> None:
    """An event that the app did acknowledge may come again, the same in every field."""
    assert slack.event(OPENED, event_id="Ev1") == TAKEN
    slack.event(OPENED, event_id="Ev2")
    assert (slack.resend("Ev1"), slack.resend("Ev1"), slack.resend()) == (TAKEN, TAKEN, TAKEN)
    reason = "http_timeout"
    assert retries(received) == [(None, None), (None, None), ("1", reason), ("2", reason), ("1", reason)]
    assert [json.loads(body)["event_id"] for _, body in received] == ["Ev1", "Ev2", "Ev1", "Ev1", "Ev2"]
    assert received[0][1] == received[2][1]


def test_nothing_to_send_again(slack: LocalSlack) -> None:
    """Where nothing was sent nothing can be sent again."""
    with pytest.raises(LookupError, match="no event was sent"):
        slack.resend()


def test_events_kept(slack: LocalSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the last events are kept to be sent again."""
    monkeypatch.setattr("bot.playground.events.EVENTS_KEPT", 2)
    for _ in range(3):
        slack.event(OPENED)
    assert slack.resend_due() == [LOST] * 2


def test_messages_opened(slack: LocalSlack, received: Received) -> None:
    """The app hears each time a person opens its direct messages."""
    assert (slack.open_messages(), slack.open_messages()) == (TAKEN, TAKEN)
    first, second = inner(received)
    assert first == {
        "type": "app_home_opened",
        "user": ANA,
        "channel": IM,
        "tab": "messages",
        "event_ts": first["event_ts"],
    }
    assert second == {**first, "event_ts": second["event_ts"]}
    assert second["event_ts"] > first["event_ts"]


def test_messages_opened_by_a_newcomer(slack: LocalSlack, received: Received) -> None:
    """The first time there is a channel for it, in which the person may write at once."""
    slack.open_messages(user=BEN)
    [opened] = inner(received)
    slack.say("hello", channel=opened["channel"], user=BEN)
    assert [each["text"] for each in slack.messages(opened["channel"])] == ["hello"]


def test_messages_opened_by_nobody(slack: LocalSlack) -> None:
    """Only a person opens them."""
    with pytest.raises(LookupError, match="is no person"):
        slack.open_messages(user=BOT)


@pytest.mark.parametrize("channel", [READING, PRIVATE])
def test_invited(slack: LocalSlack, received: Received, channel: str) -> None:
    """The app hears that it was invited, and by whom; it is in the channel then."""
    assert slack.invite(channel=channel, user=BEN) == TAKEN
    [joined] = inner(received)
    assert joined == {
        "type": "member_joined_channel",
        "user": BOT,
        "channel": channel,
        "channel_type": "C",
        "team": TEAM,
        "inviter": BEN,
        "event_ts": joined["event_ts"],
    }
    assert BOT in slack.workspace.channels[channel].members


@pytest.mark.parametrize("channel", [SAFETY, IM])
def test_not_invited(slack: LocalSlack, channel: str) -> None:
    """Where the app is already, and among two, it cannot be invited."""
    with pytest.raises(LookupError, match="cannot be invited"):
        slack.invite(channel=channel)


def test_typed_invite(slack: LocalSlack, received: Received) -> None:
    """Whoever types /invite @paperboy invites it."""
    slack.say("/Invite  @paperboy", channel=READING)
    assert [(each["type"], each["inviter"]) for each in inner(received)] == [("member_joined_channel", ANA)]
    assert slack.messages(READING, user=ANA) == []


@pytest.mark.parametrize(
    ("typed", "channel", "note"),
    [
        ("/invite @ben", READING, "Only @paperboy can be invited here, and only to a channel."),
        ("/invite", READING, "Only @paperboy can be invited here, and only to a channel."),
        ("/invite @paperboy", IM, "Only @paperboy can be invited here, and only to a channel."),
        ("/invite @paperboy", SAFETY, "@paperboy is already in this channel."),
    ],
)
def test_no_invite(slack: LocalSlack, received: Received, typed: str, channel: str, note: str) -> None:
    """Anything else is answered by Slackbot and not told to the app."""
    slack.say(typed, channel=channel)
    assert [each["text"] for each in slack.messages(channel, user=ANA)] == [note]
    assert received == []


def test_no_invite_in_a_thread(slack: LocalSlack) -> None:
    """Slack's own commands do not work in threads either."""
    parent = slack.workspace.post(READING, ANA, "parent")
    slack.say("/invite @paperboy", channel=READING, thread_ts=parent.ts)
    [note] = slack.messages(READING, user=ANA, after=parent.ts)
    assert note["text"] == "/invite is not supported in threads. Sorry!"


def test_said_to_the_app(slack: LocalSlack, received: Received) -> None:
    """What a person writes to the app alone comes as a message of an im, with no mention beside it."""
    slack.say("hi @paperboy", channel=IM)
    [said] = inner(received)
    assert said == {
        "type": "message",
        "user": ANA,
        "text": f"hi <@{BOT}>",
        "ts": said["ts"],
        "team": TEAM,
        "channel": IM,
        "channel_type": "im",
        "event_ts": said["ts"],
    }


@pytest.mark.parametrize(
    ("scope", "event", "act"),
    [
        ("channels:read", "member_joined_channel", lambda slack: slack.invite(channel=READING)),
        ("groups:read", "member_joined_channel", lambda slack: slack.invite(channel=PRIVATE)),
        ("channels:history", "message", lambda slack: slack.say("hi @paperboy", channel=SAFETY)),
        ("groups:history", "message", lambda slack: slack.say("hi @paperboy", channel=PRIVATE)),
        ("im:history", "message", lambda slack: slack.say("hi", channel=IM)),
        ("app_mentions:read", "app_mention", lambda slack: slack.say("hi @paperboy", channel=SAFETY)),
    ],
)
def test_scopes(scope: str, event: str, act: Callable[[LocalSlack], object]) -> None:
    """What people do the app hears with the event's scope alone, and not with all others."""
    others = [each for each in ALL_SCOPES if each != scope]
    heard = []
    for scopes in ([scope], others):
        with LocalSlack(scopes=scopes) as slack, recorder() as (slack.request_url, received):
            if event == "message":
                slack.workspace.channels[PRIVATE].members.add(BOT)
            act(slack)
        heard.append([each["type"] for each in inner(received)])
    assert (heard[0], event in heard[1]) == ([event], False)


def test_subscriptions() -> None:
    """Of what its scopes allow the app hears only what it subscribed to, by the names of a manifest."""
    with LocalSlack(subscribed=["message.im"]) as slack, recorder() as (slack.request_url, received):
        slack.say("hi", channel=SAFETY)
        slack.say("hi", channel=IM)
        assert slack.invite() == Delivery(acknowledged=False, error="not_subscribed")
    assert [(each["type"], each["channel"]) for each in inner(received)] == [("message", IM)]


def test_event_of_a_shared_channel(slack: LocalSlack, received: Received) -> None:
    """Around an event stands whether its channel is shared with another organisation."""
    slack.invite(channel=SHARED)
    slack.invite(channel=READING)
    assert [json.loads(body)["is_ext_shared_channel"] for _, body in received] == [True, False]


def test_joined_by_itself(slack: LocalSlack, client: WebClient, serve: Serve) -> None:
    """The app hears that it has joined a channel, once, and that nobody invited it."""
    heard: Queue[Json] = Queue()

    def listeners(app: App) -> None:
        @app.event("member_joined_channel")
        @app.event("message")
        def note(event: Json) -> None:
            heard.put(event)

    serve(slack, listeners)
    client.conversations_join(channel=READING)
    client.conversations_join(channel=READING)
    joined = heard.get(timeout=5)
    slack.say("hi", channel=IM)
    assert heard.get(timeout=5)["type"] == "message"
    assert joined == {
        "type": "member_joined_channel",
        "user": BOT,
        "channel": READING,
        "channel_type": "C",
        "team": TEAM,
        "event_ts": joined["event_ts"],
    }


def test_unheard() -> None:
    """Whoever acts is told that the app was not, and no such event is sent again."""
    with LocalSlack(scopes=[]) as slack:
        assert slack.invite() == UNHEARD
        assert slack.resend_due() == []


def test_opening_needs_no_scope() -> None:
    """That its messages were opened the app hears without any scope."""
    with LocalSlack(scopes=[]) as slack, recorder() as (slack.request_url, received):
        assert slack.open_messages() == TAKEN
    assert [each["type"] for each in inner(received)] == ["app_home_opened"]
