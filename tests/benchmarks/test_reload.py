import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks import arxiv, loads, reload
from benchmarks.onlooker import Searches
from benchmarks.table import Row
from bot.library import Library
from bot.store import Store

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_every_part_of_the_table_is_measured(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over a few thousand papers, each figure has a row, and nothing that was loaded or found is wrong."""
    monkeypatch.setattr(reload, "QUERIES", range(1, 2))
    monkeypatch.setattr(reload, "REPEATS", 1)
    assert reload.main(["--papers", "3000"]) == 0
    printed = capsys.readouterr().out
    labels = re.findall(r"^\| (.+?) +\|", printed, re.MULTILINE)[2:]
    assert [re.sub(r"[\d.]+ m?s\b", "…", label) for label in labels] == [
        "first load: papers a second, parsed, stored and indexed",
        "… peak memory of its processes",
        "… progress at a terminal",
        "killed by SIGKILL after …, half of it written; then loaded again",
        "nothing changed: `paperboy reload`, start to end",
        "… the load itself",
        "one line changed: start until an open library finds it",
        "… until the process has ended",
        "ten papers in a new file: end of the scan until an open library finds them",
        "… in whole, from the start",
        "searches alone: p50",
        "… p99",
        "… failed",
        "beside a reload, every tenth line changed (…): p50",
        "… p99",
        "… failed",
        "beside a first load elsewhere (…): p50",
        "… p99",
        "… failed",
    ]
    assert "| 0 papers, then 3,000 in " in printed


def test_made_papers_are_read_as_arxivs(tmp_path: Path) -> None:
    """Each is a paper with authors, a year and an id of its own; those after others do not meet them."""
    arxiv.write(tmp_path / "some.jsonl", 500)
    arxiv.write(tmp_path / "more.jsonl", 10, skip=500)
    library = Library(Store(tmp_path / "paperboy.db"))
    loaded = library.reload([tmp_path / "some.jsonl", tmp_path / "more.jsonl"], "", lambda: NOW)
    assert (loaded.papers, loaded.problems) == (510, ())
    paper = library.paper("1501.00001")
    assert (paper.year, bool(paper.authors), paper.title) == (
        2015,
        True,
        next(arxiv.entries(1))["title"],
    )


def test_a_line_gets_another_word(tmp_path: Path) -> None:
    """Only the one that is changed is another, and only at its abstract's end."""
    path = tmp_path / "some.jsonl"
    arxiv.write(path, 3)
    before = path.read_text(encoding="utf-8").splitlines()
    arxiv.rewrite(path, lambda number, text: arxiv.with_word(text, "quokka") if number == 2 else text)
    after = path.read_text(encoding="utf-8").splitlines()
    assert (after[0], after[2]) == (before[0], before[2])
    old, new = json.loads(before[1]), json.loads(after[1])
    assert new == old | {"abstract": f"{old['abstract'].rstrip()} quokka\n"}
    assert [each.name for each in tmp_path.iterdir()] == ["some.jsonl"]


def test_what_a_bar_drew_is_read() -> None:
    """Each share once in a row, whatever else stands there."""
    drawn = "\r  0 %|    | 00:00<?\rfile 1 of 2   0 %|    | 00:01\rfile 1 of 2  50 %|##  | 1\r 100 %|####| 2"
    assert loads.shares(drawn) == [0, 50, 100]
    assert loads.shares("") == []


def test_what_a_process_has_is_read() -> None:
    """PSS, not a part of it; nothing where the system tells none."""
    rollup = "Rss:   30 kB\nPss:   20 kB\nPss_Anon:   10 kB\n"
    assert loads.proportional(rollup) == 20 * 1024
    assert loads.proportional("Rss:   30 kB\nPss_Anon:   10 kB\n") is None


def test_the_end_of_the_scan_is_read() -> None:
    """Whatever is printed around it."""
    assert loads.scanned('scanned 12.5\n{"papers": 3}\n') == 12.5


def test_what_is_written_is_counted_with_its_log(tmp_path: Path) -> None:
    """Nothing where there is no database yet."""
    db = tmp_path / "paperboy.db"
    assert loads.written(db) == 0
    db.write_bytes(b"12345")
    assert loads.written(db) == 5
    db.with_name("paperboy.db-wal").write_bytes(b"678")
    assert loads.written(db) == 8


def test_a_rate_goes_until_papers_can_be_searched() -> None:
    """Papers by the seconds of the load and of opening what it left; the target itself is not over it."""
    assert reload.rate("rate", 30_000, 4, 1) == Row(
        "rate", "6,000 (4 s, then 1 s to open it)", "over 5,000", met=True
    )
    assert reload.rate("rate", 25_000, 4, 1).met is False


@pytest.mark.parametrize(
    ("shares", "told", "met"),
    [
        ([0, 40, 100], "3 steps, 0 to 100 %", True),
        ([0], "1 steps, 0 to 0 %", False),
        ([], "none", False),
    ],
)
def test_progress_is_more_than_one_share(shares: list[int], told: str, *, met: bool) -> None:
    """A bar that stays where it began shows none."""
    assert reload.progress("bar", shares) == Row("bar", told, "shown", met)


def test_searches_are_put_beside_those_alone() -> None:
    """Twice as long at p50 is allowed, a failure is not."""
    alone = Searches([0.001, 0.002, 0.003])
    busy = Searches([0.002, 0.004, 0.012, 0.004], ["'x': none"])
    assert reload.searched("alone", alone) == [
        Row("alone: p50", "2 ms"),
        Row("… p99", "3 ms"),
        Row("… failed", "0 of 3", "none", met=True),
    ]
    assert reload.searched("beside", busy, alone) == [
        Row("beside: p50", "4 ms, 2.00× alone", "at most 2.00×", met=True),
        Row("… p99", "12 ms, 4.00× alone"),
        Row("… failed", "1 of 4", "none", met=False),
    ]
    assert reload.searched("beside", Searches([0.005]), alone)[0].met is False
