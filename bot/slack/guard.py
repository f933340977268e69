"""One wrapper around every listener: no silence, no traceback.

Law: whatever a listener raises, Slack gets its acknowledgement and the person a sentence. (Bolt leaves a
request unacknowledged when its listener raises right after `ack()`, although its error handler ran.)
"""

import inspect
import logging
import secrets
from collections.abc import Callable

from slack_bolt import Args

from bot.errors import UserError
from bot.slack import render, send

_log = logging.getLogger(__name__)


def guarded(listener: Callable[..., None]) -> Callable[[Args], None]:
    """Return the listener as Bolt should call it; it still gets just the arguments that it names."""
    names = inspect.getfullargspec(listener).args

    def run(args: Args) -> None:
        try:
            listener(**{name: getattr(args, name) for name in names})
        except UserError as error:
            _tell(args, render.refusal(error.message))
        except Exception:  # noqa: BLE001  # the boundary: nothing may pass it
            reference = secrets.token_hex(3)
            _log.exception("%s failed [%s]", listener.__name__, reference)
            _tell(args, render.fault(reference))

    run.__name__ = listener.__name__
    return run


def _tell(args: Args, message: render.Message) -> None:
    if args.ack.response is None:
        args.ack()
    if not args.respond.response_url:
        return  # an event has nobody to answer
    try:
        send.to_asker(args.respond, message)
    except Exception:  # noqa: BLE001  # a dropped or garbled answer has many names
        _log.exception("the asker could not be told")
