"""What is due → claimed, committed, posted, threaded, marked, and what failed told: round after round.

Law: nothing is sent that has not been written down before. A round ends where it must, and the next one goes
on where it ended, be it that of another process.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.digest import pausing
from bot.digest.claiming import claim
from bot.digest.due import Ready, due
from bot.digest.postman import LONGEST_REST, SETTLE, Postman
from bot.digest.sending import UNWATCHED, Sender, Watch, Writer
from bot.errors import OperatorError, RefusedError, SendError, UserError
from bot.library import Library
from bot.store import Store, deliveries
from bot.store.deliveries import Unsent

KEPT = timedelta(days=90)  # what was decided and delivered before; which papers were is kept for ever

_log = logging.getLogger(__name__)


class Courier:
    """Delivers the digests of the workspace that `sender` sends to."""

    def __init__(  # noqa: PLR0913 (the parts it stands on)
        self,
        store: Store,
        library: Library,
        sender: Sender,
        writer: Writer,
        *,
        clock: Callable[[], datetime],
        stopping: Callable[[], bool] = lambda: False,
        watch: Watch = UNWATCHED,
        settle: float = SETTLE,
    ) -> None:
        self._store = store
        self._library = library
        self._sender = sender
        self._writer = writer
        self._clock = clock
        self._stopping = stopping
        self._watch = watch
        self._forgot: datetime | None = None
        self._postman = Postman(store, sender, clock=clock, stopping=stopping, watch=watch, settle=settle)

    @property
    def team(self) -> str:
        """The workspace."""
        return self._sender.team

    def round(self, at: datetime | None = None) -> float | None:
        """Send what can be sent now, and claim and send what is due now, or was or will be `at` an instant.

        Returns in how many seconds there is more to send, None where nothing is left.
        """
        with self._store.reading():  # while one is open, no other has to write back the log when it closes
            return self._round(at)

    def _round(self, at: datetime | None) -> float | None:
        if not self._is_let_in():
            return None
        self._postman.send()
        pending = due(self._store, self.team, at or self._clock())
        if pending:
            self._library.catch_up()  # a search may leave that to a thread; what is new belongs in the digest
        for ready in pending:
            if self._postman.must_rest():
                break
            if message := self._claim(ready):
                self._postman.send_new(message)
        if not self._postman.must_rest():
            pausing.tell(self._store, self._sender, self._writer, self._clock(), self._stopping)
        self._forget()
        return self._postman.rest() if self._is_let_in() else None

    def _forget(self) -> None:
        """Once a day, and at the start, forget what nobody can ask for any more."""
        now = self._clock()
        if self._forgot is None or abs(now - self._forgot) >= timedelta(days=1):
            with self._store.writing() as db:
                deliveries.forget(db, now - KEPT)
            self._forgot = now

    def _is_let_in(self) -> bool:
        """Tell whether the workspace lets the bot in; where it did not, it is asked again now and then."""
        with self._store.reading() as db:
            stopped = deliveries.stopped(db, self.team)
        if not stopped:
            return True
        now = self._clock()
        if timedelta(0) <= now - stopped[0] < timedelta(seconds=LONGEST_REST):
            return False
        try:
            self._sender.check()
        except SendError as error:
            _log.error("%s is not let in: %s", self.team, error)
            code = error.code if isinstance(error, RefusedError) else stopped[1]
            with self._store.writing() as db:
                deliveries.stop(db, self.team, code, now)
            return False
        with self._store.writing() as db:
            deliveries.start(db, self.team)
        return True

    def _claim(self, ready: Ready) -> Unsent | None:
        try:
            message = claim(self._store, self._library, self._writer, ready, self._clock())
        except UserError as error:
            _log.warning("digests wait: %s", error)
            return None
        except OperatorError:
            raise
        except Exception:  # noqa: BLE001  # one channel's fault keeps no other from its digest
            _log.exception("the digest for %s could not be drawn up", ready.place.channel)
            self._watch.outcome("failed")
            return None
        self._watch.outcome("claimed" if message else "empty")
        self._watch.lag(max((ready.at - slot.moment).total_seconds() for _, slot in ready.slots))
        return message
