"""One message after the other → Slack, and what becomes of each.

Law: nothing that Slack may have is sent again before the channel's history has been read. Whoever sends holds
the lock of `rounds`; so what is found tried and not posted is the work of a process that has died, or of an
answer that never came. What one message meets keeps no other channel from its own.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from bot.digest import claiming, pausing
from bot.digest.sending import Mark, Sender, Watch
from bot.errors import BusyError, OperatorError, Reason, RefusedError, UncertainError
from bot.store import Store, deliveries, topics
from bot.store.deliveries import Unsent

SETTLE = 30.0  # seconds until a try can have no effect: two HTTP time-outs (for text alone), and 10 s
LONGEST_REST = 600.0
DAY = 86_400.0
_OUT = {Reason.WORKSPACE, Reason.SCOPE}
_UNWANTED = "nobody follows it now"
_READ_AGAIN = 5.0  # seconds; reading changes nothing
_PATIENT = 4  # rests that are as short as the first
_DOUBLINGS = 16  # of a rest; after so many it is the longest in any case

_log = logging.getLogger(__name__)


class Postman:
    """Sends what is written down for the workspace that `sender` sends to."""

    def __init__(  # noqa: PLR0913 (the parts it stands on)
        self,
        store: Store,
        sender: Sender,
        *,
        clock: Callable[[], datetime],
        stopping: Callable[[], bool],
        watch: Watch,
        settle: float,
    ) -> None:
        self._store = store
        self._sender = sender
        self._clock = clock
        self._stopping = stopping
        self._watch = watch
        self._settle = settle
        self._busy_until = 0.0
        self._is_out = False

    def send(self) -> None:
        """Send what may be sent now of what is written down, a message a channel."""
        self._is_out = False
        served = set()
        for message in self._unfinished():
            if self.must_rest():
                return
            if message.tried_at is not None and message.tried_at > self._now():
                self._record(deliveries.try_again, message, self._clock())  # the clock was set back since
            elif message.place not in served and self._ready_at(message) <= self._now():
                served.add(message.place)
                self._shielded(self._serve, message)

    def send_new(self, message: Unsent) -> None:
        """Send what has just been claimed, unless its channel must rest."""
        if message.tried_at is not None:
            self._shielded(self._send, message)

    def must_rest(self) -> bool:
        """Tell whether nothing more may be sent now: on the way out, let out, or told to wait by Slack."""
        return self._stopping() or self._is_out or self._busy_for() > 0

    def rest(self) -> float | None:
        """Return in how many seconds there is more to send, None where nothing is left."""
        times = [self._ready_at(message) for message in self._unfinished()]
        return max(0.0, min(times) - self._now(), self._busy_for()) if times else None

    def _unfinished(self) -> list[Unsent]:
        with self._store.snapshot() as db:
            return deliveries.unfinished(db, self._sender.team)

    def _ready_at(self, message: Unsent) -> float:
        """Return when the next step with a message may be taken; a clock set back since counts for little."""
        now = self._now()
        longest = DAY if message.held else LONGEST_REST
        paced = (
            0.0 if message.posted_at is None or message.posted_at > now else message.posted_at + claiming.PACE
        )
        rested = 0.0 if message.next_at > now + longest else message.next_at
        settled = 0.0 if message.tried_at is None else min(message.tried_at, now) + self._settle
        return max(paced, rested, settled)

    def _shielded(self, act: Callable[[Unsent], None], message: Unsent) -> None:
        try:
            act(message)
        except OperatorError:
            raise
        except Exception as error:  # noqa: BLE001  # one message's fault keeps no other from being sent
            _log.exception("delivery %d, part %d", message.delivery, message.part)
            self._put_off(message, type(error).__name__, self._settle)
            self._watch.outcome("failed")

    def _serve(self, message: Unsent) -> None:
        if not message.part and self._is_unwanted(message):
            return
        if self._is_untaken(message) and not self._stopping():
            with self._store.writing() as db:
                is_mine = deliveries.trying(db, message, self._clock())
            if is_mine:  # else somebody is at it, though nobody should
                self._send(message)

    def _is_unwanted(self, message: Unsent) -> bool:
        """Tell whether nobody follows any more what a digest is for; it is then over, sent or not."""
        with self._store.snapshot() as db:
            concerned = topics.of_delivery(db, message.delivery)
        going = [topic for topic in concerned if not topic.pause]
        if going if message.tried_at is None else concerned:
            return False
        with self._store.writing() as db:
            if message.tried_at is None:
                deliveries.take_back(db, message.delivery, _UNWANTED, slots=True)
            else:
                deliveries.skip(db, message, _UNWANTED)
        return True

    def _is_untaken(self, message: Unsent) -> bool:
        """Tell whether Slack certainly does not have a message, of which an earlier try may not know."""
        if message.tried_at is None:
            return True
        mark, since = Mark(message.token, message.part), min(message.claimed_at, message.tried_at)
        try:
            ts = self._sender.find(message.place.channel, mark, since - 60, message.thread, self._stopping)
        except BusyError as error:  # of reading; posts have a limit of their own
            self._record(deliveries.put_off, message, self._now() + error.retry_after, str(error))
            self._watch.outcome("limited")
        except UncertainError as error:
            self._put_off(message, str(error), _READ_AGAIN)
        except RefusedError as error:
            self._unread(message, error)
        else:
            if ts is None:
                self._record(deliveries.untaken, message)
                return True
            self._posted(message, ts)
            self._watch.outcome("found again" if message.part else "found")
        return False

    def _send(self, message: Unsent) -> None:
        """Post a message that has been recorded as tried."""
        mark = Mark(message.token, message.part)
        with self._store.snapshot() as db:
            content = deliveries.content(db, message)
        try:
            ts = self._sender.post(message.place.channel, content, mark, message.thread)
        except BusyError as error:
            self._record(deliveries.untaken, message)
            _log.warning("%s: waiting %g s", error, error.retry_after)
            self._busy_until = self._now() + min(error.retry_after, LONGEST_REST)
            self._watch.outcome("limited")
        except UncertainError as error:
            _log.warning("delivery %d, part %d: %s", message.delivery, message.part, error)
            self._put_off(message, str(error), self._settle)
            self._watch.outcome("unknown")
        except RefusedError as error:
            if error.code in pausing.PASSING and not self._is_closed(message):
                self._refused_in_passing(message, error)
            else:
                self._refused(message, error)
        else:
            self._posted(message, ts)
            self._watch.outcome("replied" if message.part else "posted")

    def _posted(self, message: Unsent, ts: str) -> None:
        with self._store.writing() as db:
            deliveries.posted(db, message, ts, self._clock())
            if not message.part:
                pausing.arrived(db, message.delivery)

    def _is_closed(self, message: Unsent) -> bool:
        """Tell whether a channel that took nothing still does not; on the way out that is left open."""
        return not self._stopping() and self._sender.is_closed(message.place.channel)

    def _refused_in_passing(self, message: Unsent, error: RefusedError) -> None:
        """Let rest what a channel did not take that may take it now, for the bot has been invited again."""
        _log.warning("delivery %d, part %d is tried again: %s", message.delivery, message.part, error)
        self._record(deliveries.untaken, message)
        self._put_off(message, error.code, self._settle)
        self._watch.outcome("put off")

    def _refused(self, message: Unsent, error: RefusedError) -> None:
        """Undo what Slack refused; what that means for the channel or the workspace is recorded with it."""
        self._watch.outcome("refused")
        level = logging.WARNING if error.reason is Reason.CHANNEL else logging.ERROR
        _log.log(level, "delivery %d, part %d: %s", message.delivery, message.part, error)
        with self._store.writing() as db:
            if not message.part:  # of a defect the slot is over, for it would strike again at once
                slots = error.reason is not Reason.MESSAGE
                deliveries.take_back(db, message.delivery, error.code, slots=slots)
            elif error.reason in _OUT:
                deliveries.untaken(db, message)
            else:
                deliveries.skip(db, message, error.code)
            if error.reason in _OUT:
                self._is_out = True
                deliveries.stop(db, self._sender.team, error.code, self._clock())
            if error.reason is Reason.CHANNEL:
                topics.pause_all(db, message.place, error.code, self._clock())

    def _unread(self, message: Unsent, error: RefusedError) -> None:
        """Keep what cannot be found out; it is looked for again, ever more rarely."""
        if error.reason is Reason.WORKSPACE:
            self._is_out = True
            with self._store.writing() as db:
                deliveries.stop(db, self._sender.team, error.code, self._clock())
            return
        with self._store.writing() as db:
            until = self._now() + min(LONGEST_REST * 2.0 ** min(message.attempts, _DOUBLINGS), DAY)
            deliveries.hold(db, message, until, error.code)
        if not message.held:
            _log.error("delivery %d is held: %s", message.delivery, error)
            self._watch.outcome("held")

    def _put_off(self, message: Unsent, error: str, rest: float) -> None:
        """Let a delivery rest; from the sixth time on twice as long each time."""
        doublings = min(max(0, message.attempts - _PATIENT), _DOUBLINGS)
        until = self._now() + min(rest * 2.0**doublings, LONGEST_REST)
        self._record(deliveries.put_off, message, until, error)

    def _record(self, write: Callable[..., None], message: Unsent, *values: object) -> None:
        with self._store.writing() as db:
            write(db, message, *values)

    def _busy_for(self) -> float:
        left = self._busy_until - self._now()
        return left if 0 < left <= LONGEST_REST else 0.0  # more: the clock was set back

    def _now(self) -> float:
        return self._clock().timestamp()
