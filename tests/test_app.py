"""The whole of Paperboy as `paperboy run` runs it, against a local Slack."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot import app
from bot.errors import OperatorError
from bot.playground import ANA, LocalSlack
from bot.settings import Settings
from tests.conftest import LOADED_AT


@contextmanager
def running(settings: Settings) -> Iterator[str]:
    """Run Paperboy while the block does; yields how it greets."""
    stop, started = threading.Event(), threading.Event()
    greetings: list[str] = []

    def ready(greeting: str) -> None:
        greetings.append(greeting)
        started.set()

    thread = threading.Thread(target=app.run, args=(settings, lambda: LOADED_AT, stop, ready))
    thread.start()
    try:
        assert started.wait(20)
        yield greetings[0]
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def settings(slack: LocalSlack, db: Path, app_token: str = "", signing_secret: str = "") -> Settings:
    """Return settings that lead to a local Slack."""
    return Settings(
        bot_token=slack.bot_token,
        api_url=slack.api_url,
        db=db,
        corpus=(),
        port=0,
        app_token=app_token,
        signing_secret=signing_secret,
    )


def test_socket_mode_answers(seeded: Path) -> None:
    """With an app-level token Paperboy connects to Slack by itself and answers."""
    with LocalSlack() as slack, running(settings(slack, seeded, app_token=slack.app_token)) as greeting:
        assert greeting.startswith("Connected to Slack by Socket Mode; health at http://127.0.0.1:")
        assert slack.command("backdoor instruction tuning").acknowledged
        assert slack.wait_for_message("Instructions as Backdoors")["ephemeral"] is False
        assert slack.command("--me qqqq").acknowledged
        assert slack.wait_for_message("No paper has *qqqq*", user=ANA)["ephemeral"] is True


def test_signed_http_answers(seeded: Path) -> None:
    """With a signing secret Paperboy listens for Slack and answers."""
    with LocalSlack() as slack:
        secret = settings(slack, seeded, signing_secret=slack.signing_secret)
        with running(secret) as greeting:
            slack.request_url = greeting.split()[4]
            assert slack.command("backdoor instruction tuning").acknowledged
            assert slack.wait_for_message("Instructions as Backdoors")["ephemeral"] is False


def test_a_wrong_bot_token_is_told(seeded: Path) -> None:
    """A token that Slack refuses is named, not shown."""
    with LocalSlack() as slack:
        wrong = Settings(bot_token="xoxb-wrong", signing_secret="s", api_url=slack.api_url, db=seeded, port=0)
        with pytest.raises(OperatorError) as refused:
            app.run(wrong, lambda: LOADED_AT, threading.Event(), print)
    assert str(refused.value) == "Slack refuses SLACK_BOT_TOKEN: invalid_auth"


def test_a_wrong_app_token_is_told(seeded: Path) -> None:
    """An app-level token that Slack refuses is named, not shown."""
    with LocalSlack() as slack:
        wrong = settings(slack, seeded, app_token="xapp-wrong")
        with pytest.raises(OperatorError) as refused:
            app.run(wrong, lambda: LOADED_AT, threading.Event(), print)
    assert str(refused.value) == "Socket Mode cannot connect with SLACK_APP_TOKEN: invalid_auth"


def test_an_unreachable_slack_is_told(seeded: Path) -> None:
    """Where nobody listens, the address is named."""
    nobody = Settings(
        bot_token="xoxb-1", signing_secret="s", api_url="http://127.0.0.1:9/api/", db=seeded, port=0
    )
    with pytest.raises(OperatorError) as refused:
        app.run(nobody, lambda: LOADED_AT, threading.Event(), print)
    assert str(refused.value) == (
        "Slack cannot be reached at http://127.0.0.1:9/api/: [Errno 111] Connection refused"
    )
