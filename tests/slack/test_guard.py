"""The wrapper around every listener, with a real Bolt app."""

from collections.abc import Iterator

import pytest
from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.errors import UserError
from bot.playground import ANA, LocalSlack
from bot.slack.guard import guarded
from bot.slack.http import endpoint
from bot.web import SLACK_PATH, routes, serving


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    """Yield a local Slack with an app whose listeners fail in every way."""

    def before_ack(client: WebClient) -> None:  # noqa: ARG001  # whatever it asks for
        raise RuntimeError("before")

    def after_ack(ack: Ack) -> None:
        ack()
        raise UserError("Mend <that>.")

    with LocalSlack(commands=[{"command": name} for name in ("/before", "/after")]) as running:
        app = App(
            client=WebClient(running.bot_token, base_url=running.api_url), request_verification_enabled=False
        )
        app.command("/before")(guarded(before_ack))
        app.command("/after")(guarded(after_ack))
        app.event("message")(guarded(before_ack))
        with serving(routes({}, endpoint(app, running.signing_secret)), "127.0.0.1", 0) as address:
            running.request_url = f"{address}{SLACK_PATH}"
            yield running
        app.listener_runner.listener_executor.shutdown()


def test_a_listener_that_raises_before_its_acknowledgement_is_acknowledged(slack: LocalSlack) -> None:
    """Slack shows no warning sign, and the asker gets a sentence."""
    assert slack.command("", command="/before").acknowledged
    assert slack.wait_for_message("Sorry", user=ANA)["ephemeral"] is True


def test_a_listener_that_raises_right_after_it_is_acknowledged(slack: LocalSlack) -> None:
    """What the asker can mend is said, as plain text."""
    assert slack.command("", command="/after").acknowledged
    assert slack.wait_for_message("Mend &lt;that&gt;.", user=ANA)["ephemeral"] is True


def test_an_event_that_fails_is_acknowledged(slack: LocalSlack) -> None:
    """There is nobody to tell, so only the log is."""
    assert slack.event({"type": "message", "text": "x", "channel": "C0SAFETY01", "user": ANA}).acknowledged
