"""Who may do what changes something for the whole workspace.

Law: the workspace's admins and owners may, and whoever is listed by the operator. No bot, no guest and nobody
of another workspace may unless listed, and nobody may of whom Slack does not say what they are.
"""

import logging
from collections.abc import Collection
from typing import Any

from slack_sdk import WebClient

from bot.errors import RefusedError, SendError, UserError
from bot.slack import places, send
from bot.slack.scene import Scene
from bot.topics import Person
from bot.wording import listed, shorten

_NAMED = 3  # whom to ask
_LONGEST_NAME = 80
_ADMIN = ("is_admin", "is_owner", "is_primary_owner")
_NEVER = ("is_bot", "is_restricted", "is_ultra_restricted", "is_stranger", "deleted")

_log = logging.getLogger(__name__)


def admin(client: WebClient, scene: Scene, admins: Collection[str], deed: str) -> Person:
    """Return the asker, by the name that people know; raises UserError where they are no admin.

    `admins` are the ids of those who are listed; `deed` is what others may not do.
    """
    if scene.user in admins:
        known = scene if scene.handle else places.asker(client, scene)[0]
        return known.person
    try:
        user = _user(client, scene.user)
    except SendError as error:
        _log.warning("nobody knows whether the asker is an admin: %s", error)
        raise UserError(_unknown(error)) from error
    if not is_admin(user, scene.place.team):
        raise UserError(f"Only admins may {deed}. Please ask {_whom(client, admins)}.")
    return scene.called(user.get("name") or "").person


def is_admin(user: dict[str, Any], team: str) -> bool:
    """Tell whether somebody, as Slack describes them, is an admin of a workspace."""
    theirs = user.get("team_id") == team and not any(user.get(each) for each in _NEVER)
    return theirs and any(user.get(each) is True for each in _ADMIN)


def _whom(client: WebClient, admins: Collection[str]) -> str:
    """Name some of those who are listed; where there are none, or Slack does not name them, say who may."""
    names = []
    for each in sorted(admins)[:_NAMED]:
        try:
            names.append(shorten(str(_user(client, each).get("name") or ""), _LONGEST_NAME))
        except SendError as error:
            _log.warning("PAPERBOY_ADMINS: %s is not known: %s", each, error)
    return listed(list(filter(None, names)) or ["a workspace admin"])


def _unknown(error: SendError) -> str:
    why = "does not let me look" if isinstance(error, RefusedError) else "does not answer just now"
    return (
        f"I could not find out who is an admin here: Slack {why}."
        " Whoever runs me can name admins in PAPERBOY_ADMINS."
    )


def _user(client: WebClient, user: str) -> dict[str, Any]:
    found: dict[str, Any] = send.call(client, "users_info", user=user)["user"]
    return found
