"""Work in processes beside the bot, which answers on meanwhile.

Law: such a process ends with the bot, however that ends; what it has begun then is taken back by whoever does
it next.
"""

import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event
from time import monotonic

from bot import logs
from bot.answers import Loaded, Progress, Reload
from bot.errors import OperatorError, UserError
from bot.library import Library, settle
from bot.search.build import end_with_parent
from bot.settings import LogFormat, Settings
from bot.store import Store

_STOPPED = "Paperboy is being stopped"
_POLITE = 10  # of 19
_log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


@contextmanager
def settling(
    library: Library, db: Path, clock: Clock, log: LogFormat = LogFormat.TEXT
) -> Iterator[Callable[[], None]]:
    """Yield what has the index made anew where need be."""
    with _processes() as started:

        def settle_if_need_be() -> None:
            if library.is_unsettled() and not any(process.is_alive() for process in started):
                started[:] = [_start(_settle, db, clock(), log)]

        yield settle_if_need_be


@contextmanager
def reloading(library: Library, settings: Settings, clock: Clock) -> Iterator[Reload]:
    """Yield what loads the corpus again: for whom, and what is told how far that is.

    It returns what that brought. Raises UserError where another reload is under way, OperatorError where it
    failed or the bot is being stopped.
    """
    stopping = Event()
    with _processes() as started:

        def reload(by: str, told: Callable[[Progress], None]) -> Loaded:
            if stopping.is_set():
                raise OperatorError(_STOPPED)
            before = library.status().last
            ours, theirs = get_context("spawn").Pipe(duplex=False)
            with ours:
                with theirs:
                    process = _start(_reload, theirs, settings, by, clock())
                    started.append(process)
                if stopping.is_set():  # after whoever stops has looked at what is started
                    process.terminate()
                try:
                    while isinstance(heard := ours.recv(), Progress):
                        told(heard)
                except (EOFError, OSError):  # it has ended, be it in the middle of a message
                    heard = None
            process.join()
            started.remove(process)
            library.catch_up()
            last = library.status().last
            if heard is None and last and last != before and last.by == by:
                return last  # it had done all but clear away what was there before
            if isinstance(heard, Loaded):
                return heard
            raise heard or OperatorError(_STOPPED if stopping.is_set() else _why_ended(process))

        try:
            yield reload
        finally:
            stopping.set()


@contextmanager
def _processes() -> Iterator[list[BaseProcess]]:
    started: list[BaseProcess] = []
    try:
        yield started
    finally:
        for process in [*started]:  # whoever waits for one takes it from the list
            process.terminate()
            process.join()


def _why_ended(process: BaseProcess) -> str:
    if process.exitcode is not None and process.exitcode < 0:
        return f"its process was ended by {signal.Signals(-process.exitcode).name}"
    return "an unexpected fault, of which the log tells more"


def _start(work: Callable[..., None], *arguments: object) -> BaseProcess:
    """Start a process; no daemon, for it may need processes itself."""
    process = get_context("spawn").Process(target=_beside, args=(partial(work, *arguments),))
    process.start()
    return process


def _beside(work: Callable[[], None]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the bot, which ends this
    end_with_parent()
    step_back()
    work()


def step_back() -> None:
    """Let searches come first from now on, where there are more processes than cores."""
    if sys.platform != "win32":
        os.setpriority(os.PRIO_PROCESS, 0, max(_POLITE, os.getpriority(os.PRIO_PROCESS, 0)))


def _settle(db: Path, now: datetime, log: LogFormat) -> None:
    logs.configure(as_json=log is LogFormat.JSON)
    settle(db, now)


def _reload(told: Connection, settings: Settings, by: str, now: datetime) -> None:
    logs.configure(as_json=settings.log is LogFormat.JSON)
    began = monotonic()
    try:
        library = Library(Store(settings.db))
        told.send(
            library.reload(
                settings.corpus, by, lambda: now + timedelta(seconds=monotonic() - began), told.send
            )
        )
    except (UserError, OperatorError) as error:
        told.send(type(error)(str(error)))
    except Exception:  # noqa: BLE001  # whoever waits is told by the exit code, and the log says why
        _log.exception("the reload failed")
        raise SystemExit(1) from None
