"""Buttons and menus under messages about topics."""

import logging
from typing import Any

from slack_bolt import Ack, App

from bot.errors import SendError
from bot.slack import render, send
from bot.slack.buttons import (
    FOLLOW,
    MANAGE,
    TOPIC,
    TOPICS_NEXT,
    TOPICS_PREVIOUS,
    Act,
    Chosen,
    Page,
    Wanted,
    wanted,
)
from bot.slack.desk import Desk
from bot.slack.forms import Form
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
        query = wanted(action["value"], Wanted).follow if "value" in action else ""
        following.open_form(desk, visit, query)

    def on_edit(ack: Ack, action: dict[str, Any], visit: Visit) -> None:
        ack()
        following.open_edit(desk, visit, wanted(action.get("value"), Chosen).topic)

    def on_manage(ack: Ack, visit: Visit) -> None:
        ack()
        place = visit.scene.place
        view = render.topics_window(desk.listed(place), Form(place.channel), desk.clock())
        send.open_window(visit.client, visit.scene.trigger, view)

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
        desk.following.skip_earlier(visit.scene.place, number)
        reply.replace(render.skipped(number))

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
    """Do what was chosen, and show it in the list; raises UserError where the topic is there no more."""
    before = [topic for topic in desk.following.topics(visit.scene.place) if topic.number < chosen.topic]
    following.announce(following.changed(desk, visit, chosen), reply, reply)
    try:
        reply.replace(_page(desk, visit.scene, len(before)))
    except SendError as error:  # the deed is told; asking again shows the list as it is
        _log.info("a list of topics stays as it was: %s", error)


def _page(desk: Desk, scene: Scene, after: int) -> render.Message:
    return render.topic_list(desk.listed(scene.place, scene.channel_name, after), desk.clock())
