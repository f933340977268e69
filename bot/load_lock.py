"""Loads of the corpus, one at a time: a lock beside the database, and whose load holds it.

Law: the kernel frees the lock when a process ends, however it ends; so a lock that is held means a load that
is under way.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from filelock import FileLock, Timeout

from bot.errors import OperatorError, UserError
from bot.store import Store, loads

_PATIENCE = 0.5  # seconds: whoever only looks holds the lock for a moment
_GLANCE = 0.2  # seconds: so do others who look at the same time
_EVERYBODYS = 0o666  # the bot's user and root may both lock it


@contextmanager
def held(store: Store, by: str, now: datetime, patience: float = _PATIENCE) -> Iterator[None]:
    """Keep other loads out while the block runs.

    Raises UserError where one is under way for so long, OperatorError where the disk has no place for a lock.
    """
    lock = _lock(store)
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        raise UserError(f"{_whose(store)} is under way") from None
    except OSError as error:
        why = (error.strerror or "the disk does not say why").lower()
        raise OperatorError(f"the lock {lock.lock_file} cannot be taken: {why}") from error
    try:
        with store.writing() as db:
            loads.begin(db, by, now)
        yield
    finally:
        try:
            with suppress(OperatorError), store.writing() as db:
                loads.end(db)  # or the next would go by this name until it has begun
        finally:
            lock.release()


def holder(store: Store) -> str:
    """Return whose load is under way, as "ana's reload", or nothing."""
    try:
        with _lock(store).acquire(timeout=_GLANCE, poll_interval=_GLANCE / 10):
            return ""
    except Timeout:
        return _whose(store)
    except OSError:  # whoever wants to load is told
        return ""


def _lock(store: Store) -> FileLock:
    home = store.path.resolve()
    return FileLock(home.with_name(f"{home.name}-load.lock"), mode=_EVERYBODYS)


def _whose(store: Store) -> str:
    with store.reading() as db:
        by = loads.begun_by(db)
    return f"{by}'s reload" if by else "A load"
