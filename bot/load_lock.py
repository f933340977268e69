"""What changes the papers, one at a time: a lock beside the database, and whose load holds it.

Law: the kernel frees the lock when a process ends, however it ends; so a lock that is held means a load that
is under way, or a feed's papers that are being stored. Those nobody asked for, so whoever loads waits for
them, and whoever looks sees none.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from filelock import FileLock, Timeout

from bot.errors import OperatorError, UserError
from bot.store import Store, loads

FEED = "a feed\0"  # holds the lock in place of a person, no name of whom has a NUL
_STORED = 20.0  # seconds for which a feed's papers are waited for, which take 2 where there are 2,000
_PATIENCE = 0.5  # seconds: whoever only looks holds the lock for a moment
_GLANCE = 0.2  # seconds: so do others who look at the same time
_EVERYBODYS = 0o666  # the bot's user and root may both lock it


@contextmanager
def held(store: Store, by: str, now: datetime, patience: float = _PATIENCE) -> Iterator[None]:
    """Keep other loads out while the block runs, in which `by` loads, or FEED's papers are stored.

    Raises UserError where one is under way for so long, or a feed's papers are being stored for longer than
    they ever should; OperatorError where the disk has no place for a lock.
    """
    lock = _lock(store)
    try:
        _take(lock, store, patience)
    except Timeout:
        raise UserError(_why_not(store)) from None
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
    """Return whose load is under way, as "ana's reload", or nothing; for what a feed brings as well."""
    try:
        with _lock(store).acquire(timeout=_GLANCE, poll_interval=_GLANCE / 10):
            return ""
    except Timeout:
        by = _begun_by(store)
        return "" if by == FEED else _whose(by)
    except OSError:  # whoever wants to load is told
        return ""


def _lock(store: Store) -> FileLock:
    home = store.path.resolve()
    return FileLock(home.with_name(f"{home.name}-load.lock"), mode=_EVERYBODYS)


def _take(lock: FileLock, store: Store, patience: float) -> None:
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        if _begun_by(store) != FEED:
            raise
        lock.acquire(timeout=_STORED)


def _why_not(store: Store) -> str:
    by = _begun_by(store)
    return "A feed's papers are still being stored" if by == FEED else f"{_whose(by)} is under way"


def _whose(by: str) -> str:
    return f"{by}'s reload" if by else "A load"


def _begun_by(store: Store) -> str:
    with store.reading() as db:
        return loads.begun_by(db)
