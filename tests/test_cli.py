import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from bot.cli import main
from bot.digest import claiming
from bot.digest.following import Following
from bot.library import Library
from bot.playground import ANA, BOT, SAFETY, TEAM, Call, LocalSlack
from bot.store import Store
from bot.topics import Person, Place, Wish
from tests.conftest import LOADED_AT, SEEDS

TITLE = "LoRAMoE: Alleviating World Knowledge Forgetting in Large Language Models via MoE-Style Plugin"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder to work in, with the seeds as the corpus and no other setting."""
    for name in list(os.environ):
        if name.startswith(("SLACK_", "PAPERBOY_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAPERBOY_CORPUS", str(SEEDS))
    return tmp_path


@pytest.fixture
def loaded(home: Path, seeded: Path) -> Path:
    """Return a folder to work in whose database holds the seeds."""
    (home / "data").mkdir()
    shutil.copy(seeded, home / "data" / "paperboy.db")
    return home


@pytest.mark.usefixtures("home")
def test_search_loads_the_corpus_and_answers(capsys: pytest.CaptureFixture[str]) -> None:
    """On a machine that has nothing yet a search finds its paper."""
    assert main(["search", "loramoe"]) == 0
    assert capsys.readouterr() == (
        "  1  LoRAMoE: Alleviating World Knowledge Forgetting in Large Language Models via MoE-Style Plugin\n"
        "     Shihan Dou + 15 · 2024 · arXiv 2312.09979 · ACL 2024\n"
        "     To address this challenge, we propose LoRAMoE, a novelty framework that introduces several"
        " low-\n"
        "     rank adapters (LoRA) and integrates them by using a router…\n"
        "     https://aclanthology.org/2024.acl-long.106/\n\n",
        "",
    )


@pytest.mark.usefixtures("loaded")
def test_search_answers_programs_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The JSON has the query, the total and each hit with its sources."""
    assert main(["search", "a survey on mixture of experts", "-n", "1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    score = found["hits"][0].pop("score")
    assert score > 10
    assert found == {
        "query": "a survey on mixture of experts",
        "total": 65,
        "hits": [
            {
                "rank": 1,
                "id": "2407.06204",
                "title": "A Survey on Mixture of Experts",
                "url": "https://arxiv.org/abs/2407.06204",
                "sources": [
                    {"file": "002_ae1d21f09273f2a0.txt", "line": 232},
                    {"file": "003_ee37ca41251dc19d.txt", "line": 101},
                ],
            }
        ],
    }


@pytest.mark.usefixtures("loaded")
def test_search_without_a_hit_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    """Finding nothing is no failure."""
    assert main(["search", "qqqq"]) == 0
    assert capsys.readouterr().out == "Nothing found in 382 papers.\nNo paper has qqqq.\n"
    assert main(["search", "qqqq", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"query": "qqqq", "total": 0, "hits": []}


@pytest.mark.usefixtures("loaded")
def test_search_suggests_what_is_near(capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt query gets the nearest one that finds something."""
    assert main(["search", "backdor atack"]) == 0
    assert capsys.readouterr().out == (
        "Nothing found in 382 papers.\n"
        "No paper has backdor or atack.\n"
        "Did you mean: backdoor attack   (4 papers)\n"
    )


@pytest.mark.usefixtures("loaded")
def test_search_says_how_many_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    """The last line says what is left, and a paper's line what it lacks."""
    main(["search", "backdoor instruction tuning", "-n", "3"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "3 of 130 papers; -n 130 shows all"
    assert "     first author Ishan Jindal · 2024 · arXiv 2410.10739 · without: backdoor" in lines


@pytest.mark.usefixtures("loaded")
def test_status_tells_what_is_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    """Papers, records by file, and when they were loaded."""
    assert main(["status"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Paperboy 0.1.0",
        "382 papers from 386 records, loaded 2026-11-21T09:00:00+00:00",
        "that brought 382 new, 0 revised, 0 unchanged, 0 removed",
        "      11  000_f482e1e806869c2b.txt",
        "      87  001_15efe8b6ab5fa0a0.txt",
        "     207  002_ae1d21f09273f2a0.txt",
        "      57  003_ee37ca41251dc19d.txt",
        "      24  004_ac630b9b8699efaf.txt",
        "0 places could not be read",
    ]


def test_status_lists_what_could_not_be_read(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each place is given with file, line and reason; status itself loads nothing."""
    monkeypatch.setenv("PAPERBOY_CORPUS", str(home / "nowhere"))
    assert main(["status", "--json"]) == 0
    empty = {
        "version": "0.1.0",
        "papers": 0,
        "records": 0,
        "problems": 0,
        "problem_list": [],
        "sources": {},
        "loaded_at": None,
        "load": None,
        "under_way": None,
    }
    assert json.loads(capsys.readouterr().out) == empty
    assert main(["search", "x"]) == 1
    capsys.readouterr()
    assert main(["status", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert datetime.fromisoformat(told.pop("loaded_at")).tzinfo
    assert told.pop("load").pop("by") == ""
    assert told == {
        **{name: value for name, value in empty.items() if name not in {"loaded_at", "load"}},
        "problems": 1,
        "problem_list": [
            {"file": str(home / "nowhere"), "line": 0, "reason": "cannot be read: no such file or directory"}
        ],
    }
    assert main(["status"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        f"          {home / 'nowhere'}:0 cannot be read: no such file or directory"
    )


@pytest.mark.parametrize(
    ("arguments", "environment", "code", "said"),
    [
        (["search", "the"], {}, 2, "paperboy: There is no word to search for"),
        (["search", "x"], {"PAPERBOY_PORT": "x"}, 2, "paperboy: PAPERBOY_PORT must be a number"),
        (["run"], {"SLACK_BOT_TOKEN": "xoxb-1"}, 2, "paperboy: SLACK_BOT_TOKEN is set, but neither"),
        (["run"], {"PAPERBOY_HOST": "192.0.2.1"}, 2, "paperboy: the playground is for this machine alone"),
        (["status"], {"PAPERBOY_DB": "/dev/null/x.db"}, 1, "paperboy: PAPERBOY_DB: /dev/null/x.db cannot"),
        (["digest"], {}, 2, "paperboy: digest needs SLACK_BOT_TOKEN; digest --dry-run needs none"),
        (["digest"], {"SLACK_APP_TOKEN": "xapp-1"}, 2, "paperboy: digest needs SLACK_BOT_TOKEN"),
        (
            ["search", "x"],
            {"PAPERBOY_CORPUS": "nowhere"},
            1,
            "paperboy: no papers are loaded: nowhere:0 cannot be read: no such file",
        ),
    ],
)
@pytest.mark.usefixtures("home")
def test_a_failure_is_one_line(
    arguments: list[str],
    environment: dict[str, str],
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whatever is wrong is told in one line on stderr, and by the exit code."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert main(arguments) == code
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(said)


@pytest.mark.parametrize("arguments", [[], ["fly"], ["search"], ["search", "x", "-n", "0"], ["run", "x"]])
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A command line that cannot be read ends with 2 and says why."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "paperboy" in capsys.readouterr().err


def test_env_file_counts_where_the_environment_does_not(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`.env` in the folder sets what the environment leaves open."""
    (home / ".env").write_text("PAPERBOY_PORT=x\nPAPERBOY_LOG=y\n")
    monkeypatch.setenv("PAPERBOY_PORT", "0")
    assert main(["status"]) == 2
    assert capsys.readouterr().err == "paperboy: PAPERBOY_LOG must be text or json, not 'y'\n"


def test_a_reader_that_leaves_is_no_failure(loaded: Path) -> None:
    """`paperboy search … | head -1` ends quietly."""
    command = [sys.executable, "-m", "bot", "search", "language", "-n", "300"]
    environment = {**os.environ, "PYTHONPATH": str(SEEDS.parent)}
    with subprocess.Popen(
        command, cwd=loaded, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(20) == 0


def test_search_imports_nothing_that_few_papers_do_not_need(loaded: Path) -> None:
    """Neither the compiler nor processes beside it: both take longer to import than the search takes."""
    code = (
        "import sys; from bot.cli import main; main(['search', 'lora']);"
        "print([name for name in ('numba', 'concurrent.futures.process') if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(SEEDS.parent)}
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=loaded, env=environment, capture_output=True, text=True, check=True
    )
    *answer, imported = ended.stdout.splitlines()
    assert (answer[0][:4], imported, ended.stderr) == ("  1 ", "[]", "")


def test_run_opens_the_playground_until_it_is_told_to_stop(loaded: Path) -> None:
    """Without tokens the playground is there in a moment, then ready, and SIGTERM ends it cleanly."""
    environment = {**os.environ, "PYTHONPATH": str(SEEDS.parent), "PAPERBOY_PORT": "0"}
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        cwd=loaded,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stderr
        greeting = process.stdout.readline()
        assert greeting.startswith("The playground is open: http://127.0.0.1:")
        address = greeting.split()[4]
        with httpx.Client(base_url=address, trust_env=False) as web:
            assert [web.get(path).status_code for path in ("/", "/healthz", "/metrics")] == [200] * 3
            # It is ready once digests have been looked after.
            assert any(web.get("/readyz").is_success for _ in range(5_000))
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert "Traceback" not in process.stderr.read()


@pytest.mark.usefixtures("loaded")
def test_ctrl_c_ends_quietly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever interrupts a search sees no traceback."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Library, "at", interrupted)
    assert main(["search", "lora"]) == 130
    assert capsys.readouterr() == ("", "")


def test_a_damaged_database_is_named(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever of the file is broken, the answer is one line with its name; `run` looks through all of it."""
    path = loaded / "data" / "paperboy.db"
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 20_000] = b"x" * 20_000
    path.write_bytes(content)
    for arguments in (["search", "language"], ["run"]):
        assert main(arguments) == 1
        said = capsys.readouterr().err.splitlines()[-1]
        assert said.startswith("paperboy: PAPERBOY_DB: data/paperboy.db cannot be used: ")


def test_an_env_file_that_is_no_text_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The fault lies in `.env`, and the line says so."""
    (home / ".env").write_bytes(b"PAPERBOY_PORT=\xff\n")
    assert main(["status"]) == 2
    assert capsys.readouterr().err.startswith("paperboy: .env cannot be read: ")


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to("nowhere")])
def test_an_env_file_that_is_no_file_is_named(
    home: Path, capsys: pytest.CaptureFixture[str], make: Callable[[Path], None]
) -> None:
    """A folder in its place, which Docker makes, or a link to nothing is not passed over in silence."""
    make(home / ".env")
    assert main(["status"]) == 2
    assert capsys.readouterr().err == "paperboy: .env cannot be read: it is no file\n"


@pytest.mark.usefixtures("loaded")
def test_run_names_a_port_in_use(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Two playgrounds on one port: the second says which port, and what to set."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("PAPERBOY_PORT", str(port))
        assert main(["run"]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"paperboy: cannot listen on 127.0.0.1:{port} (Address already in use);"
        " another PAPERBOY_PORT may be free"
    )


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-11-23T08:00:00", "has no offset; write for example 2026-11-23T08:00:00+00:00"),
        ("monday", "is no instant; write it as 2026-11-23T08:00:00+00:00"),
        ("", "is no instant"),
        ("2026-11-23T25:00:00+00:00", "is no instant"),
        ("2026-02-30T08:00:00+00:00", "is no instant"),
        ("1795420800", "is no instant"),
        ("0001-01-01T00:00:00+14:00", "is no instant"),
        ("1999-12-31T23:59:59+00:00", "is no instant"),
        ("9999-12-31T23:59:59-14:00", "is no instant"),
        ("2026-11-23T08:00:00+00:00\ud800", "is no instant"),
    ],
)
@pytest.mark.parametrize("more", [[], ["--dry-run"]])
@pytest.mark.usefixtures("home")
def test_an_instant_that_is_none_is_wrong_usage(
    at: str, said: str, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """It is named, with what is missing or how to write it."""
    with pytest.raises(SystemExit) as ended:
        main(["digest", f"--at={at}", *more])
    assert ended.value.code == 2
    assert f"argument --at: {at!r} {said}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        ("2026-11-23T09:30+01:00", "2026-11-23T08:30:00+00:00"),
        ("2026-11-23 08:00:00Z", "2026-11-23T08:00:00+00:00"),
        ("2000-01-01T00:00:00+14:00", "1999-12-31T10:00:00+00:00"),
        ("9000-12-31T23:59:59-14:00", "9001-01-01T13:59:59+00:00"),
    ],
)
@pytest.mark.usefixtures("home")
def test_nothing_due_is_said_of_the_instant(at: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Given in any offset, told in UTC."""
    assert main(["digest", "--dry-run", "--at", at]) == 0
    assert capsys.readouterr() == (f"nothing is due at {shown}\n", "")


@pytest.fixture
def slack(loaded: Path, library: Library, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalSlack]:
    """Yield a local Slack in which two channels follow something on Mondays, and that the settings lead to.

    What signals do is given back.
    """
    monkeypatch.setattr(claiming, "PACE", 0.0)
    following = Following(Store(loaded / "data" / "paperboy.db"), library, lambda: LOADED_AT)
    kept = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    with LocalSlack() as slack:
        slack.add_channel("C0SECOND01", "second", {ANA, BOT})
        for channel in (SAFETY, "C0SECOND01"):
            following.follow(Place(TEAM, channel), Person(ANA, "ana"), Wish("length bias"), "UTC")
        monkeypatch.setenv("SLACK_API_URL", slack.api_url)
        monkeypatch.setenv("SLACK_BOT_TOKEN", slack.bot_token)
        yield slack
    for each, handler in kept.items():
        signal.signal(each, handler)


MONDAY = "2026-11-23T09:00:00+00:00"


def posted(slack: LocalSlack) -> list[tuple[str, bool]]:
    """Return what channels got: where, and if it was a message of its own."""
    channels = (SAFETY, "C0SECOND01")
    return [(each["channel"], "thread_ts" not in each) for one in channels for each in slack.messages(one)]


def test_digest_posts_what_is_due_once(slack: LocalSlack, capsys: pytest.CaptureFixture[str]) -> None:
    """To draw it up first makes no difference; a second call has nothing to post."""
    assert main(["digest", "--at", MONDAY, "--dry-run"]) == 0
    drawn = capsys.readouterr().out.splitlines()
    assert [line for line in drawn if not line.startswith(" ")] == [
        "T0PAPERLAB C0SAFETY01: 2 papers",
        "T0PAPERLAB C0SECOND01: 2 papers",
    ]
    assert slack.calls == []
    for told in ("2 digests posted, 2 replies", "0 digests posted, 0 replies"):
        assert main(["digest", "--at", MONDAY]) == 0
        assert capsys.readouterr().out == f"{told} in threads\n"
    assert posted(slack) == [(SAFETY, True), (SAFETY, False), ("C0SECOND01", True), ("C0SECOND01", False)]


def test_a_digest_that_fails_is_1(slack: LocalSlack, capsys: pytest.CaptureFixture[str]) -> None:
    """The last line on stderr says why."""
    slack.uninstall(code="token_revoked")
    assert main(["digest", "--at", MONDAY]) == 1
    out, err = capsys.readouterr()
    assert (out, err.splitlines()[-1]) == ("", "paperboy: Slack refuses SLACK_BOT_TOKEN: token_revoked")


def test_sigterm_ends_a_digest_between_two_posts(slack: LocalSlack, loaded: Path) -> None:
    """The post under way is finished; what is left is for the next call."""
    calls: list[str] = []

    def terminate(call: Call) -> None:
        calls.append(call.method)
        if call.method == "chat.postMessage":
            process.send_signal(signal.SIGTERM)

    slack.fail_by(terminate)
    environment = {**os.environ, "PYTHONPATH": str(SEEDS.parent)}
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "digest", "--at", MONDAY],
        cwd=loaded,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.splitlines()[-1]) == (
        1,
        "",
        "paperboy: 1 digest posted, 0 replies in threads;"
        " 2 digests still to be finished: call again, or leave it to the bot",
    )
    assert (calls, posted(slack)) == (["auth.test", "chat.postMessage"], [(SAFETY, True)])
    slack.clear_faults()
    assert main(["digest", "--at", MONDAY]) == 0
    assert posted(slack) == [(SAFETY, True), (SAFETY, False), ("C0SECOND01", True), ("C0SECOND01", False)]
