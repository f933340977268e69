"""One wrapper around every listener: no silence, no traceback.

Law: whatever a listener raises, Slack gets its acknowledgement and the person a sentence. (Bolt leaves a
request unacknowledged when its listener raises right after `ack()`, although its error handler ran.) What
takes long is done beside the listeners, in a thread of its own, and guarded alike.
"""

import inspect
import logging
import secrets
from collections.abc import Callable
from threading import Thread

from slack_bolt import Args

from bot.errors import BusyError, SendError, UncertainError, UserError
from bot.slack import render
from bot.slack.buttons import OutdatedError
from bot.slack.failures import UnchangedError, UnseenError, WindowError
from bot.slack.replies import Reply, reply_to
from bot.slack.visits import visit_of

_OURS: dict[str, Callable[[Args], object]] = {"reply": reply_to, "visit": visit_of}
_EXPECTED = (BusyError, WindowError, UncertainError)
_log = logging.getLogger(__name__)


def guarded(listener: Callable[..., None]) -> Callable[[Args], None]:
    """Return the listener as Bolt should call it.

    It gets just the arguments that it names: Bolt's own; `reply`, which answers whoever did this; and
    `visit`, which says who and where they are as well.
    """
    names = inspect.getfullargspec(listener).args

    def run(args: Args) -> None:
        _guard(
            listener.__name__,
            lambda: listener(**{name: _given(name, args) for name in names}),
            lambda message: _answer(args, message),
        )

    run.__name__ = listener.__name__
    return run


def beside(deed: Callable[[], None], reply: Reply, name: str) -> None:
    """Do what takes long in a thread of its own; the process does not end before the asker is told."""

    def run() -> None:
        _guard(name, deed, lambda message: tell(reply, message))

    Thread(target=run, name=name).start()


def tell(reply: Reply, message: render.Message) -> None:
    """Answer the asker; where Slack does not take it, the log says so."""
    try:
        reply.to_asker(message)
    except SendError as error:
        _log.warning("the asker could not be told: %s", error)


def _guard(name: str, deed: Callable[[], None], say: Callable[[render.Message], None]) -> None:
    """Do something; whatever it raises is said, and what nobody can mend by asking otherwise is logged."""
    try:
        deed()
    except UserError as error:
        say(render.refused(error))
    except OutdatedError:
        say(render.outdated())
    except _EXPECTED as error:
        _log.warning("%s: %s", name, error)
        say(_said_of(error))
    except Exception:  # noqa: BLE001  # the boundary: nothing may pass it
        reference = secrets.token_hex(3)
        _log.exception("%s failed [%s]", name, reference)
        say(render.fault(reference))


def _given(name: str, args: Args) -> object:
    return _OURS[name](args) if name in _OURS else getattr(args, name)


def _said_of(error: Exception) -> render.Message:
    """Return what the person reads of a failure of Slack's."""
    match error:
        case BusyError():
            return render.busy()
        case UnchangedError():
            return render.not_changed()
        case WindowError():
            return render.not_opened()
        case UnseenError():
            return render.unseen()
    return render.uncertain()


def _answer(args: Args, message: render.Message) -> None:
    if args.ack.response is None:
        args.ack()
    try:
        reply = reply_to(args)
        if reply is not None:  # an event has nobody to answer
            tell(reply, message)
    except Exception:  # noqa: BLE001  # whatever it is, the rest of the log tells why it came to this
        _log.exception("the asker could not be told")
