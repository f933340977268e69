"""What happens to the bot, to channels and to people, and how the app hears of it, in Slack's shape.

Each act changes the state first, then tells the app what its scopes and subscriptions let through: of a
public channel always, of a private one where the bot is. Each returns what became of the events. What cannot
be done raises LookupError.
"""

from dataclasses import replace

from bot.playground import payloads
from bot.playground.api_users import as_user
from bot.playground.checks import Json
from bot.playground.deliver import Delivery
from bot.playground.events import Events
from bot.playground.workspace import BOT, Channel, Workspace


class Fate:
    """Acts of admins and of Slack itself. Lives in the server's event loop."""

    def __init__(self, workspace: Workspace, events: Events) -> None:
        self._workspace = workspace
        self._events = events

    def _channel(self, channel_id: str, *, archived: bool | None = None) -> Channel:
        """Return a channel, which must (not) be archived if that is said; LookupError for any other."""
        channel = self._workspace.channels.get(channel_id)
        if channel is None or channel.kind == "im" or archived not in (None, channel.is_archived):
            raise LookupError(f"this cannot be done to {channel_id}")
        return channel

    async def _tell(self, channel: Channel | None, *inner: Json) -> list[Delivery]:
        """Tell the app in turn what it may hear of."""
        return [await self._events.tell(each, channel) for each in inner]

    async def _told(self, channel: Channel, name: str, inner: Json) -> list[Delivery]:
        """Tell the app of an event of a channel, called `channel_…` or for a private one `group_…`."""
        if channel.kind == "private" and BOT not in channel.members:
            return []
        prefix = "group" if channel.kind == "private" else "channel"
        stamped = {"type": f"{prefix}_{name}", **inner, "event_ts": self._workspace.new_ts()}
        return await self._tell(channel, stamped)

    async def remove_bot(self, channel_id: str, user_id: str) -> list[Delivery]:
        """Remove the bot from a channel."""
        channel = self._channel(channel_id)
        if BOT not in channel.members:
            raise LookupError(f"the app is not in {channel_id}")
        channel.members.remove(BOT)
        self._workspace.tell({"type": "channel", "channel": channel_id})
        prefix = "group" if channel.kind == "private" else "channel"
        left: Json = {"type": f"{prefix}_left", "channel": channel_id, "actor_id": user_id}
        return await self._tell(
            channel,
            payloads.left(channel, self._workspace.new_ts()),
            {**left, "event_ts": self._workspace.new_ts()},
        )

    async def archive(self, channel_id: str, user_id: str) -> list[Delivery]:
        """Archive a channel: it can be read and not written."""
        channel = self._channel(channel_id, archived=False)
        channel.is_archived = True
        self._workspace.tell({"type": "channel", "channel": channel_id})
        return await self._told(channel, "archive", {"channel": channel_id, "user": user_id, "is_moved": 0})

    async def unarchive(self, channel_id: str, user_id: str) -> list[Delivery]:
        """Open an archived channel again; the members of a public one do not come back, the bot neither."""
        channel = self._channel(channel_id, archived=True)
        channel.is_archived = False
        if channel.kind == "channel":
            channel.members = {user_id}
        self._workspace.tell({"type": "channel", "channel": channel_id})
        actor = "user" if channel.kind == "channel" else "actor_id"
        return await self._told(channel, "unarchive", {"channel": channel_id, actor: user_id})

    async def delete_channel(self, channel_id: str, user_id: str) -> list[Delivery]:
        """Delete a channel with its messages."""
        channel = self._channel(channel_id)
        self._workspace.remove(channel_id)
        return await self._told(channel, "deleted", {"channel": channel_id, "actor_id": user_id})

    async def rename_channel(self, channel_id: str, name: str) -> list[Delivery]:
        """Give a channel another name."""
        channel = self._channel(channel_id)
        channel.name = name
        self._workspace.tell({"type": "channel", "channel": channel_id})
        renamed = {
            "id": channel_id,
            "name": name,
            "name_normalized": name,
            "created": 0,
            "is_channel": channel.kind == "channel",
            "is_mpim": False,
        }
        return await self._told(channel, "rename", {"channel": renamed})

    async def change_channel_id(self, old: str, new: str) -> list[Delivery]:
        """Give a channel another id, under which its messages and rights go on."""
        channel = self._channel(old)
        if new in self._workspace.channels:
            raise LookupError(f"there is a channel {new} already")
        self._workspace.change_id(old, new)
        changed = {"type": "channel_id_changed", "old_channel_id": old, "new_channel_id": new}
        if channel.kind == "private" and BOT not in channel.members:
            return []
        return await self._tell(channel, {**changed, "event_ts": self._workspace.new_ts()})

    async def uninstall(self, code: str) -> list[Delivery]:
        """Take the app out of the workspace: its bot token is refused with `code` from now on."""
        if self._workspace.uninstalled:
            raise LookupError("the app is not installed")
        self._workspace.uninstalled = code
        self._workspace.tell({"type": "app", "installed": False})
        tokens = {"oauth": [], "bot": [BOT]}
        inner: list[Json] = [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": tokens}]
        stamped = [{**each, "event_ts": self._workspace.new_ts()} for each in inner]
        return [await self._events.send(each, None, None) for each in stamped]

    def reinstall(self) -> None:
        """Put the app back, with the same token and in the same channels."""
        self._workspace.uninstalled = ""
        self._workspace.tell({"type": "app", "installed": True})

    async def deactivate(self, user_id: str) -> list[Delivery]:
        """Deactivate a person's account."""
        if self._workspace.users[user_id].is_bot:
            raise LookupError(f"{user_id} is no person")
        user = replace(self._workspace.users[user_id], deleted=True)
        self._workspace.users[user_id] = user
        self._workspace.tell({"type": "channel", "channel": ""})
        changed = {
            "type": "user_change",
            "user": as_user(self._workspace, user),
            "cache_ts": int(self._workspace.clock()),
            "event_ts": self._workspace.new_ts(),
        }
        return await self._tell(None, changed)
