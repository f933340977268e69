"""What people say, and how they meet the app: they open its direct messages, invite it, send it away.

The app hears of each as an event. What cannot be done raises LookupError.
"""

import re

from bot.playground import payloads
from bot.playground.deliver import Delivery
from bot.playground.events import Events
from bot.playground.fate import Fate
from bot.playground.people import People
from bot.playground.workspace import BOT, Channel, User, Workspace

NOT_IN_THREADS = "{} is not supported in threads. Sorry!"
NO_INVITE = "Only @{} can be invited here, and only to a channel."
ALREADY_HERE = "@{} is already in this channel."
NO_REMOVAL = "Only @{0} can be removed here, and only from a channel that it is in."
NO_ARCHIVE = "Only a channel can be archived."
SLACKS_OWN = ("/invite", "/remove", "/archive")


class Talk:
    """The message box and the list of channels. Lives in the server's event loop."""

    def __init__(self, workspace: Workspace, people: People, events: Events, fate: Fate) -> None:
        self._workspace = workspace
        self._people = people
        self._events = events
        self._fate = fate

    async def say(self, channel_id: str, user_id: str, text: str, thread_ts: str | None = None) -> None:
        """Type into the message box: a command, or a message that the app hears of where the bot is."""
        channel, user = self._people.present(channel_id, user_id)
        if text.lstrip().startswith("/"):
            await self._command(channel, user, text, thread_ts)
            return
        words = self._mentions(payloads.entities(text))
        message = self._workspace.post(channel_id, user_id, words, thread_ts=thread_ts)
        if BOT not in channel.members:
            return
        said = payloads.said(words, channel, user, message.ts, thread_ts)
        await self._events.tell(said, channel)
        if f"<@{BOT}>" in words and channel.kind != "im":
            mention = {name: value for name, value in said.items() if name != "channel_type"}
            await self._events.tell({**mention, "type": "app_mention"}, channel)

    def _mentions(self, words: str) -> str:
        """Return the words with each member's name as a mention."""
        for member in self._workspace.users.values():
            words = re.sub(rf"(?<![\w.@])@{re.escape(member.name)}(?![\w@-]|\.\w)", f"<@{member.id}>", words)
        return words

    async def _command(self, channel: Channel, user: User, text: str, thread_ts: str | None) -> None:
        """Give a command, the app's or one of Slack's own; its name may be in capitals."""
        typed, rest = (*text.split(maxsplit=1), "")[:2]
        known = (*self._people.commands, *SLACKS_OWN)
        name = typed.lower() if typed.lower() in known else typed
        if thread_ts and name in known:
            self._people.note(channel, user, NOT_IN_THREADS.format(name), thread_ts)
        elif name == "/invite":
            await self._typed_invite(channel, user, rest)
        elif name == "/remove":
            await self._typed_remove(channel, user, rest)
        elif name == "/archive":
            await self._typed_archive(channel, user)
        else:
            await self._people.command(name, rest, channel.id, user.id)

    async def _typed_invite(self, channel: Channel, user: User, rest: str) -> None:
        bot = self._workspace.users[BOT].name
        if rest.split() != [f"@{bot}"] or channel.kind == "im":
            self._people.note(channel, user, NO_INVITE.format(bot))
        elif BOT in channel.members:
            self._people.note(channel, user, ALREADY_HERE.format(bot))
        else:
            await self.invite(channel.id, user.id)

    async def _typed_remove(self, channel: Channel, user: User, rest: str) -> None:
        bot = self._workspace.users[BOT].name
        if rest.split() != [f"@{bot}"] or channel.kind == "im" or BOT not in channel.members:
            self._people.note(channel, user, NO_REMOVAL.format(bot))
        else:
            await self._fate.remove_bot(channel.id, user.id)

    async def _typed_archive(self, channel: Channel, user: User) -> None:
        if channel.kind == "im":
            self._people.note(channel, user, NO_ARCHIVE)
        else:
            await self._fate.archive(channel.id, user.id)

    async def invite(self, channel_id: str, user_id: str) -> Delivery:
        """Add the bot to a channel it is not in."""
        channel, user = self._people.present(channel_id, user_id)
        if channel.kind == "im" or BOT in channel.members:
            raise LookupError(f"the app cannot be invited to {channel_id}")
        channel.members.add(BOT)
        self._workspace.tell({"type": "channel", "channel": channel.id})
        return await self._events.tell(payloads.joined(channel, user, self._workspace.new_ts()), channel)

    async def open_messages(self, user_id: str) -> tuple[Channel, Delivery]:
        """Open the direct messages with the app, which hears of it each time."""
        user = self._workspace.users[user_id]
        if user.is_bot:
            raise LookupError(f"{user_id} is no person")
        channel = self._workspace.direct(user_id)
        opened = payloads.messages_opened(channel, user, self._workspace.new_ts())
        return channel, await self._events.tell(opened, channel)
