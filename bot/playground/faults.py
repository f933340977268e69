"""Faults: how a call fails as it does with an overloaded Slack or a bad network.

They wait for the calls of a Web API method, or for posts to response URLs under the name "response_url"; a
chooser may decide for every other call. What is refused (a wrong token, no such method) uses none up.
"""

import asyncio
import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Self

from aiohttp import web

from bot.playground.arguments import Call

RESPONSE_URL = "response_url"
PAGE = "<!DOCTYPE html><html><head><title>{0} | Slack</title></head><body><h1>{0}</h1></body></html>"


@dataclass(frozen=True)
class Fault:
    """How a call fails.

    The answer comes after `delay` seconds (infinity: when the faults are cleared). With `drop` the
    connection closes in its place; otherwise it has this status and these headers, and is `html` or an
    `error`. With neither it is the true answer. With `done` the call takes effect first, so that only its
    answer is lost or late.
    """

    error: str = "internal_error"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False
    done: bool = False
    html: str = ""
    delay: float = 0.0

    @classmethod
    def ratelimited(cls, retry_after: int = 30) -> Self:
        """Return Slack's HTTP 429, which says after how many seconds to come again."""
        return cls("ratelimited", status=429, headers={"Retry-After": str(retry_after)})

    @classmethod
    def outage(cls, status: int = 503, *, done: bool = False) -> Self:
        """Return HTTP 500 or 503 as Slack's front sends it: a page, no JSON."""
        title = {500: "Server Error", 503: "Service Unavailable"}[status]
        return cls(status=status, html=PAGE.format(title), done=done)

    @classmethod
    def dropped(cls, *, done: bool = False) -> Self:
        """Return a connection that closes without an answer, before or after the effect."""
        return cls(drop=True, done=done)

    @classmethod
    def slow(cls, seconds: float = math.inf, *, done: bool = False) -> Self:
        """Return a true answer that is late, by an effect that is late too or (`done`) was at once."""
        return cls(error="", delay=seconds, done=done)

    def answer(self, *, plain: bool) -> web.Response | None:
        """Return the answer in place of the true one, if any; `plain`: there is no `ok`, the status tells."""
        if self.html:
            return web.Response(
                status=self.status, headers=self.headers, text=self.html, content_type="text/html"
            )
        if not self.error:
            return None
        if plain:
            status = HTTPStatus.INTERNAL_SERVER_ERROR if self.status == HTTPStatus.OK else self.status
            return web.Response(status=status, headers=self.headers, text=self.error)
        body = {"ok": False, "error": self.error}
        return web.json_response(body, status=self.status, headers=self.headers)


Chooser = Callable[[Call], Fault | None]


class Faults:
    """The faults that wait. Calls are met in the server's event loop; the rest may come from any thread."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = {}
        self._lasting: dict[str, Fault] = {}
        self._cleared = asyncio.Event()
        self.chooser: Chooser | None = None

    def add(self, method: str, fault: Fault, times: int | None) -> None:
        """Let the next calls, not yet spoken for, fail; `times` None: and all after them."""
        if times is None:
            self._lasting[method] = fault
        else:
            self._waiting.setdefault(method, deque()).extend([fault] * times)

    async def clear(self, method: str | None) -> None:
        """Forget the faults of a method, or all and the chooser; every late answer comes now."""
        for faults in (self._waiting, self._lasting):
            for name in list(faults) if method is None else [method]:
                faults.pop(name, None)
        if method is None:
            self.chooser = None
        cleared, self._cleared = self._cleared, asyncio.Event()
        cleared.set()

    def _next(self, call: Call) -> Fault | None:
        if waiting := self._waiting.get(call.method):
            return waiting.popleft()
        chosen = self._lasting.get(call.method)
        return self.chooser(call) if chosen is None and self.chooser else chosen

    async def meet(
        self, request: web.Request, call: Call, act: Callable[[], web.Response], *, plain: bool = False
    ) -> web.Response:
        """Answer the call by `act`, or as the fault that waits for it has it."""
        fault = self._next(call)
        if fault is None:
            return act()
        true = act() if fault.done else None
        await self._pause(fault.delay)
        if fault.drop:
            if request.transport is not None:
                request.transport.close()
            return web.Response()
        answer = fault.answer(plain=plain)
        if answer is None:
            return act() if true is None else true
        return answer

    async def _pause(self, seconds: float) -> None:
        if not seconds:
            return
        try:
            async with asyncio.timeout(None if math.isinf(seconds) else seconds):
                await self._cleared.wait()
        except TimeoutError:
            pass  # the answer is late enough
