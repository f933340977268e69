"""What the web page needs: its files, the state, a stream of changes, and what the person does.

Only a page of this very server may use it: the Host must be a loopback name (against DNS rebinding), a
POST must be JSON and, if it names an Origin, come from here. Anything wrong is 400 or 403 with a sentence.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.playground.checks import Json
from bot.playground.clock import MovableClock
from bot.playground.elements import value_held
from bot.playground.fate import Fate
from bot.playground.people import People, Use
from bot.playground.talk import Talk
from bot.playground.views import Views, shown
from bot.playground.workspace import ANA, BOT, TEAM, TEAM_NAME, Channel, User, Workspace

PAGE = Path(__file__).with_name("page")
HEARTBEAT_SECONDS = 15.0
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def guarded(handler: Handler) -> Handler:
    """Let only this server's own page through, and turn what is malformed into an answer."""

    async def guard(request: web.Request) -> web.StreamResponse:
        try:
            host = urlsplit(f"//{request.headers.get('Host', '')}").hostname
        except ValueError:
            host = None
        if host not in LOOPBACK:
            return _refused(403, "wrong host")
        if request.method == "POST":
            origin = request.headers.get("Origin")
            if origin is not None and origin != f"{request.scheme}://{request.headers['Host']}":
                return _refused(403, "wrong origin")
            if request.content_type != "application/json":
                return _refused(403, "send application/json")
        try:
            return await handler(request)
        except (LookupError, TypeError, ValueError, RecursionError) as error:
            return _refused(400, str(error))

    return guard


def _refused(status: int, sentence: str) -> web.Response:
    return web.json_response({"ok": False, "error": sentence}, status=status, headers=HEADERS)


async def _body(request: web.Request, *needed: str) -> Json:
    """Return the JSON object sent, in which the needed fields are text."""
    body = json.loads(await request.read())
    if not isinstance(body, dict):
        raise TypeError("expected an object")
    for name in needed:
        if not isinstance(body.get(name), str):
            raise TypeError(f"expected text in {name!r}")
    return body


def _values(body: Json) -> Json:
    """Return what the inputs of a view hold: block_id → action_id → …."""
    values = body.get("values", {})
    if not isinstance(values, dict) or not all(isinstance(actions, dict) for actions in values.values()):
        raise TypeError("expected objects in 'values'")
    return values


