"""A local Slack, the real Slack client, and real Bolt apps served to it."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest
from slack_bolt import App
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk import WebClient

from bot.playground import Limits, LocalSlack
from bot.web import serving


class Clock:
    """A clock that moves when told to. It starts now: Bolt refuses signatures that are not recent."""

    def __init__(self) -> None:
        self.now = float(int(time.time()))

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Return the clock that the local Slack goes by."""
    return Clock()


@pytest.fixture
def slack(clock: Clock) -> Iterator[LocalSlack]:
    """Yield a running local Slack with Slack's own limits."""
    with LocalSlack(clock=clock) as running:
        yield running


@pytest.fixture
def hasty(clock: Clock) -> Iterator[LocalSlack]:
    """Yield a running local Slack that gives up on an acknowledgement almost at once."""
    with LocalSlack(clock=clock, limits=Limits(ack_seconds=0.05)) as running:
        yield running


@pytest.fixture
def client(slack: LocalSlack) -> WebClient:
    """Return Slack's own client with the bot's token."""
    return WebClient(slack.bot_token, base_url=slack.api_url)


@pytest.fixture
def http(slack: LocalSlack) -> Iterator[httpx.Client]:
    """Yield a plain HTTP client at the local Slack's address."""
    with httpx.Client(base_url=slack.url, trust_env=False) as session:
        yield session


@pytest.fixture
def serve() -> Iterator[Callable[[LocalSlack, Callable[[App], None]], App]]:
    """Yield what builds a Bolt app with the given listeners, serves it by HTTP and tells Slack where."""
    with ExitStack() as stack:

        def start(slack: LocalSlack, listeners: Callable[[App], None]) -> App:
            app = new_app(slack)
            listeners(app)
            slack.request_url = (
                stack.enter_context(serving(SlackRequestHandler(app), "127.0.0.1", 0)) + "/slack/events"
            )
            stack.callback(app.listener_runner.listener_executor.shutdown)
            return app

        yield start


def new_app(slack: LocalSlack) -> App:
    """Return a Bolt app that talks to the local Slack."""
    return App(signing_secret=slack.signing_secret, client=WebClient(slack.bot_token, base_url=slack.api_url))
