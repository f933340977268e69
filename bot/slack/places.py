"""Where digests can go, and what Slack knows of who asks.

Law: a topic is followed only where the bot is a member. It joins public channels by itself; for any other
the asker is told what to do instead. Slack is asked once, for ten seconds at most, and never again by itself.
"""

import logging
from typing import Any

from slack_sdk import WebClient

from bot.digest import zones
from bot.errors import Reason, RefusedError, SendError, UncertainError, UserError
from bot.slack import send
from bot.slack.asked import UsageError
from bot.slack.scene import Scene

_NOT_IN = "I am not in this channel. Please invite me, and then ask again:"
_INVITE = "/invite @paperboy"
_ARCHIVED = "This channel is archived, so no digests can come here. Ask again in one that is in use."
_BETWEEN_PEOPLE = (
    "I cannot follow topics in a conversation between people, where apps do not belong."
    " Ask in a channel, or in my own messages: I send digests there too."
)
_SILENT = "Slack does not answer just now. Nothing has changed; please try again in a minute."
_FORBIDDEN = (
    "Slack does not let me look where this would go: I lack a right that only an update of the app can add."
    " Please tell whoever installed me."
)
_UNKNOWN = {"channel_not_found", "method_not_supported_for_channel_type"}

_log = logging.getLogger(__name__)


def refuse_group(scene: Scene) -> None:
    """Raise UserError where Slack need not be asked to know that no topics can be followed."""
    if scene.is_group:
        raise UserError(_BETWEEN_PEOPLE)


def look(client: WebClient, scene: Scene) -> dict[str, Any]:
    """Return what Slack says of a conversation where topics can be followed, be the bot in it or not.

    Raises UserError where they cannot, or Slack does not say; BusyError.
    """
    refuse_group(scene)
    try:
        found: dict[str, Any] = send.call(client, "conversations_info", channel=scene.place.channel)[
            "channel"
        ]
    except RefusedError as error:
        raise _refused(error, scene) from error
    except UncertainError as error:
        raise UserError(_SILENT) from error
    if found.get("is_archived"):
        raise UserError(_ARCHIVED)
    if found.get("is_mpim"):
        raise UserError(_BETWEEN_PEOPLE)
    if found.get("is_private") and not found.get("is_member") and not found.get("is_im"):
        raise UsageError(_NOT_IN, _INVITE)
    return found


def enter(client: WebClient, scene: Scene) -> bool:
    """Make sure that the bot may post in a conversation; return whether another organisation reads along.

    Raises UserError where it may not, or Slack does not say; BusyError.
    """
    if scene.home:
        return False
    found = look(client, scene)
    if not (found.get("is_im") or found.get("is_member")):
        _join(client, scene)
    return bool(found.get("is_ext_shared"))


def asker(client: WebClient, scene: Scene) -> tuple[Scene, str]:
    """Return the scene with the asker's handle, and the zone where they are.

    Where Slack does not tell, the zone is empty, and the handle what is known.
    """
    try:
        user: dict[str, Any] = send.call(client, "users_info", user=scene.user)["user"]
    except SendError as error:
        _log.warning("the asker's zone is not known: %s", error)
        return scene, ""
    theirs = user.get("tz") or ""
    return scene.called(user.get("name") or ""), theirs if zones.known(theirs) else ""


def _join(client: WebClient, scene: Scene) -> None:
    try:
        send.call(client, "conversations_join", channel=scene.place.channel)
    except RefusedError as error:
        raise _refused(error, scene) from error
    except UncertainError as error:
        raise UserError(_SILENT) from error


def _refused(error: RefusedError, scene: Scene) -> Exception:
    """Return what the asker can do about a refusal."""
    if error.code == "is_archived":
        return UserError(_ARCHIVED)
    if error.reason is Reason.CHANNEL:
        between = scene.is_direct and error.code in _UNKNOWN
        return UserError(_BETWEEN_PEOPLE) if between else UsageError(_NOT_IN, _INVITE)
    _log.error("topics cannot be followed: %s", error)
    return UserError(_FORBIDDEN)
