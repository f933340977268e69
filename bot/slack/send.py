"""A message → Slack, by the response URL that came with a command or a click.

Law: what Slack refuses is never silent. A message whose blocks it refuses goes out once more as text alone.
"""

import logging
from http import HTTPStatus

from slack_bolt import Respond
from slack_sdk.webhook import WebhookClient

from bot.errors import SendError
from bot.slack.render import Block, Message

TIMEOUT = 10  # seconds; Bolt's own `respond` would wait for 30

_log = logging.getLogger(__name__)


def to_asker(respond: Respond, message: Message) -> None:
    """Answer so that only the asker sees it; raises SendError where Slack does not take it."""
    _respond(respond, message, "ephemeral")


def to_channel(respond: Respond, message: Message) -> None:
    """Answer so that the whole channel sees it; raises SendError where Slack does not take it.

    This reaches channels the bot is not in as well, but tells no message's time stamp.
    """
    _respond(respond, message, "in_channel")


def _respond(respond: Respond, message: Message, response_type: str) -> None:
    status, said = _post(respond, message, list(message.blocks), response_type)
    if status == HTTPStatus.BAD_REQUEST and "blocks" in said:
        _log.error("Slack refused our blocks (%s); sending the text alone", said)
        status, said = _post(respond, message, None, response_type)
    if status != HTTPStatus.OK:
        raise SendError(f"the response URL answered {status} {said}")


def _post(
    respond: Respond, message: Message, blocks: list[Block] | None, response_type: str
) -> tuple[int, str]:
    """Return Slack's status and the beginning of what it said.

    Nothing is sent twice by itself: after a dropped connection nobody knows whether the message is out.
    """
    client = WebhookClient(respond.response_url or "", timeout=TIMEOUT, retry_handlers=[])
    answer = client.send(
        text=message.text,
        blocks=blocks,
        response_type=response_type,
        unfurl_links=False,
        unfurl_media=False,
    )
    return answer.status_code, answer.body[:200]
