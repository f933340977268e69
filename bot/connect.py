"""How Paperboy gets to Slack: clients and connections made from the settings.

Law: what Slack refuses is said by the setting's name, and never with what was sent: that holds the token.
"""

import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from http.client import HTTPException
from urllib.error import URLError

from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_bolt.error import BoltError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.digest.following import Following
from bot.errors import OperatorError
from bot.library import Library
from bot.probes import Metrics
from bot.settings import Settings
from bot.slack import listeners
from bot.slack.claims import Claims
from bot.slack.desk import Desk, Upkeep
from bot.store import Store

LISTENERS = 32  # at once; with Bolt's own 5, five slow ones make the sixth time out
SLACK_TIMEOUT = 10  # seconds
# What slack_sdk raises where Slack refuses, cannot be reached, or where something else answers.
_NO_SLACK = (SlackClientError, OSError, HTTPException, ValueError)

Clock = Callable[[], datetime]


def web_client(settings: Settings) -> WebClient:
    """Return a client with the bot's token."""
    client = WebClient(settings.bot_token, timeout=SLACK_TIMEOUT)
    if settings.api_url:
        client.base_url = settings.api_url
    return client


def team_of(client: WebClient) -> str:
    """Return the workspace that the token is for; raises OperatorError where Slack refuses it."""
    try:
        return str(client.auth_test()["team_id"])
    except (*_NO_SLACK, KeyError) as error:
        raise _refusal("Slack refuses SLACK_BOT_TOKEN", client.base_url, error) from error


@contextmanager
def bolt_app(
    settings: Settings, library: Library, clock: Clock, metrics: Metrics, upkeep: Upkeep
) -> Iterator[App]:
    """Yield the Bolt app with every listener; raises OperatorError where Slack refuses the token."""
    client = web_client(settings)
    with ThreadPoolExecutor(LISTENERS, thread_name_prefix="listener") as executor:
        os.environ.pop("SLACK_CLIENT_SECRET", None)  # with it Bolt would turn to OAuth and ignore the token
        try:
            app = App(
                client=client,
                signing_secret=settings.signing_secret,  # None would make Bolt look into the environment
                request_verification_enabled=False,  # bot.slack.http verifies, before it parses
                listener_executor=executor,
            )
        except (BoltError, *_NO_SLACK) as error:
            raise _refusal("Slack refuses SLACK_BOT_TOKEN", client.base_url, error) from error
        claims = Claims(settings.db, clock)
        desk = Desk(
            library=library,
            search=metrics.timed(library.search),
            claims=claims,
            following=Following(Store(settings.db), library, clock),
            clock=clock,
            reload=metrics.counted(upkeep.reload),
            feeds=upkeep.feeds,
            fetch=upkeep.fetch,
            timezone=settings.timezone,
            admins=settings.admins,
        )
        listeners.register(app, desk)
        yield app


def connected(app: App, settings: Settings) -> SocketModeHandler:
    """Connect by Socket Mode; raises OperatorError where that cannot be."""
    handler = SocketModeHandler(app, settings.app_token, concurrency=LISTENERS)
    try:
        handler.connect()
    except _NO_SLACK as error:
        disconnect(handler)
        raise _refusal(
            "Socket Mode cannot connect with SLACK_APP_TOKEN", app.client.base_url, error
        ) from error
    if not handler.client.is_connected():  # slack_sdk logs why, and would try again for ever
        disconnect(handler)
        raise OperatorError("Socket Mode cannot connect: the WebSocket that Slack names does not open")
    return handler


def disconnect(handler: SocketModeHandler) -> None:
    """Close a Socket Mode connection, with its threads."""
    try:
        handler.close()
    except AttributeError:  # slack_sdk trips over its own socket where the other side hangs up as well
        handler.close()


def _refusal(refused: str, base_url: str, error: Exception) -> OperatorError:
    """Say why Slack cannot be used, without what was sent: that holds the token."""
    cause: BaseException | None = error
    while not (cause is None or isinstance(cause, SlackApiError)):
        cause = cause.__cause__ or cause.__context__
    if cause is None:
        why = error.reason if isinstance(error, URLError) else error
        return OperatorError(f"Slack cannot be reached at {base_url}: {why}")
    code = str(cause.response.get("error"))  # a whole page, where it was not JSON
    if not re.fullmatch("[a-z_]+", code):
        return OperatorError(f"Slack cannot be reached at {base_url}: what answers there is not Slack")
    return OperatorError(f"{refused}: {code}")
