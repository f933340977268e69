import httpx
import pytest

from bot.feeds.failures import why
from bot.feeds.wire import Deadline, Limits
from tests.feeds.clocks import Clock


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (httpx.ConnectTimeout("x"), "a.example cannot be reached within 10 seconds."),
        (httpx.ReadTimeout("x"), "a.example sent nothing for 10 seconds."),
        (httpx.WriteTimeout("x"), "a.example sent nothing for 10 seconds."),
        (httpx.ConnectError("x"), "a.example cannot be reached."),
        (httpx.ReadError("x"), "a.example broke off before the end of the feed."),
        (httpx.LocalProtocolError("x"), "a.example broke off before the end of the feed."),
    ],
)
def test_each_fault_has_a_sentence(error: httpx.TransportError, reason: str, clock: Clock) -> None:
    """With the host, and without the library's words."""
    assert why(error, "a.example", Deadline(clock, 60), Limits(), begun=True) == reason


@pytest.mark.parametrize("error", [httpx.ConnectTimeout("x"), httpx.ReadTimeout("x")])
def test_a_fault_at_the_end_of_the_time_is_told_by_that(error: httpx.TransportError, clock: Clock) -> None:
    """Whatever was waited for."""
    deadline = Deadline(clock, 60)
    clock.seconds = 60
    assert why(error, "a.example", deadline, Limits(), begun=False) == (
        "a.example took longer than 60 seconds to send the feed."
    )
