"""The real app, by HTTP, beside a local Slack."""

import json
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.answers import Loaded, Progress, Reload
from bot.connect import bolt_app
from bot.feed_list import FeedList
from bot.feeds.addresses import feed_of
from bot.fetches import Fetch
from bot.library import Library
from bot.playground import LocalSlack
from bot.probes import Metrics
from bot.settings import Settings
from bot.slack.desk import FetchFeed, Upkeep
from bot.slack.http import endpoint
from bot.store import Store
from bot.web import SLACK_PATH, routes, serving
from tests.conftest import LOADED_AT

MANIFEST = Path(__file__).parents[2] / "deploy" / "manifest.json"
_ASKED = json.loads(MANIFEST.read_text(encoding="utf-8"))
SCOPES = _ASKED["oauth_config"]["scopes"]["bot"]
EVENTS = _ASKED["settings"]["event_subscriptions"]["bot_events"]


def unused(_who: str, _told: Callable[[Progress], None]) -> Loaded:
    """Stand for the reload that a test has no use for."""
    raise AssertionError("nobody asked for a reload")


def unfetched(_number: int) -> Fetch | None:
    """Stand for the fetch of a feed that a test has no use for."""
    raise AssertionError("nobody asked for a feed")


def upkeep(
    db: Path, reload: Reload = unused, fetch: FetchFeed = unfetched, feeds: Sequence[str] = ()
) -> Upkeep:
    """Return what brings papers, where the settings name these feeds."""
    return Upkeep(reload, FeedList(Store(db), list(map(feed_of, feeds))), fetch)


@contextmanager
def answering(
    slack: LocalSlack,
    library: Library,
    db: Path,
    later: timedelta = timedelta(0),
    *,
    clock: Callable[[], datetime] | None = None,
    reload: Reload = unused,
    fetch: FetchFeed = unfetched,
    feeds: Sequence[str] = (),
    admins: Collection[str] = (),
) -> Iterator[None]:
    """Run the app with a library by HTTP while the block runs; it is two hours after the load, or `later`.

    What happens only once is kept in `db`.
    """
    settings = Settings(
        bot_token=slack.bot_token,
        signing_secret=slack.signing_secret,
        api_url=slack.api_url,
        db=db,
        admins=frozenset(admins),
    )
    now = clock or (lambda: LOADED_AT + timedelta(hours=2) + later)
    with (
        bolt_app(
            settings, library, now, Metrics(lambda: library.size), upkeep(db, reload, fetch, feeds)
        ) as app,
        serving(routes({}, endpoint(app, slack.signing_secret)), "127.0.0.1", 0) as address,
    ):
        slack.request_url = f"{address}{SLACK_PATH}"
        yield


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Return where an app of the test's own keeps what happens only once."""
    return tmp_path / "claims.db"


@pytest.fixture
def slack(library: Library, db: Path) -> Iterator[LocalSlack]:
    """Yield a local Slack that the app with the seeds answers by HTTP.

    It grants what the manifest asks for, and no more.
    """
    with LocalSlack(scopes=SCOPES) as running, answering(running, library, db):
        yield running


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return an empty folder for a corpus of the test's own."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    return folder


@pytest.fixture
def lab(seeded: Path, tmp_path: Path) -> Iterator[LocalSlack]:
    """Yield a local Slack whose app keeps topics beside the papers, in a database of the test's own."""
    path = tmp_path / "lab.db"
    shutil.copy(seeded, path)
    with (
        LocalSlack(scopes=SCOPES) as running,
        answering(running, Library.at(path, [], lambda: LOADED_AT), path),
    ):
        yield running
