import threading

import pytest

from bot.feeds.pace import Pace
from tests.feeds.clocks import Clock


def test_each_turn_begins_so_long_after_the_last_has_ended(clock: Clock) -> None:
    """The first at once; and who comes late enough does not wait."""
    pace = Pace(clock, clock.wait, 3)
    begun = []
    for lasts, later in ((2.0, 0.0), (0.0, 1.0), (0.0, 5.0), (0.0, 0.0)):
        with pace.turn():
            begun.append(clock.seconds)
            clock.seconds += lasts
        clock.seconds += later
    assert begun == [0, 5, 8, 13]
    assert clock.waits == [3, 2]


def test_a_turn_that_fails_counts_too(clock: Clock) -> None:
    """The server was asked all the same."""
    pace = Pace(clock, clock.wait, 3)
    with pytest.raises(KeyError), pace.turn():
        raise KeyError
    with pace.turn():
        assert clock.waits == [3]


def test_who_ends_the_wait_takes_no_turn(clock: Clock) -> None:
    """A process that stops does not ask any more; others are not held up."""

    def stop(_: float) -> None:
        raise InterruptedError

    pace = Pace(clock, stop, 3)
    with pace.turn():
        pass
    with pytest.raises(InterruptedError), pace.turn():
        pytest.fail("it was stopped")
    clock.seconds += 3
    with pace.turn():
        assert clock.seconds == 3


def test_there_is_one_turn_at_a_time(clock: Clock) -> None:
    """Whoever comes from another thread waits until it is over."""
    pace = Pace(clock, clock.wait, 3)
    done: list[str] = []

    def second() -> None:
        with pace.turn():
            done.append("second")

    thread = threading.Thread(target=second)
    with pace.turn():
        thread.start()
        done.append("first")
    thread.join()
    assert done == ["first", "second"]
    assert clock.waits == [3]
