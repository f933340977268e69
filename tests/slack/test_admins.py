"""Who is an admin, as Slack describes people."""

from typing import Any

import pytest

from bot.playground import TEAM
from bot.slack.admins import is_admin

PERSON = {"team_id": TEAM, "is_admin": False, "is_owner": False, "is_primary_owner": False, "is_bot": False}


@pytest.mark.parametrize("right", ["is_admin", "is_owner", "is_primary_owner"])
def test_admins_and_owners_are(right: str) -> None:
    """Each of these is enough."""
    assert is_admin({**PERSON, right: True}, TEAM)


@pytest.mark.parametrize(
    "said",
    [
        {"is_admin": False},
        {"is_admin": "true"},
        {"team_id": "T0ACME0001"},
        {"team_id": None},
        {"is_bot": True},
        {"is_restricted": True},
        {"is_ultra_restricted": True},
        {"is_stranger": True},
        {"deleted": True},
    ],
)
def test_nobody_else_is(said: dict[str, Any]) -> None:
    """No member without a right, and no bot, guest or stranger with one."""
    assert not is_admin({**PERSON, "is_admin": True, **said}, TEAM)
    assert not is_admin({}, TEAM)
