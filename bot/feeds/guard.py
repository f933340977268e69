"""The only way to the internet: a transport of httpx that looks at where it goes.

Law: a host is resolved once, here; unless every address it has is one of the public internet, nothing is
sent; and the connection goes to just the addresses that were looked at, so that no later answer of a name
server counts. TLS is checked for the name. Nothing is kept from one request to the next: no connection, no
cookie, no proxy from the environment, no second try. A name server is waited for as long as the system does.
"""

import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import httpcore
import httpx

from bot.feeds.faults import FeedError
from bot.feeds.wire import Deadline, Wire
from bot.wording import shorten

DEADLINE = "deadline"  # the extension of a request that holds its `Deadline`

Resolve = Callable[[str], Sequence[str]]

_PORTS = {"http": 80, "https": 443}
_HIGHEST_PORT = 65_535
_SHOWN = 100
_GLOBAL = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
# What Python's tables call global, or called so once, and is not for us.
_NOT_GLOBAL: tuple[IPv4Network | IPv6Network, ...] = (
    *map(IPv4Network, ("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "240.0.0.0/4")),
    *map(IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")),  # Teredo is in the first
)
_ERRORS: dict[type[Exception], type[httpx.TransportError]] = {
    httpcore.ConnectTimeout: httpx.ConnectTimeout,
    httpcore.ReadTimeout: httpx.ReadTimeout,
    httpcore.WriteTimeout: httpx.WriteTimeout,
    httpcore.ConnectError: httpx.ConnectError,
    httpcore.ReadError: httpx.ReadError,
    httpcore.WriteError: httpx.WriteError,
    httpcore.LocalProtocolError: httpx.LocalProtocolError,
    httpcore.RemoteProtocolError: httpx.RemoteProtocolError,
}


def resolve(host: str) -> Sequence[str]:
    """Return every address of a host, the system's favourite first. Raises OSError or UnicodeError."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def is_public(address: str) -> bool:
    """Tell whether an address is of one host of the public internet, in whatever form it is written."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and (within := _within(ip)):
        ip = within
    elif isinstance(ip, IPv6Address) and ip not in _GLOBAL:
        return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _NOT_GLOBAL)


def _within(ip: IPv6Address) -> IPv4Address | None:
    """Return the address that is reached behind one of IPv6."""
    if ip in _NAT64:
        return IPv4Address(ip.packed[-4:])
    return ip.ipv4_mapped or ip.sixtofour


class Guard(httpx.BaseTransport):
    """Sends a request to a public host by http or https; `allow_private` lets all other hosts through, too.

    Raises FeedError where it is not sent, and httpx's errors where it fails. `tls` is what certificates are
    checked by, those of certifi where it is None.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        resolve: Resolve = resolve,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._allow_private = allow_private
        self._resolve = resolve
        self._tls = tls or httpx.create_ssl_context(trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request over a connection of its own, which ends with the answer."""
        url = request.url
        scheme, port = url.scheme, url.port or _PORTS.get(url.scheme, 0)
        if scheme not in _PORTS or not url.raw_host or not 0 < port <= _HIGHEST_PORT or url.userinfo:
            raise FeedError("That is no address that feeds are fetched from.")
        deadline = request.extensions.get(DEADLINE)
        connection = httpcore.HTTPConnection(
            httpcore.Origin(url.raw_scheme, url.raw_host, port),
            ssl_context=self._tls,
            network_backend=Wire(self._addresses(url), deadline if isinstance(deadline, Deadline) else None),
        )
        sent = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.read(),
            extensions=request.extensions,
        )
        try:
            with _as_httpx():
                answer = connection.handle_request(sent)
        except BaseException:
            connection.close()
            raise
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer, connection), request=request
        )

    def _addresses(self, url: httpx.URL) -> Sequence[str]:
        """Return where to connect to."""
        try:
            addresses = self._resolve(url.raw_host.decode("ascii"))
        except (OSError, UnicodeError):
            addresses = []
        if not addresses:
            raise FeedError(f"There is no host called {shown(url)}.")
        if not self._allow_private and not all(map(is_public, addresses)):
            raise FeedError(
                f"{shown(url)} is not on the public internet; PAPERBOY_FEEDS_PRIVATE may allow it."
            )
        return addresses


def shown(url: httpx.URL) -> str:
    """Return a host for a sentence: in ASCII, so that none looks like another."""
    return shorten(url.raw_host.decode("ascii"), _SHOWN)


class _Body(httpx.SyncByteStream):
    """The bytes of an answer as they come."""

    def __init__(self, answer: httpcore.Response, connection: httpcore.HTTPConnection) -> None:
        self._answer = answer
        self._connection = connection

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        """Close the connection: what is left is not waited for."""
        self._connection.close()


@contextmanager
def _as_httpx() -> Iterator[None]:
    """Raise httpx's errors for those of the library below it."""
    try:
        yield
    except tuple(_ERRORS) as error:
        raise _ERRORS[type(error)](str(error)) from error
