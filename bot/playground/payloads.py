"""The payloads Slack sends to an app, field by field. Pure: everything comes as an argument."""

from dataclasses import dataclass
from typing import Any

from bot.playground.checks import Json
from bot.playground.workspace import APP, BOT, TEAM, TEAM_DOMAIN, Channel, User

_NAMES = {"private": "privategroup", "im": "directmessage"}
_VERIFICATION = "playground"  # the deprecated verification token; the signature is what counts


def entities(text: str) -> str:
    """Return text as Slack hands it on, with the three characters that mean something to it encoded."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _channel(channel: Channel | None) -> Json:
    if channel is None:
        return {"id": None, "name": None}
    return {"id": channel.id, "name": _NAMES.get(channel.kind, channel.name)}


def _common(kind: str, user: User) -> Json:
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": TEAM},
        "api_app_id": APP,
        "token": _VERIFICATION,
        "team": {"id": TEAM, "domain": TEAM_DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
    }


@dataclass(frozen=True)
class Deed:
    """Who did something where (nowhere: in a view), and the rights the app gets by it."""

    user: User
    trigger_id: str
    channel: Channel | None = None
    response_url: str = ""


def command(deed: Deed, name: str, text: str) -> Json:
    """Return a slash command's form fields."""
    where = _channel(deed.channel)
    return {
        "token": _VERIFICATION,
        "team_id": TEAM,
        "team_domain": TEAM_DOMAIN,
        "channel_id": where["id"],
        "channel_name": where["name"],
        "user_id": deed.user.id,
        "user_name": deed.user.name,
        "command": name,
        "text": entities(text.strip()),
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": deed.response_url,
        "trigger_id": deed.trigger_id,
    }


def message_action(deed: Deed, action: Json, message: Json, state: Json, *, ephemeral: bool) -> Json:
    """Return the block_actions of an element in a message; an ephemeral one's content is not sent along."""
    where = _channel(deed.channel)
    thread = {"thread_ts": message["thread_ts"]} if "thread_ts" in message else {}
    return {
        **_common("block_actions", deed.user),
        "container": {
            "type": "message",
            "message_ts": message["ts"],
            "channel_id": where["id"],
            "is_ephemeral": ephemeral,
            **thread,
        },
        "trigger_id": deed.trigger_id,
        "channel": where,
        **({} if ephemeral else {"message": message}),
        "state": {"values": state},
        "response_url": deed.response_url,
        "actions": [action],
    }


def view_action(deed: Deed, action: Json, view: Json) -> Json:
    """Return the block_actions of an element in a view."""
    return {
        **_common("block_actions", deed.user),
        "container": {"type": "view", "view_id": view["id"]},
        "trigger_id": deed.trigger_id,
        "view": view,
        "actions": [action],
    }


def submission(deed: Deed, view: Json) -> Json:
    """Return a view_submission."""
    return {
        **_common("view_submission", deed.user),
        "trigger_id": deed.trigger_id,
        "view": view,
        "response_urls": [],
    }


def closed(view: Json, user: User, *, everything: bool) -> Json:
    """Return a view_closed; `everything`: the whole stack was closed with it."""
    return {**_common("view_closed", user), "view": view, "is_cleared": everything}


def event(inner: Json, *, event_id: str, now: float, ext_shared: bool = False) -> Json:
    """Return the event_callback around an event; `ext_shared`: another organisation is in its channel."""
    return {
        "token": _VERIFICATION,
        "team_id": TEAM,
        "context_team_id": TEAM,
        "api_app_id": APP,
        "event": inner,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(now),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": ext_shared,
        "event_context": f"playground-{event_id}",
    }


def said(text: str, channel: Channel, user: User, ts: str, thread_ts: str | None) -> Json:
    """Return the message event of something a person said."""
    kind = {"private": "group"}.get(channel.kind, channel.kind)
    thread: dict[str, Any] = {"thread_ts": thread_ts} if thread_ts else {}
    return {
        "type": "message",
        "user": user.id,
        "text": text,
        "ts": ts,
        "team": TEAM,
        "channel": channel.id,
        "channel_type": kind,
        "event_ts": ts,
        **thread,
    }


def messages_opened(channel: Channel, user: User, ts: str) -> Json:
    """Return the event of a person opening the direct messages with the app."""
    return {
        "type": "app_home_opened",
        "user": user.id,
        "channel": channel.id,
        "tab": "messages",
        "event_ts": ts,
    }


def joined(channel: Channel, inviter: User | None, ts: str) -> Json:
    """Return the event of the bot being added to a channel, or (without an inviter) joining it."""
    invited = {"inviter": inviter.id} if inviter else {}
    return {"type": "member_joined_channel", **_membership(channel), **invited, "event_ts": ts}


def left(channel: Channel, ts: str) -> Json:
    """Return the event of the bot being removed from a channel."""
    return {"type": "member_left_channel", **_membership(channel), "event_ts": ts}


def _membership(channel: Channel) -> Json:
    """Return the bot as a member of a channel, whose type is its id's first letter."""
    return {"user": BOT, "channel": channel.id, "channel_type": channel.id[0], "team": TEAM}
