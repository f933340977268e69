"""LocalSlack: the whole of Slack that an app needs, on this machine, and the people in it.

The app is pointed at `api_url` with the tokens; commands, clicks and events reach it by Socket Mode or at
`request_url`. Every method may be called from any thread; those of people block until the app has
acknowledged or the limit is over. Tokens are made anew for each LocalSlack unless they are given.
"""

import secrets
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import web

from bot.playground.answers import post_to, read
from bot.playground.arguments import Call
from bot.playground.checks import Json
from bot.playground.clock import MovableClock
from bot.playground.deliver import Deliverer, Delivery
from bot.playground.events import Events
from bot.playground.fate import Fate
from bot.playground.faults import RESPONSE_URL, Chooser, Fault, Faults
from bot.playground.grants import Limits
from bot.playground.page_api import PageApi
from bot.playground.people import People, Use
from bot.playground.scopes import ALL_SCOPES
from bot.playground.server import AppRoutes, Server, app_route
from bot.playground.socket_mode import SocketMode
from bot.playground.talk import Talk
from bot.playground.views import Views, sent
from bot.playground.web_api import WebApi
from bot.playground.workspace import ANA, READING, SAFETY, TEAM, Channel, Workspace

Seen = TypeVar("Seen")
PAPER = {  # as the app's manifest has it
    "command": "/paper",
    "usage_hint": "backdoor instruction tuning",
    "description": "Find papers, and follow topics to get the new ones",
}


