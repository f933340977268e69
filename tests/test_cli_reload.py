"""`paperboy reload`: what it prints for people and programs, its bar, and what is served where it fails."""

import io
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from tqdm import tqdm

from bot import load_lock
from bot.answers import Loaded, Progress
from bot.cli import main
from bot.library import Library
from bot.papers import Problem
from bot.store import Database, Store, loads

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
NEXT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
WHY = "not valid JSON: Expecting property name enclosed in double quotes"
FIRST = "3 papers in 0.0 s: 3 new, 0 revised, 0 unchanged, 0 removed\n"
LARGE = Loaded(
    by="ana",
    at=NOW,
    seconds=83.26,
    papers=1_001_001,
    new=1_000_000,
    revised=1_000,
    unchanged=1,
    removed=12_345,
    problems=(Problem("b.jsonl", 7, WHY),),
)


def line(title: str, abstract: str, **ids: str) -> str:
    """Return a paper as a line of a corpus file."""
    return json.dumps({"title": title, "abstract": abstract, **ids})


APPLES = line("Apples", "They grow on trees, and fall from them in autumn.")
BREAD = line("Bread", "Bakers knead dough before dawn.")
CAKES = line("Cakes", "Sugar, eggs, butter; an oven does the rest.")
PEARS = line("Pears", "Softer fruit, which nobody keeps for long.")
KNOWN = line("Known", "Of old times.", arxiv_id="2301.00001")
REVISED = line("Known", "Told anew.", arxiv_id="2301.00001")


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the corpus is, of three papers in two files, which ana may reload at a standing clock."""
    for name in list(os.environ):
        if name.startswith(("SLACK_", "PAPERBOY_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAPERBOY_CORPUS", "corpus")
    monkeypatch.setattr("getpass.getuser", lambda: "ana")
    at(monkeypatch, NOW)
    folder = tmp_path / "corpus"
    folder.mkdir()
    write(folder, "a.jsonl", APPLES, BREAD)
    write(folder, "b.jsonl", KNOWN)
    return folder


@pytest.fixture
def loaded(corpus: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """Return the corpus, loaded, a day later."""
    assert main(["reload"]) == 0
    capsys.readouterr()
    at(monkeypatch, NEXT)
    return corpus


def at(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Set the clock, which stands still."""
    monkeypatch.setattr("bot.cli._now", lambda: now)


def write(folder: Path, name: str, *lines: str) -> None:
    """Let a file hold these lines."""
    (folder / name).write_text("".join(f"{each}\n" for each in lines))


def brings(
    monkeypatch: pytest.MonkeyPatch, done: Loaded, steps: Sequence[Progress] = ()
) -> list[tuple[object, ...]]:
    """Let a load go through these steps and bring that; return what it is asked with."""
    asked: list[tuple[object, ...]] = []

    def reload(_: Library, *arguments: object) -> Loaded:
        *given, told = arguments
        asked.append(tuple(given))
        assert callable(told)
        for step in steps:
            told(step)
        return done

    monkeypatch.setattr(Library, "reload", reload)
    return asked


def served(capsys: pytest.CaptureFixture[str]) -> list[object]:
    """Return what the command line finds and tells as long as nothing has been published."""
    told: list[object] = []
    for arguments in (["search", "apples bread cakes pears"], ["search", "known"], ["status"]):
        assert main([*arguments, "--json"]) == 0
        told.append(json.loads(capsys.readouterr().out))
    return told


# What it brought


@pytest.mark.usefixtures("corpus")
def test_a_reload_tells_people_what_it_brought(capsys: pytest.CaptureFixture[str]) -> None:
    """In one line; where stderr is no terminal, there is nothing on it."""
    assert main(["reload"]) == 0
    assert capsys.readouterr() == (FIRST, "")
    assert main(["search", "bread"]) == 0
    assert capsys.readouterr() == (
        "  1  Bread\n     p2aef09c5de\n     Bakers knead dough before dawn.\n\n",
        "",
    )


