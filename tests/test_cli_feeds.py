"""`paperboy feeds`: what it prints for people and programs, with feeds on this machine."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli import main
from bot.digest.rounds import FEEDS, alone
from tests.feeds.server import Answer, Server, atom, entry

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
AT = "2026-11-30T09:00:00+00:00"
SOON = "2026-11-30T09:15:00+00:00"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Run a server of feeds, two of which the settings name; the clock stands still."""
    for name in list(os.environ):
        if name.startswith(("SLACK_", "PAPERBOY_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bot.cli._now", lambda: NOW)
    with Server() as running:
        monkeypatch.setenv("PAPERBOY_FEEDS", f"{url(running, 'a')} {url(running, 'b')}")
        monkeypatch.setenv("PAPERBOY_FEEDS_PRIVATE", "yes")
        yield running


def url(server: Server, name: str) -> str:
    """Return the address of a feed."""
    return server.url(f"/{name}.xml", "127.0.0.1")


def test_without_feeds_it_says_so(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And which setting names them."""
    monkeypatch.delenv("PAPERBOY_FEEDS")
    assert main(["feeds"]) == main(["feeds", "--fetch"]) == 0
    assert capsys.readouterr().out == "No feeds are followed: PAPERBOY_FEEDS names none.\n" * 2
    assert main(["feeds", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert server.asked == []


def test_feeds_are_shown_and_fetched(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody is asked for anything where that is not wanted; what fails is told, and is the exit code."""
    server.answers["/a.xml"] = Answer(atom([entry(1), entry(2)]))
    assert main(["feeds"]) == 0
    assert capsys.readouterr().out == (
        f"  1  {url(server, 'a')}\n     0 papers brought, last read never\n"
        f"  2  {url(server, 'b')}\n     0 papers brought, last read never\n"
    )
    assert server.asked == []
    assert main(["feeds", "--fetch"]) == 1
    told = capsys.readouterr()
    assert told.out == (
        f"  1  {url(server, 'a')}\n     2 papers brought, last read {AT}\n"
        f"  2  {url(server, 'b')}\n     0 papers brought, last read never\n"
        f"     failed 1 time in a row: 127.0.0.1 sent no feed, but status 404. Next try: {SOON}\n"
    )
    assert told.err == f"paperboy: {url(server, 'b')}: 127.0.0.1 sent no feed, but status 404.\n"
    assert main(["search", "made"]) == 0
    assert "Paper 1" in capsys.readouterr().out


def test_programs_are_told_the_same(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON, with null for what is not known."""
    server.answers["/a.xml"] = Answer(atom([entry(1)]))
    assert main(["feeds", "--fetch", "--json"]) == 1
    first, second = json.loads(capsys.readouterr().out)
    assert first.pop("due") > AT
    assert first == {
        "number": 1,
        "name": url(server, "a"),
        "by": None,
        "papers": 1,
        "last_read": AT,
        "last_failed": None,
        "last_fault": None,
        "faults": 0,
    }
    assert second == {
        "number": 2,
        "name": url(server, "b"),
        "by": None,
        "papers": 0,
        "last_read": None,
        "last_failed": AT,
        "last_fault": "127.0.0.1 sent no feed, but status 404.",
        "faults": 1,
        "due": SOON,
    }


def test_private_hosts_are_refused_unless_they_are_allowed(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As they are where nothing is said."""
    monkeypatch.delenv("PAPERBOY_FEEDS_PRIVATE")
    assert main(["feeds", "--fetch"]) == 1
    why = "127.0.0.1 is not on the public internet; PAPERBOY_FEEDS_PRIVATE may allow it."
    assert why in capsys.readouterr().out
    assert server.asked == []


def test_while_another_process_fetches_nothing_is_fetched(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever wants to is told."""
    monkeypatch.setattr("bot.cli._PATIENCE", 0)
    assert main(["feeds"]) == 0
    with alone(Path("data/paperboy.db"), 0, FEEDS):
        assert main(["feeds", "--fetch"]) == 1
    assert capsys.readouterr().err == "paperboy: feeds are being fetched by another process\n"
    assert server.asked == []
