"""A server of feeds, and a client whose clocks stand still, that finds every host on this machine."""

from collections.abc import Iterator

import pytest

from bot.feeds.fetching import Client
from bot.feeds.guard import Guard
from tests.feeds.clocks import NOW, Clock
from tests.feeds.server import Server


@pytest.fixture
def server() -> Iterator[Server]:
    """Run a server."""
    with Server() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    """Return a clock at nought."""
    return Clock()


@pytest.fixture
def client(clock: Clock) -> Client:
    """Return a client of the server."""
    guard = Guard(allow_private=True, resolve=lambda _: ["127.0.0.1"])
    return Client(guard, clock, lambda: NOW)
