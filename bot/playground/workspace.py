"""The state of the one workspace: who is there, the channels, what was said and who may see it.

All of it is in memory, behind one lock; `changed` is notified after every change. A message is never
changed in place: an edit puts another in its place, so what was read stays as it was.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from bot.playground.checks import ApiError, Json
from bot.playground.elements import with_ids
from bot.playground.grants import Grants, Limits

TEAM, TEAM_NAME, TEAM_DOMAIN = "T0PAPERLAB", "Paper Lab", "paperlab"
APP, BOT, BOT_ID = "A0PAPERBOY", "U0PAPERBOY", "B0PAPERBOY"
ANA, BEN, SLACKBOT = "U0ANA00001", "U0BEN00001", "USLACKBOT"
SAFETY, READING, PRIVATE, ARCHIVED = "C0SAFETY01", "C0READING1", "C0PRIVATE1", "C0ARCHIVE1"
IM = "D0ANA00001"
SHARED, DIRECT = "C0SHARED01", "D0ANABEN01"  # the bot is in neither


@dataclass(frozen=True)
class User:
    """A member of the workspace; `tz` is an IANA zone."""

    id: str
    name: str
    real_name: str
    tz: str = "Europe/London"
    is_bot: bool = False
    is_admin: bool = False
    deleted: bool = False


@dataclass
class Channel:
    """A conversation; `kind` is channel, private or im.

    With `is_ext_shared` another organisation is in it too.
    """

    id: str
    name: str
    kind: str
    members: set[str] = field(default_factory=set)
    is_archived: bool = False
    is_ext_shared: bool = False


@dataclass(frozen=True)
class Message:
    """Something said. `only_for` is the one user who sees it, None if all do; `edited` the ts of the edit."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: tuple[Json, ...] = ()
    only_for: str | None = None
    thread_ts: str | None = None
    metadata: Json | None = None
    edited: str | None = None

    @cached_property
    def seen(self) -> Json:
        """The message as the page and tests have it. Read it, do not change it."""
        optional = {"blocks": list(self.blocks), "thread_ts": self.thread_ts, "metadata": self.metadata}
        return {
            "ts": self.ts,
            "channel": self.channel,
            "user": self.user,
            "text": self.text,
            "ephemeral": self.only_for is not None,
            "time": float(self.ts),
            "bot": self.user in (BOT, SLACKBOT),
            **({"edited": True} if self.edited else {}),
            **{name: value for name, value in optional.items() if value},
        }


def _users() -> list[User]:
    return [
        User(ANA, "ana", "Ana Alvarez", is_admin=True),
        User(BEN, "ben", "Ben Baker", tz="America/New_York"),
        User(BOT, "paperboy", "Paperboy", tz="UTC", is_bot=True),
        User(SLACKBOT, "slackbot", "Slackbot", tz="UTC", is_bot=True),
    ]


def _channels() -> list[Channel]:
    return [
        Channel(SAFETY, "safety", "channel", {ANA, BEN, BOT}),
        Channel(READING, "reading-group", "channel", {ANA, BEN}),
        Channel(PRIVATE, "lab-private", "private", {ANA, BEN}),
        Channel(ARCHIVED, "old-papers", "channel", {ANA, BOT}, is_archived=True),
        Channel(SHARED, "shared-with-acme", "channel", {ANA, BEN}, is_ext_shared=True),
        Channel(IM, ANA, "im", {ANA, BOT}),
        Channel(DIRECT, "", "im", {ANA, BEN}),
    ]


