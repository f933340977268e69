import socket

import httpcore
import pytest

from bot.feeds.wire import Deadline, Wire
from tests.feeds.clocks import Clock
from tests.feeds.server import Server


def test_nothing_begins_after_the_deadline(server: Server, clock: Clock) -> None:
    """No connection, no sending, no reading, and no handshake, which leaves no socket open."""
    deadline = Deadline(clock, 60)
    wire = Wire(["127.0.0.1"], deadline)
    opened = wire.connect_tcp("feeds.example", server.port)
    clock.seconds = 60
    with pytest.raises(httpcore.WriteTimeout):
        opened.write(b"GET / HTTP/1.1\r\n\r\n")
    with pytest.raises(httpcore.ReadTimeout):
        opened.read(1)
    with pytest.raises(httpcore.ConnectTimeout):
        opened.start_tls(httpcore.default_ssl_context())
    assert opened.get_extra_info("socket").fileno() == -1
    with pytest.raises(httpcore.ConnectTimeout):
        wire.connect_tcp("feeds.example", server.port)
    assert server.asked == []


@pytest.mark.parametrize(("asked", "timeout"), [(10, 10), (None, 15), (20, 15)])
def test_nothing_lasts_beyond_the_deadline(
    server: Server, clock: Clock, asked: float | None, timeout: float
) -> None:
    """What is left of the time bounds each step."""
    wire = Wire(["127.0.0.1"], Deadline(clock, 60))
    clock.seconds = 45
    opened = wire.connect_tcp("feeds.example", server.port, asked)
    connection = opened.get_extra_info("socket")
    assert isinstance(connection, socket.socket)
    assert connection.gettimeout() == timeout
    opened.write(b"GET /", asked)
    assert connection.gettimeout() == timeout
    opened.close()


def test_no_address_is_a_fault(clock: Clock) -> None:
    """Nothing is looked up here."""
    with pytest.raises(httpcore.ConnectError):
        Wire([], Deadline(clock, 60)).connect_tcp("localhost", 80)
