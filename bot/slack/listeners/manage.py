"""Buttons in the window in which a channel's topics are managed.

Law: after each press the window shows what is there, whoever else pressed meanwhile. Where its channel has
another id since, nothing is done, and the person hears why.
"""

from dataclasses import replace
from typing import Any

from slack_bolt import Ack, App

from bot.errors import UserError
from bot.slack import render
from bot.slack.buttons import IN_WINDOW, TOPIC, TOPICS_NEXT, TOPICS_PREVIOUS, Act, Chosen, Page, wanted
from bot.slack.desk import Desk
from bot.slack.forms import form_of
from bot.slack.guard import guarded
from bot.slack.listeners import following
from bot.slack.replies import InWindow
from bot.slack.visits import Visit


def register(app: App, desk: Desk) -> None:
    """Answer the buttons."""

    def on_act(ack: Ack, action: dict[str, Any], visit: Visit, reply: InWindow) -> None:
        ack()
        chosen, place = wanted(action.get("value"), Chosen), visit.scene.place
        following.refuse_moved(desk, place)
        if chosen.act is Act.PREVIEW:
            reply.to_asker(following.preview(desk, visit.scene, chosen.topic))
        elif chosen.act is Act.EDIT:
            kept = replace(form_of(reply.view["private_metadata"]), topic=chosen.topic)
            reply.show(render.edit_form(kept, desk.following.topic(place, chosen.topic)))
        else:
            _change(desk, visit, chosen, reply)

    def on_turn(ack: Ack, action: dict[str, Any], visit: Visit, reply: InWindow) -> None:
        ack()
        following.refuse_moved(desk, visit.scene.place)
        reply.replace(desk.managed(visit.scene.place, wanted(action.get("value"), Page).after))

    for act in (Act.PREVIEW, Act.EDIT, Act.PAUSE, Act.RESUME, Act.END):
        app.action(f"{IN_WINDOW}{TOPIC}{act}")(guarded(on_act))
    app.action(IN_WINDOW + TOPICS_PREVIOUS)(guarded(on_turn))
    app.action(IN_WINDOW + TOPICS_NEXT)(guarded(on_turn))


def _change(desk: Desk, visit: Visit, chosen: Chosen, reply: InWindow) -> None:
    place, after = visit.scene.place, form_of(reply.view["private_metadata"]).after
    try:
        line = following.changed(desk, visit, chosen)
    except UserError as error:  # as where somebody else has ended it
        reply.replace(render.with_note(desk.managed(place, after), render.refused(error)))
        return
    reply.mark(desk.managed(place, after))
    following.announce(visit, line, reply)
