"""The form in which a topic is written: its preview, and what becomes of it.

Law: what is wrong stands beside its field, before the form closes; only what Slack has to be asked is told
afterwards, where the form was opened.
"""

import logging
from dataclasses import replace
from typing import Any

from slack_bolt import Ack, App

from bot.digest.following import Done
from bot.errors import SendError, UserError
from bot.slack import render, send
from bot.slack.desk import Desk
from bot.slack.forms import CALLBACK, TOPIC, Form, form_of, wish_of
from bot.slack.guard import guarded
from bot.slack.listeners import following
from bot.slack.render import Message
from bot.slack.render.forms import PREVIEW
from bot.slack.replies import InWindow
from bot.slack.scene import Scene
from bot.slack.visits import Visit
from bot.topics import Wish
from bot.wording import shorten

_LONGEST_FAULT = 300

_log = logging.getLogger(__name__)


def register(app: App, desk: Desk) -> None:
    """Answer the form."""

    def on_preview(ack: Ack, visit: Visit, reply: InWindow) -> None:
        ack()
        wish, faults = wish_of(reply.view["state"]["values"])
        reply.replace(render.with_preview(reply.view, _shown(desk, visit.scene, wish, faults)))

    def on_submitted(ack: Ack, view: dict[str, Any], visit: Visit) -> None:
        form = form_of(view["private_metadata"])
        wish, faults = wish_of(view["state"]["values"])
        done = None
        if not faults:
            done, faults = _stored(desk, visit.scene, form, wish)
        if faults:
            ack(response_action="errors", errors=faults)
            return
        ack()
        if done is None:
            following.follow(desk, visit, wish)
        else:
            _refresh(desk, visit, view)
            following.told(desk, visit, done)

    app.action(PREVIEW)(guarded(on_preview))
    app.view(CALLBACK)(guarded(on_submitted))


def _stored(desk: Desk, scene: Scene, form: Form, wish: Wish) -> tuple[Done | None, dict[str, str]]:
    """Change the topic that the form is about, or look whether a new one could be searched; return faults."""
    try:
        if form.topic:
            return desk.following.change(scene.place, form.topic, wish), {}
        desk.following.preview(scene.place, wish)
    except UserError as error:
        return None, {TOPIC: shorten(error.message, _LONGEST_FAULT)}
    return None, {}


def _shown(desk: Desk, scene: Scene, wish: Wish, faults: dict[str, str]) -> Message:
    """Return what stands under the form: what the topic matches, or why that cannot be said."""
    if TOPIC in faults:
        return render.refusal(faults[TOPIC])
    try:
        return render.in_form(desk.following.preview(scene.place, replace(wish, zone=wish.zone or "UTC")))
    except UserError as error:
        return render.refusal(error.message)


def _refresh(desk: Desk, visit: Visit, view: dict[str, Any]) -> None:
    """Show the change in the window from which the form was opened, if there is one."""
    below = view.get("previous_view_id")
    if not below:
        return
    place = visit.scene.place
    shown = render.topics_window(desk.listed(place), Form(place.channel), desk.clock())
    try:
        send.update_window(visit.client, {"id": below}, shown)
    except SendError as error:
        _log.info("the window below stays as it was: %s", error)
