"""What is due → claimed, committed, posted, threaded, marked.

Law: nothing is sent that has not been written down, and nothing that Slack may have is sent again before the
channel's history has been read. Whoever goes a round holds the lock of `rounds`; so what it finds tried and
not posted is the work of a process that has died, or of an answer that never came.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.digest import pausing
from bot.digest.claiming import claim
from bot.digest.due import Ready, due
from bot.digest.sending import Mark, Sender, Trouble, Watch, Writer
from bot.errors import BusyError, Reason, RefusedError, SendError, UncertainError, UserError
from bot.library import Library
from bot.store import Store, deliveries, topics
from bot.store.deliveries import Unsent

SETTLE = 20.0  # seconds after which a request can take effect no more: the HTTP time-out and 10 s
PACE = 1.0  # seconds between two messages in a channel
_LONGEST_REST = 600.0

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
        watch: Watch = Watch(),  # noqa: B008 (it is frozen)
        settle: float = SETTLE,
    ) -> None:
        self._store = store
        self._library = library
        self._sender = sender
        self._writer = writer
        self._clock = clock
        self._stopping = stopping
        self._watch = watch
        self._settle = settle
        self._busy_until = 0.0
        self._is_out = False

    @property
    def team(self) -> str:
        """The workspace."""
        return self._sender.team

    def round(self, at: datetime | None = None) -> float | None:
        """Send what can be sent now, and claim and send what is due now, or was or will be `at` an instant.

        Returns in how many seconds there is more to send, None where nothing is left.
        """
        self._is_out = not self._is_let_in()
        if self._is_out:
            return None
        self._send()
        for ready in due(self._store, self._sender.team, at or self._clock()):
            if self._must_rest():
                break
            if delivery := self._claim(ready):
                self._send(delivery)
        return self._rest()

    def _is_let_in(self) -> bool:
        """Tell whether the workspace lets the bot in; where it did not, it is asked again now and then."""
        with self._store.reading() as db:
            stopped = deliveries.stopped(db, self.team)
        if not stopped:
            return True
        now = self._clock()
        if timedelta(0) <= now - stopped[0] < timedelta(seconds=_LONGEST_REST):
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

    def _claim(self, ready: Ready) -> int | None:
        try:
            delivery = claim(self._store, self._library, self._writer, ready, self._clock())
        except UserError as error:
            _log.warning("digests wait: %s", error)
            return None
        except Exception:  # noqa: BLE001  # one channel's fault keeps no other from its digest
            _log.exception("the digest for %s could not be drawn up", ready.place.channel)
            return None
        self._watch.outcome("claimed" if delivery else "empty")
        self._watch.lag(max((ready.at - slot.moment).total_seconds() for _, slot in ready.slots))
        return delivery

    def _send(self, delivery: int | None = None) -> None:
        """Send what may be sent now of what is written down, or of one delivery."""
        for message in self._unfinished(delivery):
            if self._must_rest():
                return
            if self._ready_at(message) <= self._now() and self._is_untaken(message):
                self._post(message)

    def _unfinished(self, delivery: int | None = None) -> list[Unsent]:
        with self._store.snapshot() as db:
            return deliveries.unfinished(db, self._sender.team, delivery)

    def _ready_at(self, message: Unsent) -> float:
        """Return when the next step with a message may be taken, also where the clock was set back since."""
        now = self._now()
        paced = 0.0 if message.posted_at is None or message.posted_at > now else message.posted_at + PACE
        rested = 0.0 if message.next_at > now + _LONGEST_REST else message.next_at
        settled = 0.0 if message.tried_at is None else message.tried_at + self._settle
        if settled > now + self._settle:
            self._record(deliveries.trying, message, self._clock())
        return max(paced, rested, min(settled, now + self._settle))

    def _is_untaken(self, message: Unsent) -> bool:
        """Tell whether Slack certainly does not have a message, of which an earlier try may not know."""
        if message.tried_at is None:
            return True
        place, mark = message.place, Mark(message.token, message.part)
        try:
            ts = self._sender.find(place.channel, mark, message.claimed_at - 60, message.thread)
        except BusyError as error:
            self._wait(error)
        except UncertainError as error:
            self._record(deliveries.put_off, message, self._now() + self._back_off(message), str(error))
        except RefusedError as error:
            self._hold(message, error)
        else:
            if ts is None:
                self._record(deliveries.untaken, message)
                return True
            self._record(deliveries.posted, message, ts, self._clock())
            self._watch.outcome("found again" if message.part else "found")
        return False

    def _post(self, message: Unsent) -> None:
        mark = Mark(message.token, message.part)
        with self._store.writing() as db:
            if not message.part and not topics.going(db, deliveries.topics_of(db, message.delivery)):
                deliveries.take_back(db, message.delivery, "nobody follows it now", slots=True)
                return
            content = deliveries.content(db, message)
            deliveries.trying(db, message, self._clock())
        try:
            ts = self._sender.post(message.place.channel, content, mark, message.thread)
        except BusyError as error:
            self._record(deliveries.untaken, message)
            self._wait(error)
        except UncertainError as error:
            _log.warning("delivery %d, part %d: %s", message.delivery, message.part, error)
            self._record(deliveries.put_off, message, self._now() + self._back_off(message), str(error))
            self._watch.outcome("unknown")
        except RefusedError as error:
            self._refused(message, error)
        else:
            self._record(deliveries.posted, message, ts, self._clock())
            self._watch.outcome("replied" if message.part else "posted")

    def _refused(self, message: Unsent, error: RefusedError) -> None:
        """Undo what Slack refused; of a thread that it refuses the digest itself stays."""
        self._watch.outcome("refused")
        level = logging.ERROR if error.reason is not Reason.CHANNEL else logging.WARNING
        _log.log(level, "delivery %d, part %d: %s", message.delivery, message.part, error)
        if message.part:
            self._record(deliveries.skip, message, error.code)
            return
        with self._store.writing() as db:
            slots = error.reason is not Reason.MESSAGE  # a defect would strike again at once
            deliveries.take_back(db, message.delivery, error.code, slots=slots)
            if error.reason in {Reason.WORKSPACE, Reason.SCOPE}:
                deliveries.stop(db, self._sender.team, error.code, self._clock())
                self._is_out = True
        if error.reason is Reason.CHANNEL:
            paused = pausing.pause(self._store, message.place, error.code, self._clock())
            trouble = Trouble(message.place, tuple(paused), error.code)
            pausing.tell(self._sender, self._writer, trouble)

    def _hold(self, message: Unsent, error: RefusedError) -> None:
        """Keep what cannot be found out; it is looked for again now and then."""
        with self._store.writing() as db:
            deliveries.hold(db, message, self._now() + _LONGEST_REST, error.code)
            concerned = topics.of_delivery(db, message.delivery)
        if not message.held:
            _log.error("delivery %d is held: %s", message.delivery, error)
            self._watch.outcome("held")
            trouble = Trouble(message.place, tuple(concerned), error.code, held=True)
            pausing.tell(self._sender, self._writer, trouble)

    def _wait(self, error: BusyError) -> None:
        _log.warning("%s: waiting %g s", error, error.retry_after)
        self._busy_until = self._now() + min(error.retry_after, _LONGEST_REST)
        self._watch.outcome("limited")

    def _back_off(self, message: Unsent) -> float:
        return min(self._settle * float(2**message.attempts), _LONGEST_REST)

    def _record(self, write: Callable[..., None], message: Unsent, *values: object) -> None:
        with self._store.writing() as db:
            write(db, message, *values)

    def _must_rest(self) -> bool:
        return self._stopping() or self._is_out or self._now() < self._busy_until

    def _rest(self) -> float | None:
        if self._is_out:
            return None
        times = [max(self._ready_at(message), self._busy_until) for message in self._unfinished()]
        return max(0.0, min(times) - self._now()) if times else None

    def _now(self) -> float:
        return self._clock().timestamp()
