"""Who did something, where, and what that lets the bot do. Pure.

Law: a topic belongs to the conversation in which somebody acts; nothing that is sent along can name another,
but a window, which keeps the conversation it was opened from.
"""

from dataclasses import dataclass, replace
from typing import Any

from slack_bolt import BoltContext

from bot.topics import Person, Place

_DIRECT, _GROUP = "directmessage", "mpdm-"
_UNNAMED = {"", _DIRECT, "privategroup"}


@dataclass(frozen=True, slots=True)
class Scene:
    """`handle` is empty where Slack does not say it, `trigger` where no window can be opened.

    `name` is the conversation's, as Slack says it; `url` is the response URL, where there is one. `home`: it
    is surely the bot's own conversation with the person.
    """

    place: Place
    user: str
    handle: str = ""
    trigger: str = ""
    name: str = ""
    url: str = ""
    home: bool = False

    @property
    def person(self) -> Person:
        """Who acts, by a name that can be shown."""
        return Person(self.user, self.handle or "somebody")

    @property
    def is_direct(self) -> bool:
        """Whether this is a conversation between two people, one of whom may be the bot."""
        return self.name == _DIRECT or self.place.channel.startswith("D")

    @property
    def is_group(self) -> bool:
        """Whether this is a conversation between several people, without a channel."""
        return self.name.startswith(_GROUP)

    @property
    def channel_name(self) -> str:
        """The channel's name, or nothing where it has none that can be shown."""
        return "" if self.name in _UNNAMED or self.is_group or self.is_direct else self.name

    def called(self, handle: str) -> "Scene":
        """Return the same with the person's handle."""
        return replace(self, handle=handle or self.handle)


def of_command(context: BoltContext, command: dict[str, str]) -> Scene:
    """Return what a command says of who gave it, and where."""
    return Scene(
        Place(team_of(context), command.get("channel_id", "")),
        command.get("user_id", ""),
        command.get("user_name", ""),
        command.get("trigger_id", ""),
        command.get("channel_name", ""),
        command.get("response_url", ""),
    )


def of_message(context: BoltContext, event: dict[str, Any]) -> Scene:
    """Return what a message in the bot's own conversation says of who wrote it."""
    return Scene(Place(team_of(context), event["channel"]), event.get("user", ""), home=True)


def of_press(context: BoltContext, body: dict[str, Any]) -> Scene:
    """Return what the press of a button in a message says of who pressed it, and where."""
    channel = body.get("channel") or {}
    return _of_person(context, body, body["container"]["channel_id"], channel.get("name") or "")


def of_window(context: BoltContext, body: dict[str, Any], channel: str, url: str = "") -> Scene:
    """Return who did something in a window that belongs to a channel."""
    return replace(_of_person(context, body, channel, ""), url=url)


def _of_person(context: BoltContext, body: dict[str, Any], channel: str, name: str) -> Scene:
    user = body["user"]
    handle = str(user.get("username") or user.get("name") or "")
    url, trigger = body.get("response_url") or "", body.get("trigger_id") or ""
    return Scene(Place(team_of(context), channel), user["id"], handle, trigger, name, url)


def team_of(context: BoltContext) -> str:
    """Return the workspace whose token the bot has: the one that topics and their digests go by."""
    result = context.authorize_result
    return (result.team_id if result else None) or context.team_id or ""
