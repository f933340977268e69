"""Bringing a command, interaction or event to the app, by Socket Mode if it is connected, else by HTTP.

HTTP requests are signed as Slack signs them (v0: HMAC-SHA256 of `v0:<timestamp>:<body>` under the signing
secret). What is not acknowledged within the limit has failed with operation_timeout; no connection, or an
HTTP status other than 200, is dispatch_failed.
"""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

from bot.playground.checks import Json
from bot.playground.socket_mode import SocketMode

COMMAND, INTERACTION, EVENT = "slash_commands", "interactive", "events_api"


@dataclass(frozen=True)
class Delivery:
    """What became of it: `error` is Slack's word, empty if all went well; `body` what the ack carried.

    `status` is HTTP's, 0 over Socket Mode or when there was no answer; `no_retry`: the app asks by HTTP not
    to be sent this event again.
    """

    acknowledged: bool
    error: str = ""
    status: int = 0
    body: Any = None
    no_retry: bool = False

    @property
    def errors(self) -> dict[str, str]:
        """The texts beside the inputs of a view that was not accepted, by block_id."""
        return dict(self.body.get("errors") or {}) if isinstance(self.body, dict) else {}


def signature(secret: str, timestamp: str, body: str) -> str:
    """Return Slack's signature of a request."""
    base = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class Deliverer:
    """The way to the app. Lives in the server's event loop."""

    def __init__(
        self, socket: SocketMode, *, ack_seconds: float, clock: Callable[[], float], signing_secret: str
    ) -> None:
        self._socket = socket
        self._ack_seconds = ack_seconds
        self._clock = clock
        self._secret = signing_secret
        self._session: ClientSession | None = None
        self.request_url: str | None = None

    async def start(self) -> None:
        """Open the HTTP client; its connections are kept."""
        self._session = ClientSession(
            connector=TCPConnector(limit=0), timeout=ClientTimeout(), cookie_jar=DummyCookieJar()
        )

    async def stop(self) -> None:
        """Close the HTTP client."""
        if self._session is not None:
            await self._session.close()

    async def send(self, kind: str, payload: Json, retry: tuple[int, str] | None = None) -> Delivery:
        """Deliver and wait for the acknowledgement. `retry`: which attempt after the first, and why."""
        try:
            async with asyncio.timeout(self._ack_seconds):
                if self._socket.connected:
                    return await self._by_socket(kind, payload, retry)
                if self.request_url and self._session:
                    return await self._by_http(self._session, self.request_url, kind, payload, retry)
        except TimeoutError:
            return Delivery(acknowledged=False, error="operation_timeout")
        except (ClientError, OSError):
            pass  # no answer, as when there is no way to the app at all
        return Delivery(acknowledged=False, error="dispatch_failed")

    async def _by_socket(self, kind: str, payload: Json, retry: tuple[int, str] | None) -> Delivery:
        more: Json = {"accepts_response_payload": kind != EVENT}
        if kind == EVENT:
            more |= {"retry_attempt": retry[0] if retry else 0, "retry_reason": retry[1] if retry else ""}
        return Delivery(acknowledged=True, body=await self._socket.send(kind, payload, more) or None)

    async def _by_http(
        self, session: ClientSession, url: str, kind: str, payload: Json, retry: tuple[int, str] | None
    ) -> Delivery:
        body, content_type = _encoded(kind, payload)
        headers = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        headers |= self._signed(body)
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        async with session.post(url, data=body.encode(), headers=headers) as response:
            text = await response.text()
            no_retry = response.headers.get("X-Slack-No-Retry") == "1"
            if response.status != HTTPStatus.OK:
                return Delivery(
                    acknowledged=False,
                    error="dispatch_failed",
                    status=response.status,
                    body=text or None,
                    no_retry=no_retry,
                )
            body = _decoded(text, response.content_type)
            return Delivery(acknowledged=True, status=200, body=body, no_retry=no_retry)

    def _signed(self, body: str) -> Mapping[str, str]:
        timestamp = str(int(self._clock()))
        return {
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._secret, timestamp, body),
        }


def _encoded(kind: str, payload: Json) -> tuple[str, str]:
    if kind == EVENT:
        return json.dumps(payload), "application/json"
    fields = payload if kind == COMMAND else {"payload": json.dumps(payload)}
    return urlencode(fields), "application/x-www-form-urlencoded"


def _decoded(text: str, content_type: str) -> Any:
    """Return the JSON, the text, or None if there is nothing; text that should be JSON stays text."""
    if content_type == "application/json" and text:
        try:
            return json.loads(text) or None
        except (ValueError, RecursionError):
            return text
    return text or None
