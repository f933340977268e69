"""Socket Mode: a ticket is exchanged for a WebSocket, which carries envelopes out and their acks back.

Several connections may be open; an envelope goes to the newest. A ticket works once.
"""

import asyncio
import json
import secrets
import uuid
from collections.abc import Callable
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from bot.playground.checks import Json
from bot.playground.workspace import APP

PING_SECONDS = 30.0


class SocketMode:
    """The open connections and the envelopes that wait for their ack. Lives in the server's event loop."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._tickets: set[str] = set()
        self._connections: dict[web.WebSocketResponse, web.Request] = {}
        self._waiting: dict[str, tuple[web.WebSocketResponse, asyncio.Future[Any]]] = {}

    @property
    def connected(self) -> int:
        """How many connections are open."""
        return len(self._connections)

    def ticket(self) -> str:
        """Give out a new ticket."""
        ticket = secrets.token_urlsafe(18)
        self._tickets.add(ticket)
        return ticket

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it closes."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403, text="invalid ticket")
        self._tickets.remove(ticket)
        connection = web.WebSocketResponse(heartbeat=PING_SECONDS)
        await connection.prepare(request)
        self._connections[connection] = request
        try:
            await connection.send_json(
                {
                    "type": "hello",
                    "num_connections": len(self._connections),
                    "debug_info": {"host": "playground", "approximate_connection_time": 3600},
                    "connection_info": {"app_id": APP},
                }
            )
            self._changed()
            async for message in connection:
                if message.type is WSMsgType.TEXT:
                    self._acknowledge(message.data)
        finally:
            self._forget(connection)
        return connection

    async def send(self, kind: str, payload: Json, more: Json) -> Any:
        """Send an envelope and return its ack's payload; ConnectionError if the connection closes."""
        envelope_id = str(uuid.uuid4())
        connection = next(reversed(self._connections))
        acknowledged: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = (connection, acknowledged)
        try:
            await connection.send_json({"envelope_id": envelope_id, "type": kind, "payload": payload, **more})
            return await acknowledged
        finally:
            del self._waiting[envelope_id]

    async def disconnect(self, reason: str) -> None:
        """Tell every connection that it ends, as Slack does to refresh them, and close it."""
        goodbye = {"type": "disconnect", "reason": reason, "debug_info": {"host": "playground"}}
        ending, self._connections = self._connections, {}
        for connection in ending:
            if not connection.closed:
                await connection.send_json(goodbye)
                await connection.close(code=WSCloseCode.GOING_AWAY)
        self._changed()

    async def lose(self) -> None:
        """Break every connection without a word, as a network does."""
        for connection, request in list(self._connections.items()):
            if request.transport is not None:
                request.transport.abort()
            self._forget(connection)

    async def close(self) -> None:
        """Close every connection without a word, as a server does that stops."""
        for connection in list(self._connections):
            await connection.close(code=WSCloseCode.GOING_AWAY)

    def _acknowledge(self, text: str) -> None:
        try:
            ack = json.loads(text)
            _, acknowledged = self._waiting[ack["envelope_id"]]
        except (ValueError, KeyError, TypeError, RecursionError):
            return  # Slack ignores what it cannot match to an envelope
        if not acknowledged.done():
            acknowledged.set_result(ack.get("payload"))

    def _forget(self, connection: web.WebSocketResponse) -> None:
        self._connections.pop(connection, None)
        for owner, acknowledged in self._waiting.values():
            if owner is connection and not acknowledged.done():
                acknowledged.set_exception(ConnectionError("the connection closed"))
        self._changed()
