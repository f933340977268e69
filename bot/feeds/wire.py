"""Sockets that go to addresses which were checked, and whose work ends with a deadline.

Law: a name is never looked up here. Whatever a server does, also one that sends its headers byte by byte for
ever, no read and no write begins after the deadline or lasts beyond it.
"""

import ssl
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import httpcore


class Limits(NamedTuple):
    """How much a server may send, how long it may take, and how often it may send on."""

    size: int = 32 << 20  # bytes, unpacked
    seconds: float = 60  # in whole
    pause: float = 10  # seconds for connecting, and between bytes
    redirects: int = 5


class Deadline:
    """The end of so many seconds from now, by a clock that only goes forward."""

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock = clock
        self._ends = clock() + seconds

    def left(self) -> float:
        """Return how many seconds are left; none, or fewer, once it has passed."""
        return self._ends - self._clock()


class Wire(httpcore.NetworkBackend):
    """Connects to the first of the addresses that answers, whatever host is asked for."""

    def __init__(self, addresses: Sequence[str], deadline: Deadline | None) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect. Raises ConnectError and ConnectTimeout, of the last address that was tried."""
        fault: httpcore.ConnectError | httpcore.ConnectTimeout = httpcore.ConnectError(host)
        for address in self._addresses:
            within = _within(timeout, self._deadline, httpcore.ConnectTimeout)
            try:
                opened = self._sockets.connect_tcp(address, port, within, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                fault = error
            else:
                return _Stream(opened, self._deadline)
        raise fault


class _Stream(httpcore.NetworkStream):
    """A connection with a deadline."""

    def __init__(self, opened: httpcore.NetworkStream, deadline: Deadline | None) -> None:
        self._opened = opened
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has come."""
        return self._opened.read(max_bytes, _within(timeout, self._deadline, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send."""
        self._opened.write(buffer, _within(timeout, self._deadline, httpcore.WriteTimeout))

    def close(self) -> None:
        """Close the socket."""
        self._opened.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Return the same connection under TLS."""
        try:
            within = _within(timeout, self._deadline, httpcore.ConnectTimeout)
        except httpcore.ConnectTimeout:
            self.close()
            raise
        return _Stream(self._opened.start_tls(ssl_context, server_hostname, within), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """Return what the socket knows of itself."""
        return self._opened.get_extra_info(info)


def _within(
    timeout: float | None, deadline: Deadline | None, late: type[httpcore.TimeoutException]
) -> float | None:
    """Return how long something may take; raises `late` where nothing is left of the time."""
    if deadline is None:
        return timeout
    left = deadline.left()
    if left <= 0:
        raise late
    return left if timeout is None else min(timeout, left)
