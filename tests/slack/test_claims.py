"""What is done only once, on a real database."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.errors import BusyError, SendError, UncertainError
from bot.slack.claims import Claims, Kind, Outcome
from tests.conftest import LOADED_AT


def claims(db: Path, days: int = 0) -> Claims:
    """Return the claims of an app that has just started, some days later."""
    return Claims(db, lambda: LOADED_AT + timedelta(days=days))


def failing(error: Exception) -> None:
    """Do something that fails."""
    raise error


def test_what_was_done_is_done_after_a_restart(db: Path) -> None:
    """And not again."""
    done: list[int] = []
    for _ in range(2):
        app = claims(db)
        for _ in range(2):
            assert app.do(lambda: done.append(1), Kind.SHARE, "a") is Outcome.DONE
    assert done == [1]


def test_what_was_refused_may_be_done_again(db: Path) -> None:
    """For Slack certainly did not take it."""
    app = claims(db)
    with pytest.raises(SendError):
        app.do(lambda: failing(BusyError("busy")), Kind.SHARE, "a")
    assert app.do(lambda: None, Kind.SHARE, "a") is Outcome.DONE


def test_what_nobody_knows_is_never_done_again(db: Path) -> None:
    """Neither by the app that tried, nor by the next; what else there is is not touched by it."""
    app = claims(db)
    assert app.do(lambda: failing(UncertainError("dropped")), Kind.SHARE, "a") is Outcome.UNKNOWN
    with pytest.raises(RuntimeError):
        app.do(lambda: failing(RuntimeError("a defect")), Kind.SHARE, "b")
    app.first(Kind.SHARE, "c")  # and then a crash
    for each in (app, claims(db)):
        for name in ("a", "b", "c"):
            assert each.do(lambda: failing(AssertionError("again")), Kind.SHARE, name) is Outcome.UNKNOWN
    assert app.do(lambda: None, Kind.SHARE, "d") is Outcome.DONE


def test_whoever_comes_meanwhile_hears_that_it_is_under_way(db: Path) -> None:
    """Which is neither done nor unsure; afterwards it is done."""
    app, begun, go_on = claims(db), threading.Event(), threading.Event()

    def act() -> None:
        begun.set()
        assert go_on.wait(10)

    with ThreadPoolExecutor(1) as other:
        first = other.submit(app.do, act, Kind.SHARE, "a")
        assert begun.wait(10)
        assert app.do(act, Kind.SHARE, "a") is Outcome.UNDER_WAY
        go_on.set()
        assert first.result() is Outcome.DONE
    assert app.do(act, Kind.SHARE, "a") is Outcome.DONE


@pytest.mark.parametrize(
    ("kind", "done_on"),
    [(Kind.SHARE, [0, 2, 40]), (Kind.LEFT, [0, 40]), (Kind.MOVED, [0, 40]), (Kind.WELCOME, [0])],
)
def test_a_claim_is_remembered_for_its_time(db: Path, kind: Kind, done_on: list[int]) -> None:
    """A share for longer than anybody can press its button, who left for a month, a welcome for ever."""
    done: list[int] = []
    for days in (0, 2, 40):
        claims(db, days).do(partial(done.append, days), kind, "a")
    assert done == done_on


def test_what_is_done_can_be_asked(db: Path) -> None:
    """Without claiming it."""
    app = claims(db)
    assert app.is_done(Kind.MOVED, "a") is False
    app.do(lambda: None, Kind.MOVED, "a")
    assert app.is_done(Kind.MOVED, "a") is True
