"""What the app's token allows: of each method's scopes it needs one."""

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


def check_scope(method: str, scopes: Collection[str]) -> None:
    """Raise ApiError missing_scope, with what is `needed` and `provided`, if no scope allows the method."""
    needed = NEEDED.get(method)
    if needed and not set(needed) & set(scopes):
        raise ApiError("missing_scope", needed=",".join(needed), provided=",".join(scopes))
