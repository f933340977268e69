"""The whole of Paperboy as `paperboy run` runs it, against a local Slack."""

import json
import multiprocessing
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from queue import Queue
from typing import Any

import httpx
import pytest

from bot import app
from bot.beside import settling
from bot.digest import claiming
from bot.digest.courier import Courier
from bot.digest.following import Following
from bot.digest.rounds import FEEDS, Rounds, alone
from bot.errors import OperatorError
from bot.feed_list import FeedList
from bot.feeds.addresses import feed_of
from bot.library import Library
from bot.papers import Description, TitleOrigin
from bot.playground import ANA, BEN, SAFETY, TEAM, LocalSlack
from bot.settings import Settings
from bot.store import Store, feeds, generations
from bot.store.generations import Generation
from bot.topics import Person, Place, Wish
from bot.web import SLACK_PATH
from tests import stock
from tests.conftest import LOADED_AT
from tests.feeds.server import Answer, Server, atom, entry


@contextmanager
def running(settings: Settings, clock: Callable[[], datetime] = lambda: LOADED_AT) -> Iterator[str]:
    """Run Paperboy by a clock while the block does; yields how it greets."""
    stop, started = threading.Event(), threading.Event()
    greetings: list[str] = []

    def ready(greeting: str) -> None:
        greetings.append(greeting)
        started.set()

    thread = threading.Thread(target=app.run, args=(settings, clock, stop, ready))
    thread.start()
    try:
        assert started.wait(20)
        yield greetings[0]
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def settings(slack: LocalSlack, db: Path, app_token: str = "", signing_secret: str = "") -> Settings:
    """Return settings that lead to a local Slack."""
    return Settings(
        bot_token=slack.bot_token,
        api_url=slack.api_url,
        db=db,
        corpus=(),
        port=0,
        app_token=app_token,
        signing_secret=signing_secret,
    )


def test_socket_mode_answers(seeded: Path) -> None:
    """With an app-level token Paperboy connects to Slack by itself and answers."""
    with LocalSlack() as slack, running(settings(slack, seeded, app_token=slack.app_token)) as greeting:
        assert greeting.startswith("Connected to Slack by Socket Mode; health at http://127.0.0.1:")
        assert slack.command("backdoor instruction tuning").acknowledged
        assert slack.wait_for_message("Instructions as Backdoors")["ephemeral"] is False
        assert slack.command("--me qqqq").acknowledged
        assert slack.wait_for_message("No paper has *qqqq*", user=ANA)["ephemeral"] is True


def test_signed_http_answers(seeded: Path) -> None:
    """With a signing secret Paperboy listens for Slack and answers."""
    with LocalSlack() as slack:
        secret = settings(slack, seeded, signing_secret=slack.signing_secret)
        with running(secret) as greeting:
            slack.request_url = greeting.split()[4]
            assert slack.command("backdoor instruction tuning").acknowledged
            assert slack.wait_for_message("Instructions as Backdoors")["ephemeral"] is False


