"""Paperboy's own HTTP port: Slack's requests in HTTP mode, and the probes in every mode.

Law: it knows addresses and methods, and nothing of what Slack sends.
"""

import errno
import os
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from waitress.server import create_server

from bot.errors import OperatorError

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

SLACK_PATH = "/slack/events"
THREADS = 8
LARGEST_BODY = 1 << 20  # bytes; Slack sends some thousands

Probe = Callable[[], tuple[int, str, str]]  # → status, content type, body


def routes(probes: Mapping[str, Probe], slack: "WSGIApplication | None" = None) -> "WSGIApplication":
    """Return the WSGI application: `POST /slack/events` when `slack` is given, and `GET` of each probe."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if path == SLACK_PATH and slack is not None:
            if method != "POST":
                return _answer(start_response, HTTPStatus.METHOD_NOT_ALLOWED, "POST only\n")
            return slack(environ, start_response)
        if path in probes and method in {"GET", "HEAD"}:
            status, content_type, body = probes[path]()
            return _answer(start_response, HTTPStatus(status), body, content_type)
        return _answer(start_response, HTTPStatus.NOT_FOUND, "nothing here\n")

    return application


@contextmanager
def serving(application: "WSGIApplication", host: str, port: int) -> Iterator[str]:
    """Serve in threads of its own while the block runs; yields the address.

    Raises OperatorError where the port cannot be had.
    """
    try:
        host.encode("idna")  # where this fails create_server would leave its socket open
        listening = socket.create_server((host, port))
    except (OSError, UnicodeError) as error:
        raise port_refused(host, port, error) from error
    sockets: dict[int, Any] = {}
    server = create_server(
        application,
        map=sockets,
        sockets=[listening],
        threads=THREADS,
        max_request_body_size=LARGEST_BODY,
        ident=None,
    )
    thread = threading.Thread(target=server.run, name="http")
    thread.start()
    try:
        yield f"http://{server.effective_host}:{server.effective_port}"
    finally:
        server.task_dispatcher.shutdown()  # lets the requests under way end, for 5 s
        left: list[Any] = []

        def leave() -> None:
            left.extend(sockets.values())
            sockets.clear()

        server.trigger.pull_trigger(leave)  # runs in the loop, which ends when it has no sockets
        thread.join()
        for each in left:
            each.close()


def port_refused(host: str, port: int, error: OSError | UnicodeError) -> OperatorError:
    """Say that a port cannot be had, and what to do."""
    number = error.errno if isinstance(error, OSError) else None
    if number in {errno.EADDRINUSE, errno.EACCES}:
        advice = "another PAPERBOY_PORT may be free"
    else:
        advice = "PAPERBOY_HOST must be an address of this machine"
    why = os.strerror(number) if number and number > 0 else "not the name of a host"  # below 0: no lookup
    return OperatorError(f"cannot listen on {host}:{port} ({why}); {advice}")


def _answer(
    start_response: "StartResponse", status: HTTPStatus, body: str, content_type: str = "text/plain"
) -> list[bytes]:
    content = body.encode()
    start_response(
        f"{status.value} {status.phrase}",
        [("Content-Type", f"{content_type}; charset=utf-8"), ("Content-Length", str(len(content)))],
    )
    return [content]
