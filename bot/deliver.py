"""`paperboy digest`: what is due at an instant, delivered or only drawn up, also beside a bot that runs.

Law: it delivers as the bot does, under the same lock; and drawing up claims and sends nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from threading import Event

from bot.app import courier_of
from bot.connect import Clock
from bot.digest.claiming import draft
from bot.digest.due import due
from bot.digest.edition import Edition
from bot.digest.rounds import alone
from bot.digest.sending import Watch
from bot.errors import OperatorError, UserError
from bot.library import Library
from bot.settings import Settings
from bot.store import Store, deliveries, topics
from bot.wording import byline, counted

PATIENCE = 30.0  # seconds for another process to let the lock go
LONGEST_REST = 120.0  # seconds; what wants a longer one is left to the bot, or to the next call


def deliver(
    settings: Settings,
    clock: Clock,
    at: datetime,
    stop: Event,
    opened: Callable[[], None] = lambda: None,
) -> str:
    """Post what is due at an instant and what was left before, with the threads; return what was done.

    Raises OperatorError where another process does not let it, or something could not be delivered.
    `opened` is called once the papers can be searched.
    """
    library = Library.at(settings.db, settings.corpus, clock)
    opened()
    if not library.size:
        raise OperatorError("no papers are loaded; paperboy status tells more")
    done: Counter[str] = Counter()
    courier = courier_of(
        settings, library, clock, stop.is_set, Watch(outcome=lambda each: done.update([each]))
    )
    rest: float | None = 0.0
    while rest is not None and rest <= LONGEST_REST and not stop.wait(rest):
        with alone(settings.db, PATIENCE) as is_mine:
            if not is_mine:
                raise OperatorError("another Paperboy is delivering digests; try again in a minute")
            rest = courier.round(at)
    told = f"{counted(done['posted'] + done['found'], 'digest')} posted"
    told += f", {counted(done['replied'], 'reply', 'replies')} in threads"
    if fault := _fault(Store(settings.db), courier.team, at, done):
        raise OperatorError(f"{told}; {fault}")
    return told


def drawn_up(settings: Settings, at: datetime) -> Iterator[str]:
    """Yield in lines what would be posted at an instant, in every workspace."""
    store = Store(settings.db)
    library = Library(store)
    library.open(at)
    with store.snapshot() as db:
        teams = topics.teams(db)
    nothing = True
    for team in teams:
        for ready in due(store, team, at):
            nothing = False
            try:
                yield from _lines(draft(store, library, ready).edition(at))
            except UserError as error:
                raise OperatorError(error.message) from error
    if nothing:
        yield f"nothing is due at {at.isoformat(timespec='seconds')}"


def _fault(store: Store, team: str, at: datetime, done: Counter[str]) -> str:
    with store.snapshot() as db:
        stopped = deliveries.stopped(db, team)
        left = len(deliveries.unfinished(db, team))
    left += len(due(store, team, at))
    if stopped:
        return f"Slack lets Paperboy no longer in: {stopped[1]}"
    if done["refused"]:
        return f"{counted(done['refused'], 'message')} refused, as the log says"
    return (
        f"{counted(left, 'digest')} still to be finished: call again, or leave it to the bot" if left else ""
    )


def _lines(edition: Edition) -> Iterator[str]:
    wait = (
        f", {edition.waiting} more {'waits' if edition.waiting == 1 else 'wait'}" if edition.waiting else ""
    )
    where = f"{edition.place.team} {edition.place.channel}"
    yield f"{where}: {counted(len(edition.papers), 'paper') if edition.papers else 'nothing new'}{wait}"
    for section in edition.sections:
        yield f"  {section.topic.number} {section.topic.query}"
        for entry in section.entries:
            also = f" · also {', '.join(map(str, entry.also))}" if entry.also else ""
            yield f"    {entry.matched.paper.title}"
            yield f"      {byline(entry.matched.paper)}{also}"
