"""Somebody who wants something of topics: who and where they are, and how to answer them.

Law: what is done in a window belongs to the conversation that the window was opened from.
"""

from dataclasses import dataclass
from typing import Any

from slack_bolt import Args
from slack_sdk import WebClient

from bot.slack.forms import form_of
from bot.slack.replies import AnyWay, OpenReply, reply_to
from bot.slack.scene import Scene, of_command, of_message, of_press, of_window


@dataclass(frozen=True, slots=True)
class Visit:
    """`reply` answers in the conversation, whether they act there or in a window."""

    client: WebClient
    scene: Scene
    reply: OpenReply

    @property
    def after(self) -> OpenReply:
        """How to tell of what has been done, which nobody should ask for again: in any way there is."""
        scene = self.scene
        return self.reply if scene.home else AnyWay(self.client, scene.place.channel, scene.user, scene.url)


def visit_of(args: Args) -> Visit | None:
    """Return who did this and where; None where it is nothing that people do.

    Raises OutdatedError for a window of another version.
    """
    body: dict[str, Any] = args.body
    if "view" in body:
        form = form_of(body["view"].get("private_metadata"))
        scene = of_window(args.context, body, form.channel, form.url)
        return Visit(args.client, scene, AnyWay(args.client, form.channel, scene.user, form.url))
    reply = reply_to(args)
    if not isinstance(reply, OpenReply):
        return None
    if "event" in body:
        return Visit(args.client, of_message(args.context, body["event"]), reply)
    of = of_command if "command" in body else of_press
    return Visit(args.client, of(args.context, body), reply)