def test_a_reload_tells_what_has_become_of_papers(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Those that came, changed, stayed or went are counted; what cannot be read follows, place by place."""
    write(loaded, "a.jsonl", APPLES, PEARS, CAKES, "{")
    write(loaded, "b.jsonl", REVISED)
    assert main(["reload"]) == 0
    assert capsys.readouterr() == (
        "4 papers in 0.0 s: 2 new, 1 revised, 1 unchanged, 1 removed\n"
        "  a.jsonl:4 not valid JSON: Expecting property name enclosed in double quotes\n",
        "",
    )


def test_a_reload_tells_programs_what_it_brought(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In JSON, without the problems themselves, which status tells."""
    write(loaded, "a.jsonl", APPLES, PEARS, CAKES, "{")
    write(loaded, "b.jsonl", REVISED)
    assert main(["reload", "--json"]) == 0
    out, err = capsys.readouterr()
    assert (json.loads(out), err) == (
        {
            "papers": 4,
            "new": 2,
            "revised": 1,
            "unchanged": 1,
            "removed": 1,
            "problems": 1,
            "seconds": 0.0,
        },
        "",
    )
    assert main(["status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "version": "0.1.0",
        "papers": 4,
        "records": 4,
        "problems": 1,
        "problem_list": [{"file": "a.jsonl", "line": 4, "reason": WHY}],
        "sources": {"a.jsonl": 3, "b.jsonl": 1},
        "loaded_at": "2026-11-22T09:00:00+00:00",
        "load": {"by": "ana", "seconds": 0.0, "new": 2, "revised": 1, "unchanged": 1, "removed": 1},
        "under_way": None,
    }


def test_a_reload_of_what_has_not_changed_is_done(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All papers are unchanged, and found as they were; the load is the last one all the same."""
    before = served(capsys)
    assert main(["reload"]) == 0
    assert capsys.readouterr() == (
        "3 papers in 0.0 s: 0 new, 0 revised, 3 unchanged, 0 removed\n",
        "",
    )
    after = served(capsys)
    assert after[:2] == before[:2]
    (loaded / "a.jsonl").touch()
    assert main(["reload", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "papers": 3,
        "new": 0,
        "revised": 0,
        "unchanged": 3,
        "removed": 0,
        "problems": 0,
        "seconds": 0.0,
    }
    assert main(["status"]) == 0
    assert capsys.readouterr().out.splitlines()[1:3] == [
        "3 papers from 3 records, loaded 2026-11-22T09:00:00+00:00 by ana",
        "that brought 0 new, 0 revised, 3 unchanged, 0 removed",
    ]


@pytest.mark.usefixtures("corpus")
def test_large_numbers_can_be_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By people with commas and to a tenth of a second, by programs as they are; whose load it is is told."""
    asked = brings(monkeypatch, LARGE)
    assert main(["reload"]) == 0
    assert capsys.readouterr() == (
        "1,001,001 papers in 83.3 s: 1,000,000 new, 1,000 revised, 1 unchanged, 12,345 removed\n"
        f"  b.jsonl:7 {WHY}\n",
        "",
    )
    assert main(["reload", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "papers": 1_001_001,
        "new": 1_000_000,
        "revised": 1_000,
        "unchanged": 1,
        "removed": 12_345,
        "problems": 1,
        "seconds": 83.26,
    }
    assert [each[:2] for each in asked] == [((Path("corpus"),), "ana")] * 2


@pytest.mark.parametrize(
    ("count", "more"), [(10, ""), (12, "  and 2 more places"), (2_010, "  and 2,000 more places")]
)
def test_ten_places_that_cannot_be_read_are_told(
    corpus: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], count: int, more: str
) -> None:
    """Of more it is told how many there are, and where to find them."""
    monkeypatch.setattr("bot.loading.MOST_PROBLEMS", 5_000)
    write(corpus, "a.jsonl", APPLES, BREAD, *["{"] * count)
    assert main(["reload"]) == 0
    places = "".join(f"  a.jsonl:{number} {WHY}\n" for number in range(3, 13))
    rest = more and f"{more} that could not be read: paperboy status\n"
    assert capsys.readouterr() == (FIRST + places + rest, "")


@pytest.mark.parametrize("error", [KeyError("getpwuid(): uid not found: 1000"), OSError("No username set")])
@pytest.mark.usefixtures("loaded")
def test_whoever_has_no_name_is_somebody(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    """As in a container: the load goes well, and status tells who asked for it."""

    def nameless() -> str:
        raise error

    monkeypatch.setattr("getpass.getuser", nameless)
    assert main(["reload"]) == 0
    assert main(["status"]) == 0
    assert "3 papers from 3 records, loaded 2026-11-22T09:00:00+00:00 by somebody at a shell" in (
        capsys.readouterr().out.splitlines()
    )


# The bar


class Terminal(io.TextIOWrapper):
    """A terminal, which keeps what is written to it."""

    def __init__(self) -> None:
        self.bytes = io.BytesIO()
        super().__init__(self.bytes, "utf-8", write_through=True)

    def isatty(self) -> bool:
        """Say that it is one."""
        return True

    def drawn(self) -> list[str]:
        """Return what was drawn one after the other, without the times."""
        text = re.sub(r"\d\d:\d\d<(?:\?|\d\d:\d\d)", "<times>", self.bytes.getvalue().decode())
        return text.split("\r")


def at_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Have a terminal of 60 columns as stderr, on which the bar is drawn at each step."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr("tqdm.tqdm", partial(tqdm, mininterval=0.0, miniters=0, ncols=60))
    return terminal


@pytest.mark.usefixtures("corpus")
def test_a_bar_on_a_terminal_tells_how_far_a_load_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which file of how many, which share of all bytes, how many papers; in the end it is wiped away."""
    steps = [
        Progress(files=2, read=0, papers=0, share=0.25),
        Progress(files=2, read=1, papers=1_500, share=0.5),
        Progress(files=2, read=1, papers=2_000, share=0.5),
        Progress(files=2, read=2, papers=2_500, share=1.0),
    ]
    brings(monkeypatch, LARGE, steps)
    terminal = at_terminal(monkeypatch)
    assert main(["reload", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["papers"] == 1_001_001
    assert terminal.drawn() == [
        "",
        "  0 %|                                             | <times>",
        "file 1 of 2  25 %|████▊              | <times>, 0 papers",
        "file 2 of 2  50 %|███████▌       | <times>, 1,500 papers",
        "file 2 of 2  50 %|███████▌       | <times>, 2,000 papers",
        "file 2 of 2 100 %|███████████████| <times>, 2,500 papers",
        " " * 60,
        "",
    ]


@pytest.mark.usefixtures("corpus")
def test_the_bar_of_a_load_goes_up_to_all_of_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """However often it tells; stdout has the line as without a bar."""
    terminal = at_terminal(monkeypatch)
    assert main(["reload"]) == 0
    assert capsys.readouterr().out == FIRST
    *drawn, wiped, end = terminal.drawn()
    assert (wiped.strip(), end) == ("", "")
    shares = [int(share) for each in drawn for share in re.findall(r"(\d+) %", each)]
    assert (shares[0], shares[-1], shares) == (0, 100, sorted(shares))
    assert drawn[-1].startswith("file 2 of 2 100 %|")
    assert drawn[-1].endswith("| <times>, 3 papers")


def test_where_a_load_fails_its_bar_is_wiped_before_that_is_told(
    loaded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line stands alone."""
    terminal = at_terminal(monkeypatch)
    write(loaded, "a.jsonl")
    write(loaded, "b.jsonl")
    assert main(["reload"]) == 1
    *_, wiped, told = terminal.drawn()
    assert (wiped.strip(), told) == ("", "paperboy: the corpus holds no papers any more\n")


# Refused, failed


@pytest.mark.parametrize(("by", "whose"), [("ben", "ben's reload"), ("", "A load")])
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_reload_beside_another_load_is_refused(
    loaded: Path, capsys: pytest.CaptureFixture[str], by: str, whose: str, more: list[str]
) -> None:
    """With 1, and whose is under way, which status tells as well; once that has ended it goes well."""
    write(loaded, "a.jsonl", APPLES, BREAD, CAKES)
    before = served(capsys)
    with load_lock.held(Store(Path("data/paperboy.db")), by, NEXT):
        assert main(["reload", *more]) == 1
        assert capsys.readouterr() == ("", f"paperboy: {whose} is under way; see: paperboy status\n")
        *found, status = served(capsys)
        assert [*found, status] == [*before[:2], {**dict[str, object](before[2]), "under_way": whose}]  # type: ignore[call-overload]
    assert served(capsys) == before
    assert main(["reload"]) == 0
    assert capsys.readouterr().out == "4 papers in 0.0 s: 1 new, 0 revised, 3 unchanged, 0 removed\n"


def test_a_reload_waits_for_a_feeds_papers(
    loaded: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It goes on as soon as those are stored, be it that its patience with loads is over."""
    write(loaded, "a.jsonl", APPLES, BREAD, CAKES)
    arrival = ExitStack()
    arrival.enter_context(load_lock.held(Store(Path("data/paperboy.db")), load_lock.FEED, NEXT))
    begun_by = loads.begun_by

    def stored_once_seen(db: Database) -> str:
        by = begun_by(db)
        arrival.close()
        return by

    monkeypatch.setattr(loads, "begun_by", stored_once_seen)
    assert main(["reload"]) == 0
    assert capsys.readouterr().out == "4 papers in 0.0 s: 1 new, 0 revised, 3 unchanged, 0 removed\n"


def emptied(corpus: Path, _: pytest.MonkeyPatch) -> str:
    """Let the corpus hold nothing any more."""
    for path in corpus.iterdir():
        path.unlink()
    return "the corpus holds no papers any more"


def gone(corpus: Path, _: pytest.MonkeyPatch) -> str:
    """Let the corpus be gone."""
    corpus.rename(corpus.with_name("elsewhere"))
    return "corpus is not readable"


def unindexed(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let more have changed than can be followed, where no index can be kept."""
    write(corpus, "a.jsonl", PEARS, CAKES)
    monkeypatch.setattr("bot.indexes._UNSETTLED", 1)
    monkeypatch.setattr("bot.indexes.FOLLOWED", 1)
    lock = Path("data/paperboy.db-index.lock").resolve()
    lock.unlink()
    lock.mkdir()
    return f"no index can be kept beside the database: [Errno 21] Is a directory: '{lock}'"


def unexpected(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let there be a fault of ours, once all is written."""
    write(corpus, "a.jsonl", PEARS, CAKES)

    def fault(*_: object) -> None:
        raise ZeroDivisionError("division\nby zero")

    monkeypatch.setattr("bot.loading.loads.publish", fault)
    return "unexpected ZeroDivisionError: division; by zero"


@pytest.mark.parametrize("breaks", [emptied, gone, unindexed, unexpected])
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_reload_that_fails_changes_nothing(
    loaded: Path,
    capsys: pytest.CaptureFixture[str],
    breaks: Callable[[Path, pytest.MonkeyPatch], str],
    more: list[str],
) -> None:
    """It ends with 1 and one line that says why; what was served is, with the last load that went well."""
    before = served(capsys)
    with pytest.MonkeyPatch.context() as patch:
        why = breaks(loaded, patch)
        assert main(["reload", *more]) == 1
        assert capsys.readouterr() == ("", f"paperboy: {why}\n")
        assert served(capsys) == before
    assert served(capsys) == before


def test_a_reload_that_is_interrupted_changes_nothing(
    loaded: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl+C ends it quietly, and the next one goes well."""
    write(loaded, "a.jsonl", APPLES, BREAD, CAKES)
    before = served(capsys)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("bot.loading.loads.publish", interrupted)
        assert main(["reload"]) == 130
    assert capsys.readouterr() == ("", "")
    assert served(capsys) == before
    assert main(["reload"]) == 0
    assert capsys.readouterr().out == "4 papers in 0.0 s: 1 new, 0 revised, 3 unchanged, 0 removed\n"


def test_a_first_reload_without_a_corpus_says_so(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also where there were no papers before; the next one finds what is there then."""
    elsewhere = corpus.rename(corpus.with_name("elsewhere"))
    assert main(["reload"]) == 1
    assert capsys.readouterr() == ("", "paperboy: corpus is not readable\n")
    elsewhere.rename(corpus)
    assert main(["reload"]) == 0
    assert capsys.readouterr() == (FIRST, "")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no niceness")
def test_a_reload_lets_a_bot_come_first(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a niceness of ten, or more where somebody has asked for that."""
    assert corpus.is_dir()
    for before, expected in ((0, 10), (15, 15)):
        asked: list[tuple[int, ...]] = []
        monkeypatch.setattr(os, "getpriority", lambda *_, before=before: before)
        monkeypatch.setattr(os, "setpriority", lambda *given, asked=asked: asked.append(given))
        assert main(["reload"]) == 0
        assert asked == [(os.PRIO_PROCESS, 0, expected)]
