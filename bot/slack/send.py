"""A message or a window → Slack.

Law: what Slack refuses is never silent, and nothing is sent twice by itself: after a dropped connection
nobody knows whether a message is out. A message whose blocks Slack refuses goes out once more as text alone.
"""

import logging
from http import HTTPStatus
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.errors import BusyError, RefusedError, SendError, UncertainError
from bot.slack.failures import (
    OvertakenError,
    UnchangedError,
    UnseenError,
    WindowError,
    check_answer,
    failure,
)
from bot.slack.render import Message, View

TIMEOUT = 10  # seconds; Bolt's own `respond` would wait for 30
_UNFURL = {"unfurl_links": False, "unfurl_media": False}
_log = logging.getLogger(__name__)


def respond(url: str, message: Message, *, public: bool = False, replace: bool = False) -> None:
    """Post to a response URL, which reaches channels the bot is not in as well; `replace` what was pressed.

    Raises SendError where Slack does not take it.
    """
    kind = "in_channel" if public else "ephemeral"
    fields = {"response_type": kind, "replace_original": replace, "text": message.text, **_UNFURL}
    try:
        _answer(url, fields, message)
    except UncertainError as error:
        if public:
            raise
        raise UnseenError(str(error)) from error


def remove(url: str) -> None:
    """Take away the message that was pressed; raises SendError where Slack does not."""
    check_answer(*_post(url, {"delete_original": True}))


def post(client: WebClient, channel: str, message: Message, thread_ts: str | None = None) -> None:
    """Post to a conversation that the bot is in; raises SendError where Slack does not take it."""
    where = {"channel": channel, "thread_ts": thread_ts}
    say(client, "chat_postMessage", where, message)


def whisper(client: WebClient, channel: str, user: str, message: Message) -> None:
    """Post to one person in a channel that the bot is in; raises SendError where Slack does not take it."""
    say(client, "chat_postEphemeral", {"channel": channel, "user": user}, message)


def open_window(client: WebClient, trigger_id: str, view: View) -> None:
    """Open a window; raises WindowError."""
    _window(client, "views_open", {"trigger_id": trigger_id, "view": view})


def push_window(client: WebClient, trigger_id: str, view: View) -> None:
    """Put a window on top of the one where something was pressed; raises WindowError."""
    _window(client, "views_push", {"trigger_id": trigger_id, "view": view})


def update_window(client: WebClient, shown: View, view: View) -> None:
    """Show something else in a window, if it is as it was `shown`; raises UnchangedError."""
    fields = {"view_id": shown["id"], "view": view, **({"hash": shown["hash"]} if "hash" in shown else {})}
    try:
        _window(client, "views_update", fields)
    except WindowError as error:
        cause = error.__cause__
        overtaken = isinstance(cause, RefusedError) and cause.code == "hash_conflict"
        raise (OvertakenError if overtaken else UnchangedError)(str(error)) from error


def say(client: WebClient, method: str, where: dict[str, Any], message: Message) -> dict[str, Any]:
    """Post by a method of Slack's, once, and return its answer; raises as `call` does."""
    fields = {**where, "text": message.text, **(_UNFURL if method == "chat_postMessage" else {})}
    try:
        return call(client, method, **fields, blocks=list(message.blocks))
    except RefusedError as error:
        if "blocks" not in error.code:
            raise
        _log.error("Slack refused our blocks (%s); sending the text alone", error)
        return call(client, method, **fields)


def call(client: WebClient, method: str, **fields: Any) -> dict[str, Any]:
    """Call a method of Slack's, once, and return its answer; raises a SendError: Busy, Refused, Uncertain."""
    once = WebClient(client.token, base_url=client.base_url, timeout=TIMEOUT, retry_handlers=[])
    try:
        answer: dict[str, Any] = getattr(once, method)(**fields).data
    except SlackApiError as error:
        raise failure(method, error.response) from error
    except Exception as error:  # a dropped or garbled answer has many names
        raise UncertainError(f"{method}: no answer") from error
    return answer


def _answer(url: str, fields: dict[str, Any], message: Message) -> None:
    if not url:
        raise RefusedError("the response URL", "there is none")
    status, answer = _post(url, {**fields, "blocks": list(message.blocks)})
    if status == HTTPStatus.BAD_REQUEST and "blocks" in answer:
        _log.error("Slack refused our blocks (%s); sending the text alone", answer)
        status, answer = _post(url, fields)
    check_answer(status, answer)


def _post(url: str, body: dict[str, Any]) -> tuple[int, str]:
    """Return Slack's status and the beginning of what it said."""
    client = WebhookClient(url, timeout=TIMEOUT, retry_handlers=[])
    try:
        answer = client.send_dict(body=body)
    except Exception as error:  # a dropped or garbled answer has many names
        raise UncertainError("the response URL gave no answer") from error
    return answer.status_code, answer.body[:200]


def _window(client: WebClient, method: str, fields: dict[str, Any]) -> None:
    try:
        call(client, method, **fields)
    except BusyError:
        raise
    except SendError as error:
        raise WindowError(str(error)) from error
