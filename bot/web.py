"""Paperboy's own HTTP port: Slack's requests in HTTP mode, and the probes in every mode.

Law: a request that is not well-formed gets a 4xx, never a traceback.
"""

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from waitress.server import create_server

from bot.errors import OperatorError

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

SLACK_PATH = "/slack/events"
THREADS = 8

Probe = Callable[[], tuple[int, str, str]]  # → status, content type, body


def routes(probes: Mapping[str, Probe], slack: "WSGIApplication | None" = None) -> "WSGIApplication":
    """Return the WSGI application: `POST /slack/events` when `slack` is given, and `GET` of each probe."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if path == SLACK_PATH and slack is not None:
            if method != "POST":
                return _answer(start_response, HTTPStatus.METHOD_NOT_ALLOWED, "POST only\n")
            try:
                return slack(environ, start_response)
            except (UnicodeDecodeError, json.JSONDecodeError):  # Bolt parses before it checks the signature
                return _answer(start_response, HTTPStatus.BAD_REQUEST, "the body cannot be read\n")
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
        server = create_server(application, host=host, port=port, threads=THREADS, ident=None)
    except OSError as error:
        raise port_refused(host, port, error) from error
    thread = threading.Thread(target=server.run, name="http")
    thread.start()
    try:
        yield f"http://{server.effective_host}:{server.effective_port}"
    finally:
        server.task_dispatcher.shutdown()
        server.close()
        server.pull_trigger()
        thread.join()


def port_refused(host: str, port: int, error: OSError) -> OperatorError:
    """Say that a port cannot be had, and what to do."""
    return OperatorError(
        f"cannot listen on {host}:{port} ({error.strerror or error}); another PAPERBOY_PORT may be free"
    )


def _answer(
    start_response: "StartResponse", status: HTTPStatus, body: str, content_type: str = "text/plain"
) -> list[bytes]:
    content = body.encode()
    start_response(
        f"{status.value} {status.phrase}",
        [("Content-Type", f"{content_type}; charset=utf-8"), ("Content-Length", str(len(content)))],
    )
    return [content]
