"""The server: one port on loopback, an event loop in a thread of its own, and the routes.

Whoever starts it stops it; stopping closes every stream, socket and client before the thread ends.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from aiohttp import web

AppRoutes = Mapping[str, Callable[[], tuple[int, str, str]]]
Result = TypeVar("Result")
SHUTDOWN_SECONDS = 0.5


def app_route(answer: Callable[[], tuple[int, str, str]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return the handler of a GET route of the app's own: status, content type, body."""

    async def handle(_request: web.Request) -> web.Response:
        status, content_type, body = await asyncio.get_running_loop().run_in_executor(None, answer)
        return web.Response(status=status, body=body.encode(), headers={"Content-Type": content_type})

    return handle


class Server:
    """Runs an aiohttp application in a thread. `opening` and `closing` run inside its event loop."""

    def __init__(
        self,
        routes: Sequence[web.AbstractRouteDef],
        *,
        opening: Callable[[], Awaitable[None]],
        closing: Callable[[], Awaitable[None]],
    ) -> None:
        self._routes = routes
        self._opening = opening
        self._closing = closing
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    def start(self, host: str, port: int) -> int:
        """Listen; return the port. OSError if it is taken."""
        if self._thread is not None:
            raise RuntimeError("already started")
        listening: Future[int] = Future()
        thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(host, port, listening)), name="playground", daemon=True
        )
        thread.start()
        try:
            bound = listening.result()
        except BaseException:  # KeyboardInterrupt too: then the thread must not go on
            if not listening.cancel() and self._loop is not None and self._stop is not None:
                self._loop.call_soon_threadsafe(self._stop.set)
            thread.join()
            raise
        self._thread = thread
        return bound

    def stop(self) -> None:
        """Close everything and wait for the thread; a second stop does nothing."""
        thread, self._thread = self._thread, None
        if thread is None or self._loop is None or self._stop is None:
            return
        self._loop.call_soon_threadsafe(self._stop.set)
        thread.join()

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine in the server's loop and wait for its result."""
        if self._thread is None or self._loop is None:
            coroutine.close()
            raise RuntimeError("the playground is not running")
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def _serve(self, host: str, port: int, listening: "Future[int]") -> None:
        application = web.Application(client_max_size=4 * 1024 * 1024)
        application.add_routes(self._routes)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        try:
            await runner.setup()
            await web.TCPSite(runner, host, port).start()
            await self._opening()
        except BaseException as error:  # noqa: BLE001 (whoever called start() gets it)
            await runner.cleanup()
            if listening.set_running_or_notify_cancel():
                listening.set_exception(error)
            return
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        if listening.set_running_or_notify_cancel():
            listening.set_result(runner.addresses[0][1])
            await self._stop.wait()
        await self._closing()
        await runner.cleanup()
        self._loop = self._stop = None
