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
# An event in a channel, by the channel's kind. Those that are not here need no scope.
EVENTS = {
    "app_mention": dict.fromkeys(("channel", "private", "im"), "app_mentions:read"),
    "member_joined_channel": {"channel": "channels:read", "private": "groups:read"},
    "message": {"channel": "channels:history", "private": "groups:history", "im": "im:history"},
}


def delivered(event: str, kind: str, scopes: Collection[str]) -> bool:
    """Say whether the app hears of an event in a channel of that kind."""
    needed = EVENTS.get(event, {}).get(kind)
    return needed is None or needed in scopes


def check_scope(method: str, scopes: Collection[str]) -> None:
    """Raise ApiError missing_scope, with what is `needed` and `provided`, if no scope allows the method."""
    needed = NEEDED.get(method)
    if needed and not set(needed) & set(scopes):
        raise ApiError("missing_scope", needed=",".join(needed), provided=",".join(scopes))
