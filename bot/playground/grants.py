"""Rights that end: a trigger opens one view soon, a response URL takes a few posts for a while.

Time is the given clock's. Ids are secrets, so holding one is the right to use it.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bot.playground.checks import ApiError


@dataclass(frozen=True)
class Limits:
    """How long and how often, as Slack has it. Tests make them small."""

    ack_seconds: float = 3.0
    response_url_uses: int = 5
    response_url_seconds: float = 1800.0
    trigger_seconds: float = 3.0


@dataclass
class Trigger:
    """The right of an app to open one view for the person who just did something."""

    user: str
    expires: float
    used: bool = False


@dataclass
class ResponseUrl:
    """The right to answer one command or interaction; `original` is the ts of the message it came from."""

    channel: str
    user: str
    original: str | None
    expires: float
    uses_left: int


class Grants:
    """All triggers and response URLs given out."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}

    def trigger(self, user: str) -> str:
        """Give out a trigger_id."""
        trigger_id = f"{int(self._clock() * 1000)}.{secrets.token_hex(12)}"
        self._triggers[trigger_id] = Trigger(user, self._clock() + self._limits.trigger_seconds)
        return trigger_id

    def exchange(self, trigger_id: object) -> str:
        """Use a trigger up; return whose it is."""
        trigger = self._triggers.get(trigger_id) if isinstance(trigger_id, str) else None
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.used:
            raise ApiError("exchanged_trigger_id")
        if self._clock() > trigger.expires:
            raise ApiError("expired_trigger_id")
        trigger.used = True
        return trigger.user

    def response_url(self, channel: str, user: str, original: str | None = None) -> str:
        """Give out the secret part of a response URL."""
        secret = secrets.token_urlsafe(18)
        expires = self._clock() + self._limits.response_url_seconds
        self._urls[secret] = ResponseUrl(channel, user, original, expires, self._limits.response_url_uses)
        return secret

    def change_channel(self, old: str, new: str) -> None:
        """Let the response URLs of a channel lead to it under its new id."""
        for url in self._urls.values():
            if url.channel == old:
                url.channel = new

    def find_url(self, secret: str) -> ResponseUrl:
        """Return the right behind a response URL; ApiError used_url, expired_url or no_service."""
        url = self._urls.get(secret)
        if url is None:
            raise ApiError("no_service")
        if self._clock() > url.expires:
            raise ApiError("expired_url")
        if url.uses_left <= 0:
            raise ApiError("used_url")
        return url
