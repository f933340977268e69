"""The first words to a person: the welcome in the bot's messages, and a line to whoever invites the bot.

Law: Slack sends events again, and sends some often; each is answered once.
"""

from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.slack import render, send
from bot.slack.claims import Kind
from bot.slack.desk import Desk
from bot.slack.guard import guarded
from bot.slack.listeners import channels


def register(app: App, desk: Desk) -> None:
    """Answer the events."""

    def on_opened(ack: Ack, body: dict[str, Any], event: dict[str, Any], client: WebClient) -> None:
        ack()
        if event.get("tab") != "messages":
            return
        message = render.welcome(desk.library.size)
        desk.claims.do(
            lambda: send.post(client, event["channel"], message), Kind.WELCOME, body["team_id"], event["user"]
        )

    def on_joined(
        ack: Ack, body: dict[str, Any], event: dict[str, Any], context: BoltContext, client: WebClient
    ) -> None:
        ack()
        if event.get("user") != context.bot_user_id:  # somebody else
            return
        channels.back(desk, body, context, client)
        inviter = event.get("inviter")
        if not inviter:  # it came by itself
            return
        desk.claims.do(
            lambda: send.whisper(client, event["channel"], inviter, render.invited()),
            Kind.EVENT,
            body["team_id"],
            body["event_id"],
        )

    app.event("app_home_opened")(guarded(on_opened))
    app.event("member_joined_channel")(guarded(on_joined))
