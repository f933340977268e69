"""What somebody is told once, in the bot's messages with them.

Law: it is claimed before it is said, so nobody hears it twice; a claim is given back where Slack certainly
did not take it and may do so later. What is finished may have been heard.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from bot.errors import BusyError, Reason, RefusedError, SendError
from bot.store import Store, once

Item = TypeVar("Item")

_log = logging.getLogger(__name__)


def tell_once(
    store: Store, kind: str, items: Mapping[str, Item], say: Callable[[list[Item]], None], now: datetime
) -> None:
    """Say what of a kind nobody has begun to say, given by its keys, in one message.

    Raises SendError where that is left to be done.
    """
    with store.writing() as db:
        mine = {key: item for key, item in items.items() if once.claim(db, kind, key, now)}
    if not mine:
        return
    try:
        say(list(mine.values()))
    except SendError as error:
        if _passes(error):
            with store.writing() as db:
                for key in mine:
                    once.release(db, kind, key)
            raise
        _log.warning("somebody could not be told: %s", error)  # `topics` and `status` show it
    with store.writing() as db:
        for key in mine:
            once.finish(db, kind, key)


def _passes(error: SendError) -> bool:
    """Tell whether Slack certainly did not take a message that it may take later."""
    return isinstance(error, BusyError) or (
        isinstance(error, RefusedError) and error.reason is Reason.WORKSPACE
    )