def test_a_feed_brings_papers_to_a_running_bot(
    seeded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are found as soon as they are stored."""
    arrived = threading.Event()
    arrive = Library.arrive

    def told(*asked: Any) -> Any:
        done = arrive(*asked)
        arrived.set()
        return done

    monkeypatch.setattr(Library, "arrive", told)
    db = tmp_path / "paperboy.db"
    shutil.copy(seeded, db)
    with Server() as server, LocalSlack() as slack:
        server.answers["/feed.xml"] = Answer(atom([entry(1)]))
        feed = feed_of(server.url(host="127.0.0.1"))
        with running(
            replace(settings(slack, db, app_token=slack.app_token), feeds=(feed,), private_feeds=True)
        ):
            assert arrived.wait(20)
            assert slack.command("show 2501.00001").acknowledged
            assert slack.wait_for_message("Number 1 is made.", user=ANA)["ephemeral"] is True


def test_what_a_feed_brought_is_followed_before_anybody_searches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where nothing was loaded: else it would not be ready, so that nobody searches."""
    followed = threading.Event()
    catch_up = Library.catch_up

    def told(library: Library) -> None:
        catch_up(library)
        if library.size:
            followed.set()

    monkeypatch.setattr(Library, "catch_up", told)
    with Server() as server, LocalSlack() as slack:
        server.answers["/feed.xml"] = Answer(atom([entry(1)]))
        feed = feed_of(server.url(host="127.0.0.1"))
        given = settings(slack, tmp_path / "paperboy.db", signing_secret=slack.signing_secret)
        with running(replace(given, feeds=(feed,), private_feeds=True)) as greeting:
            assert followed.wait(20)
            url = greeting.split()[4].replace(SLACK_PATH, "/metrics")
            assert "paperboy_papers 1.0\n" in httpx.get(url).text


@contextmanager
def fed(
    seeded: Path, tmp_path: Path, *, private_feeds: bool = True
) -> Iterator[tuple[Server, LocalSlack, Path]]:
    """Run Paperboy on a copy of the seeds, beside a server of feeds; yields that, Slack and the database."""
    db = tmp_path / "paperboy.db"
    shutil.copy(seeded, db)
    with Server() as server, LocalSlack() as slack:
        given = settings(slack, db, app_token=slack.app_token)
        with running(replace(given, private_feeds=private_feeds)):
            yield server, slack, db


def test_a_feed_that_somebody_adds_may_have_to_wait(
    seeded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the database has been looked through, and while others are fetched: that is said."""
    looking, looked, check = threading.Event(), threading.Event(), Library.check
    monkeypatch.setattr(app, "PATIENCE", 0)
    monkeypatch.setattr(Library, "check", lambda library: (looking.wait(20), check(library)))
    monkeypatch.setattr(Library, "warm", lambda _: looked.set())
    with fed(seeded, tmp_path) as (server, slack, db):

        def add(path: str) -> None:
            server.answers[path] = Answer(atom([entry(1)]))
            assert slack.command(f"feeds add {server.url(path, '127.0.0.1')}").acknowledged
            late = f"{path}`, has to wait a little. I fetch it in 15 min."
            assert slack.wait_for_message(late, user=ANA)["ephemeral"] is True

        add("/unchecked.xml")
        with alone(db, 20, FEEDS) as is_mine:
            assert is_mine
            looking.set()
            assert looked.wait(20)
            add("/busy.xml")
        assert server.asked == []


def test_what_a_feed_that_is_added_brings_is_told_of_all_of_it(seeded: Path, tmp_path: Path) -> None:
    """Also of more than the next search would wait for."""
    with fed(seeded, tmp_path) as (server, slack, _):
        server.answers["/feed.xml"] = Answer(atom(map(entry, range(150))))
        assert slack.command("subscribe number made").acknowledged
        slack.wait_for_message("added topic 1")
        assert slack.command(f"feeds add {server.url(host='127.0.0.1')}").acknowledged
        told = slack.wait_for_message("brought", user=ANA)["text"].splitlines()
        assert told[1] == "150 new papers match this channel's topics: 150 for number made."


def test_a_running_bot_asks_no_private_host(seeded: Path, tmp_path: Path) -> None:
    """Whoever adds it is told why."""
    with fed(seeded, tmp_path, private_feeds=False) as (server, slack, _):
        assert slack.command(f"feeds add {server.url(host='127.0.0.1')}").acknowledged
        assert (
            slack.wait_for_message("127.0.0.1 is not on the public internet", user=ANA)["ephemeral"] is True
        )
        assert server.asked == []


def test_those_in_the_settings_are_told_of_a_feed_that_fails(seeded: Path, tmp_path: Path) -> None:
    """By the running bot, in its own messages."""
    db = tmp_path / "paperboy.db"
    shutil.copy(seeded, db)
    feed = feed_of("arxiv:cs.CL")
    (known,) = FeedList(Store(db), [feed]).followed(LOADED_AT)
    due = LOADED_AT + timedelta(hours=6)
    with Store(db).writing() as store:
        feeds.keep(store, replace(known, due=due, failed=LOADED_AT, fault="It is gone.", faults=3))
    with LocalSlack() as slack:
        given = settings(slack, db, app_token=slack.app_token)
        with running(replace(given, feeds=(feed,), admins=frozenset({BEN}))):
            told = slack.wait_for_message("cannot read", channel=slack.workspace.direct(BEN).id)
        assert "It is gone." in told["text"]
        assert slack.messages(slack.workspace.direct(ANA).id) == []


def test_a_wrong_bot_token_is_told(seeded: Path) -> None:
    """A token that Slack refuses is named, not shown."""
    with LocalSlack() as slack:
        wrong = Settings(bot_token="xoxb-wrong", signing_secret="s", api_url=slack.api_url, db=seeded, port=0)
        with pytest.raises(OperatorError) as refused:
            app.run(wrong, lambda: LOADED_AT, threading.Event(), print)
    assert str(refused.value) == "Slack refuses SLACK_BOT_TOKEN: invalid_auth"


def test_a_wrong_app_token_is_told(seeded: Path) -> None:
    """An app-level token that Slack refuses is named, not shown."""
    with LocalSlack() as slack:
        wrong = settings(slack, seeded, app_token="xapp-wrong")
        with pytest.raises(OperatorError) as refused:
            app.run(wrong, lambda: LOADED_AT, threading.Event(), print)
    assert str(refused.value) == "Socket Mode cannot connect with SLACK_APP_TOKEN: invalid_auth"


def test_an_unreachable_slack_is_told(seeded: Path) -> None:
    """Where nobody listens, the address is named."""
    nobody = Settings(
        bot_token="xoxb-1", signing_secret="s", api_url="http://127.0.0.1:9/api/", db=seeded, port=0
    )
    with pytest.raises(OperatorError) as refused:
        app.run(nobody, lambda: LOADED_AT, threading.Event(), print)
    assert str(refused.value) == (
        "Slack cannot be reached at http://127.0.0.1:9/api/: [Errno 111] Connection refused"
    )


def followed(folder: Path, seeded: Path, library: Library) -> Path:
    """Return a database with the seeds, in which a channel follows something on Mondays at nine."""
    db = folder / "paperboy.db"
    shutil.copy(seeded, db)
    following = Following(Store(db), library, lambda: LOADED_AT)
    following.follow(Place(TEAM, SAFETY), Person(ANA, "ana"), Wish("length bias"), "UTC")
    return db


@contextmanager
def due(folder: Path, seeded: Path, library: Library) -> Iterator[tuple[LocalSlack, Settings, datetime]]:
    """Open a Slack on a Monday when a digest is due; yields it, settings that lead there, and the time."""
    monday = LOADED_AT + timedelta(days=2, seconds=40)
    with LocalSlack(clock=monday.timestamp) as slack:
        db = followed(folder, seeded, library)
        yield slack, settings(slack, db, signing_secret=slack.signing_secret), monday


def lines_of(events: Iterator[Any], kind: str, count: int) -> list[Any]:
    """Return the next events of a kind."""
    return list(islice((each for each in events if each["type"] == kind), count))


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> "Queue[datetime]":
    """Return the instants of the rounds that went well, each once it has been noted.

    Rounds that found the database not yet looked through are left out.
    """
    instants: Queue[datetime] = Queue()
    looked = threading.Event()

    def look(courier: Courier, go: Callable[[Courier], float | None] = Courier.round) -> float | None:
        looked.set()
        return go(courier)

    class Noting(Rounds):
        def __setattr__(self, name: str, value: Any) -> None:
            super().__setattr__(name, value)
            if name == "went_at" and looked.is_set():
                instants.put(value)

    monkeypatch.setattr(Courier, "round", look)
    monkeypatch.setattr(app, "Rounds", Noting)
    return instants


def test_ready_while_somebody_looks_after_digests(seeded: Path, noted: "Queue[datetime]") -> None:
    """Until the last tick is 90 seconds old; the tick at the start counts, once it has been followed."""
    now = [LOADED_AT]
    with LocalSlack() as slack:
        http = settings(slack, seeded, signing_secret=slack.signing_secret)
        with running(http, lambda: now[0]) as greeting:
            url = greeting.split()[4].replace(SLACK_PATH, "/readyz")

            def told(seconds: float) -> tuple[int, str]:
                now[0] = LOADED_AT + timedelta(seconds=seconds)
                answer = httpx.get(url, trust_env=False)
                return answer.status_code, answer.text

            assert noted.get(timeout=20) == LOADED_AT
            late = 503, "digests are not looked after\n"
            assert [told(each) for each in (0, 89.9, 90, 1e6, -60)] == [
                (200, "ready\n"),
                (200, "ready\n"),
                late,
                late,
                (200, "ready\n"),
            ]


def test_not_ready_without_papers(tmp_path: Path) -> None:
    """Which is said first."""
    with LocalSlack() as slack:
        http = settings(slack, tmp_path / "new.db", signing_secret=slack.signing_secret)
        with running(http, lambda: LOADED_AT) as greeting:
            url = greeting.split()[4].replace(SLACK_PATH, "/readyz")
            answer = httpx.get(url, trust_env=False)
    assert (answer.status_code, answer.text) == (503, "no papers are loaded\n")


def test_what_is_due_at_the_start_is_delivered(
    seeded: Path, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its thread, and the metrics tell of it."""
    monkeypatch.setattr(claiming, "PACE", 0.0)  # the clock stands still
    with due(tmp_path, seeded, library) as (slack, http, monday):
        with running(http, lambda: monday) as greeting:
            slack.wait_for(lambda each: len(each.messages()) == 2)
            url = greeting.split()[4].replace(SLACK_PATH, "/metrics")
            lines = httpx.get(url, trust_env=False).text.splitlines()
        parent, reply = slack.messages()
    assert parent["text"].startswith("*2 papers*: 1 length bias")
    assert reply["thread_ts"] == parent["ts"]
    told = dict(line.split() for line in lines if line.startswith("paperboy_"))
    assert {
        name: float(told[name]) for name in told if "digest_posts_total" in name and "replied" not in name
    } == {
        'paperboy_digest_posts_total{outcome="claimed"}': 1,
        'paperboy_digest_posts_total{outcome="posted"}': 1,
    }
    assert float(told["paperboy_digest_lag_seconds_sum"]) == 40
    assert float(told["paperboy_last_tick_seconds"]) == monday.timestamp()


def test_searches_are_made_fast_beside_the_start_and_when_papers_have_become_many(
    seeded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No answer waits for it."""
    warmed: Queue[str] = Queue()
    monkeypatch.setattr(Library, "warm", lambda _: warmed.put(threading.current_thread().name))
    monkeypatch.setattr(app, "SETTLING", 0.01)
    with running(Settings(db=seeded, corpus=(), port=0)):
        threads = set[str]()
        while threads != {"prepare", "ThreadPoolExecutor"}:  # APScheduler's
            threads.add(warmed.get(timeout=20).partition("-")[0])


def test_nothing_is_delivered_before_the_database_has_been_looked_through(
    seeded: Path, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which takes seconds where it is large."""
    looked, went = threading.Event(), list[bool]()

    def look(_: Library) -> None:
        assert looked.wait(20)

    def going(courier: Courier, go: Callable[[Courier], float | None] = Courier.round) -> float | None:
        went.append(looked.is_set())
        return go(courier)

    monkeypatch.setattr(Library, "check", look)
    monkeypatch.setattr(Courier, "round", going)
    monkeypatch.setattr(claiming, "PACE", 0.0)
    with (
        due(tmp_path, seeded, library) as (slack, http, monday),
        running(http, lambda: monday) as greeting,
    ):
        url = greeting.split()[4].replace(SLACK_PATH, "/readyz")
        answer = httpx.get(url, trust_env=False)
        assert (answer.status_code, answer.text) == (503, "the database is being looked through\n")
        looked.set()
        slack.wait_for(lambda each: len(each.messages()) == 2)
    assert went
    assert all(went)


def test_damage_that_is_found_ends_it(
    seeded: Path, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing is delivered from what is damaged."""
    found = threading.Event()

    def look(_: Library) -> None:
        assert found.wait(20)
        raise OperatorError("it is damaged")

    monkeypatch.setattr(Library, "check", look)
    with due(tmp_path, seeded, library) as (slack, http, monday):
        with pytest.raises(OperatorError, match="it is damaged"):
            app.run(http, lambda: monday, threading.Event(), lambda _: found.set())
        assert slack.messages() == []


def test_damage_that_is_found_at_once_is_not_greeted(seeded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is told that Paperboy is there."""
    found, greetings = threading.Event(), list[str]()

    def look(_: Library) -> None:
        raise OperatorError("it is damaged")

    def starting(*asked: Any, start: Callable[..., Any] = app._http_mode) -> Any:  # noqa: SLF001  # to hold it up
        assert found.wait(20)
        return start(*asked)

    def checking(library: Library, checked: Future[None], stop: threading.Event) -> None:
        check(library, checked, stop)
        found.set()

    check = app._prepare  # noqa: SLF001
    monkeypatch.setattr(Library, "check", look)
    monkeypatch.setattr(app, "_prepare", checking)
    monkeypatch.setattr(app, "_http_mode", starting)
    with LocalSlack() as slack:
        http = settings(slack, seeded, signing_secret=slack.signing_secret)
        with pytest.raises(OperatorError, match="it is damaged"):
            app.run(http, lambda: LOADED_AT, threading.Event(), greetings.append)
    assert greetings == []


def test_a_stop_does_not_wait_for_the_database(
    seeded: Path, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which may take long where the disk is slow, and nothing is delivered any more."""
    stopped = threading.Event()

    def look(_: Library) -> None:
        assert stopped.wait(20)

    monkeypatch.setattr(Library, "check", look)
    stop = threading.Event()
    with due(tmp_path, seeded, library) as (slack, http, monday):
        app.run(http, lambda: monday, stop, lambda _: stop.set())
        stopped.set()
        assert slack.messages() == []


def test_a_digest_arrives_when_the_playgrounds_clock_is_moved(
    seeded: Path, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, noted: "Queue[datetime]"
) -> None:
    """At once, and the playground stays ready however far that is."""
    monkeypatch.setattr(claiming, "PACE", 0.0)
    db = followed(tmp_path, seeded, library)
    with (
        running(Settings(db=db, corpus=(), port=0), lambda: LOADED_AT) as greeting,
        httpx.Client(base_url=greeting.split()[4], trust_env=False) as page,
    ):
        address = page.base_url
        assert greeting.splitlines()[1].startswith(
            f"Digests from another shell: SLACK_API_URL={address}/api/ SLACK_BOT_TOKEN=xoxb-"
        )
        with page.stream("GET", "/page/events") as stream:
            lines = (json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: "))
            assert next(lines) == {"type": "connection", "connected": True}
            page.post("/page/clock", json={"seconds": 2 * 86_400})
            arrived = [each["message"] for each in lines_of(lines, "message", 2)]
        assert [each["text"].splitlines()[0] for each in arrived[:1]] == ["*2 papers*: 1 length bias"]
        assert arrived[1]["thread_ts"] == arrived[0]["ts"]
        while noted.get(timeout=20) < LOADED_AT + timedelta(days=2):
            pass  # a round before
        assert page.get("/readyz").text == "ready\n"


def test_what_has_become_much_is_put_into_a_new_index(tmp_path: Path) -> None:
    """By a process beside this one, once, which a stop ends; answers stay what they were."""
    store = Store(tmp_path / "many.db")
    library = Library(store)

    def add(*titles: str) -> None:
        described = [Description(title=title, title_origin=TitleOrigin.PAGE, abstract="") for title in titles]
        none: list[Any] = []
        with store.writing() as db:
            rows = ((f"{each.title} {number}", each, none, none) for number, each in enumerate(described))
            stock.add(db, rows, LOADED_AT)

    def generation() -> Generation | None:
        with store.reading() as db:
            return generations.current(db)

    def found() -> tuple[int, list[str]]:
        library.catch_up()  # a search may leave that to a thread
        answer = library.search("tea", 3)
        return answer.total, [each.paper.title for each in answer.found]

    add("Green tea")
    library.open(LOADED_AT)
    with ExitStack() as stopped:
        settle = stopped.enter_context(settling(library, store.path, lambda: LOADED_AT))
        for more, made in (["Tea"] * 2_000, 1), (["Black tea"], 2):
            add(*more)
            before = found()
            settle()
            settle()
            for process in multiprocessing.active_children():
                process.join()
            now = generation()
            assert (now and now.id, found()) == (made, before)
        assert not library.is_unsettled()
        add(*["More tea"] * 2_001)
        with store.writing():  # so that it does not come to its end
            settle()
            (process,) = multiprocessing.active_children()
            stopped.close()
        assert not process.is_alive()
        assert process.exitcode  # it did not end by itself
