"""What can be set, read once from the environment, checked, frozen.

Law: every fault is reported at once, by the variable's name; what a command does not need is not demanded.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.errors import OperatorError, UserError

if TYPE_CHECKING:
    from bot.feeds.addresses import Feed

_HIGHEST_PORT = 65535
_DAY = 24  # hours


class SettingsError(OperatorError):
    """Settings that cannot be used; one line a fault."""

    exit_code = 2


class Mode(StrEnum):
    """How `paperboy run` meets Slack."""

    SOCKET = "Socket Mode"
    HTTP = "HTTP"
    PLAYGROUND = "playground"


class LogFormat(StrEnum):
    """How log lines look."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings; `.env.example` says what each means."""

    bot_token: str = ""
    app_token: str = ""
    signing_secret: str = ""
    api_url: str = ""
    host: str = "127.0.0.1"
    port: int = 3000
    db: Path = Path("data/paperboy.db")
    corpus: tuple[Path, ...] = (Path("seeds"),)
    timezone: str = "UTC"
    admins: frozenset[str] = frozenset()
    feeds: tuple["Feed", ...] = ()
    private_feeds: bool = False
    feed_hours: int = 6
    log: LogFormat = LogFormat.TEXT

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings; raises SettingsError naming every one that cannot be used."""
        faults: list[str] = []
        given = {name: value.strip() for name, value in environment.items() if value.strip()}
        faults += [f"{name} holds a NUL" for name, value in given.items() if "\0" in value]
        for name, prefix, meant in _TOKEN_MIX_UPS:
            if given.get(name, "").startswith(prefix):
                faults.append(f"{name} holds a token that begins with {prefix}; that is {meant}")
        settings = cls(
            bot_token=_token("SLACK_BOT_TOKEN", given, faults),
            app_token=_token("SLACK_APP_TOKEN", given, faults),
            signing_secret=_token("SLACK_SIGNING_SECRET", given, faults),
            api_url=_api_url(given.get("SLACK_API_URL", ""), faults),
            host=given.get("PAPERBOY_HOST", cls.host),
            port=_port(given.get("PAPERBOY_PORT", str(cls.port)), faults),
            db=_path("PAPERBOY_DB", given.get("PAPERBOY_DB", str(cls.db)), faults),
            corpus=_corpus(given.get("PAPERBOY_CORPUS", ""), faults) or cls.corpus,
            timezone=_timezone(given.get("PAPERBOY_TIMEZONE", ""), faults) or cls.timezone,
            admins=_admins(given.get("PAPERBOY_ADMINS", ""), faults),
            feeds=_feeds(given.get("PAPERBOY_FEEDS", ""), faults),
            private_feeds=_yes("PAPERBOY_FEEDS_PRIVATE", given.get("PAPERBOY_FEEDS_PRIVATE", "no"), faults),
            feed_hours=_hours(
                "PAPERBOY_FEEDS_HOURS", given.get("PAPERBOY_FEEDS_HOURS", str(cls.feed_hours)), faults
            ),
            log=_log(given.get("PAPERBOY_LOG", cls.log), faults),
        )
        if faults:
            raise SettingsError("\n".join(faults))
        return settings

    def mode(self) -> Mode:
        """Return how to meet Slack; raises SettingsError where that is half set, naming what is missing."""
        if not (self.bot_token or self.app_token or self.signing_secret):
            if self.api_url:
                raise SettingsError("SLACK_API_URL is set, but no token: SLACK_BOT_TOKEN is missing")
            return Mode.PLAYGROUND
        if not self.bot_token:
            beside = "SLACK_APP_TOKEN" if self.app_token else "SLACK_SIGNING_SECRET"
            raise SettingsError(f"{beside} is set, but SLACK_BOT_TOKEN is missing")
        if self.app_token:
            return Mode.SOCKET
        if self.signing_secret:
            return Mode.HTTP
        raise SettingsError(
            "SLACK_BOT_TOKEN is set, but neither SLACK_APP_TOKEN (for Socket Mode) nor SLACK_SIGNING_SECRET"
            " (for HTTP)"
        )


_TOKEN_MIX_UPS = (
    ("SLACK_BOT_TOKEN", "xapp-", "an app-level token, for SLACK_APP_TOKEN"),
    ("SLACK_BOT_TOKEN", "xoxp-", "a user's token; the bot's begins with xoxb-"),
    ("SLACK_APP_TOKEN", "xoxb-", "the bot's token, for SLACK_BOT_TOKEN"),
    ("SLACK_SIGNING_SECRET", "xoxb-", "the bot's token, for SLACK_BOT_TOKEN"),
    ("SLACK_SIGNING_SECRET", "xapp-", "an app-level token, for SLACK_APP_TOKEN"),
)


def _token(name: str, given: Mapping[str, str], faults: list[str]) -> str:
    value = given.get(name, "")
    if re.search(r"[^!-~]", value):
        faults.append(f"{name} holds a space or another character that no token has")
    return value


def _api_url(value: str, faults: list[str]) -> str:
    if value and not value.startswith(("http://", "https://")):
        faults.append(f"SLACK_API_URL must begin with http:// or https://, not {value!r}")
    elif value and not _is_address(value):
        faults.append(f"SLACK_API_URL is no address: {value!r}")
    return value and value.rstrip("/") + "/"


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0 and not re.search(r"[^!-~]", url)
    except ValueError:  # brackets or a port that mean nothing
        return False


def _port(value: str, faults: list[str]) -> int:
    if re.fullmatch(r"[0-9]{1,5}", value) and int(value) <= _HIGHEST_PORT:
        return int(value)
    faults.append(
        f"PAPERBOY_PORT must be a number from 0 to {_HIGHEST_PORT} (0: any free one), not {value!r}"
    )
    return 0


def _path(name: str, value: str, faults: list[str]) -> Path:
    try:
        return Path(value).expanduser()
    except RuntimeError:
        faults.append(f"{name} names the home folder of nobody here: {value!r}")
        return Path(value)


def _corpus(value: str, faults: list[str]) -> tuple[Path, ...]:
    return tuple(_path("PAPERBOY_CORPUS", part, faults) for part in value.split(os.pathsep) if part.strip())


def _timezone(value: str, faults: list[str]) -> str:
    if not value:
        return value
    from bot.digest import zones  # noqa: PLC0415  # dear to import, and rarely needed

    if named := zones.named(value):
        return named
    near = zones.nearest(value)
    hint = f"did you mean {near}?" if near else "it must be a name such as Europe/Berlin or UTC"
    faults.append(f"PAPERBOY_TIMEZONE: no zone is called {value!r}; {hint}")
    return ""


def _admins(value: str, faults: list[str]) -> frozenset[str]:
    ids = frozenset(re.split(r"[\s,]+", value)) - {""}
    faults += [
        f"PAPERBOY_ADMINS: {each!r} is no user's id; one looks like U024BE7LH"
        for each in sorted(ids)
        if not re.fullmatch("[UW][A-Z0-9]{4,}", each)
    ]
    return ids


def _feeds(value: str, faults: list[str]) -> tuple["Feed", ...]:
    if not value:
        return ()
    from bot.feeds import addresses  # noqa: PLC0415  # only who follows feeds needs it

    found: dict[str, Feed] = {}
    try:
        for each in addresses.split(value):
            try:
                feed = addresses.feed_of(each)
            except UserError as error:
                faults.append(f"PAPERBOY_FEEDS: {error.message}")
            else:
                found.setdefault(feed.name, feed)
    except UserError as error:  # a quote that is not closed
        faults.append(f"PAPERBOY_FEEDS: {error.message}")
    return tuple(found.values())


def _yes(name: str, value: str, faults: list[str]) -> bool:
    if value.lower() not in {"yes", "no"}:
        faults.append(f"{name} must be yes or no, not {value!r}")
    return value.lower() == "yes"


def _hours(name: str, value: str, faults: list[str]) -> int:
    if re.fullmatch(r"[0-9]{1,2}", value) and 1 <= int(value) <= _DAY:
        return int(value)
    faults.append(f"{name} must be a number of hours from 1 to {_DAY}, not {value!r}")
    return 1


def _log(value: str, faults: list[str]) -> LogFormat:
    try:
        return LogFormat(value)
    except ValueError:
        faults.append(f"PAPERBOY_LOG must be text or json, not {value!r}")
        return LogFormat.TEXT
