"""Buttons under lists of papers: more results, pages, share, and the search that was suggested."""

from typing import Any

from slack_bolt import Ack, App

from bot.slack import render
from bot.slack.buttons import MORE, NEXT, PREVIOUS, SEARCH, SHARE, Results, wanted, wanted_any, wanted_list
from bot.slack.claims import Kind
from bot.slack.desk import Desk
from bot.slack.guard import guarded
from bot.slack.replies import ByUrl


def register(app: App, desk: Desk) -> None:
    """Answer the buttons."""

    def on_more(ack: Ack, action: dict[str, Any], reply: ByUrl) -> None:
        ack()
        reply.to_asker(desk.shown(wanted_list(action.get("value"))))

    def on_turn(ack: Ack, action: dict[str, Any], reply: ByUrl) -> None:
        ack()
        reply.replace(desk.shown(wanted_list(action.get("value"))))

    def on_search(ack: Ack, action: dict[str, Any], body: dict[str, Any], reply: ByUrl) -> None:
        ack()
        subject = wanted(action.get("value"), Results)
        found = desk.listing(subject)
        if not found.found:
            reply.replace(desk.shown(subject))
            return
        message = render.results(found, person(body), since=desk.since(subject))
        desk.claims.do(lambda: reply.to_channel(message), Kind.SHARE, *pressed(body), SEARCH)
        reply.remove()

    def on_share(ack: Ack, action: dict[str, Any], body: dict[str, Any], reply: ByUrl) -> None:
        ack()
        message = desk.shared(wanted_any(action.get("value")), person(body))
        desk.claims.do(lambda: reply.to_channel(message), Kind.SHARE, *pressed(body), SHARE)
        reply.remove()

    app.action(MORE)(guarded(on_more))
    app.action(PREVIOUS)(guarded(on_turn))
    app.action(NEXT)(guarded(on_turn))
    app.action(SEARCH)(guarded(on_search))
    app.action(SHARE)(guarded(on_share))


def person(body: dict[str, Any]) -> str:
    """Return the handle of whoever pressed a button."""
    user = body["user"]
    return str(user.get("username") or user.get("name") or "")


def pressed(body: dict[str, Any]) -> tuple[str, str, str, str]:
    """Return what names the message, and who pressed a button in it."""
    container = body["container"]
    return body["team"]["id"], container["channel_id"], container["message_ts"], body["user"]["id"]
