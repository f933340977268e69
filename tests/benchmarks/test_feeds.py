import re
from dataclasses import replace

import pytest

from benchmarks import arxiv, arxiv_api, feeds
from benchmarks.arxiv_api import ADDRESS, API, MadeArXiv
from benchmarks.fetcher import Fetched, Weight
from benchmarks.onlooker import Searches
from benchmarks.table import Row
from bot.corpus import Piece
from bot.feeds.reading import entries_of
from bot.papers import Record, Source

FETCHED = Fetched(work=1.5, processor=1.25, waits=10, waited=29.25, new=2, searched=2, fault="")


def read(told: str) -> list[Record]:
    """Return what the entries of a feed say, wherever they stand."""
    said = [each.read() for each in entries_of("a", told.encode()) if isinstance(each, Piece)]
    return [replace(each, source=Source("a", 0)) for each in said if isinstance(each, Record)]


def test_every_part_of_the_table_is_measured(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over a few hundred papers, each figure has a row, and nothing that was fetched is wrong."""
    for name, value in {"ENTRIES": 400, "REPEATS": 1, "MORE": 1, "BESIDE": 1, "WAITING": 0.0}.items():
        monkeypatch.setattr(feeds, name, value)
    monkeypatch.setattr(feeds, "QUERIES", range(1, 2))
    assert feeds.main(["--papers", "500"]) == 0
    printed = capsys.readouterr().out
    labels = re.findall(r"^\| (.+?) +\|", printed, re.MULTILINE)[2:]
    onto = [
        [
            f"400 new entries of arXiv's API onto {what}: beyond 2 × 3 s of waits",
            "… all its work, what goes on in the waits too",
            "… 20 new ones among 400: beyond 2 × 3 s of waits",
            "… nothing new: beyond 1 × 3 s of waits",
            f"400 new entries in one document onto {what}",
        ]
        for what in ("the seeds", "500 papers")
    ]
    assert [re.sub(r"[\d.]+ m?s\b(?! of)", "…", label) for label in labels] == [
        *onto[0],
        *onto[1],
        "memory of the process with the seeds open",
        "… after a fetch of 200",
        "… after one of 400",
        "… after 1 more, each of 400 others",
        "… what it grows by with each",
        "searches of 500 papers alone: p50",
        "… p99",
        "beside a fetch of 400 (… with its waits): p50",
        "… p99",
        "… worst",
        "… failed",
        "beside its work alone (… (worst …)): p50",
        "… p99",
        "… worst",
        "… failed",
    ]


def test_made_papers_are_read_from_arxivs_answers() -> None:
    """Each with what the snapshot says of it, from either address."""
    server = MadeArXiv()
    server.entries = list(arxiv_api.entries(30, 400))
    said = read(server.answer(ADDRESS))
    assert len(said) == 30
    assert read(server.answer(f"{API}?search_query=cat:cs.CL&start=10&max_results=15")) == said[10:25]
    paper, first = next(arxiv.entries(30, 400)), said[0]
    assert (first.title, first.abstract, ", ".join(first.authors), first.arxiv_id, first.year) == (
        paper["title"],
        paper["abstract"].strip(),
        paper["authors"],
        paper["id"],
        int(f"20{paper['id'][:2]}"),
    )


def test_work_between_pages_makes_a_fetch_no_longer() -> None:
    """What it lasts beyond its waits is less than its work by what went on in them."""
    assert FETCHED.beyond == 0.75
    others = [FETCHED, replace(FETCHED, work=2.75, waited=30.0), replace(FETCHED, work=1.0)]
    assert feeds.beyond("all", others, 2) == Row(
        "all: beyond 10 × 3 s of waits", "750 ms (worst 2.75 s)", "under 2 s", met=True
    )
    assert feeds.worked("work", others) == Row("work", "1.5 s (worst 2.75 s), 1.25 s of the processor")
    at_once = replace(FETCHED, work=2.0, waits=0, waited=0.0)
    assert feeds.beyond("one", [at_once], 2) == Row("one", "2 s (worst 2 s)", "under 2 s", met=False)
    assert feeds.beyond("few", [at_once]) == Row("few", "2 s (worst 2 s)")


def test_memory_is_put_beside_what_papers_take() -> None:
    """A megabyte more for each lot is as good as nothing, more is not."""
    assert feeds.grew("more", 3.4e6, 2.5e6) == Row(
        "more", "3.4 MB; 2.5 MB where its papers come from files", "the same, to 1 MB", met=True
    )
    assert feeds.grew("more", 3.5e6, 2.5e6).met is False
    assert feeds.weighed(Weight(whole=100_000_000, own=1, peak=144_000_000)) == "100 MB, 144 MB at most"


def test_searches_are_put_beside_those_alone() -> None:
    """A failure is a miss, a slow one is not."""
    alone, busy = Searches([0.001, 0.002, 0.004]), Searches([0.002, 0.003, 0.016], ["'x': none"])
    assert feeds.slowed("beside", busy, alone) == [
        Row("beside: p50", "3 ms, 1.50× alone"),
        Row("… p99", "16 ms, 4.00× alone"),
        Row("… worst", "16 ms"),
        Row("… failed", "1 of 3", "none", met=False),
    ]
