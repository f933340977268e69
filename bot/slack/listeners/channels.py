"""What becomes of channels, of people and of the bot itself, as far as it concerns what is followed.

Law: what is stored goes by ids, so a new name changes nothing. An event may come late, so Slack is asked
whether it is still so. Topics are paused and never deleted; the next round tells each owner once, and a
channel hears in one line what goes on.
"""

import logging
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.digest import upheavals
from bot.digest.upheavals import News
from bot.errors import SendError
from bot.slack import render, send
from bot.slack.claims import Kind
from bot.slack.desk import Desk
from bot.slack.guard import guarded
from bot.slack.scene import team_of
from bot.slack.sender import ChannelSender
from bot.topics import Topic

PAUSES = {  # an event, and Slack's word for why nothing can be posted since
    "channel_archive": "is_archived",
    "group_archive": "is_archived",
    "channel_deleted": "channel_not_found",
    "group_deleted": "channel_not_found",
    "channel_left": "not_in_channel",
    "group_left": "not_in_channel",
    "member_left_channel": "not_in_channel",
}
_DIRECT = "D"  # what the ids of conversations with one person begin with

_log = logging.getLogger(__name__)


def register(app: App, desk: Desk) -> None:
    """Answer the events."""
    _of_the_bot(app, desk)
    _of_channels(app, desk)
    _of_people(app, desk)


def back(desk: Desk, body: dict[str, Any], context: BoltContext, client: WebClient) -> None:
    """Let go on what failures paused in the channel that the bot has been added to, and say so there."""
    channel = body["event"]["channel"]
    topics = upheavals.returned(desk.following.store, _news(desk, body, context), channel)
    _tell_going_on(client, channel, topics)


def _of_the_bot(app: App, desk: Desk) -> None:
    def on_removed(ack: Ack, body: dict[str, Any], event: dict[str, Any], context: BoltContext) -> None:
        ack()
        if event["type"] == "app_uninstalled" or (event.get("tokens") or {}).get("bot"):
            upheavals.stopped(desk.following.store, _news(desk, body, context), event["type"])

    app.event("app_uninstalled")(guarded(on_removed))
    app.event("tokens_revoked")(guarded(on_removed))


def _of_channels(app: App, desk: Desk) -> None:
    store = desk.following.store

    def on_unreachable(
        ack: Ack, body: dict[str, Any], event: dict[str, Any], context: BoltContext, client: WebClient
    ) -> None:
        ack()
        if event["type"] == "member_left_channel" and event.get("user") != context.bot_user_id:
            return
        news, channel = _news(desk, body, context), event["channel"]
        if ChannelSender(client, news.team).is_closed(channel):
            upheavals.unreachable(store, news, channel, PAUSES[event["type"]])

    def on_unarchived(
        ack: Ack, body: dict[str, Any], event: dict[str, Any], context: BoltContext, client: WebClient
    ) -> None:
        ack()
        channel = event["channel"]
        topics = upheavals.unarchived(store, _news(desk, body, context), channel)
        if topics and event["type"] == "channel_unarchive":
            _join(client, channel)
        _tell_going_on(client, channel, topics)

    def on_moved(ack: Ack, body: dict[str, Any], event: dict[str, Any], context: BoltContext) -> None:
        ack()
        old, new = event["old_channel_id"], event["new_channel_id"]
        news = _news(desk, body, context)
        upheavals.moved(store, news, old, new)
        desk.claims.do(lambda: None, Kind.MOVED, news.team, old)  # for windows that know the old one

    for each in PAUSES:
        app.event(each)(guarded(on_unreachable))
    app.event("channel_unarchive")(guarded(on_unarchived))
    app.event("group_unarchive")(guarded(on_unarchived))
    app.event("channel_id_changed")(guarded(on_moved))


def _of_people(app: App, desk: Desk) -> None:
    def on_changed(ack: Ack, event: dict[str, Any], context: BoltContext, client: WebClient) -> None:
        ack()
        user, team = event["user"], team_of(context)
        if not user.get("deleted"):
            return
        for place, topics in upheavals.owned(desk.following.store, team, user["id"]).items():
            if place.channel.startswith(_DIRECT):  # nobody is left there
                continue
            say = partial(send.post, client, place.channel, render.owner_left(topics))
            try:
                desk.claims.do(say, Kind.LEFT, team, place.channel, user["id"])
            except SendError as error:
                _log.warning("%s could not be told that an owner has left: %s", place.channel, error)

    app.event("user_change")(guarded(on_changed))


def _news(desk: Desk, body: dict[str, Any], context: BoltContext) -> News:
    """Return an event's workspace and its id."""
    return News(team_of(context), body["event_id"], desk.clock())


def _join(client: WebClient, channel: str) -> None:
    """Enter a public channel: those who were in it before it was archived are not in it afterwards."""
    try:
        send.call(client, "conversations_join", channel=channel)
    except SendError as error:
        _log.warning("%s could not be entered: %s", channel, error)


def _tell_going_on(client: WebClient, channel: str, topics: list[Topic]) -> None:
    if not topics:
        return
    try:
        send.post(client, channel, render.going_on(topics))
    except SendError as error:
        _log.warning("%s could not be told that its topics go on: %s", channel, error)
