"""The real command line, as a process, given what it cannot use: one line says what, and nothing is lost."""

import os
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bot import app, connect
from bot.errors import OperatorError
from bot.settings import Settings
from tests.conftest import LOADED_AT, SEEDS

ABSTRACT = "An abstract is a text of some length that says what a lora paper does. " * 6
# Runs a command as a user that is bound by permissions: root gives up its right to pass over them.
BOUND = """
import ctypes, os, sys
if os.geteuid() == 0:
    for right in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        if ctypes.CDLL(None).prctl(24, right, 0, 0, 0):  # PR_CAPBSET_DROP
            sys.exit("root cannot give up its rights here")
os.execv(sys.argv[1], sys.argv[1:])
"""
# Runs a command that may write no file of more than 200,000 bytes, as on a disk that is full.
CRAMPED = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
os.execv(sys.argv[1], sys.argv[1:])
"""
# Runs a command and prints how many MB it used at its peak.
MEASURED = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
sys.exit(code)
"""


class Shell:
    """A folder with a corpus of one paper, where `paperboy` is run."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.corpus = home / "corpus"
        self.corpus.mkdir()
        (self.corpus / "fine.txt").write_text(f"A Fine Title\n{ABSTRACT}\n")
        self.db = home / "data" / "paperboy.db"

    def start(self, *arguments: str, under: str = "", **settings: str) -> "subprocess.Popen[str]":
        """Start `paperboy` with arguments and settings, under one of the programs above."""
        given = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}
        given |= {"PYTHONPATH": str(SEEDS.parent), "PAPERBOY_DB": str(self.db), "PAPERBOY_PORT": "0"}
        command = [sys.executable, *(["-c", under, sys.executable] if under else []), "-m", "bot", *arguments]
        return subprocess.Popen(
            command,
            cwd=self.home,
            env={**given, "PAPERBOY_CORPUS": str(self.corpus), **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, under: str = "", **settings: str) -> tuple[int, str, str]:
        """Run `paperboy` to its end; returns its exit code, stdout and stderr."""
        with self.start(*arguments, under=under, **settings) as process:
            out, err = process.communicate(timeout=60)
            return process.returncode, out, err


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Return a folder where `paperboy` can be run."""
    return Shell(tmp_path)


def problems(out: str) -> list[str]:
    """Return what `paperboy status` says could not be read."""
    lines = out.splitlines()
    return [line.strip() for line in lines[1:] if line.startswith(" " * 10)]


def test_a_gigabyte_is_refused_in_little_memory(shell: Shell) -> None:
    """A file of one endless line is reported, and the papers beside it are found."""
    with (shell.corpus / "endless.txt").open("wb") as endless:
        endless.truncate(1 << 30)
    code, out, err = shell.run("search", "lora", under=MEASURED)
    assert (code, out.split()[1:4], err) == (0, ["A", "Fine", "Title"], "")
    assert int(out.split()[-1]) < 300
    assert problems(shell.run("status")[1]) == ["endless.txt:0 the file is larger than 32 MiB; split it"]


def test_what_may_not_be_read_is_reported(shell: Shell) -> None:
    """A file and a folder without permission are named, and the rest is read."""
    (shell.corpus / "secret.txt").write_text(ABSTRACT)
    (shell.corpus / "sub").mkdir()
    (shell.corpus / "secret.txt").chmod(0)
    (shell.corpus / "sub").chmod(0)
    assert shell.run("search", "lora", under=BOUND)[::2] == (0, "")
    (shell.corpus / "sub").chmod(0o700)
    assert problems(shell.run("status")[1]) == [
        "sub:0 cannot be read: permission denied",
        "secret.txt:0 cannot be read: permission denied",
    ]


def test_a_corpus_that_may_not_be_entered_is_reported(shell: Shell) -> None:
    """Without any paper a search fails and says why, as the status does."""
    shell.corpus.chmod(0)
    why = f"{shell.corpus}:0 cannot be read: permission denied"
    said = f"paperboy: no papers are loaded: {why}; paperboy status tells more\n"
    assert shell.run("search", "lora", under=BOUND) == (1, "", said)
    assert problems(shell.run("status")[1]) == [f"{shell.corpus}:0 cannot be read: permission denied"]
    shell.corpus.chmod(0o700)


