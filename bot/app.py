"""The composition root: builds everything from settings, a clock and a Slack client, and runs it.

Law: only here do the parts meet; none of them looks for another by itself.
"""

import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from http.client import HTTPException
from threading import Event
from urllib.error import URLError

from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_bolt.error import BoltError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import OperatorError
from bot.library import Library
from bot.playground import LocalSlack
from bot.probes import Metrics, probes
from bot.settings import Mode, Settings, SettingsError
from bot.slack import listeners
from bot.slack.claims import Claims
from bot.slack.desk import Desk
from bot.slack.http import endpoint
from bot.web import SLACK_PATH, Probe, port_refused, routes, serving

LISTENERS = 32  # at once; with Bolt's own 5, five slow ones make the sixth time out
SLACK_TIMEOUT = 10  # seconds
# What slack_sdk raises where Slack refuses, cannot be reached, or where something else answers.
_NO_SLACK = (SlackClientError, OSError, HTTPException, ValueError)
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}

_log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


def run(settings: Settings, clock: Clock, stop: Event, ready: Callable[[str], None]) -> None:
    """Answer Slack, or open the playground, until `stop` is set.

    `ready` is called once with a line that says how to reach Paperboy. Raises OperatorError where it cannot
    start.
    """
    mode = settings.mode()
    library = Library.at(settings.db, settings.corpus, clock())
    library.check()
    if not library.size:
        for problem in library.status().problems[:10]:
            _log.warning("%s:%d %s", problem.file, problem.line, problem.reason)
        _log.warning("no papers are loaded: PAPERBOY_CORPUS holds none that can be read")
    start = {Mode.PLAYGROUND: _playground, Mode.SOCKET: _socket_mode, Mode.HTTP: _http_mode}[mode]
    with start(settings, library, clock) as greeting:
        ready(greeting)
        stop.wait()


@contextmanager
def _playground(settings: Settings, library: Library, clock: Clock) -> Iterator[str]:
    if settings.host not in _LOOPBACK:
        raise SettingsError("the playground is for this machine alone: PAPERBOY_HOST must be 127.0.0.1")
    metrics = Metrics(lambda: library.size)
    slack = LocalSlack(
        host=settings.host,
        port=settings.port,
        app_routes=probes(metrics, lambda: _unready(library, connected=slack.connected)),
    )
    try:
        slack.start()
    except OSError as error:
        raise port_refused(settings.host, settings.port, error) from error
    with ExitStack() as stack:
        stack.callback(slack.stop)
        tokens = replace(
            settings, bot_token=slack.bot_token, app_token=slack.app_token, api_url=slack.api_url
        )
        app = stack.enter_context(bolt_app(tokens, library, clock, metrics))
        stack.callback(disconnect, _connected(app, tokens))
        yield f"The playground is open: {slack.url}   (Ctrl+C closes it)"


@contextmanager
def _socket_mode(settings: Settings, library: Library, clock: Clock) -> Iterator[str]:
    metrics = Metrics(lambda: library.size)
    with ExitStack() as stack:
        app = stack.enter_context(bolt_app(settings, library, clock, metrics))
        handler = _connected(app, settings)
        stack.callback(disconnect, handler)
        answers = probes(metrics, lambda: _unready(library, connected=handler.client.is_connected()))
        address = stack.enter_context(serving(routes(answers), settings.host, settings.port))
        yield f"Connected to Slack by Socket Mode; health at {address}/healthz   (Ctrl+C stops)"


@contextmanager
def _http_mode(settings: Settings, library: Library, clock: Clock) -> Iterator[str]:
    metrics = Metrics(lambda: library.size)
    answers: Mapping[str, Probe] = probes(metrics, lambda: _unready(library, connected=True))
    with ExitStack() as stack:
        app = stack.enter_context(bolt_app(settings, library, clock, metrics))
        wsgi = routes(answers, endpoint(app, settings.signing_secret))
        address = stack.enter_context(serving(wsgi, settings.host, settings.port))
        yield f"Listening for Slack at {address}{SLACK_PATH}   (Ctrl+C stops)"


@contextmanager
def bolt_app(settings: Settings, library: Library, clock: Clock, metrics: Metrics) -> Iterator[App]:
    """Yield the Bolt app with every listener; raises OperatorError where Slack refuses the token."""
    client = WebClient(settings.bot_token, timeout=SLACK_TIMEOUT)
    if settings.api_url:
        client.base_url = settings.api_url
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
        listeners.register(app, Desk(library, metrics.timed(library.search), claims, clock))
        yield app


def _connected(app: App, settings: Settings) -> SocketModeHandler:
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


def _unready(library: Library, *, connected: bool) -> str:
    if not library.size:
        return "no papers are loaded"
    return "" if connected else "not connected to Slack"


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
