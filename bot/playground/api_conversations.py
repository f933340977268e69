"""The conversations.* methods: which channels there are, who is in them, what was said.

What a method may read depends on the kind of the channel: each kind has scopes of its own.
"""

import base64
import binascii
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.playground.arguments import Args
from bot.playground.checks import ApiError, Json
from bot.playground.payloads import joined
from bot.playground.scopes import HISTORY, READ, need_one
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
        parent = workspace.find(message.channel, message.thread_ts)
        shape |= {"thread_ts": message.thread_ts} | ({"parent_user_id": parent.user} if parent else {})
    elif replies := _replies(workspace, message):
        users = list(dict.fromkeys(each.user for each in replies))
        shape |= {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users_count": len(users),
            "latest_reply": replies[-1].ts,
            "reply_users": users,
        }
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
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
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


def _moment(args: Args, name: str, default: str) -> Decimal:
    """Return a time stamp among the arguments as a number; ApiError if it is none."""
    given = args.get(name)
    try:
        moment = Decimal(str(given)) if given not in (None, "") else Decimal(default)
    except InvalidOperation as error:
        raise ApiError(f"invalid_ts_{name}") from error
    if moment.is_nan():
        raise ApiError(f"invalid_ts_{name}")
    return moment


def _between(messages: list[Message], args: Args) -> list[Message]:
    """Return the messages later than `oldest` and earlier than `latest`, or at them if `inclusive`."""
    low, high = _moment(args, "oldest", "0"), _moment(args, "latest", "Infinity")
    inclusive = args.flag("inclusive")
    return [
        each
        for each in messages
        if low < Decimal(each.ts) < high or (inclusive and Decimal(each.ts) in (low, high))
    ]


def _messages(workspace: Workspace, found: list[Message], args: Args, default: int) -> Json:
    """Return the page that `cursor` and `limit` ask for.

    A cursor names the message that comes next, so that what is said or deleted meanwhile moves no page.
    """
    limit, start = args.number("limit", default, 999), 0
    if cursor := args.get("cursor"):
        start = _place(found, cursor)
    page, rest = found[start : start + limit], found[start + limit :]
    with_metadata = args.flag("include_all_metadata")
    answer: Json = {
        "messages": [as_api(workspace, each, with_metadata=with_metadata) for each in page],
        "has_more": bool(rest),
    }
    if rest:
        following = base64.b64encode(f"next_ts:{rest[0].ts.replace('.', '')}".encode()).decode()
        answer["response_metadata"] = {"next_cursor": following}
    return answer


def _place(found: list[Message], cursor: object) -> int:
    """Return where the messages after a cursor begin; ApiError if it is none."""
    try:
        name, _, moment = base64.b64decode(str(cursor), validate=True).decode().partition(":")
        following = int(moment)
    except (binascii.Error, ValueError) as error:
        raise ApiError("invalid_cursor") from error
    if name != "next_ts":
        raise ApiError("invalid_cursor")
    stamps = [int(each.ts.replace(".", "")) for each in found]
    falling = stamps[:1] > stamps[-1:]
    before = [stamp for stamp in stamps if (stamp > following if falling else stamp < following)]
    return len(before)


def members(_workspace: Workspace, channel: Channel, args: Args) -> Json:
    """conversations.members."""
    page, metadata = page_of(sorted(channel.members), args)
    return {"members": page, "response_metadata": metadata}


def info(_workspace: Workspace, channel: Channel, args: Args) -> Json:
    """conversations.info."""
    shape = _as_channel(channel)
    if args.flag("include_num_members"):
        shape["num_members"] = len(channel.members)
    return {"channel": shape}


def history(workspace: Workspace, channel: Channel, args: Args) -> Json:
    """conversations.history: newest first, without the replies in threads."""
    if BOT not in channel.members:
        raise ApiError("not_in_channel")
    found = [each for each in workspace.visible(channel.id) if not each.thread_ts]
    return {**_messages(workspace, _between(found, args)[::-1], args, 100), "pin_count": 0}


def replies(workspace: Workspace, channel: Channel, args: Args) -> Json:
    """conversations.replies: the parent, then the replies, oldest first."""
    if BOT not in channel.members:
        raise ApiError("not_in_channel")
    named = workspace.find(channel.id, args.need("ts"))
    parent = workspace.find(channel.id, named.thread_ts) if named and named.thread_ts else named
    if parent is None or parent.only_for is not None:
        raise ApiError("thread_not_found")
    return _messages(workspace, [parent, *_between(_replies(workspace, parent), args)], args, 999)


def open_(workspace: Workspace, args: Args) -> Json:
    """conversations.open, for one user."""
    user = workspace.user(args.need("users"))
    if user.deleted:
        raise ApiError("user_disabled")
    return {"channel": {"id": workspace.direct(user.id).id}}


# By the channel that they name: the scope needed for each kind of it, and what is done.
_OF_A_CHANNEL: dict[str, tuple[Mapping[str, str], Callable[[Workspace, Channel, Args], Json]]] = {
    "conversations.info": (READ, info),
    "conversations.members": (READ, members),
    "conversations.history": (HISTORY, history),
    "conversations.replies": (HISTORY, replies),
}


def methods(
    scopes: Collection[str], soon: Callable[[Json, Channel], None]
) -> dict[str, Callable[[Workspace, Args], Json]]:
    """Return the methods for an app with these scopes; `soon` tells it of an event afterwards."""

    def of_a_channel(name: str) -> Callable[[Workspace, Args], Json]:
        needed, act = _OF_A_CHANNEL[name]

        def method(workspace: Workspace, args: Args) -> Json:
            channel = workspace.channel(args.get("channel"))
            need_one([needed[channel.kind]], scopes)
            return act(workspace, channel, args)

        return method

    def list_(workspace: Workspace, args: Args) -> Json:
        types = str(args.get("types") or "public_channel").replace(" ", "").split(",")
        if not set(types) <= {*_KINDS, "mpim"}:
            raise ApiError("invalid_types")
        kinds = [_KINDS[each] for each in types if each in _KINDS]
        for kind in kinds:
            need_one([READ[kind]], scopes)
        found = [
            _as_channel(channel)
            for channel in workspace.channels.values()
            if channel.kind in kinds
            and (channel.kind == "channel" or BOT in channel.members)
            and not (channel.is_archived and args.flag("exclude_archived"))
        ]
        channels, metadata = page_of(found, args)
        return {"channels": channels, "response_metadata": metadata}

    def join(workspace: Workspace, args: Args) -> Json:
        channel = workspace.channel(args.get("channel"))
        if channel.kind != "channel":
            raise ApiError("method_not_supported_for_channel_type")
        if channel.is_archived:
            raise ApiError("is_archived")
        if BOT in channel.members:
            return {"channel": _as_channel(channel), "warning": "already_in_channel"}
        channel.members.add(BOT)
        workspace.tell({"type": "channel", "channel": channel.id})
        soon(joined(channel, None, workspace.new_ts()), channel)
        return {"channel": _as_channel(channel)}

    named = {name: of_a_channel(name) for name in _OF_A_CHANNEL}
    return {
        **named,
        "conversations.list": list_,
        "conversations.join": join,
        "conversations.open": open_,
    }
