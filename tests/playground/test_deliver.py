"""How commands and events reach the app over HTTP, and what is told when they do not."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_bolt import Ack, App, Respond
from slack_sdk.signature import SignatureVerifier

from bot.playground import ANA, APP, BEN, DIRECT, IM, PRIVATE, SAFETY, SLACKBOT, TEAM, Delivery, LocalSlack

Json = dict[str, Any]
Serve = Callable[[LocalSlack, Callable[[App], None]], App]


@contextmanager
def recorder(status: int = 200, **headers: str) -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """Yield the URL of a server that answers everything with `status` and headers, and what it was sent."""
    received: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append((dict(self.headers), body))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", received
        finally:
            server.shutdown()
            thread.join()


def test_command_payload(slack: LocalSlack) -> None:
    """A command is a signed form with every field of Slack's, its text encoded."""
    with recorder() as (slack.request_url, received):
        assert slack.command(' a & b <c> "d" ', user=BEN) == Delivery(acknowledged=True, status=200)
    [(headers, body)] = received
    fields = {name: value for name, [value] in parse_qs(body.decode(), keep_blank_values=True).items()}
    assert SignatureVerifier(slack.signing_secret).is_valid_request(body, headers)
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert fields == {
        "token": "playground",
        "team_id": TEAM,
        "team_domain": "paperlab",
        "channel_id": SAFETY,
        "channel_name": "safety",
        "user_id": BEN,
        "user_name": "ben",
        "command": "/paper",
        "text": 'a &amp; b &lt;c&gt; "d"',
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": fields["response_url"],
        "trigger_id": fields["trigger_id"],
    }
    assert fields["response_url"].startswith(f"{slack.url}/commands/{TEAM}/")


@pytest.mark.parametrize(
    ("channel", "name"), [(PRIVATE, "privategroup"), (IM, "directmessage"), (DIRECT, "directmessage")]
)
def test_channel_names(slack: LocalSlack, channel: str, name: str) -> None:
    """Private channels and direct messages have Slack's general names."""
    with recorder() as (slack.request_url, received):
        slack.command("x", channel=channel)
    assert parse_qs(received[0][1].decode())["channel_name"] == [name]


def test_event_payload(slack: LocalSlack, clock: Any) -> None:
    """An event is JSON, and a repeated one says which attempt it is and why."""
    with recorder() as (slack.request_url, received):
        slack.event({"type": "app_home_opened"}, event_id="Ev1", retry=(1, "http_timeout"))
    [(headers, body)] = received
    sent = json.loads(body)
    assert SignatureVerifier(slack.signing_secret).is_valid_request(body, headers)
    assert (headers["X-Slack-Retry-Num"], headers["X-Slack-Retry-Reason"]) == ("1", "http_timeout")
    assert (sent["type"], sent["event"], sent["event_id"], sent["event_time"]) == (
        "event_callback",
        {"type": "app_home_opened"},
        "Ev1",
        int(clock.now),
    )


def test_no_connection(slack: LocalSlack) -> None:
    """With no way to the app, Slackbot tells the asker alone."""
    assert slack.command("x") == Delivery(acknowledged=False, error="dispatch_failed")
    [note] = slack.messages(user=ANA)
    assert note == {
        "ts": note["ts"],
        "channel": SAFETY,
        "user": SLACKBOT,
        "text": '/paper failed with the error "dispatch_failed"',
        "ephemeral": True,
        "time": float(note["ts"]),
        "bot": True,
    }
    assert slack.messages(user=BEN) == []


def test_nobody_listens(slack: LocalSlack) -> None:
    """An address where nobody listens is no way to the app."""
    with recorder() as (url, _):
        pass
    slack.request_url = url
    assert slack.command("x") == Delivery(acknowledged=False, error="dispatch_failed")


def test_not_200(slack: LocalSlack) -> None:
    """Any HTTP status but 200 is a failure."""
    with recorder(500) as (slack.request_url, _):
        assert slack.command("x") == Delivery(acknowledged=False, error="dispatch_failed", status=500)


def test_no_ack_in_time(hasty: LocalSlack, serve: Serve) -> None:
    """A listener that does not acknowledge in time is told to the asker as operation_timeout."""
    release = threading.Event()

    def listeners(app: App) -> None:
        @app.command("/paper")
        def paper(ack: Ack) -> None:
            release.wait(5)
            ack()

    serve(hasty, listeners)
    delivery = hasty.command("x")
    release.set()
    assert delivery == Delivery(acknowledged=False, error="operation_timeout")
    assert [(each["user"], each["text"]) for each in hasty.messages(user=ANA)] == [
        (SLACKBOT, '/paper failed with the error "operation_timeout"')
    ]


def test_unknown_command(slack: LocalSlack) -> None:
    """A command that is not the app's never reaches it."""
    with recorder() as (slack.request_url, received):
        assert slack.command("x", command="/poem") == Delivery(acknowledged=False, error="unknown_command")
    assert (received, [each["text"] for each in slack.messages(user=ANA)]) == (
        [],
        [
            "/poem is not a valid command. In Slack, all messages that start with the “/” character are "
            "interpreted as commands."
        ],
    )


def test_wrong_signing_secret(slack: LocalSlack, clock: Any, serve: Serve) -> None:
    """Bolt refuses what another Slack signed."""
    with LocalSlack(clock=clock, bot_token=slack.bot_token) as other:
        serve(slack, lambda _app: None)
        other.request_url = slack.request_url
        delivery = other.command("x")
    assert (delivery.error, delivery.status) == ("dispatch_failed", 401)


def test_twenty_at_once(slack: LocalSlack, serve: Serve) -> None:
    """Twenty commands under way at once are all acknowledged and answered."""
    together = threading.Barrier(20)

    def listeners(app: App) -> None:
        @app.command("/paper")
        def paper(ack: Ack, respond: Respond, command: Json) -> None:
            ack()
            respond(command["text"], response_type="in_channel")

    def one(number: int) -> bool:
        together.wait(5)
        return slack.command(str(number)).acknowledged

    serve(slack, listeners)
    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(one, range(20))) == [True] * 20
    slack.wait_for(lambda each: len(each.messages()) == 20)
    assert sorted(int(each["text"]) for each in slack.messages()) == list(range(20))


def test_say(slack: LocalSlack) -> None:
    """The app hears of messages where the bot is, and of being mentioned."""
    with recorder() as (slack.request_url, received):
        slack.say("hi @paperboy & all")
    events = [json.loads(body)["event"] for _, body in received]
    [message] = slack.messages()
    assert (message["user"], message["text"], message["bot"]) == (ANA, "hi <@U0PAPERBOY> &amp; all", False)
    said = {
        "type": "message",
        "user": ANA,
        "text": message["text"],
        "ts": message["ts"],
        "team": TEAM,
        "channel": SAFETY,
        "channel_type": "channel",
        "event_ts": message["ts"],
    }
    mention = {name: value for name, value in said.items() if name != "channel_type"}
    assert events == [said, {**mention, "type": "app_mention"}]


def test_nobody_there(slack: LocalSlack) -> None:
    """A person cannot write where they are not."""
    with pytest.raises(LookupError, match="U404 cannot write in C0SAFETY01"):
        slack.command("x", user="U404")
