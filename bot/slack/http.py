"""Slack's signed HTTP requests → the Bolt app, as a WSGI application.

Law: nothing is parsed before its signature is checked, and what is not well-formed gets a 4xx, never a
traceback. (Bolt's own adapter parses first, and takes every form with the word "payload" in it, such as a
search for `payload injection`, for an interaction.)
"""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from slack_bolt import App, BoltRequest
from slack_sdk.signature import SignatureVerifier

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class RequestError(Exception):
    """A request that is not let in; `status` says why."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


def endpoint(app: App, signing_secret: str) -> "WSGIApplication":
    """Return the WSGI application that hands Slack's requests to Bolt."""
    verifier = SignatureVerifier(signing_secret)

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            body = parse(verified(environ, verifier), environ.get("CONTENT_TYPE", ""))
        except RequestError as refused:
            start_response(f"{refused.status.value} {refused.status.phrase}", [])
            return []
        # "socket_mode" is how Bolt calls a body that is parsed and verified already.
        response = app.dispatch(BoltRequest(body=body, mode="socket_mode"))
        headers = [(name, value) for name, values in response.headers.items() for value in values]
        start_response(f"{response.status} {HTTPStatus(response.status).phrase}", headers)
        return [response.body.encode()]

    return application


def verified(environ: "WSGIEnvironment", verifier: SignatureVerifier) -> str:
    """Return the body of a request; raises RequestError where Slack did not sign it within five minutes."""
    stamp = environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP", "")
    signature = environ.get("HTTP_X_SLACK_SIGNATURE", "")
    try:
        raw: str = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
    except ValueError:
        raise RequestError(HTTPStatus.BAD_REQUEST) from None
    if not (stamp.isascii() and stamp.isdigit() and verifier.is_valid(raw, stamp, signature)):
        raise RequestError(HTTPStatus.UNAUTHORIZED)
    return raw


def parse(raw: str, content_type: str) -> dict[str, Any]:
    """Return the fields of a body: JSON, a form, or a form whose `payload` is JSON; raises RequestError."""
    try:
        if content_type.startswith("application/json"):
            body = json.loads(raw)
        else:
            form = dict(parse_qsl(raw, keep_blank_values=True))
            body = json.loads(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError):
        raise RequestError(HTTPStatus.BAD_REQUEST) from None
    if not isinstance(body, dict):
        raise RequestError(HTTPStatus.BAD_REQUEST)
    return body
