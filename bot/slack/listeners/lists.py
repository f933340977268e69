"""Buttons under lists of papers: more results, pages, share, and the search that was suggested."""

from typing import Any

from slack_bolt import Ack, App, BoltContext

from bot.slack import render
from bot.slack.buttons import LISTS, MORE, NEXT, PREVIOUS, SEARCH, SHARE, SUBJECTS, Results, wanted
from bot.slack.desk import Desk
from bot.slack.guard import guarded
from bot.slack.listeners.sharing import is_shared, pressed
from bot.slack.replies import ByUrl, person


def register(app: App, desk: Desk) -> None:
    """Answer the buttons."""

    def on_more(ack: Ack, action: dict[str, Any], reply: ByUrl) -> None:
        ack()
        reply.to_asker(desk.shown(wanted(action.get("value"), *LISTS)))

    def on_turn(ack: Ack, action: dict[str, Any], reply: ByUrl) -> None:
        ack()
        reply.replace(desk.shown(wanted(action.get("value"), *LISTS)))

    def on_search(
        ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext, reply: ByUrl
    ) -> None:
        ack()
        subject = wanted(action.get("value"), Results)
        found = desk.listing(subject)
        if not found.found:
            reply.replace(desk.shown(subject))
            return
        message = render.results(found, person(body), since=desk.since(subject))
        names = (*pressed(context, body), SEARCH)
        if is_shared(desk, lambda: reply.to_channel(message), names, subject, reply):
            reply.remove()

    def on_share(
        ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext, reply: ByUrl
    ) -> None:
        ack()
        subject = wanted(action.get("value"), *SUBJECTS)
        message = desk.shared(subject, person(body))
        names = (*pressed(context, body), SHARE)
        if is_shared(desk, lambda: reply.to_channel(message), names, subject, reply):
            reply.remove()

    app.action(MORE)(guarded(on_more))
    app.action(PREVIOUS)(guarded(on_turn))
    app.action(NEXT)(guarded(on_turn))
    app.action(SEARCH)(guarded(on_search))
    app.action(SHARE)(guarded(on_share))
