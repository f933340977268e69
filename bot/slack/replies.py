"""Where an answer goes: to a response URL, into a conversation, or into a window.

Law: for each kind of thing that people do there is one way to answer them, and listeners need not know it.
"""

import logging
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from slack_bolt import Args
from slack_sdk import WebClient

from bot.errors import SendError, UncertainError
from bot.slack import render, send
from bot.slack.buttons import OutdatedError
from bot.slack.failures import OvertakenError
from bot.slack.forms import CALLBACK, form_of
from bot.slack.render import Message, View

SAID = {None, "file_share", "thread_broadcast", "me_message"}  # of messages, what a person has just said

_log = logging.getLogger(__name__)


class Reply(Protocol):
    """Answers whoever did something."""

    @property
    def private(self) -> bool:
        """Whether what is said to the asker is seen by nobody else."""

    def to_asker(self, message: Message) -> None:
        """Answer the asker; raises SendError where Slack does not take it."""


@runtime_checkable
class OpenReply(Reply, Protocol):
    """Answers whoever did something where others may see it."""

    def to_channel(self, message: Message) -> None:
        """Answer for everybody there to see; raises SendError where Slack does not take it."""


@dataclass(frozen=True, slots=True)
class ByUrl:
    """Answers a command, or a press of a button in a message."""

    url: str
    private: bool = True

    def to_asker(self, message: Message) -> None:
        """Post so that only the asker sees it."""
        send.respond(self.url, message)

    def to_channel(self, message: Message) -> None:
        """Post for the channel."""
        send.respond(self.url, message, public=True)

    def replace(self, message: Message) -> None:
        """Put a message in place of the one that was pressed, which only the asker sees."""
        send.respond(self.url, message, replace=True)

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
class AnyWay:
    """Answers in a channel that the bot should be in: by a response URL while it serves, else by itself.

    So what is done is told, and what was filled in in a window is answered where that belongs.
    """

    client: WebClient
    channel: str
    user: str
    url: str = ""
    private: bool = True

    def to_asker(self, message: Message) -> None:
        """Post so that only the asker sees it."""
        if not self._is_by_url(message, public=False):
            send.whisper(self.client, self.channel, self.user, message)

    def to_channel(self, message: Message) -> None:
        """Post for the channel."""
        if not self._is_by_url(message, public=True):
            send.post(self.client, self.channel, message)

    def _is_by_url(self, message: Message, *, public: bool) -> bool:
        """Post to the response URL while it serves; return whether it did."""
        if not self.url:
            return False
        try:
            send.respond(self.url, message, public=public)
        except SendError as error:
            if public and isinstance(error, UncertainError):  # it may be there
                raise
            _log.info("a response URL did not take it: %s", error)
            return False
        return True


@dataclass(frozen=True, slots=True)
class InWindow:
    """Answers a press of a button in a window."""

    client: WebClient
    view: View
    trigger_id: str
    private: bool = True

    def to_asker(self, message: Message) -> None:
        """Say it in a further window; where none opens, under what this one shows."""
        if not self._is_third():
            try:
                send.push_window(self.client, self.trigger_id, render.notice(message))
            except SendError as error:  # it may have been the trigger, which serves but once
                _log.info("no further window: %s", error)
            else:
                return
        self.replace(render.with_note(self.view, message))

    def show(self, view: View) -> None:
        """Put a window on top while Slack has room for one, else in place of this one."""
        if self._is_third():
            self.replace(view)
        else:
            send.push_window(self.client, self.trigger_id, view)

    def replace(self, view: View) -> None:
        """Put a window in place of this one, if nobody has been quicker."""
        try:
            send.update_window(self.client, self.view, view)
        except OvertakenError as error:  # what the other press did stays, and this one can be repeated
            _log.info("another press came first: %s", error)

    def mark(self, view: View) -> None:
        """Show what has been done; where Slack does not, the window stays, and the log says so."""
        try:
            self.replace(view)
        except SendError as error:
            _log.warning("a window does not show what was done: %s", error)

    def _is_third(self) -> bool:
        """Tell whether Slack has no room above this window: it stacks three."""
        below = self.view.get("previous_view_id")
        return bool(below) and below != self.view.get("root_view_id")


@dataclass(frozen=True, slots=True)
class InNewWindow:
    """Answers what was filled in in a window of another version, which says no more where it belongs."""

    client: WebClient
    trigger_id: str
    private: bool = True

    def to_asker(self, message: Message) -> None:
        """Say it in a window of its own."""
        send.open_window(self.client, self.trigger_id, render.notice(message))


def reply_to(args: Args) -> Reply | None:
    """Return how to answer whoever did this; None where nobody did, as with most events."""
    if args.respond.response_url:
        return ByUrl(args.respond.response_url)
    body: dict[str, Any] = args.body
    if body.get("type") == "view_submission" and body["view"].get("callback_id") == CALLBACK:
        return _from_form(args.client, body)
    if isinstance(body.get("view"), dict) and body["view"].get("id"):
        return InWindow(args.client, body["view"], body.get("trigger_id", ""))
    event = body.get("event") or {}
    if event.get("type") == "message" and event.get("channel_type") == "im" and event.get("subtype") in SAID:
        return InConversation(args.client, event["channel"], event.get("thread_ts"))
    return None


def _from_form(client: WebClient, body: dict[str, Any]) -> Reply:
    try:
        form = form_of(body["view"].get("private_metadata"))
    except OutdatedError:
        return InNewWindow(client, body.get("trigger_id", ""))
    return AnyWay(client, form.channel, body["user"]["id"], form.url)


def person(body: dict[str, Any]) -> str:
    """Return the handle of whoever pressed a button."""
    user = body["user"]
    return str(user.get("username") or user.get("name") or "")
