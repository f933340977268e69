"""The form in which a topic is written: its preview, and what becomes of it.

Law: what is wrong stands beside its field, before the form closes; until then nothing is written and Slack
not asked. What only that tells is told afterwards, where the form was opened.
"""

import logging
from typing import Any

from slack_bolt import Ack, App

from bot.errors import SendError, UserError
from bot.slack import render, send
from bot.slack.desk import Desk
from bot.slack.forms import CALLBACK, TOPIC, form_of, wish_of
from bot.slack.guard import guarded
from bot.slack.listeners import following
from bot.slack.render import Message
from bot.slack.render.forms import PREVIEW
from bot.slack.replies import InWindow
from bot.slack.scene import Scene
from bot.slack.visits import Visit
from bot.topics import Place, Wish
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
        if faults := faults or _refused(desk, visit.scene.place, form.topic, wish):
            ack(response_action="errors", errors=faults)
            return
        ack()  # within three seconds, which a database that somebody else writes to may not leave
        if not form.topic:
            following.follow(desk, visit, wish)
            return
        done = desk.following.change(visit.scene.place, form.topic, wish)
        _refresh(desk, visit, view, form.after)
        following.told(desk, visit, done)

    app.action(PREVIEW)(guarded(on_preview))
    app.view(CALLBACK)(guarded(on_submitted))


def _refused(desk: Desk, place: Place, number: int, wish: Wish) -> dict[str, str]:
    """Return what speaks against a topic, as far as reading tells: `number` is 0 for a new one."""
    try:
        following.refuse_moved(desk, place)
        desk.following.check(place, number, wish)
    except UserError as error:
        return {TOPIC: shorten(error.message, _LONGEST_FAULT)}
    return {}


def _shown(desk: Desk, scene: Scene, wish: Wish, faults: dict[str, str]) -> Message:
    """Return what stands under the form: what the topic matches, or why that cannot be said."""
    if TOPIC in faults:
        return render.refusal(faults[TOPIC])
    try:
        return render.in_form(desk.following.preview(scene.place, wish))
    except UserError as error:
        return render.refusal(error.message)


def _refresh(desk: Desk, visit: Visit, view: dict[str, Any], after: int) -> None:
    """Show the change in the window from which the form was opened, if there is one, at its page."""
    below = view.get("previous_view_id")
    if not below:
        return
    try:
        send.update_window(visit.client, {"id": below}, desk.managed(visit.scene.place, after))
    except SendError as error:
        _log.info("the window below stays as it was: %s", error)
