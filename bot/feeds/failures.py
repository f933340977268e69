"""What went wrong on the way to a feed → one sentence. Pure.

Law: it names the host and what it did; no library's words, which nobody can act on.
"""

import ssl

import httpx

from bot.feeds.wire import Deadline, Limits


def why(error: httpx.TransportError, host: str, deadline: Deadline, limits: Limits, *, begun: bool) -> str:
    """Return the sentence; `begun` tells whether the answer's headers have come."""
    if isinstance(error, httpx.TimeoutException):
        return _late(error, host, deadline, limits)
    if cause := _of_tls(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"{host} has no certificate that can be trusted."
        return f"No secure connection to {host} can be made."
    if isinstance(error, httpx.ConnectError):
        return f"{host} cannot be reached."
    if begun:
        return f"{host} broke off before the end of the feed."
    return f"{host} gave no answer that can be read."


def _late(error: httpx.TimeoutException, host: str, deadline: Deadline, limits: Limits) -> str:
    if deadline.left() <= 0:
        return f"{host} took longer than {limits.seconds:g} seconds to send the feed."
    if isinstance(error, httpx.ConnectTimeout):
        return f"{host} cannot be reached within {limits.pause:g} seconds."
    return f"{host} sent nothing for {limits.pause:g} seconds."


def _of_tls(error: BaseException) -> ssl.SSLError | None:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__
    return cause
