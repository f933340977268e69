"""What the app's token allows: of each method's scopes it needs one; each event needs its own."""

from collections.abc import Collection

from bot.playground.checks import ApiError

ALL_SCOPES = (
    "commands",
    "chat:write",
    "users:read",
    "channels:read",
    "groups:read",
    "channels:join",
    "channels:history",
    "groups:history",
    "im:read",
    "im:write",
    "im:history",
    "mpim:history",
    "app_mentions:read",
)
_WRITE = ("chat:write",)
_USERS = ("users:read",)
_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
NEEDED = {
    "chat.postMessage": _WRITE,
    "chat.postEphemeral": _WRITE,
    "chat.update": _WRITE,
    "chat.delete": _WRITE,
    "users.info": _USERS,
    "users.list": _USERS,
    "conversations.info": _READ,
    "conversations.list": _READ,
    "conversations.members": _READ,
    "conversations.history": _HISTORY,
    "conversations.replies": _HISTORY,
    "conversations.join": ("channels:join",),
    "conversations.open": ("im:write", "mpim:write", "channels:manage", "groups:write"),
}
HISTORY = {"channel": "channels:history", "private": "groups:history", "im": "im:history"}
READ = {"channel": "channels:read", "private": "groups:read", "im": "im:read"}
_HAPPENS = ("left", "archive", "unarchive", "deleted", "rename")
# An event, by the kind of the channel it is of ("": of none). Those that are not here need no scope.
EVENTS = {
    "app_mention": dict.fromkeys(("channel", "private", "im"), "app_mentions:read"),
    **{f"channel_{each}": {"channel": "channels:read"} for each in _HAPPENS},
    **{f"group_{each}": {"private": "groups:read"} for each in _HAPPENS},
    "channel_id_changed": READ,
    "member_joined_channel": READ,
    "member_left_channel": READ,
    "message": HISTORY,
    "user_change": {"": "users:read"},
}
_KINDS = {"channel": "channels", "private": "groups", "im": "im"}


def delivered(event: str, kind: str, scopes: Collection[str]) -> bool:
    """Say whether the scopes let the app hear of an event of a channel of that kind ("": of no channel)."""
    needed = EVENTS.get(event, {}).get(kind)
    return needed is None or needed in scopes


def asked_for(event: str, kind: str, subscribed: Collection[str] | None) -> bool:
    """Say whether the app subscribed to an event, by Slack's names as in a manifest; None: to all."""
    name = f"message.{_KINDS[kind]}" if event == "message" else event
    return subscribed is None or name in subscribed


def check_scope(method: str, scopes: Collection[str]) -> None:
    """Raise ApiError missing_scope, with what is `needed` and `provided`, if no scope allows the method."""
    need_one(NEEDED.get(method, ()), scopes)


def need_one(needed: Collection[str], scopes: Collection[str]) -> None:
    """Raise ApiError missing_scope, with what is `needed` and `provided`, unless one of them is there."""
    if needed and not set(needed) & set(scopes):
        raise ApiError("missing_scope", needed=",".join(needed), provided=",".join(scopes))
