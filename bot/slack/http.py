"""Slack's signed HTTP requests → the Bolt app, as a WSGI application.

Law: nothing is parsed before its signature is checked, and what is not well-formed gets a 4xx, never a
traceback. (Bolt's own adapter parses first, and takes every form with the word "payload" in it, such as a
search for `payload injection`, for an interaction.)
"""

import json
import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from slack_bolt import App, BoltRequest
from slack_sdk.signature import SignatureVerifier

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_STAMP = re.compile("[0-9]{1,12}")
_OBJECTS = ("event", "view")  # what Bolt looks into without a look at what it is


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
            request = _request(parse(verified(environ, verifier), environ.get("CONTENT_TYPE", "")))
        except RequestError as refused:
            start_response(f"{refused.status.value} {refused.status.phrase}", [])
            return []
        response = app.dispatch(request)
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
    # What Slack never sends trips the verifier: other digits, more of them, other letters.
    well_formed = _STAMP.fullmatch(stamp) and signature.isascii()
    if not (well_formed and verifier.is_valid(raw, stamp, signature)):
        raise RequestError(HTTPStatus.UNAUTHORIZED)
    return raw


def parse(raw: str, content_type: str) -> dict[str, Any]:
    """Return the fields of a body: JSON, a form, or a form whose `payload` is JSON; raises RequestError."""
    try:
        if content_type.lower().startswith("application/json"):
            body = json.loads(raw)
        else:
            form = dict(parse_qsl(raw, keep_blank_values=True))
            body = json.loads(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError):
        raise RequestError(HTTPStatus.BAD_REQUEST) from None
    if not (isinstance(body, dict) and all(isinstance(body.get(name, {}), dict) for name in _OBJECTS)):
        raise RequestError(HTTPStatus.BAD_REQUEST)
    actions = body.get("actions", [{}])
    if not (isinstance(actions, list) and actions and all(isinstance(action, dict) for action in actions)):
        raise RequestError(HTTPStatus.BAD_REQUEST)
    return body


def _request(body: dict[str, Any]) -> BoltRequest:
    try:
        # "socket_mode" is how Bolt calls a body that is parsed and verified already.
        return BoltRequest(body=body, mode="socket_mode")
    except (AttributeError, LookupError, TypeError):  # no team, user or channel that Bolt can read
        raise RequestError(HTTPStatus.BAD_REQUEST) from None
