"""One feed, one conditional GET: an address → its bytes in UTF-8, or that nothing has changed.

Law: whatever a server does, what comes out is a feed's bytes within the limits, or a FeedError with a
sentence. Each address that a server sends on to waits for its turn and goes through the transport's guard
like the first.
"""

import re
import zlib
from collections.abc import Callable, Container
from contextlib import AbstractContextManager, closing, nullcontext
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import httpx

from bot import __version__
from bot.feeds.charsets import as_utf8
from bot.feeds.failures import why
from bot.feeds.faults import FeedError
from bot.feeds.guard import DEADLINE, shown
from bot.feeds.unpacking import Gunzip
from bot.feeds.wire import Deadline, Limits

LONGEST_WAIT = 86_400.0  # seconds, whatever a server asks for
_OK, _UNCHANGED = 200, 304
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({429, 503})
_LONGEST_VALIDATOR = 1_000
_HEADERS = {
    "User-Agent": f"Paperboy/{__version__}",
    "Accept": "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5",
    "Accept-Encoding": "gzip",
    "Connection": "close",
}

Turn = Callable[[httpx.URL], AbstractContextManager[object]]


class Validators(NamedTuple):
    """What a server said of the version it sent, to ask whether there is a newer one; empty where nothing."""

    etag: str = ""
    modified: str = ""


class Fetched(NamedTuple):
    """A feed's bytes, in UTF-8, or None where it still is what the validators are of; and its validators."""

    body: bytes | None
    validators: Validators
    status: int = _OK


NO_VALIDATORS = Validators()
LIMITS = Limits()
ONLY_OK = frozenset({_OK})


class Client(NamedTuple):
    """What feeds are fetched by: a `Guard`, seconds that only go forward, and the time of day with a zone."""

    transport: httpx.BaseTransport
    clock: Callable[[], float]
    now: Callable[[], datetime]
    limits: Limits = LIMITS


def fetch(
    client: Client,
    url: str,
    validators: Validators = NO_VALIDATORS,
    statuses: Container[int] = ONLY_OK,
    turn: Turn = nullcontext,
) -> Fetched:
    """Fetch a feed; an answer with one of `statuses` has a body that is wanted.

    Each address is asked within its `turn`, and to wait for that takes none of the server's time. Raises
    FeedError, and nothing else for what a server does.
    """
    target, left = _address(url), client.limits.seconds
    for _ in range(client.limits.redirects + 1):
        with turn(target):
            deadline = Deadline(client.clock, left)
            with closing(_ask(client, target, validators, deadline)) as answer:
                if answer.status_code in _REDIRECTS:
                    target, left = _next(target, answer), deadline.left()
                    continue
                if answer.status_code == _UNCHANGED and any(validators):
                    return Fetched(None, validators, _UNCHANGED)
                if answer.status_code not in statuses:
                    raise _refusal(shown(target), answer, client.now)
                body = _body(client.limits, answer, shown(target), deadline)
                utf8 = as_utf8(body, answer.headers.get("content-type", ""))
                return Fetched(utf8, _validators(answer.headers), answer.status_code)
    raise FeedError(f"{shown(target)} sends on from address to address, without an end.")


def _address(url: str) -> httpx.URL:
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise FeedError("That is no address that feeds are fetched from.") from None


def _ask(client: Client, target: httpx.URL, validators: Validators, deadline: Deadline) -> httpx.Response:
    asked = {
        "Host": target.netloc.decode("ascii"),
        **_HEADERS,
        **({"If-None-Match": validators.etag} if validators.etag else {}),
        **({"If-Modified-Since": validators.modified} if validators.modified else {}),
    }
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), client.limits.pause)
    extensions = {"timeout": timeouts, DEADLINE: deadline}
    try:
        return client.transport.handle_request(
            httpx.Request("GET", target, headers=asked, extensions=extensions)
        )
    except httpx.TransportError as error:
        raise FeedError(why(error, shown(target), deadline, client.limits, begun=False)) from error


def _next(target: httpx.URL, answer: httpx.Response) -> httpx.URL:
    """Return where an answer sends on to."""
    try:
        found = target.join(answer.headers.get("location", "")).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError):
        found = target
    if found == target or found.userinfo or found.scheme not in {"http", "https"}:
        raise FeedError(f"{shown(target)} sends on to no address that feeds are fetched from.")
    return found


def _body(limits: Limits, answer: httpx.Response, host: str, deadline: Deadline) -> bytes:
    """Return the bytes that were sent, unpacked."""
    packing = answer.headers.get("content-encoding", "").strip().lower()
    if packing not in {"", "identity", "gzip", "x-gzip"}:
        raise FeedError(f"{host} sent the feed packed in a way that I did not ask for.")
    packed = Gunzip() if packing.endswith("gzip") else None
    body = bytearray()
    try:
        for sent in answer.iter_raw():
            body += packed.take(sent, limits.size + 1 - len(body)) if packed else sent
            if len(body) > limits.size:
                raise FeedError(f"{host} sent a feed that is larger than {limits.size >> 20} MiB.")
    except httpx.TransportError as error:
        raise FeedError(why(error, host, deadline, limits, begun=True)) from error
    except zlib.error as error:
        raise FeedError(f"{host} sent the feed damaged.") from error
    if packed and not packed.is_whole:
        raise FeedError(f"{host} sent the feed damaged.")
    return bytes(body)


def _validators(headers: httpx.Headers) -> Validators:
    """Return what may be sent back: ASCII that can stand in a header, and not without a measure."""
    etag, modified = (
        value if len(value) <= _LONGEST_VALIDATOR and re.fullmatch(r"[ -~]*", value) else ""
        for value in (headers.get("etag", ""), headers.get("last-modified", ""))
    )
    return Validators(etag, modified)


def _refusal(host: str, answer: httpx.Response, now: Callable[[], datetime]) -> FeedError:
    status = answer.status_code
    if status in _BUSY:
        wait = _retry_after(answer.headers.get("retry-after", "").strip(), now)
        return FeedError(f"{host} is too busy to send the feed (status {status}).", wait)
    return FeedError(f"{host} sent no feed, but status {status}.")


def _retry_after(value: str, now: Callable[[], datetime]) -> float | None:
    """Return how many seconds to wait, of a number of them or a date; None for all else."""
    if re.fullmatch("[0-9]+", value):
        seconds = float(value)
    else:
        try:
            until = parsedate_to_datetime(value)
        except (ValueError, TypeError, LookupError, OverflowError):
            return None
        seconds = ((until if until.tzinfo else until.replace(tzinfo=UTC)) - now()).total_seconds()
    return min(max(seconds, 0.0), LONGEST_WAIT)