def test_a_read_only_database_is_searched(shell: Shell) -> None:
    """Nothing has to be written to answer."""
    assert shell.run("search", "lora")[0] == 0
    shell.db.chmod(0o400)
    code, out, err = shell.run("search", "lora", under=BOUND)
    assert (code, out.split()[1:4], err) == (0, ["A", "Fine", "Title"], "")


@pytest.mark.parametrize(
    ("made", "name", "why"),
    [
        ("paperboy.db", "paperboy.db", "attempt to write a readonly database"),
        ("", "paperboy.db", "unable to open database file"),
        ("", "deep/paperboy.db", "its folder cannot be made: permission denied"),
    ],
)
def test_a_database_that_cannot_be_written_is_named(shell: Shell, made: str, name: str, why: str) -> None:
    """An empty file that is read-only, and a folder where no file can be made, with or without folders."""
    folder = shell.home / "fixed"
    folder.mkdir()
    if made:
        (folder / made).touch(0o400)
    folder.chmod(0o500)
    said = f"paperboy: PAPERBOY_DB: {folder / name} cannot be used: {why}\n"
    assert shell.run("search", "lora", under=BOUND, PAPERBOY_DB=str(folder / name)) == (1, "", said)


def test_a_database_that_may_not_be_read_is_named(shell: Shell) -> None:
    """It is not made anew."""
    shell.db.parent.mkdir()
    shell.db.touch(0)
    said = f"paperboy: PAPERBOY_DB: {shell.db} cannot be used: unable to open database file\n"
    assert shell.run("status", under=BOUND) == (1, "", said)


def test_a_full_disk_is_named_and_nothing_is_half_loaded(shell: Shell) -> None:
    """A load that does not fit leaves no paper behind, and the next one is whole."""
    seeds = {"PAPERBOY_CORPUS": str(SEEDS)}
    said = f"paperboy: PAPERBOY_DB: {shell.db} cannot be used: disk I/O error\n"
    assert shell.run("search", "lora", under=CRAMPED, **seeds) == (1, "", said)
    assert "0 papers from 0 records, loaded never" in shell.run("status")[1].splitlines()
    assert shell.run("search", "lora", **seeds)[0] == 0
    assert "\n382 papers from 386 records" in "\n" + shell.run("status")[1]


def test_a_fresh_database_is_loaded_once_by_many(shell: Shell) -> None:
    """`run` and three searches that start at the same moment all answer."""
    with shell.start("run") as running:
        searches = [shell.start("search", "lora") for _ in range(3)]
        answers = [search.communicate(timeout=60) for search in searches]
        assert running.stdout
        assert running.stdout.readline().startswith("The playground is open: http://127.0.0.1:")
        running.terminate()
        running.communicate(timeout=60)
    assert [(out.split()[1:4], err) for out, err in answers] == [(["A", "Fine", "Title"], "")] * 3
    with closing(sqlite3.connect(shell.db)) as db:
        assert db.execute("SELECT count(*), sum(papers) FROM load").fetchall() == [(1, 1)]


def test_what_a_killed_process_wrote_is_kept(shell: Shell) -> None:
    """A write-ahead log that was left behind is read with the database."""
    left = shell.home / "left"
    left.mkdir()
    assert shell.run("search", "lora")[0] == 0
    with closing(sqlite3.connect(shell.db)) as db:  # holds the log open, as one that never came to close it
        db.execute("UPDATE description SET title = 'A Title in the Log'")
        db.commit()
        for name in ("paperboy.db", "paperboy.db-wal"):
            (left / name).write_bytes((shell.db.parent / name).read_bytes())
    code, out, err = shell.run("search", "lora", PAPERBOY_DB=str(left / "paperboy.db"))
    assert (code, out.splitlines()[0], err) == (0, "  1  A Title in the Log", "")


def test_an_env_file_that_may_not_be_read_is_named(shell: Shell) -> None:
    """Settings that cannot be read are not passed over."""
    (shell.home / ".env").touch(0)
    said = "paperboy: .env cannot be read: [Errno 13] Permission denied: '.env'\n"
    assert shell.run("status", under=BOUND) == (2, "", said)


class Pretender(ThreadingHTTPServer):
    """Something that is not Slack: it answers every call but auth.test with the same bytes.

    `identity` is what it answers to auth.test.
    """

    daemon_threads = True

    def __init__(self, answer: bytes, identity: bytes) -> None:
        super().__init__(("127.0.0.1", 0), PretenderHandler)
        self.answer, self.identity = answer, identity
        self.url = f"http://127.0.0.1:{self.server_address[1]}/"


