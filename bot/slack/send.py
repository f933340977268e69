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

from bot.errors import SendError
from bot.slack.render import Message, View

TIMEOUT = 10  # seconds; Bolt's own `respond` would wait for 30
UNCERTAIN = {"fatal_error", "internal_error", "service_unavailable", "request_timeout"}

_UNFURL = {"unfurl_links": False, "unfurl_media": False}
_log = logging.getLogger(__name__)


class UncertainError(SendError):
    """Slack did not say whether it took a message."""


class WindowError(SendError):
    """Slack did not open or change a window, or did not say whether it did."""


def respond(url: str, message: Message, response_type: str, *, replace: bool = False) -> None:
    """Post to a response URL, which reaches channels the bot is not in as well; `replace` what was pressed.

    Raises SendError where Slack does not take it.
    """
    if not url:
        raise SendError("there is no response URL")
    fields = {"response_type": response_type, "replace_original": replace, "text": message.text, **_UNFURL}
    status, answer = _post(url, {**fields, "blocks": list(message.blocks)})
    if status == HTTPStatus.BAD_REQUEST and "blocks" in answer:
        _log.error("Slack refused our blocks (%s); sending the text alone", answer)
        status, answer = _post(url, fields)
    _check(status, answer)


def remove(url: str) -> None:
    """Take away the message that was pressed; raises SendError where Slack does not."""
    _check(*_post(url, {"delete_original": True}))


def post(client: WebClient, channel: str, message: Message, thread_ts: str | None = None) -> None:
    """Post to a conversation that the bot is in; raises SendError where Slack does not take it."""
    where = {"channel": channel, "thread_ts": thread_ts}
    _said(client, "chat_postMessage", where, message)


def whisper(client: WebClient, channel: str, user: str, message: Message) -> None:
    """Post to one person in a channel that the bot is in; raises SendError where Slack does not take it."""
    _said(client, "chat_postEphemeral", {"channel": channel, "user": user}, message)


def open_window(client: WebClient, trigger_id: str, view: View) -> None:
    """Open a window; raises WindowError."""
    _window(client, "views_open", {"trigger_id": trigger_id, "view": view})


def push_window(client: WebClient, trigger_id: str, view: View) -> None:
    """Put a window on top of the one where something was pressed; raises WindowError."""
    _window(client, "views_push", {"trigger_id": trigger_id, "view": view})


def update_window(client: WebClient, view_id: str, view: View) -> None:
    """Show something else in a window; raises WindowError."""
    _window(client, "views_update", {"view_id": view_id, "view": view})


def _post(url: str, body: dict[str, Any]) -> tuple[int, str]:
    """Return Slack's status and the beginning of what it said."""
    client = WebhookClient(url, timeout=TIMEOUT, retry_handlers=[])
    try:
        answer = client.send_dict(body=body)
    except Exception as error:  # a dropped or garbled answer has many names
        raise UncertainError("the response URL gave no answer") from error
    return answer.status_code, answer.body[:200]


def _check(status: int, answer: str) -> None:
    if status != HTTPStatus.OK:
        kind = UncertainError if status >= HTTPStatus.INTERNAL_SERVER_ERROR else SendError
        raise kind(f"the response URL answered {status} {answer}")


def _said(client: WebClient, method: str, where: dict[str, Any], message: Message) -> None:
    fields = {**where, "text": message.text, **(_UNFURL if method == "chat_postMessage" else {})}
    try:
        _call(client, method, {**fields, "blocks": list(message.blocks)})
    except SendError as error:
        if "blocks" not in str(error):
            raise
        _log.error("Slack refused our blocks (%s); sending the text alone", error)
        _call(client, method, fields)


def _window(client: WebClient, method: str, fields: dict[str, Any]) -> None:
    try:
        _call(client, method, fields)
    except SendError as error:
        raise WindowError(str(error)) from error


def _call(client: WebClient, method: str, fields: dict[str, Any]) -> None:
    """Call a method of Slack's, once; raises SendError, with Slack's code, or UncertainError."""
    once = WebClient(client.token, base_url=client.base_url, timeout=TIMEOUT, retry_handlers=[])
    try:
        getattr(once, method)(**fields)
    except SlackApiError as error:
        code = error.response.get("error", "") if isinstance(error.response.data, dict) else ""
        unsure = code in UNCERTAIN or error.response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
        kind = UncertainError if unsure else SendError
        raise kind(f"{method}: {code or error.response.status_code}") from error
    except Exception as error:  # a dropped or garbled answer has many names
        raise UncertainError(f"{method}: no answer") from error
