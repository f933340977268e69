"""What digests need of whoever sends them, and of whoever writes them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.digest.edition import Edition
from bot.store.deliveries import Content
from bot.topics import Place, Topic


@dataclass(frozen=True, slots=True)
class Mark:
    """What a message carries unseen, so that it can be found again: its delivery's token, and its part."""

    token: str
    part: int


class Sender(Protocol):
    """Sends to the conversations of one workspace, each message once: it never tries again by itself."""

    @property
    def team(self) -> str:
        """The workspace."""

    def check(self) -> None:
        """Ask whether the workspace lets the bot in; raises SendError where it does not, or does not say."""

    def post(self, channel: str, content: Content, mark: Mark, thread: str | None) -> str:
        """Post to a channel, or in a thread of it; return the message's ts.

        Raises RefusedError or BusyError where Slack did not take it, UncertainError where nobody knows.
        """

    def find(
        self, channel: str, mark: Mark, since: float, thread: str | None, stopping: Callable[[], bool]
    ) -> str | None:
        """Return the ts of the message with a mark, posted after `since` (Unix seconds), if it is there.

        Raises RefusedError where the history cannot be read, BusyError or UncertainError where not now, and
        UncertainError where it is `stopping` before the end is reached.
        """

    def is_closed(self, channel: str) -> bool:
        """Tell whether a channel takes nothing: it is gone, archived, or the bot not in it.

        Where nobody may look it is taken to be so, and not so while Slack does not say.
        """

    def tell(self, person: str, content: Content) -> None:
        """Tell a person something in the bot's messages with them; raises SendError."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What an owner is told: `topics` of theirs in a channel are paused, and why.

    Or else a digest for them is `held`, or was `refused` for a defect of ours.
    """

    place: Place
    topics: tuple[Topic, ...]
    why: str
    held: bool = False
    refused: bool = False


class Writer(Protocol):
    """Puts into words what is sent."""

    def edition(self, edition: Edition, now: datetime) -> Sequence[Content]:
        """Return the message, and the replies in its thread."""

    def trouble(self, trouble: Trouble) -> Content:
        """Return what an owner reads."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Who hears how it goes: each outcome of a post, and how many seconds after its slot a digest came."""

    outcome: Callable[[str], None] = lambda _: None
    lag: Callable[[float], None] = lambda _: None


UNWATCHED = Watch()
