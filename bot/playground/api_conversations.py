"""The conversations.* methods: which channels there are, who is in them, what was said."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from bot.playground.arguments import Args
from bot.playground.checks import ApiError, Json
from bot.playground.workspace import APP, BOT, BOT_ID, TEAM, Channel, Message, Workspace

_KINDS = {"public_channel": "channel", "private_channel": "private", "im": "im"}


def as_api(workspace: Workspace, message: Message, *, with_metadata: bool = False) -> Json:
    """Return a message in Slack's own shape."""
    shape: Json = {
        "type": "message",
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "team": TEAM,
    }
    if message.user == BOT:
        shape |= {"bot_id": BOT_ID, "app_id": APP}
    if message.blocks:
        shape["blocks"] = list(message.blocks)
    if message.edited:
        shape["edited"] = {"user": message.user, "ts": message.edited}
    if message.thread_ts:
        shape |= {"thread_ts": message.thread_ts}
    elif replies := _replies(workspace, message):
        shape |= {"thread_ts": message.ts, "reply_count": len(replies), "latest_reply": replies[-1].ts}
    if with_metadata and message.metadata:
        shape["metadata"] = message.metadata
    return shape


def _replies(workspace: Workspace, parent: Message) -> list[Message]:
    return [
        each for each in workspace.visible(parent.channel, after=parent.ts) if each.thread_ts == parent.ts
    ]


def _as_channel(channel: Channel) -> Json:
    if channel.kind == "im":
        return {"id": channel.id, "is_im": True, "user": channel.name, "is_archived": False, "is_open": True}
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.kind == "private",
        "is_archived": channel.is_archived,
        "is_member": BOT in channel.members,
        "is_general": False,
        "context_team_id": TEAM,
    }


def page_of(items: Sequence[Any], args: Args, default: int = 100) -> tuple[list[Any], Json]:
    """Return the items of the page that `cursor` and `limit` ask for, and the response_metadata."""
    limit, cursor = args.number("limit", default, 1000), args.get("cursor")
    try:
        start = int(base64.b64decode(cursor, validate=True)) if cursor else 0
    except (binascii.Error, TypeError, ValueError) as error:
        raise ApiError("invalid_cursor") from error
    if start < 0:
        raise ApiError("invalid_cursor")
    more = base64.b64encode(str(start + limit).encode()).decode() if start + limit < len(items) else ""
    return list(items[start : start + limit]), {"next_cursor": more}


def info(workspace: Workspace, args: Args) -> Json:
    """conversations.info."""
    channel = workspace.channel(args.get("channel"))
    shape = _as_channel(channel)
    if args.flag("include_num_members"):
        shape["num_members"] = len(channel.members)
    return {"channel": shape}


def list_(workspace: Workspace, args: Args) -> Json:
    """conversations.list."""
    types = str(args.get("types") or "public_channel").replace(" ", "").split(",")
    if not set(types) <= {*_KINDS, "mpim"}:
        raise ApiError("invalid_types")
    kinds = {_KINDS[each] for each in types if each in _KINDS}
    found = [
        _as_channel(channel)
        for channel in workspace.channels.values()
        if channel.kind in kinds
        and (channel.kind == "channel" or BOT in channel.members)
        and not (channel.is_archived and args.flag("exclude_archived"))
    ]
    channels, metadata = page_of(found, args)
    return {"channels": channels, "response_metadata": metadata}


def _readable(workspace: Workspace, args: Args) -> Channel:
    channel = workspace.channel(args.get("channel"))
    if BOT not in channel.members:
        raise ApiError("not_in_channel")
    return channel


def _between(messages: list[Message], args: Args) -> list[Message]:
    oldest, latest = str(args.get("oldest") or "0"), str(args.get("latest") or "inf")
    try:
        low, high = float(oldest), float(latest)
    except ValueError as error:
        raise ApiError("invalid_ts_oldest") from error
    if args.flag("inclusive"):
        return [each for each in messages if low <= float(each.ts) <= high]
    return [each for each in messages if low < float(each.ts) < high]


def _messages(workspace: Workspace, found: list[Message], args: Args) -> Json:
    page, metadata = page_of(found, args)
    with_metadata = args.flag("include_all_metadata")
    shapes = [as_api(workspace, each, with_metadata=with_metadata) for each in page]
    answer: Json = {"messages": shapes, "has_more": bool(metadata["next_cursor"])}
    return {**answer, "response_metadata": metadata} if metadata["next_cursor"] else answer


def history(workspace: Workspace, args: Args) -> Json:
    """conversations.history: newest first, without the replies in threads."""
    channel = _readable(workspace, args)
    found = [each for each in workspace.visible(channel.id) if not each.thread_ts]
    return {**_messages(workspace, _between(found, args)[::-1], args), "pin_count": 0}


def replies(workspace: Workspace, args: Args) -> Json:
    """conversations.replies: the parent, then the replies, oldest first."""
    channel = _readable(workspace, args)
    named = workspace.find(channel.id, args.need("ts"))
    parent = workspace.find(channel.id, named.thread_ts) if named and named.thread_ts else named
    if parent is None or parent.only_for is not None:
        raise ApiError("thread_not_found")
    return _messages(workspace, [parent, *_between(_replies(workspace, parent), args)], args)


def join(workspace: Workspace, args: Args) -> Json:
    """conversations.join."""
    channel = workspace.channel(args.get("channel"))
    if channel.kind != "channel":
        raise ApiError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise ApiError("is_archived")
    already = {"warning": "already_in_channel"} if BOT in channel.members else {}
    channel.members.add(BOT)
    workspace.tell({"type": "channel", "channel": channel.id})
    return {"channel": _as_channel(channel), **already}


def members(workspace: Workspace, args: Args) -> Json:
    """conversations.members."""
    channel = workspace.channel(args.get("channel"))
    page, metadata = page_of(sorted(channel.members), args)
    return {"members": page, "response_metadata": metadata}


def open_(workspace: Workspace, args: Args) -> Json:
    """conversations.open, for one user."""
    user = workspace.user(args.need("users"))
    return {"channel": {"id": workspace.direct(user.id).id}}


METHODS = {
    "conversations.info": info,
    "conversations.list": list_,
    "conversations.history": history,
    "conversations.replies": replies,
    "conversations.join": join,
    "conversations.members": members,
    "conversations.open": open_,
}
