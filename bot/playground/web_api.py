"""Slack's Web API: who may call, how arguments arrive, and the answer's envelope.

Every answer is HTTP 200 with `ok`; a refusal has Slack's error code. `Fault` lets a test break a call the
way a network or an overloaded Slack does.
"""

import json
from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.playground import api_chat, api_conversations, api_users, api_views
from bot.playground.arguments import Args, Call, json_fields
from bot.playground.checks import ApiError, Json
from bot.playground.scopes import check_scope
from bot.playground.views import Views
from bot.playground.workspace import Workspace

Method = Callable[[Workspace, Args], Json]
CALLS_KEPT = 10_000


@dataclass(frozen=True)
class Fault:
    """How the next call of a method fails.

    With `drop` the connection closes without an answer; otherwise the answer has this status, error and
    headers. With `done` the call takes effect first, so that only its answer is lost.
    """

    error: str = "internal_error"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False
    done: bool = False


class WebApi:
    """The methods by name, the calls received, and the faults that wait."""

    def __init__(
        self,
        workspace: Workspace,
        views: Views,
        tokens: Mapping[str, str],
        ticket: Callable[[], str],
        scopes: Collection[str],
    ) -> None:
        self._workspace = workspace
        self._scopes = scopes
        self._tokens = {token: kind for kind, token in tokens.items()}
        self._faults: dict[str, deque[Fault]] = {}
        self.calls: deque[Call] = deque(maxlen=CALLS_KEPT)
        self._methods: dict[str, Method] = {
            **api_chat.METHODS,
            **api_conversations.METHODS,
            **api_users.METHODS,
            **api_views.methods(views),
            "apps.connections.open": lambda _workspace, _args: {"url": ticket()},
        }

    def fail(self, method: str, fault: Fault) -> None:
        """Let the next call of the method, not yet spoken for, fail this way."""
        with self._workspace.changed:
            self._faults.setdefault(method, deque()).append(fault)

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one request to /api/<method>."""
        method = request.match_info["method"]
        try:
            args = await _arguments(request)
            self._admit(method, _token(request, args))
        except ApiError as error:
            return self._refusal(error)
        with self._workspace.changed:
            self.calls.append(Call(method, args))
            waiting = self._faults.get(method)
            fault = waiting.popleft() if waiting else None
            answer = _failed(fault) if fault and not fault.done else self._answer(method, args)
            self._workspace.changed.notify_all()
        if fault and fault.drop and request.transport is not None:
            request.transport.close()
        return _failed(fault) if fault else answer

    def _answer(self, method: str, args: Json) -> web.Response:
        try:
            return self._respond({"ok": True, **self._methods[method](self._workspace, Args(args))})
        except ApiError as error:
            return self._refusal(error)

    def _refusal(self, error: ApiError) -> web.Response:
        answer: Json = {"ok": False, "error": error.code, **error.more}
        if error.messages:
            answer["errors"] = [each.removeprefix("[ERROR] ") for each in error.messages]
            answer["response_metadata"] = {"messages": error.messages}
        return self._respond(answer)

    def _respond(self, answer: Json) -> web.Response:
        return web.json_response(answer, headers={"x-oauth-scopes": ",".join(self._scopes)})

    def _admit(self, method: str, token: str | None) -> None:
        if method not in self._methods:
            raise ApiError("unknown_method")
        if method == "api.test":
            return
        if not token:
            raise ApiError("not_authed")
        kind = self._tokens.get(token)
        if kind is None:
            raise ApiError("invalid_auth")
        if kind != ("app" if method == "apps.connections.open" else "bot"):
            raise ApiError("not_allowed_token_type")
        check_scope(method, self._scopes)


def _failed(fault: Fault) -> web.Response:
    return web.json_response({"ok": False, "error": fault.error}, status=fault.status, headers=fault.headers)


async def _arguments(request: web.Request) -> Json:
    args: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.read() or b"{}")
        except (ValueError, RecursionError) as error:
            raise ApiError("invalid_json") from error
        if not isinstance(body, dict):
            raise ApiError("json_not_object")
        args |= body
    elif request.method == "POST":
        args |= {name: value for name, value in (await _form(request)).items() if isinstance(value, str)}
    return json_fields(args)


async def _form(request: web.Request) -> Mapping[str, Any]:
    try:
        return await request.post()
    except LookupError as error:
        raise ApiError("invalid_charset") from error
    except (AssertionError, ValueError) as error:
        raise ApiError("invalid_form_data") from error


def _token(request: web.Request, args: Json) -> str | None:
    """Take the token out of the arguments or the header."""
    given = args.pop("token", None)
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    return given if isinstance(given, str) else None
