"""Slack's Web API: who may call, how arguments arrive, and the answer's envelope.

Every answer is HTTP 200 with `ok`; a refusal has Slack's error code.
"""

import json
from collections import deque
from collections.abc import Callable, Collection, Mapping
from typing import Any

from aiohttp import web

from bot.playground import api_chat, api_conversations, api_users, api_views
from bot.playground.arguments import Args, Call, json_fields
from bot.playground.checks import ApiError, Json
from bot.playground.faults import Faults
from bot.playground.scopes import check_scope
from bot.playground.views import Views
from bot.playground.workspace import Channel, Workspace

Method = Callable[[Workspace, Args], Json]
CALLS_KEPT = 10_000


class WebApi:
    """The methods by name and the calls received."""

    def __init__(  # noqa: PLR0913 (the parts it stands on)
        self,
        workspace: Workspace,
        views: Views,
        tokens: Mapping[str, str],
        ticket: Callable[[], str],
        *,
        scopes: Collection[str],
        faults: Faults,
        soon: Callable[[Json, Channel], None],
    ) -> None:
        self._workspace = workspace
        self._scopes = scopes
        self._tokens = {token: kind for kind, token in tokens.items()}
        self._faults = faults
        self.calls: deque[Call] = deque(maxlen=CALLS_KEPT)
        self._methods: dict[str, Method] = {
            **api_chat.METHODS,
            **api_conversations.methods(scopes, soon),
            **api_users.METHODS,
            **api_views.methods(views),
            "apps.connections.open": lambda _workspace, _args: {"url": ticket()},
        }

    def has(self, method: str) -> bool:
        """Say whether there is such a method."""
        return method in self._methods

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one request to /api/<method>."""
        method = request.match_info["method"]
        try:
            args = await _arguments(request)
            self._admit(method, _token(request, args))
        except ApiError as error:
            return self._refusal(error)
        call = Call(method, args)
        with self._workspace.changed:
            self.calls.append(call)
            self._workspace.changed.notify_all()
        return await self._faults.meet(request, call, lambda: self._answer(call))

    def _answer(self, call: Call) -> web.Response:
        with self._workspace.changed:
            try:
                answer = self._methods[call.method](self._workspace, Args(call.args))
            except ApiError as error:
                return self._refusal(error)
        return self._respond({"ok": True, **answer})

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
        if kind == "bot" and self._workspace.uninstalled:
            raise ApiError(self._workspace.uninstalled)
        check_scope(method, self._scopes)


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
