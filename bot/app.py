"""The composition root: builds everything from settings, a clock and a Slack client, and runs it.

Law: only here do the parts meet; none of them looks for another by itself.
"""

import logging
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING

from apscheduler.schedulers.background import BackgroundScheduler

from bot.answers import Reload
from bot.beside import reloading, settling
from bot.connect import Clock, bolt_app, connected, disconnect, team_of, web_client
from bot.digest.courier import Courier
from bot.digest.rounds import FEEDS, PATIENCE, Rounds, alone
from bot.digest.sending import Watch
from bot.errors import OperatorError
from bot.feed_list import FeedList
from bot.fetches import Fetch, Fetches, means
from bot.library import Library
from bot.outages import Outages
from bot.playground import LocalSlack, MovableClock
from bot.probes import Metrics, probes
from bot.settings import Mode, Settings, SettingsError
from bot.slack.desk import Upkeep
from bot.slack.http import endpoint
from bot.slack.sender import ChannelSender, DigestWriter, FeedWriter
from bot.store import Store, deliveries
from bot.web import SLACK_PATH, Probe, port_refused, routes, serving

if TYPE_CHECKING:
    from collections.abc import Callable

TICK = 30  # seconds
SETTLING = 300  # seconds between looks at whether the index should be made anew
_UNCHECKED = 1.0  # seconds until a round is tried again that found the database unchecked
_LATE = timedelta(seconds=3 * TICK)
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What every mode runs.

    `checked` is done once the database has been looked through, `team` known once digests are looked after.
    """

    settings: Settings
    library: Library
    clock: Clock
    checked: Future[None]
    metrics: Metrics
    rounds: Rounds
    feeds: Rounds
    fetches: Fetches
    store: Store
    team: str = ""

    def upkeep(self, reload: Reload) -> Upkeep:
        """Return what brings papers when somebody asks for it."""
        return Upkeep(reload, self.fetches.feeds, self.fetch)

    def fetch(self, number: int) -> Fetch | None:
        """Fetch a feed for somebody who asks for it; None where that is to be done later."""
        if not self.checked.done():
            return None
        with alone(self.settings.db, PATIENCE, FEEDS, self.feeds.stopping) as is_mine:
            fetch = self.fetches.fetch(number) if is_mine else None
        self.library.catch_up()
        return fetch

    def unready(self, *, online: bool) -> str:
        """Say what is missing, or nothing."""
        if not self.library.size:
            return "no papers are loaded"
        if not self.checked.done():
            return "the database is being looked through"
        if not online:
            return "not connected to Slack"
        try:
            with self.store.reading() as db:
                stopped = deliveries.stopped(db, self.team)
        except OperatorError:
            return "the database does not answer"
        if stopped:
            return f"Slack does not let Paperboy in: {stopped[1]}"
        went = self.rounds.went_at
        return "" if went and abs(self.clock() - went) < _LATE else "digests are not looked after"


def run(
    settings: Settings,
    clock: Clock,
    stop: Event,
    ready: "Callable[[str], None]",
    opened: "Callable[[], None]" = lambda: None,
) -> None:
    """Answer Slack, or open the playground, and deliver digests, until `stop` is set.

    `opened` is called once the papers can be searched, which may take minutes and does not look at `stop`,
    `ready` with a line that says how to reach Paperboy. The database is looked through beside the start,
    seconds where it is large: nothing is delivered before, and damage ends it. Raises OperatorError where it
    cannot start.
    """
    mode = settings.mode()
    library = Library.at(settings.db, settings.corpus, clock)
    opened()
    if not library.size:
        for problem in library.problems()[:10]:
            _log.warning("%s:%d %s", problem.file, problem.line, problem.reason)
        _log.warning("no papers are loaded: PAPERBOY_CORPUS holds none that can be read")
    start = {Mode.PLAYGROUND: _playground, Mode.SOCKET: _socket_mode, Mode.HTTP: _http_mode}[mode]
    checked: Future[None] = Future()
    Thread(target=_prepare, args=(library, checked, stop), name="prepare", daemon=True).start()
    with start(settings, library, clock, checked) as greeting:
        if not stop.is_set():
            ready(greeting)
        stop.wait()
    if checked.done():
        checked.result()


def _prepare(library: Library, checked: Future[None], stop: Event) -> None:
    """Look through the database, where damage or whatever else fails ends all; then make searches fast.

    That comes last because answers wait for it: it holds the interpreter for most of a second.
    """
    try:
        library.check()
    except Exception as error:  # noqa: BLE001  # it is raised where it is waited for
        checked.set_exception(error)
        stop.set()
    else:
        checked.set_result(None)
        library.warm()


@contextmanager
def _playground(settings: Settings, library: Library, clock: Clock, checked: Future[None]) -> Iterator[str]:
    if settings.host not in _LOOPBACK:
        raise SettingsError("the playground is for this machine alone: PAPERBOY_HOST must be 127.0.0.1")
    moved = MovableClock(lambda: clock().timestamp())
    parts = _parts(settings, library, lambda: datetime.fromtimestamp(moved(), UTC), checked)
    slack = LocalSlack(
        host=settings.host,
        port=settings.port,
        clock=moved,
        app_routes=probes(parts.metrics, lambda: parts.unready(online=slack.connected)),
    )
    try:
        slack.start()
    except OSError as error:
        raise port_refused(settings.host, settings.port, error) from error
    with ExitStack() as stack:
        stack.callback(slack.stop)
        tokens = replace(
            settings, bot_token=slack.bot_token, app_token=slack.app_token, api_url=slack.api_url
        )
        parts = replace(parts, settings=tokens)
        reload = stack.enter_context(reloading(library, tokens, parts.clock))
        app = stack.enter_context(bolt_app(tokens, library, parts.clock, parts.metrics, parts.upkeep(reload)))
        stack.callback(disconnect, connected(app, tokens))
        parts = replace(parts, team=stack.enter_context(_delivering(parts)))
        stack.callback(moved.on_moved(parts.feeds.tick))  # which wakes the other as soon as all is fetched
        yield (
            f"The playground is open: {slack.url}   (Ctrl+C closes it)\n"
            "Digests from another shell: "
            f"SLACK_API_URL={slack.api_url} SLACK_BOT_TOKEN={slack.bot_token} .venv/bin/paperboy digest"
        )


@contextmanager
def _socket_mode(settings: Settings, library: Library, clock: Clock, checked: Future[None]) -> Iterator[str]:
    parts = _parts(settings, library, clock, checked)
    with ExitStack() as stack:
        reload = stack.enter_context(reloading(library, settings, clock))
        app = stack.enter_context(bolt_app(settings, library, clock, parts.metrics, parts.upkeep(reload)))
        handler = connected(app, settings)
        stack.callback(disconnect, handler)
        parts = replace(parts, team=stack.enter_context(_delivering(parts)))
        answers = probes(parts.metrics, lambda: parts.unready(online=handler.client.is_connected()))
        address = stack.enter_context(serving(routes(answers), settings.host, settings.port))
        yield f"Connected to Slack by Socket Mode; health at {address}/healthz   (Ctrl+C stops)"


@contextmanager
def _http_mode(settings: Settings, library: Library, clock: Clock, checked: Future[None]) -> Iterator[str]:
    parts = _parts(settings, library, clock, checked)
    answers: Mapping[str, Probe] = probes(parts.metrics, lambda: parts.unready(online=True))
    with ExitStack() as stack:
        reload = stack.enter_context(reloading(library, settings, clock))
        app = stack.enter_context(bolt_app(settings, library, clock, parts.metrics, parts.upkeep(reload)))
        parts = replace(parts, team=stack.enter_context(_delivering(parts)))
        wsgi = routes(answers, endpoint(app, settings.signing_secret))
        address = stack.enter_context(serving(wsgi, settings.host, settings.port))
        yield f"Listening for Slack at {address}{SLACK_PATH}   (Ctrl+C stops)"


def _parts(settings: Settings, library: Library, clock: Clock, checked: Future[None]) -> _Parts:
    metrics = Metrics(lambda: library.size)
    digests, feeds, store = Rounds(settings.db, clock), Rounds(settings.db, clock, FEEDS), Store(settings.db)
    by = means(
        allow_private=settings.private_feeds,
        now=clock,
        stopping=feeds.stop,
        every=timedelta(hours=settings.feed_hours),
    )
    fetches = Fetches(store, library, FeedList(store, settings.feeds), by)
    return _Parts(settings, library, clock, checked, metrics, digests, feeds, fetches, store)


@contextmanager
def _delivering(parts: _Parts) -> Iterator[str]:
    """Deliver digests and fetch feeds while the block runs: a tick now and every 30 s, and a thread for each.

    Yields the workspace.
    """
    watch = Watch(outcome=parts.metrics.posted, lag=parts.metrics.lagged)
    courier = courier_of(parts.settings, parts.library, parts.clock, parts.rounds.stopping, watch)

    def go() -> float | None:
        if not parts.checked.done():  # not waited for: that would hold up a stop, and other processes
            return _UNCHECKED
        parts.checked.result()  # raises where there is damage, of which nothing is to be sent
        rest = courier.round()
        parts.metrics.ticked(parts.clock())
        return rest

    ticks = BackgroundScheduler(timezone=UTC)
    # A tick that comes late is as good as one in time: what is due is asked of the database.
    for rounds in (parts.rounds, parts.feeds):
        ticks.add_job(
            rounds.tick, "interval", seconds=TICK, misfire_grace_time=None, coalesce=True, max_instances=1
        )
    settings = parts.settings
    with (
        parts.rounds.going(go),
        parts.feeds.going(_fetching(parts, courier.team)),
        settling(parts.library, settings.db, parts.clock, settings.log) as settle_if_need_be,
    ):
        for upkeep in (settle_if_need_be, parts.library.warm):  # the papers may have become many
            ticks.add_job(upkeep, "interval", seconds=SETTLING, misfire_grace_time=None, coalesce=True)
        parts.rounds.tick()
        parts.feeds.tick()
        ticks.start()
        try:
            yield courier.team
        finally:
            for rounds in (parts.rounds, parts.feeds):
                rounds.stop.set()  # before one of them is waited for
            ticks.shutdown()


def _fetching(parts: _Parts, team: str) -> "Callable[[], float | None]":
    """Return what fetches the feeds that are due, once the database has been looked through."""
    settings, stopping = parts.settings, parts.feeds.stopping
    sender = ChannelSender(web_client(settings), team)
    outages = Outages(parts.store, parts.fetches.feeds, sender, FeedWriter(), settings.admins, stopping)

    def go() -> float | None:
        if not parts.checked.done():
            return _UNCHECKED
        parts.checked.result()
        parts.fetches.fetch_due()
        parts.library.catch_up()  # also with what another process has fetched: nobody may search for hours
        parts.rounds.tick()  # a digest that was due meanwhile has what they brought
        outages.tell(parts.clock())
        return None

    return go


def courier_of(
    settings: Settings,
    library: Library,
    clock: Clock,
    stopping: "Callable[[], bool]",
    watch: Watch,
) -> Courier:
    """Return a courier for the workspace of the bot's token; raises OperatorError where Slack refuses it."""
    client, store = web_client(settings), Store(settings.db)
    team = team_of(client)
    with store.writing() as db:
        deliveries.start(db, team)
    sender, writer = ChannelSender(client, team), DigestWriter(library)
    return Courier(store, library, sender, writer, clock=clock, stopping=stopping, watch=watch)
