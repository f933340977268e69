"""Messages that answer a command or an interaction: in the acknowledgement or at its response URL.

They reach channels the bot is not in, and only the asker unless they say in_channel. A message is replaced
or deleted only through the response URL of an interaction with that message: for a command's there is no
original, and Slack posts a further message instead.
"""

import json

from bot.playground.arguments import is_true
from bot.playground.checks import ApiError, Json, content_of
from bot.playground.grants import ResponseUrl
from bot.playground.workspace import BOT, Workspace


def answer(workspace: Workspace, url: ResponseUrl, body: Json) -> None:
    """Do what the answer asks; ApiError if Slack would refuse it."""
    original = workspace.find(url.channel, url.original)
    if is_true(body.get("delete_original")):
        if original is None:
            raise ApiError("message_not_found")
        workspace.delete(original)
        return
    kind = body.get("response_type", "ephemeral")
    if kind not in ("ephemeral", "in_channel"):
        raise ApiError("invalid_response_type")
    text, blocks = content_of(body)
    if original is not None and is_true(body.get("replace_original")):
        workspace.edit(original, text=text, blocks=blocks)
        return
    only_for = url.user if kind == "ephemeral" else None
    named = body.get("thread_ts")
    thread_ts = None if named is None else workspace.thread(url.channel, named)
    workspace.post(url.channel, BOT, text, blocks, only_for=only_for, thread_ts=thread_ts)


def post_to(workspace: Workspace, secret: str, raw: bytes) -> tuple[int, str]:
    """Answer a POST to a response URL: the HTTP status and text. Only an answer that was taken uses it up."""
    try:
        url = workspace.grants.find_url(secret)
    except ApiError as error:
        return 404, error.code
    body = read(raw)
    if body is None:
        return 400, "invalid_payload"
    try:
        answer(workspace, url, body)
    except ApiError as error:
        return 400, error.code
    url.uses_left -= 1
    return 200, "ok"


def read(raw: bytes) -> Json | None:
    """Return the JSON object that was posted, or None."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None
