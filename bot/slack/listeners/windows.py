"""Buttons inside a window. Its metadata holds what a press needs: here is no response URL of its own."""

from dataclasses import replace
from typing import Any

from slack_bolt import Ack, App, BoltContext

from bot.errors import RefusedError
from bot.slack import render, send
from bot.slack.buttons import (
    ABSTRACT,
    BIBTEX,
    IN_WINDOW,
    NEXT,
    PREVIOUS,
    SHARE,
    SIMILAR,
    Alike,
    One,
    Window,
    wanted,
    window_of,
)
from bot.slack.desk import Desk
from bot.slack.failures import ExpiredError
from bot.slack.guard import guarded
from bot.slack.listeners.sharing import is_shared
from bot.slack.render import View
from bot.slack.replies import InWindow, person


def register(app: App, desk: Desk) -> None:
    """Answer the buttons."""
    _reading(app, desk)
    _sharing(app, desk)


def _reading(app: App, desk: Desk) -> None:
    def similar(alike: Alike, kept: Window) -> View:
        return render.similar_window(desk.similar(alike), kept, since=desk.since(alike))

    def on_abstract(ack: Ack, action: dict[str, Any], reply: InWindow) -> None:
        ack()
        kept = Window(window_of(reply.view.get("private_metadata")).url)
        reply.show(_paper(desk, wanted(action.get("value"), One), kept))

    def on_similar(ack: Ack, action: dict[str, Any], reply: InWindow) -> None:
        ack()
        kept = Window(window_of(reply.view.get("private_metadata")).url)
        reply.show(similar(wanted(action.get("value"), Alike), kept))

    def on_turn(ack: Ack, action: dict[str, Any], reply: InWindow) -> None:
        ack()
        kept = window_of(reply.view.get("private_metadata"))
        reply.replace(similar(wanted(action.get("value"), Alike), kept))

    def on_bibtex(ack: Ack, action: dict[str, Any], reply: InWindow) -> None:
        ack()
        kept = window_of(reply.view.get("private_metadata"))
        reply.replace(_paper(desk, wanted(action.get("value"), One), replace(kept, bibtex=True)))

    app.action(IN_WINDOW + ABSTRACT)(guarded(on_abstract))
    app.action(IN_WINDOW + SIMILAR)(guarded(on_similar))
    app.action(IN_WINDOW + PREVIOUS)(guarded(on_turn))
    app.action(IN_WINDOW + NEXT)(guarded(on_turn))
    app.action(IN_WINDOW + BIBTEX)(guarded(on_bibtex))


def _sharing(app: App, desk: Desk) -> None:
    def on_share(
        ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext, reply: InWindow
    ) -> None:
        ack()
        one, kept = wanted(action.get("value"), One), window_of(reply.view.get("private_metadata"))
        message = desk.shared(one, person(body))
        names = (context.team_id or "", reply.view["id"], body["user"]["id"], one.paper)
        try:
            shared = is_shared(desk, lambda: send.respond(kept.url, message, public=True), names, one, reply)
        except ExpiredError:
            reply.to_asker(render.not_shared(one))
        except RefusedError:
            reply.to_asker(render.not_let())
        else:
            if shared:
                reply.mark(_paper(desk, one, replace(kept, shared=True)))

    app.action(IN_WINDOW + SHARE)(guarded(on_share))


def _paper(desk: Desk, one: One, kept: Window) -> View:
    return render.paper_window(desk.paper(one), desk.loaded, kept, since=desk.since(one))
