"""What a press posts for the channel, once, however often it is pressed."""

from collections.abc import Callable
from typing import Any

from slack_bolt import BoltContext

from bot.slack import render
from bot.slack.buttons import Subject
from bot.slack.claims import Kind, Outcome
from bot.slack.desk import Desk
from bot.slack.replies import Reply


def is_shared(
    desk: Desk, post: Callable[[], None], names: tuple[str, ...], subject: Subject, reply: Reply
) -> bool:
    """Post what a button stands for, if that was not begun before; return whether it is in the channel.

    Where nobody knows, the asker is told; a press beside the one that posts is passed over. Raises SendError
    where it certainly is not.
    """
    outcome = desk.claims.do(post, Kind.SHARE, *names)
    if outcome is Outcome.UNKNOWN:
        reply.to_asker(render.unsure(subject))
    return outcome is Outcome.DONE


def pressed(context: BoltContext, body: dict[str, Any]) -> tuple[str, str, str, str]:
    """Return what names a message, and who pressed a button in it; Slack may leave out the team."""
    container = body["container"]
    return context.team_id or "", container["channel_id"], container["message_ts"], body["user"]["id"]
