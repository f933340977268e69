"""The clock that can be moved forward, and what moves with it."""

import json
import math
import threading
from collections.abc import Iterator

import httpx
import pytest
from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.playground import ANA, SAFETY, Delivery, LocalSlack, MovableClock
from tests.playground.test_deliver import recorder
from tests.playground.test_events import LOST, OPENED, Serve, retries
from tests.playground.test_page_api import events
from tests.playground.test_people import FORM

NOON = 1_795_262_400.0  # Saturday, 21 November 2026, 12:00 UTC
TEN_YEARS = 3653 * 86_400


@pytest.fixture
def movable() -> MovableClock:
    """Return a clock that stands still at noon until it is moved."""
    return MovableClock(lambda: NOON)


@pytest.fixture
def moving(movable: MovableClock) -> Iterator[LocalSlack]:
    """Yield a running local Slack that goes by that clock."""
    with LocalSlack(clock=movable) as running:
        yield running


def test_moved(movable: MovableClock) -> None:
    """Moves add up, on top of the time that goes by itself."""
    movable.move(3600)
    movable.move(0.5)
    assert (movable(), movable.unmoved()) == (NOON + 3600.5, NOON)


@pytest.mark.parametrize("seconds", [-1, -0.001, math.nan, math.inf, -math.inf, TEN_YEARS + 1])
def test_not_moved(movable: MovableClock, seconds: float) -> None:
    """It never goes back nor far away, and tells nobody then."""
    told: list[float] = []
    movable.on_moved(lambda: told.append(movable()))
    with pytest.raises(ValueError, match="forward only, and by ten years at most"):
        movable.move(seconds)
    assert (movable(), told) == (NOON, [])


def test_ten_years_in_all(movable: MovableClock) -> None:
    """Ten years are the most of all moves together."""
    movable.move(TEN_YEARS)
    with pytest.raises(ValueError, match="ten years at most"):
        movable.move(1)
    assert movable() == NOON + TEN_YEARS


def test_told_of_a_move(movable: MovableClock) -> None:
    """Each move is told in the mover's own thread, until it need not be told any more."""
    told: list[tuple[float, threading.Thread]] = []
    stop = movable.on_moved(lambda: told.append((movable(), threading.current_thread())))
    movable.move(60)
    stop()
    stop()
    movable.move(60)
    assert told == [(NOON + 60, threading.current_thread())]


def test_page_moves_it(moving: LocalSlack, movable: MovableClock) -> None:
    """The page is told the time, moves it, and every page hears of it."""
    with httpx.Client(base_url=moving.url, trust_env=False) as http:
        assert http.get("/page/state").json()["clock"] == NOON
        with http.stream("GET", "/page/events") as response:
            lines = response.iter_lines()
            first = events(lines, 1)
            with httpx.Client(base_url=moving.url, trust_env=False) as page:
                answer = page.post("/page/clock", json={"seconds": 3600}).json()
            heard = events(lines, 1)
    assert (first[0]["type"], answer) == ("connection", {"ok": True, "now": NOON + 3600})
    assert (heard, movable()) == ([{"type": "clock", "now": NOON + 3600}], NOON + 3600)


@pytest.mark.parametrize("seconds", ["-1", "NaN", "Infinity", "1e300", "true", '"1"', "null", "[]"])
def test_page_cannot_move_it(moving: LocalSlack, movable: MovableClock, seconds: str) -> None:
    """What is no way forward is refused with a sentence."""
    body, head = f'{{"seconds": {seconds}}}', {"Content-Type": "application/json"}
    response = httpx.post(f"{moving.url}/page/clock", content=body, headers=head, trust_env=False)
    assert (response.status_code, response.json()["ok"], movable()) == (400, False, NOON)


def test_messages_follow_it(moving: LocalSlack, movable: MovableClock) -> None:
    """What is said after a move is said at the new time."""
    moving.say("before")
    movable.move(86_400)
    moving.say("after")
    assert [each["ts"] for each in moving.messages()] == ["1795262400.000000", "1795348800.000000"]


def test_triggers_expire_with_it(moving: LocalSlack, movable: MovableClock) -> None:
    """A trigger ends three seconds later by the moved clock."""
    client = WebClient(moving.bot_token, base_url=moving.api_url)
    trigger = moving.workspace.grants.trigger(ANA)
    movable.move(4)
    with pytest.raises(SlackApiError) as refused:
        client.views_open(trigger_id=trigger, view=FORM)
    assert refused.value.response["error"] == "expired_trigger_id"


def test_events_are_sent_again_with_it(moving: LocalSlack, movable: MovableClock) -> None:
    """A move sends what has become due, each attempt that falls into it, and no more than three."""
    assert moving.event(OPENED) == LOST
    with recorder(500) as (moving.request_url, received):
        movable.move(60)
        attempts = retries(received)
        movable.move(86_400)
        movable.move(86_400)
    assert attempts == [("1", "connection_failed"), ("2", "http_error")]
    assert retries(received) == [*attempts, ("3", "http_error")]
    assert len({json.loads(body)["event_id"] for _, body in received}) == 1


def test_signatures_keep_the_true_time(serve: Serve) -> None:
    """An app that checks signatures by its machine's time hears of a command after a move of a year."""
    clock = MovableClock()
    with LocalSlack(clock=clock) as slack:

        def listeners(app: App) -> None:
            @app.command("/paper")
            def paper(ack: Ack) -> None:
                ack()

        serve(slack, listeners)
        clock.move(365 * 86_400)
        assert slack.command("x", channel=SAFETY) == Delivery(acknowledged=True, status=200)


def test_stopped_slack_is_not_told(movable: MovableClock) -> None:
    """A Slack that has stopped hears of no move."""
    slack = LocalSlack(clock=movable)
    with slack:
        movable.move(1)
    movable.move(1)
    with slack:
        movable.move(1)
    assert movable() == NOON + 3
