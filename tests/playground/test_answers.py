"""Response URLs and the answers in acknowledgements."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from slack_bolt import Ack, App

from bot.playground import ANA, BEN, READING, SAFETY, SLACKBOT, Delivery, LocalSlack

Json = dict[str, Any]
Serve = Callable[[LocalSlack, Callable[[App], None]], App]


@pytest.fixture
def url(slack: LocalSlack) -> str:
    """Return a response URL of a command ana typed in a channel the bot is not in."""
    return f"{slack.url}/commands/T1/{slack.workspace.grants.response_url(READING, ANA)}"


def answered(http: httpx.Client, url: str, body: Any) -> tuple[int, str]:
    """Return the status and text with which a post to a response URL is answered."""
    response = http.post(url, json=body)
    return response.status_code, response.text


def test_private_by_default(slack: LocalSlack, http: httpx.Client, url: str) -> None:
    """An answer is for the asker alone."""
    assert answered(http, url, {"text": "psst"}) == (200, "ok")
    assert [each["text"] for each in slack.messages(READING, user=ANA)] == ["psst"]
    assert [slack.messages(READING), slack.messages(READING, user=BEN)] == [[], []]


def test_in_channel(slack: LocalSlack, http: httpx.Client, url: str) -> None:
    """An answer in_channel reaches a channel the bot is not in."""
    assert answered(http, url, {"text": "all", "response_type": "in_channel"}) == (200, "ok")
    assert [(each["text"], each["ephemeral"]) for each in slack.messages(READING)] == [("all", False)]


def test_five_uses(slack: LocalSlack, http: httpx.Client, url: str) -> None:
    """The sixth post is refused; one that was refused itself does not count."""
    assert answered(http, url, {"text": ""}) == (400, "no_text")
    answers = [answered(http, url, {"text": str(number)}) for number in range(6)]
    assert answers == [(200, "ok")] * 5 + [(404, "used_url")]
    assert [each["text"] for each in slack.messages(READING, user=ANA)] == ["0", "1", "2", "3", "4"]


def test_half_an_hour(clock: Any, http: httpx.Client, url: str) -> None:
    """After 30 minutes the URL has expired."""
    clock.now += 1800
    assert answered(http, url, {"text": "x"}) == (200, "ok")
    clock.now += 1
    assert answered(http, url, {"text": "x"}) == (404, "expired_url")


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({}, (400, "no_text")),
        ([], (400, "invalid_payload")),
        ({"text": "x", "blocks": [{"type": "poem"}]}, (400, "invalid_blocks")),
        ({"text": "x", "response_type": "loud"}, (400, "invalid_response_type")),
        ({"text": "x", "thread_ts": "1.0"}, (400, "thread_not_found")),
        ({"delete_original": True}, (400, "message_not_found")),
    ],
)
def test_bad_answers(
    slack: LocalSlack, http: httpx.Client, url: str, body: Any, answer: tuple[int, str]
) -> None:
    """What Slack would not post is refused."""
    assert answered(http, url, body) == answer
    assert slack.messages(READING, user=ANA) == []


def test_reply_named(slack: LocalSlack, http: httpx.Client, url: str) -> None:
    """An answer to a reply goes to the thread that the reply is in."""
    parent = slack.workspace.post(READING, ANA, "parent")
    reply = slack.workspace.post(READING, ANA, "reply", thread_ts=parent.ts)
    body = {"text": "x", "response_type": "in_channel", "thread_ts": reply.ts}
    assert answered(http, url, body) == (200, "ok")
    assert slack.messages(READING)[-1]["thread_ts"] == parent.ts


def test_no_such_url(slack: LocalSlack, http: httpx.Client) -> None:
    """A made-up URL leads nowhere."""
    assert answered(http, f"{slack.url}/actions/T1/made-up", {"text": "x"}) == (404, "no_service")


def test_no_json(http: httpx.Client, url: str) -> None:
    """A body that is no JSON is refused."""
    response = http.post(url, content=b"{")
    assert (response.status_code, response.text) == (400, "invalid_payload")


def test_replace_and_delete(slack: LocalSlack, http: httpx.Client) -> None:
    """The URL of an interaction can replace and delete the message it came from, a private one too."""
    original = slack.workspace.post(SAFETY, ANA, "old", only_for=ANA)
    url = f"{slack.url}/actions/T1/{slack.workspace.grants.response_url(SAFETY, ANA, original.ts)}"
    assert answered(http, url, {"text": "new", "replace_original": True}) == (200, "ok")
    assert [(each["ts"], each["text"]) for each in slack.messages(user=ANA)] == [(original.ts, "new")]
    assert answered(http, url, {"delete_original": "true"}) == (200, "ok")
    assert slack.messages(user=ANA) == []


def test_command_has_no_original(slack: LocalSlack, http: httpx.Client, url: str) -> None:
    """A command's URL replaces nothing: Slack posts a further message."""
    assert answered(http, url, {"text": "one"}) == (200, "ok")
    assert answered(http, url, {"text": "two", "replace_original": True}) == (200, "ok")
    assert [each["text"] for each in slack.messages(READING, user=ANA)] == ["one", "two"]


@pytest.mark.parametrize(
    ("ack", "seen_by_ben"),
    [
        ({"text": "in the ack"}, []),
        ({"text": "in the ack", "response_type": "in_channel"}, ["in the ack"]),
    ],
)
def test_answer_in_the_ack(slack: LocalSlack, serve: Serve, ack: Json, seen_by_ben: list[str]) -> None:
    """An acknowledgement may carry the answer, private unless it says otherwise."""

    def listeners(app: App) -> None:
        @app.command("/paper")
        def paper(ack: Ack) -> None:
            ack(**answer)

    answer = ack
    serve(slack, listeners)
    assert slack.command("x").error == ""
    assert [each["text"] for each in slack.messages(user=ANA)] == ["in the ack"]
    assert [each["text"] for each in slack.messages(user=BEN)] == seen_by_ben


def test_bad_answer_in_the_ack(slack: LocalSlack, serve: Serve) -> None:
    """An acknowledgement with blocks that Slack refuses is told to the asker."""

    def listeners(app: App) -> None:
        @app.command("/paper")
        def paper(ack: Ack) -> None:
            ack(text="x", blocks=[{"type": "poem"}])

    serve(slack, listeners)
    delivery = slack.command("x")
    assert delivery == Delivery(
        acknowledged=True, error="dispatch_unknown_error", status=200, body="invalid_blocks"
    )
    assert [(each["user"], each["text"]) for each in slack.messages(user=ANA)] == [
        (SLACKBOT, '/paper failed with the error "dispatch_unknown_error"')
    ]
