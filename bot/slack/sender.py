"""Digests and news of feeds → Slack: what is needed of whoever sends and of whoever writes.

Law: each call of Slack's methods is made once. A message is found again by its metadata, and it is said not
to be there only where all of the history since then has been read.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk import WebClient

from bot.digest.edition import Edition
from bot.digest.sending import Mark, Trouble
from bot.errors import RefusedError, SendError, UncertainError
from bot.library import Library
from bot.slack import render, send
from bot.slack.admins import is_admin
from bot.slack.render import Message
from bot.store.deliveries import Content
from bot.store.feeds import Followed

EVENT_TYPE = "paper_digest"
PAGE = 200  # messages
PEOPLE = 1_000  # a page; of smaller ones Slack lets nobody ask for all in a large workspace
MOST_PAGES = 50
MARGIN = 86_400.0  # seconds by which our clock may be ahead of Slack's, or was


@dataclass(frozen=True, slots=True)
class ChannelSender:
    """Sends with a client to the conversations of its workspace, `team`."""

    client: WebClient
    team: str

    def check(self) -> None:
        """Ask whether the token is good; raises SendError where it is not, or Slack does not say."""
        send.call(self.client, "auth_test")

    def post(self, channel: str, content: Content, mark: Mark, thread: str | None) -> str:
        """Post with a mark, in a thread or not, and return the ts; raises as `sending.Sender` says."""
        where = {"channel": channel, "thread_ts": thread, "metadata": _metadata(mark)}
        answer = send.say(self.client, "chat_postMessage", where, _message(content))
        ts = answer.get("ts")
        if not isinstance(ts, str):
            raise UncertainError("chat_postMessage: an answer without a ts")
        return ts

    def find(
        self,
        channel: str,
        mark: Mark,
        since: float,
        thread: str | None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> str | None:
        """Return the ts of the message with a mark; raises as `sending.Sender` says.

        Of a channel's history a day more is read than our clock says, for it may be wrong.
        """
        try:
            for page in self._pages(channel, thread, stopping):
                since = min([since, *(float(each["ts"]) for each in page[:1])])
                for each in page:
                    if _carries(each, mark):
                        return str(each["ts"])
                if not thread and page and float(page[-1]["ts"]) < since - MARGIN:
                    return None
        except RefusedError as error:
            if error.code == "thread_not_found":  # somebody has deleted it, and its replies with it
                return None
            raise
        return None

    def is_closed(self, channel: str) -> bool:
        """Tell whether a channel takes nothing, as `sending.Sender` says."""
        try:
            found = send.call(self.client, "conversations_info", channel=channel).get("channel")
        except RefusedError:  # it is gone, or nobody may look
            return True
        except SendError:
            return False
        return isinstance(found, dict) and bool(found.get("is_archived") or not found.get("is_member"))

    def tell(self, person: str, content: Content) -> None:
        """Tell a person something in the bot's messages with them; raises SendError."""
        send.post(self.client, person, _message(content))

    def admins(self) -> list[str]:
        """Return the ids of the workspace's admins and owners; raises SendError."""
        found: list[str] = []
        cursor = None
        for _ in range(MOST_PAGES):
            answer = send.call(self.client, "users_list", limit=PEOPLE, cursor=cursor)
            found += [each["id"] for each in answer["members"] if is_admin(each, self.team)]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
        return found

    def _pages(
        self, channel: str, thread: str | None, stopping: Callable[[], bool]
    ) -> Iterator[list[dict[str, Any]]]:
        """Yield a channel's messages, newest first, or those of a thread, oldest first, page by page.

        Raises RefusedError where there are too many, UncertainError where it is to stop before their end.
        """
        method = "conversations_replies" if thread else "conversations_history"
        where = {"channel": channel, "ts": thread, "limit": PAGE, "include_all_metadata": True}
        cursor = None
        for _ in range(MOST_PAGES):
            if stopping():
                raise UncertainError(f"{method}: stopped before the end")
            answer = send.call(self.client, method, **where, cursor=cursor)
            page = answer.get("messages")
            if not isinstance(page, list):
                raise UncertainError(f"{method}: an answer without messages")
            yield page
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
        raise RefusedError(method, "history_too_long")


@dataclass(frozen=True, slots=True)
class DigestWriter:
    """Puts into words what is sent; buttons hold when the library's papers were loaded."""

    library: Library

    def edition(self, edition: Edition, now: datetime) -> Sequence[Content]:
        """Return the message, and the replies in its thread."""
        loaded_at = self.library.loaded_at
        loaded = int(loaded_at.timestamp()) if loaded_at else 0
        return [_content(message) for message in render.digest(edition, now, loaded)]

    def trouble(self, trouble: Trouble) -> Content:
        """Return what an owner reads."""
        return _content(render.trouble(trouble))


class FeedWriter:
    """Puts into words what admins are told of feeds."""

    @staticmethod
    def failing(feeds: Sequence[Followed], now: datetime) -> Content:
        """Return what an admin reads of feeds that fail."""
        return _content(render.feeds_failing(feeds, now))

    @staticmethod
    def well(feeds: Sequence[Followed], now: datetime) -> Content:
        """Return what an admin reads of feeds that are well again."""
        return _content(render.feeds_well(feeds, now))


def _metadata(mark: Mark) -> dict[str, Any]:
    return {"event_type": EVENT_TYPE, "event_payload": {"digest_id": mark.token, "part": mark.part}}


def _carries(message: dict[str, Any], mark: Mark) -> bool:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    found = metadata.get("event_type"), payload.get("digest_id"), str(payload.get("part"))
    return found == (EVENT_TYPE, mark.token, str(mark.part))


def _content(message: Message) -> Content:
    return {"text": message.text, "blocks": list(message.blocks)}


def _message(content: Content) -> Message:
    return Message(content["text"], tuple(content["blocks"]))