class LocalSlack:
    """A Slack on loopback. Use it as a context manager, or start() and stop() it."""

    def __init__(  # noqa: PLR0913 (what a Slack can be given; every one is a keyword with a default)
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
        bot_token: str | None = None,
        app_token: str | None = None,
        signing_secret: str | None = None,
        commands: Sequence[Mapping[str, str]] = (PAPER,),
        app_routes: AppRoutes | None = None,
        scopes: Collection[str] = ALL_SCOPES,
        subscribed: Collection[str] | None = None,
    ) -> None:
        self.bot_token = bot_token or f"xoxb-playground-{secrets.token_urlsafe(18)}"
        self.app_token = app_token or f"xapp-playground-{secrets.token_urlsafe(18)}"
        self.signing_secret = signing_secret or secrets.token_hex(16)
        limits = limits or Limits()
        self.workspace = Workspace(clock, limits)
        self._host, self._port = host, port
        self._views = Views(self.workspace)
        self._socket = SocketMode(self._connection_changed)
        tokens = {"bot": self.bot_token, "app": self.app_token}
        self._faults = Faults()
        self._clock = clock if isinstance(clock, MovableClock) else None
        self._unheard: Callable[[], None] | None = None
        self._deliverer = Deliverer(
            self._socket,
            ack_seconds=limits.ack_seconds,
            # Whoever checks a signature goes by the true time, wherever the clock was moved to.
            clock=self._clock.unmoved if self._clock else clock,
            signing_secret=self.signing_secret,
        )
        self._events = Events(self.workspace, self._deliverer, scopes, subscribed)
        self._web_api = WebApi(
            self.workspace,
            self._views,
            tokens,
            self._socket_url,
            scopes=scopes,
            faults=self._faults,
            soon=self._events.soon,
        )
        self._fate = Fate(self.workspace, self._events)
        self._people = People(
            self.workspace,
            self._views,
            self._deliverer,
            commands=frozenset(each["command"] for each in commands),
            url_of=self._response_url,
        )
        self._talk = Talk(self.workspace, self._people, self._events, self._fate)
        self._page = PageApi(
            self.workspace,
            self._views,
            self._people,
            self._talk,
            self._fate,
            commands=commands,
            connected=lambda: self.connected,
        )
        routes = [
            web.route("*", "/api/{method}", self._web_api.handle),
            web.post("/{kind:commands|actions}/{team}/{secret}", self._answered),
            web.get("/link", self._socket.handle),
            *(web.get(path, app_route(answer)) for path, answer in (app_routes or {}).items()),
            *self._page.routes(),
        ]
        self._server = Server(routes, opening=self._deliverer.start, closing=self._closing)

    def start(self) -> Self:
        """Listen; OSError if the port is taken."""
        self._port = self._server.start(self._host, self._port)
        if self._clock:
            self._unheard = self._clock.on_moved(self._clock_moved)
        return self

    def stop(self) -> None:
        """Close every connection and end the thread."""
        if self._unheard:
            self._unheard()
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _address(self) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{host}:{self._port}"

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{self._address}"

    @property
    def api_url(self) -> str:
        """The Web API's base, for SLACK_API_URL."""
        return f"{self.url}/api/"

    @property
    def request_url(self) -> str | None:
        """Where the app takes requests over HTTP; None: it does not."""
        return self._deliverer.request_url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self._deliverer.request_url = url
        self._connection_changed()

    @property
    def connected(self) -> bool:
        """Whether there is a way to the app."""
        return self._socket.connected > 0 or self.request_url is not None

    # What people do

    def command(
        self, text: str, *, command: str = "/paper", channel: str = SAFETY, user: str = ANA
    ) -> Delivery:
        """Type a slash command."""
        return self._server.run(self._people.command(command, text, channel, user))

    def say(self, text: str, *, channel: str = SAFETY, user: str = ANA, thread_ts: str | None = None) -> None:
        """Type a message; the app hears of it where the bot is a member."""
        self._server.run(self._talk.say(channel, user, text, thread_ts))

    def click(  # noqa: PLR0913 (which element of which message or view, and who)
        self,
        action_id: str,
        *,
        channel: str = SAFETY,
        message_ts: str = "",
        view_id: str = "",
        block_id: str | None = None,
        value: Any = None,
        user: str = ANA,
    ) -> Delivery:
        """Use an element of a message, or of a view if `view_id` is given.

        `value` is what to choose or type: an option's value, a list of them, a text, a date, a time.
        """
        use = Use(action_id, block_id, value)
        if view_id:
            return self._server.run(self._people.click_view(view_id, user, use, {}))
        return self._server.run(self._people.click(channel, message_ts, user, use))

    def submit(self, view_id: str, values: Mapping[str, Mapping[str, Any]], *, user: str = ANA) -> Delivery:
        """Fill in and submit a view: block_id → action_id → a plain value, or what the element holds."""
        filled = {block_id: dict(actions) for block_id, actions in values.items()}
        return self._server.run(self._people.submit(view_id, user, filled))

    def close_view(self, view_id: str, *, user: str = ANA, everything: bool = False) -> Delivery:
        """Close a view, or the whole stack of which it is."""
        return self._server.run(self._people.close(view_id, user, everything=everything))

    def event(
        self, event: Json, *, event_id: str | None = None, retry: tuple[int, str] | None = None
    ) -> Delivery:
        """Deliver any event, whatever the scopes; `retry` is (attempt, reason) when it is sent again."""
        return self._server.run(self._events.send(event, event_id, retry))

    def open_messages(self, *, user: str = ANA) -> Delivery:
        """Open the direct messages with the app; the app hears of it each time."""
        return self._server.run(self._talk.open_messages(user))[1]

    def invite(self, *, channel: str = READING, user: str = ANA) -> Delivery:
        """Add the bot to a channel it is not in; the app hears of it."""
        return self._server.run(self._talk.invite(channel, user))

    # What happens to the bot and to channels: each returns what became of the events that the app may hear

    def add_channel(
        self, channel_id: str, name: str, members: Collection[str], *, kind: str = "channel"
    ) -> Channel:
        """Add a channel of that kind (channel, private or im); ValueError if the id is taken."""
        channel = Channel(channel_id, name, kind, set(members))
        self.workspace.add(channel)
        return channel

    def remove_bot(self, *, channel: str = SAFETY, user: str = ANA) -> list[Delivery]:
        """Remove the bot from a channel."""
        return self._server.run(self._fate.remove_bot(channel, user))

    def archive(self, *, channel: str = SAFETY, user: str = ANA) -> list[Delivery]:
        """Archive a channel."""
        return self._server.run(self._fate.archive(channel, user))

    def unarchive(self, *, channel: str = SAFETY, user: str = ANA) -> list[Delivery]:
        """Open an archived channel again: as in Slack, a public one has `user` alone as its member then."""
        return self._server.run(self._fate.unarchive(channel, user))

    def delete_channel(self, *, channel: str = SAFETY, user: str = ANA) -> list[Delivery]:
        """Delete a channel with its messages."""
        return self._server.run(self._fate.delete_channel(channel, user))

    def rename_channel(self, name: str, *, channel: str = SAFETY) -> list[Delivery]:
        """Give a channel another name."""
        return self._server.run(self._fate.rename_channel(channel, name))

    def change_channel_id(self, old: str, new: str) -> list[Delivery]:
        """Give a channel another id, under which its messages and response URLs go on."""
        return self._server.run(self._fate.change_channel_id(old, new))

    def uninstall(self, *, code: str = "account_inactive") -> list[Delivery]:
        """Uninstall the app: Slack refuses its bot token with `code` (a user token with token_revoked)."""
        return self._server.run(self._fate.uninstall(code))

    def reinstall(self) -> None:
        """Install the app again, with the same token and in the same channels."""
        self._fate.reinstall()

    def deactivate(self, user: str) -> list[Delivery]:
        """Deactivate a person's account."""
        return self._server.run(self._fate.deactivate(user))

    # What goes wrong

    def resend(self, event_id: str | None = None, *, reason: str = "http_timeout") -> Delivery:
        """Send an event again (None: the last), also one whose acknowledgement Slack had."""
        return self._server.run(self._events.resend(event_id, reason))

    def resend_due(self) -> list[Delivery]:
        """Send again each event that was not acknowledged and is due: at once, after 1 and 5 minutes."""
        return self._server.run(self._events.resend_due())

    def disconnect(self, reason: str = "refresh_requested") -> None:
        """End the Socket Mode connections as Slack does now and then."""
        self._server.run(self._socket.disconnect(reason))

    def lose_connections(self) -> None:
        """Break the Socket Mode connections without a word, as a network does."""
        self._server.run(self._socket.lose())

    def fail(self, method: str, fault: Fault, *, times: int | None = 1) -> None:
        """Let the next calls of a method fail, or all until clear_faults() if `times` is None.

        The method "response_url" stands for the posts to response URLs. LookupError if there is no such
        method.
        """
        if method != RESPONSE_URL and not self._web_api.has(method):
            raise LookupError(f"no method {method!r}")
        self._faults.add(method, fault, times)

    def fail_by(self, chooser: Chooser) -> None:
        """Let `chooser` say how each call fails (None: not at all) for which nothing else is said.

        It sees the calls one at a time, in their order; posts to response URLs are calls of "response_url".
        """
        self._faults.chooser = chooser

    def clear_faults(self, method: str | None = None) -> None:
        """Let a method, or everything, work again; late answers come at once."""
        self._server.run(self._faults.clear(method))

    # What is to be seen

    @property
    def calls(self) -> list[Call]:
        """The Web API calls received, in order, without tokens."""
        with self.workspace.changed:
            return list(self._web_api.calls)

    @property
    def notices(self) -> list[tuple[str, str]]:
        """What Slack told whom about interactions that failed."""
        with self.workspace.changed:
            return list(self._people.notices)

    def messages(self, channel: str = SAFETY, *, user: str | None = None, after: str = "") -> list[Json]:
        """Return the messages of a channel, oldest first: the public ones and those that only `user` sees.

        With `after`, only those with a later ts. Each is as in the page's contract, with `metadata` if it
        has any; read them, do not change them.
        """
        return [message.seen for message in self.workspace.visible(channel, user, after)]

    def views(self, user: str = ANA) -> list[Json]:
        """Return the user's open modals in Slack's shape, the topmost last."""
        with self.workspace.changed:
            return [sent(view) for view in self._views.open_for(user)]

    def home(self, user: str = ANA) -> Json | None:
        """Return the Home view that the app has published for the user."""
        return self._views.home(user)

    def wait_for(self, predicate: Callable[["LocalSlack"], Seen | None], timeout: float = 5.0) -> Seen:
        """Return `predicate(self)` once it is true, looking after every change; TimeoutError otherwise.

        The predicate looks on while nothing can change, so it must not do what people do: that would wait
        for a change for ever.
        """
        with self.workspace.changed:
            found = self.workspace.changed.wait_for(lambda: predicate(self), timeout)
        if not found:
            raise TimeoutError("what was waited for did not happen")
        return found

    def wait_for_message(
        self,
        part: str = "",
        *,
        channel: str = SAFETY,
        user: str | None = None,
        after: str = "",
        timeout: float = 5.0,
    ) -> Json:
        """Return the bot's first message whose text or blocks contain `part`."""

        def found(slack: LocalSlack) -> Json | None:
            seen = (each for each in slack.messages(channel, user=user, after=after) if each["bot"])
            return next(
                (each for each in seen if part in each["text"] or part in str(each.get("blocks"))), None
            )

        return self.wait_for(found, timeout)

    # Inside

    def _socket_url(self) -> str:
        return f"ws://{self._address}/link?ticket={self._socket.ticket()}"

    def _response_url(self, kind: str, secret: str) -> str:
        return f"{self.url}/{kind}/{TEAM}/{secret}"

    async def _answered(self, request: web.Request) -> web.Response:
        secret, raw = request.match_info["secret"], await request.read()

        def act() -> web.Response:
            status, text = post_to(self.workspace, secret, raw)
            return web.Response(status=status, text=text)

        return await self._faults.meet(request, Call(RESPONSE_URL, read(raw) or {}), act, plain=True)

    def _connection_changed(self) -> None:
        self.workspace.tell({"type": "connection", "connected": self.connected})

    def _clock_moved(self) -> None:
        self.workspace.tell({"type": "clock", "now": self.workspace.clock()})
        self._server.run(self._events.catch_up())

    async def _closing(self) -> None:
        self._page.stop()
        self._events.stop()
        await self._socket.close()
        await self._deliverer.stop()
