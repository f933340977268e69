"""`paperboy feeds`: what it prints for people and programs, with feeds on this machine."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli import main
from bot.digest.rounds import FEEDS, alone
from bot.feed_list import FeedList
from bot.feeds.addresses import feed_of
from bot.store import Store
from bot.topics import Person
from tests.feeds.server import Answer, Server, atom, entry

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
AT = "2026-11-30T09:00:00+00:00"
SOON = "2026-11-30T09:15:00+00:00"
ROOT = Path(__file__).parents[1]
EMPTY = "<entry></entry>"
FULL = "import bot.store.loads as at; from bot.errors import OperatorError as Error; at.publish = failing"
DEFECT = "from bot.library import Library as at; Error = ValueError; at.told_by = failing"


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


def test_who_added_a_feed_is_told(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """Of those that the settings do not name."""
    added = FeedList(Store(Path("data/paperboy.db")), []).add(
        feed_of("arxiv:cs.CL"), Person("U1", "ana"), NOW
    )
    assert main(["feeds"]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        f"{added.number:3}  arxiv:cs.CL  (added by ana)",
        "     0 papers brought, last read never",
    ]
    assert server.asked == []


def test_programs_are_told_the_same(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON, with null for what is not known, as what could not be read is of what is not read now."""
    server.answers["/a.xml"] = Answer(atom([entry(1), EMPTY]))
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
        "problems": 1,
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
        "problems": None,
    }
    assert main(["feeds", "--json"]) == 0
    assert [each["problems"] for each in json.loads(capsys.readouterr().out)] == [None, None]


def fetched_by_cron(broken: str = "") -> tuple[int, str, str]:
    """Fetch in a process whose log nobody handles, with this broken: exit code, stdout, stderr."""
    code = f"""
from datetime import datetime
import sys
import bot.cli

def failing(*_):
    raise Error("it is full")

{broken}
bot.cli._now = lambda: datetime.fromisoformat({AT!r})
sys.exit(bot.cli.main(["feeds", "--fetch"]))
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    return ended.returncode, ended.stdout, ended.stderr


@pytest.mark.parametrize(
    ("entries", "unread"),
    [
        ([EMPTY, entry(1)], "1 place could not be read (line 3: no title and no abstract)"),
        (
            [EMPTY, entry(1), "<entry> </entry>"],
            "2 places could not be read (line 3: no title and no abstract; …)",
        ),
    ],
)
def test_what_cannot_be_read_is_told_beside_its_feed(server: Server, entries: list[str], unread: str) -> None:
    """That is no failure; what is one is the only line on stderr."""
    a, b = url(server, "a"), url(server, "b")
    server.answers["/a.xml"] = Answer(atom(entries))
    assert fetched_by_cron() == (
        1,
        f"  1  {a}\n     1 paper brought, last read {AT}\n     {unread}\n"
        f"  2  {b}\n     0 papers brought, last read never\n"
        f"     failed 1 time in a row: 127.0.0.1 sent no feed, but status 404. Next try: {SOON}\n",
        f"paperboy: {b}: 127.0.0.1 sent no feed, but status 404.\n",
    )
    server.answers["/b.xml"] = Answer(atom([]))
    code, out, err = fetched_by_cron()
    assert (code, out.splitlines()[2], err) == (0, f"     {unread}", "")


@pytest.mark.parametrize(
    ("broken", "fault", "more"),
    [
        (FULL, "What it tells could not be stored: it is full.", ""),
        (
            DEFECT,
            "What it tells could not be stored; the log says why.",
            "; what feed 1 tells could not be stored: unexpected ValueError: it is full",
        ),
    ],
)
def test_what_cannot_be_stored_is_one_line(
    server: Server, monkeypatch: pytest.MonkeyPatch, broken: str, fault: str, more: str
) -> None:
    """With its reason, also where that is a defect, whose traceback helps nobody at a prompt."""
    a = url(server, "a")
    monkeypatch.setenv("PAPERBOY_FEEDS", a)
    server.answers["/a.xml"] = Answer(atom([entry(1)]))
    assert fetched_by_cron(broken) == (
        1,
        f"  1  {a}\n     0 papers brought, last read never\n"
        f"     failed 1 time in a row: {fault} Next try: {SOON}\n",
        f"paperboy: {a}: {fault}{more}\n",
    )


def test_the_log_is_as_it_was_once_feeds_are_fetched(server: Server) -> None:
    """Whoever calls it in a process of theirs keeps theirs."""
    before = list(logging.getLogger().handlers)
    assert main(["feeds", "--fetch"]) == 1
    assert logging.getLogger().handlers == before
    assert len(server.asked) == 2


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
    monkeypatch.setattr("bot.digest.rounds.PATIENCE", 0)
    assert main(["feeds"]) == 0
    with alone(Path("data/paperboy.db"), 0, FEEDS):
        assert main(["feeds", "--fetch"]) == 1
    assert capsys.readouterr().err == "paperboy: feeds are being fetched by another process\n"
    assert server.asked == []
