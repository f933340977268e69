"""Buttons and menus under messages about topics."""

import logging
from typing import Any

from slack_bolt import Ack, App

from bot.errors import SendError, UserError
from bot.slack import render, send
from bot.slack.buttons import (
    BEGUN,
    FOLLOW,
    MANAGE,
    TOPIC,
    TOPICS_NEXT,
    TOPICS_PREVIOUS,
    Act,
    Chosen,
    Page,
    wanted,
)
from bot.slack.desk import Desk
from bot.slack.guard import guarded
from bot.slack.listeners import following
from bot.slack.replies import ByUrl
from bot.slack.scene import Scene
from bot.slack.visits import Visit

_log = logging.getLogger(__name__)


def register(app: App, desk: Desk) -> None:
    """Answer the buttons and menus."""
    _opening(app, desk)
    _listing(app, desk)


def _opening(app: App, desk: Desk) -> None:
    def on_follow(ack: Ack, action: dict[str, Any], visit: Visit) -> None:
        ack()
        begun = wanted(action["value"], *BEGUN) if "value" in action else None
        following.open_form(visit, begun)

    def on_edit(ack: Ack, action: dict[str, Any], visit: Visit) -> None:
        ack()
        following.open_edit(desk, visit, wanted(action.get("value"), Chosen).topic)

    def on_manage(ack: Ack, visit: Visit) -> None:
        ack()
        send.open_window(visit.client, visit.scene.trigger, desk.managed(visit.scene.place))

    app.action(FOLLOW)(guarded(on_follow))
    app.action(TOPIC + Act.EDIT)(guarded(on_edit))
    app.action(MANAGE)(guarded(on_manage))


def _listing(app: App, desk: Desk) -> None:
    def on_turn(ack: Ack, action: dict[str, Any], visit: Visit, reply: ByUrl) -> None:
        ack()
        reply.replace(_page(desk, visit.scene, wanted(action.get("value"), Page).after))

    def on_skip(ack: Ack, action: dict[str, Any], visit: Visit, reply: ByUrl) -> None:
        ack()
        number = wanted(action.get("value"), Chosen).topic
        line = following.skipped(desk, visit, number)
        if line is None:
            reply.replace(render.not_skipped(number))
            return
        following.announce(visit, line)
        reply.remove()

    def on_menu(ack: Ack, action: dict[str, Any], visit: Visit, reply: ByUrl) -> None:
        ack()
        chosen = wanted((action.get("selected_option") or {}).get("value"), Chosen)
        if chosen.act is Act.PREVIEW:
            reply.to_asker(following.preview(desk, visit.scene, chosen.topic))
        elif chosen.act is Act.EDIT:
            following.open_edit(desk, visit, chosen.topic)
        else:
            _change(desk, visit, chosen, reply)

    app.action(TOPICS_PREVIOUS)(guarded(on_turn))
    app.action(TOPICS_NEXT)(guarded(on_turn))
    app.action(TOPIC + Act.SKIP)(guarded(on_skip))
    app.action(TOPIC)(guarded(on_menu))


def _change(desk: Desk, visit: Visit, chosen: Chosen, reply: ByUrl) -> None:
    """Do what was chosen, or say why not; then the list shows what there is, whoever else changed it."""
    before = [topic for topic in desk.following.topics(visit.scene.place) if topic.number < chosen.topic]
    try:
        following.announce(visit, following.changed(desk, visit, chosen))
    except UserError as error:
        reply.to_asker(render.refused(error))
    try:
        reply.replace(_page(desk, visit.scene, len(before)))
    except SendError as error:  # the deed is told; asking again shows the list as it is
        _log.info("a list of topics stays as it was: %s", error)


def _page(desk: Desk, scene: Scene, after: int) -> render.Message:
    return render.topic_list(desk.listed(scene.place, scene.channel_name, after), desk.clock())
