"""Where an answer goes: to a response URL, into a conversation, or into a window.

Law: for each kind of thing that people do there is one way to answer them, and listeners need not know it.
"""

import logging
from dataclasses import dataclass
from typing import Any, Protocol

from slack_bolt import Args
from slack_sdk import WebClient

from bot.errors import SendError
from bot.slack import render, send
from bot.slack.render import Message, View

_log = logging.getLogger(__name__)


class Reply(Protocol):
    """Answers whoever did something."""

    @property
    def private(self) -> bool:
        """Whether what is said to the asker is seen by nobody else."""

    def to_asker(self, message: Message) -> None:
        """Answer the asker; raises SendError where Slack does not take it."""

    def to_channel(self, message: Message) -> None:
        """Answer for everybody there to see; raises SendError where Slack does not take it."""


@dataclass(frozen=True, slots=True)
class ByUrl:
    """Answers a command, or a press of a button in a message."""

    url: str
    private: bool = True

    def to_asker(self, message: Message) -> None:
        """Post so that only the asker sees it."""
        send.respond(self.url, message, "ephemeral")

    def to_channel(self, message: Message) -> None:
        """Post for the channel."""
        send.respond(self.url, message, "in_channel")

    def replace(self, message: Message) -> None:
        """Put a message in place of the one that was pressed, which only the asker sees."""
        send.respond(self.url, message, "ephemeral", replace=True)

    def remove(self) -> None:
        """Take away the message that was pressed; where Slack does not, it stays, and the log says so."""
        try:
            send.remove(self.url)
        except SendError as error:
            _log.info("a note stays: %s", error)


@dataclass(frozen=True, slots=True)
class InConversation:
    """Answers what was typed to the bot in its direct messages."""

    client: WebClient
    channel: str
    thread_ts: str | None = None
    private: bool = False

    def to_asker(self, message: Message) -> None:
        """Post in the conversation, or its thread."""
        send.post(self.client, self.channel, message, self.thread_ts)

    to_channel = to_asker


@dataclass(frozen=True, slots=True)
class InWindow:
    """Answers a press of a button in a window."""

    client: WebClient
    view: View
    trigger_id: str
    private: bool = True

    def to_asker(self, message: Message) -> None:
        """Say it in a further window, or in place of this one."""
        notice = render.notice(message)
        try:
            self.show(notice)
        except send.WindowError:  # it may have been the trigger, which serves but once
            send.update_window(self.client, self.view["id"], notice)

    to_channel = to_asker

    def show(self, view: View) -> None:
        """Put a window on top while Slack has room for one, else in place of this one."""
        if _is_third(self.view):
            self.replace(view)
        else:
            send.push_window(self.client, self.trigger_id, view)

    def replace(self, view: View) -> None:
        """Put a window in place of this one."""
        send.update_window(self.client, self.view["id"], view)


def reply_to(args: Args) -> Reply | None:
    """Return how to answer whoever did this; None where nobody did, as with most events."""
    if args.respond.response_url:
        return ByUrl(args.respond.response_url)
    body: dict[str, Any] = args.body
    if isinstance(body.get("view"), dict) and body["view"].get("id"):
        return InWindow(args.client, body["view"], body.get("trigger_id", ""))
    event = body.get("event") or {}
    if event.get("type") == "message" and event.get("channel_type") == "im" and not event.get("subtype"):
        return InConversation(args.client, event["channel"], event.get("thread_ts"))
    return None


def _is_third(view: View) -> bool:
    """Tell whether Slack has no room above a window: it stacks three."""
    below = view.get("previous_view_id")
    return bool(below) and below != view.get("root_view_id")
