"""Buttons for one paper, in messages: its abstract in a window, what is like it, its BibTeX."""

from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.slack import render, send
from bot.slack.buttons import ABSTRACT, BIBTEX, SIMILAR, Alike, One, Window, wanted
from bot.slack.desk import Desk
from bot.slack.guard import guarded
from bot.slack.replies import ByUrl


def register(app: App, desk: Desk) -> None:
    """Answer the buttons."""

    def on_abstract(
        ack: Ack, action: dict[str, Any], body: dict[str, Any], client: WebClient, reply: ByUrl
    ) -> None:
        ack()
        one = wanted(action.get("value"), One)
        view = render.paper_window(desk.paper(one), desk.loaded, Window(reply.url), since=desk.since(one))
        send.open_window(client, body["trigger_id"], view)

    def on_similar(ack: Ack, action: dict[str, Any], reply: ByUrl) -> None:
        ack()
        reply.to_asker(desk.shown(wanted(action.get("value"), Alike)))

    def on_bibtex(ack: Ack, action: dict[str, Any], reply: ByUrl) -> None:
        ack()
        reply.to_asker(render.bibliography([desk.paper(wanted(action.get("value"), One))], []))

    app.action(ABSTRACT)(guarded(on_abstract))
    app.action(SIMILAR)(guarded(on_similar))
    app.action(BIBTEX)(guarded(on_bibtex))