class PageApi:
    """The page's endpoints."""

    def __init__(  # noqa: PLR0913 (the parts it stands on)
        self,
        workspace: Workspace,
        views: Views,
        people: People,
        talk: Talk,
        fate: Fate,
        *,
        commands: Sequence[Mapping[str, str]],
        connected: Callable[[], bool],
    ) -> None:
        self._workspace = workspace
        self._views = views
        self._people = people
        self._talk = talk
        self._fate = fate
        self._clock = workspace.clock if isinstance(workspace.clock, MovableClock) else None
        self._commands = commands
        self._connected = connected
        self._streams: set[asyncio.Queue[Json | None]] = set()

    def routes(self) -> list[web.RouteDef]:
        """Return what this serves."""
        gets = {
            "/": self.index,
            "/page/state": self.state,
            "/page/events": self.events,
            "/page/{file}": self.file,
        }
        posts = {
            "/page/say": self.say,
            "/page/open": self.open,
            "/page/click": self.click,
            "/page/submit": self.submit,
            "/page/close": self.close,
            "/page/unarchive": self.unarchive,
            "/page/clock": self.move_clock,
        }
        return [
            *(web.get(path, guarded(handler), allow_head=False) for path, handler in gets.items()),
            *(web.post(path, guarded(handler)) for path, handler in posts.items()),
        ]

    async def index(self, _request: web.Request) -> web.StreamResponse:
        """Serve the page itself."""
        return _page_file("index.html")

    async def file(self, request: web.Request) -> web.StreamResponse:
        """Serve one of the page's files."""
        return _page_file(request.match_info["file"])

    async def state(self, request: web.Request) -> web.StreamResponse:
        """Answer everything that `user` (default ana) sees."""
        me = request.query.get("user", ANA)
        user = self._workspace.users[me]
        with self._workspace.changed:
            channels = [each for each in self._workspace.channels.values() if me in each.members]
            answer = {
                "team": {"id": TEAM, "name": TEAM_NAME},
                "users": [_user(each) for each in self._workspace.users.values()],
                "me": user.id,
                "channels": [self._channel(each, me) for each in channels],
                "commands": list(self._commands),
                "messages": {
                    each.id: [message.seen for message in self._workspace.visible(each.id, me)]
                    for each in channels
                },
                "views": [shown(view) for view in self._views.open_for(me)],
                "connected": self._connected(),
                "clock": self._clock() if self._clock else None,
            }
        return web.json_response(answer, headers=HEADERS)

    def _channel(self, channel: Channel, me: str) -> Json:
        """Return a channel as the page has it; a direct conversation is called like the other one in it."""
        name = channel.name
        if channel.kind == "im":
            name = next(self._workspace.users[each].name for each in channel.members if each != me)
        return {
            "id": channel.id,
            "name": name,
            "kind": channel.kind,
            "is_archived": channel.is_archived,
            "is_member": BOT in channel.members,
            "is_ext_shared": channel.is_ext_shared,
        }

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Stream what changes, as Server-Sent Events, until the reader leaves or the server stops."""
        me = self._workspace.users[request.query.get("user", ANA)].id
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[Json | None] = asyncio.Queue()

        def listener(event: Json, only_for: str | None) -> None:
            if only_for in (None, me) and self._concerns(me, event):
                loop.call_soon_threadsafe(queue.put_nowait, event)

        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        silence = self._workspace.listen(listener)
        self._streams.add(queue)
        try:
            await response.prepare(request)
            await response.write(_sse({"type": "connection", "connected": self._connected()}))
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    await response.write(b": still here\n\n")
                    continue
                if event is None:
                    break
                await response.write(_sse(event))
        except ConnectionError:
            pass  # the reader left
        finally:
            silence()
            self._streams.discard(queue)
        return response

    def _concerns(self, me: str, event: Json) -> bool:
        """Say whether the person may hear of it: what happens in a channel is for its members."""
        channel_id = event.get("channel") or event.get("message", {}).get("channel")
        channel = self._workspace.channels.get(channel_id) if channel_id else None
        return channel is None or me in channel.members

    def stop(self) -> None:
        """End every stream."""
        for queue in self._streams:
            queue.put_nowait(None)

    async def say(self, request: web.Request) -> web.StreamResponse:
        """Type into the message box."""
        body = await _body(request, "channel", "text", "user")
        thread_ts = body.get("thread_ts")
        if thread_ts is not None and self._workspace.find(body["channel"], thread_ts) is None:
            raise LookupError("no such thread")
        await self._talk.say(body["channel"], body["user"], body["text"], thread_ts)
        return web.json_response({"ok": True}, headers=HEADERS)

    async def open(self, request: web.Request) -> web.StreamResponse:
        """Open the direct messages with the app; answer which channel they are."""
        body = await _body(request, "user")
        channel, _ = await self._talk.open_messages(body["user"])
        return web.json_response({"ok": True, "channel": channel.id}, headers=HEADERS)

    async def click(self, request: web.Request) -> web.StreamResponse:
        """Use an element of a message or view."""
        body = await _body(request, "action_id", "user")
        value = body["value"] if "value" in body else value_held(body)
        use = Use(body["action_id"], body.get("block_id"), value)
        if "view_id" in body:
            delivery = await self._people.click_view(str(body["view_id"]), body["user"], use, _values(body))
        else:
            delivery = await self._people.click(str(body["channel"]), str(body["ts"]), body["user"], use)
        return web.json_response({"ok": True, "acknowledged": delivery.acknowledged}, headers=HEADERS)

    async def submit(self, request: web.Request) -> web.StreamResponse:
        """Submit a view."""
        body = await _body(request, "view_id", "user")
        delivery = await self._people.submit(body["view_id"], body["user"], _values(body))
        errors: dict[str, Any] = {"errors": delivery.errors} if delivery.errors else {}
        return web.json_response({"ok": True, **errors}, headers=HEADERS)

    async def close(self, request: web.Request) -> web.StreamResponse:
        """Close a view, or with `all` the whole stack."""
        body = await _body(request, "view_id", "user")
        await self._people.close(body["view_id"], body["user"], everything=body.get("all") is True)
        return web.json_response({"ok": True}, headers=HEADERS)

    async def unarchive(self, request: web.Request) -> web.StreamResponse:
        """Open an archived channel again."""
        body = await _body(request, "channel", "user")
        await self._fate.unarchive(body["channel"], self._workspace.users[body["user"]].id)
        return web.json_response({"ok": True}, headers=HEADERS)

    async def move_clock(self, request: web.Request) -> web.StreamResponse:
        """Move the clock forward; whoever acts on it does so in a thread that nobody waits for."""
        seconds = (await _body(request)).get("seconds")
        if not isinstance(seconds, int | float) or isinstance(seconds, bool):
            raise TypeError("expected a number in 'seconds'")
        if self._clock is None:
            raise LookupError("this clock cannot be moved")
        await asyncio.get_running_loop().run_in_executor(None, self._clock.move, seconds)
        return web.json_response({"ok": True, "now": self._clock()}, headers=HEADERS)


def _user(user: User) -> Json:
    names = ("id", "name", "real_name", "is_bot", "tz", "deleted")
    return {name: getattr(user, name) for name in names}


def _sse(event: Json) -> bytes:
    return f"data: {json.dumps(event)}\n\n".encode()


def _page_file(name: str) -> web.StreamResponse:
    """Serve a file of the page folder itself: a name with a path in it is none."""
    path = PAGE / name
    kind = KINDS.get(path.suffix)
    if Path(name).name != name or kind is None or not path.is_file():
        return _refused(404, "no such file")
    return web.FileResponse(path, headers={**HEADERS, "Content-Type": kind})