class Workspace:
    """Everything the local Slack knows. Events for the page go to whoever listens."""

    def __init__(self, clock: Callable[[], float], limits: Limits) -> None:
        self.clock = clock
        self.limits = limits
        self.grants = Grants(limits, clock)
        self.changed = threading.Condition()
        self.users = {user.id: user for user in _users()}
        self.channels = {channel.id: channel for channel in _channels()}
        self.uninstalled = ""  # the code with which the bot token is refused since the app was uninstalled
        self._messages: dict[str, dict[str, Message]] = {}
        self._listeners: list[Callable[[Json, str | None], None]] = []
        self._last_ts = 0
        self._last_id = 0

    def new_ts(self) -> str:
        """Return a time stamp by the clock, later than every one before."""
        with self.changed:
            self._last_ts = max(int(self.clock() * 1_000_000), self._last_ts + 1)
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_id(self, prefix: str = "") -> str:
        """Return an id that looks like Slack's."""
        with self.changed:
            self._last_id += 1
            return f"{prefix}0{self._last_id:09X}"

    def listen(self, listener: Callable[[Json, str | None], None]) -> Callable[[], None]:
        """Call `listener(event, only_for)` after each change; return what stops it."""
        with self.changed:
            self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, event: Json, only_for: str | None = None) -> None:
        """Announce a change to the listeners and to whoever waits for one."""
        with self.changed:
            for listener in list(self._listeners):
                listener(event, only_for)
            self.changed.notify_all()

    def post(
        self, channel: str, user: str, text: str, blocks: list[Json] | None = None, **more: Any
    ) -> Message:
        """Say something; `more` are further fields of Message."""
        with self.changed:
            filled = tuple(with_ids(blocks or [], self.new_id))
            message = Message(self.new_ts(), channel, user, text, filled, **more)
            self._messages.setdefault(channel, {})[message.ts] = message
            self.tell({"type": "message", "message": message.seen}, message.only_for)
            return message

    def edit(self, message: Message, *, blocks: list[Json] | None = None, **changes: Any) -> Message:
        """Change a message's fields; `blocks` None keeps those it has."""
        with self.changed:
            if blocks is not None:
                changes["blocks"] = tuple(with_ids(blocks, self.new_id))
            changed = replace(message, edited=self.new_ts(), **changes)
            self._messages[message.channel][message.ts] = changed
            self.tell({"type": "message_changed", "message": changed.seen}, changed.only_for)
            return changed

    def delete(self, message: Message) -> None:
        """Take a message away."""
        with self.changed:
            del self._messages[message.channel][message.ts]
            event = {"type": "message_deleted", "channel": message.channel, "ts": message.ts}
            self.tell(event, message.only_for)

    def find(self, channel: str, ts: object) -> Message | None:
        """Return the message, also one that only some user sees, or None."""
        with self.changed:
            return self._messages.get(channel, {}).get(ts) if isinstance(ts, str) else None

    def thread(self, channel: str, ts: object) -> str:
        """Return the ts of the thread to reply in: the parent's, also when a reply of it is named."""
        named = self.find(channel, ts)
        if named is None:
            raise ApiError("thread_not_found")
        return named.thread_ts or named.ts

    def visible(self, channel: str, user: str | None = None, after: str = "") -> list[Message]:
        """Return the channel's messages later than `after`, oldest first: public ones and the user's own."""
        found: list[Message] = []
        with self.changed:
            for message in reversed(self._messages.get(channel, {}).values()):
                if message.ts <= after:
                    break
                if message.only_for in (None, user):
                    found.append(message)
        return found[::-1]

    def channel(self, channel_id: object) -> Channel:
        """Return the channel the app names, if it may know of it."""
        found = self.channels.get(channel_id) if isinstance(channel_id, str) else None
        if found is None or (found.kind != "channel" and BOT not in found.members):
            raise ApiError("channel_not_found")
        return found

    def add(self, channel: Channel) -> None:
        """Add a channel; ValueError if its id is taken."""
        with self.changed:
            if channel.id in self.channels:
                raise ValueError(f"there is a channel {channel.id} already")
            self.channels[channel.id] = channel
            self.tell({"type": "channel", "channel": channel.id})

    def remove(self, channel_id: str) -> None:
        """Take a channel away, with its messages."""
        with self.changed:
            del self.channels[channel_id]
            self._messages.pop(channel_id, None)
            self.tell({"type": "channel", "channel": channel_id})

    def change_id(self, old: str, new: str) -> None:
        """Give a channel another id; its place, its messages and the rights in it stay."""
        with self.changed:
            self.channels[old].id = new
            self.channels = {channel.id: channel for channel in self.channels.values()}
            messages = self._messages.pop(old, {})
            self._messages[new] = {ts: replace(each, channel=new) for ts, each in messages.items()}
            self.grants.change_channel(old, new)
            self.tell({"type": "channel", "channel": new})

    def user(self, user_id: object) -> User:
        """Return the user the app names."""
        found = self.users.get(user_id) if isinstance(user_id, str) else None
        if found is None:
            raise ApiError("user_not_found")
        return found

    def direct(self, user: str) -> Channel:
        """Return the bot's direct-message channel with a person, opened if need be."""
        if self.user(user).is_bot:
            raise ApiError("cannot_dm_bot")
        with self.changed:
            for channel in self.channels.values():
                if channel.kind == "im" and channel.members == {user, BOT}:
                    return channel
            opened = Channel(self.new_id("D"), user, "im", {user, BOT})
            self.channels[opened.id] = opened
            self.tell({"type": "channel", "channel": opened.id}, user)
            return opened
