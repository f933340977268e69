"""Whatever Slack sends that nothing else here knows, each with a kind answer.

Bolt would answer it with 404, which Slack counts as a failed delivery and shows as a warning sign.
"""

import re

from slack_bolt import Ack, App

from bot.slack import render
from bot.slack.buttons import OutdatedError
from bot.slack.guard import guarded
from bot.slack.replies import Reply

_ANY = re.compile("")


def register(app: App) -> None:
    """Answer every command, button, form and shortcut, and take every event."""

    def on_unknown_command(ack: Ack, command: dict[str, str], reply: Reply) -> None:
        ack()
        reply.to_asker(render.unknown_command(command["command"]))

    def on_unknown_action(ack: Ack) -> None:
        ack()
        raise OutdatedError

    def on_unknown(ack: Ack) -> None:
        ack()

    app.command(_ANY)(guarded(on_unknown_command))
    app.action(_ANY)(guarded(on_unknown_action))
    for kind in (app.event, app.shortcut, app.view, app.view_closed, app.options):
        kind(_ANY)(guarded(on_unknown))
