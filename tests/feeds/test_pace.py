"""When a server may be asked again, by a clock that stands still."""

import pytest

from bot.feeds.pace import Pace
from tests.feeds.clocks import Clock


def test_each_turn_begins_so_long_after_the_last_has_ended(clock: Clock) -> None:
    """The first as if somebody else had just had one; and who comes late enough does not wait."""
    pace = Pace(clock, clock.wait, 3)
    begun = []
    for lasts, later in ((2.0, 0.0), (0.0, 1.0), (0.0, 5.0), (0.0, 0.0)):
        with pace.turn():
            begun.append(clock.seconds)
            clock.seconds += lasts
        clock.seconds += later
    assert begun == [3, 8, 11, 16]
    assert clock.waits == [3, 3, 2]


def test_a_turn_that_fails_counts_too(clock: Clock) -> None:
    """The server was asked all the same."""
    pace = Pace(clock, clock.wait, 3)
    with pytest.raises(KeyError), pace.turn():
        raise KeyError
    with pace.turn():
        assert clock.waits == [3, 3]


def test_a_server_is_left_alone_for_as_long_as_it_asks(clock: Clock) -> None:
    """Nobody has asked for that at first."""
    pace = Pace(clock, clock.wait, 3)
    left = [pace.left_alone()]
    pace.leave_alone(600)
    for later in (0.0, 599.0, 1.0, 1.0):
        clock.seconds += later
        left.append(pace.left_alone())
    assert left == [0, 600, 1, 0, -1]


def test_who_ends_the_wait_takes_no_turn(clock: Clock) -> None:
    """A process that stops does not ask any more."""

    def stop(_: float) -> None:
        raise InterruptedError

    pace = Pace(clock, stop, 3)
    with pytest.raises(InterruptedError), pace.turn():
        pytest.fail("it was stopped")
    clock.seconds += 3
    with pace.turn():
        assert clock.seconds == 3