class PretenderHandler(BaseHTTPRequestHandler):
    """Answers for a pretender."""

    server: Pretender

    def do_POST(self) -> None:
        """Answer, and hang up."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.wfile.write(self.server.identity if self.path.endswith("/auth.test") else self.server.answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def http(status: int, body: bytes, *, length: int | None = None) -> bytes:
    """Return an HTTP answer; `length` is what it claims to be."""
    claimed = len(body) if length is None else length
    return b"HTTP/1.0 %d x\r\nContent-Length: %d\r\n\r\n%b" % (status, claimed, body)


@contextmanager
def pretending(answer: bytes, identity: bytes) -> Iterator[str]:
    """Yield the address of a pretender."""
    with Pretender(answer, identity) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        try:
            yield server.url
        finally:
            server.shutdown()
            thread.join()


def refusal(settings: Settings) -> str:
    """Return why Paperboy does not start."""
    stop = threading.Event()
    stop.set()  # should it start after all, it ends at once
    with pytest.raises(OperatorError) as refused:
        app.run(settings, lambda: LOADED_AT, stop, ready=lambda _: None)
    return str(refused.value)


IDENTITY = http(200, b'{"ok": true, "team_id": "T1", "user_id": "U1", "bot_id": "B1", "user": "paperboy"}')
NOT_SLACK = "what answers there is not Slack"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (http(500, b"oops"), NOT_SLACK),
        (http(200, b"<html>Sign in to the hotel's network</html>"), NOT_SLACK),
        (http(200, b"null"), NOT_SLACK),
        (http(200, b"{}"), NOT_SLACK),
        (http(200, b"{", length=9), "IncompleteRead(1 bytes read, 8 more expected)"),
        (http(200, b"\xff"), "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
        (b"nonsense\r\n\r\n", "nonsense\r\n"),
    ],
)
def test_what_is_not_slack_is_no_fault_of_the_token(tmp_path: Path, answer: bytes, why: str) -> None:
    """Whatever answers in Slack's place, the address is named, for either token."""
    for bot, socket_mode in ((answer, b""), (IDENTITY, answer)):
        with pretending(socket_mode, bot) as url:
            settings = Settings(
                bot_token="xoxb-1", app_token="xapp-1", api_url=url, db=tmp_path / "p.db", corpus=(), port=0
            )
            assert refusal(settings) == f"Slack cannot be reached at {url}: {why}"


def test_a_refused_token_is_named_by_the_command_line(shell: Shell) -> None:
    """The last line says which setting, and shows no token."""
    with pretending(b"", http(200, b'{"ok": false, "error": "invalid_auth"}')) as url:
        tokens = {"SLACK_BOT_TOKEN": "xoxb-secret", "SLACK_SIGNING_SECRET": "s", "SLACK_API_URL": url}
        code, out, err = shell.run("run", **tokens)
    assert (code, out, err.splitlines()[-1]) == (
        1,
        "",
        "paperboy: Slack refuses SLACK_BOT_TOKEN: invalid_auth",
    )
    assert "secret" not in err


def test_a_slack_that_never_answers_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the timeout the address is named."""
    monkeypatch.setattr(connect, "SLACK_TIMEOUT", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        settings = Settings(
            bot_token="xoxb-1", signing_secret="s", api_url=url, db=tmp_path / "p.db", corpus=(), port=0
        )
        assert refusal(settings) == f"Slack cannot be reached at {url}: timed out"


@pytest.mark.parametrize("names", [b'"url": "ws://127.0.0.1:9/"', b'"url": "nonsense"', b'"x": 1'])
def test_a_websocket_that_does_not_open_is_told(tmp_path: Path, names: bytes) -> None:
    """Paperboy does not claim to be connected while slack_sdk tries for ever."""
    with pretending(http(200, b'{"ok": true, %b}' % names), IDENTITY) as url:
        settings = Settings(
            bot_token="xoxb-1", app_token="xapp-1", api_url=url, db=tmp_path / "p.db", corpus=(), port=0
        )
        said = refusal(settings)
    assert said == "Socket Mode cannot connect: the WebSocket that Slack names does not open"
