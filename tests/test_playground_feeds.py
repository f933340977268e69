"""A feed on this machine, followed in the playground, in a real browser."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from queue import Queue
from time import monotonic

import pytest
from playwright.sync_api import Locator, Page, expect

from bot.fetches import Fetch, Fetches
from bot.settings import Settings
from tests.conftest import LOADED_AT
from tests.feeds.server import Answer, Server, atom
from tests.test_app import running
from tests.test_playground import say

PAPER, LATER = (
    f"<entry><id>http://arxiv.org/abs/2611.0000{number}v1</id><title>Zebra {of} &lt;!channel&gt;</title>"
    "<summary>We cross zebras with zebras, and count the stripes.</summary>"
    "<author><name>Ann B</name></author></entry>"
    for number, of in ((1, "crossings"), (2, "stripes"))
)


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> Queue[Fetch]:
    """Return where each fetch is put that was due."""
    fetched: Queue[Fetch] = Queue()
    fetch_due = Fetches.fetch_due

    def told(fetches: Fetches) -> list[Fetch]:
        done = fetch_due(fetches)
        for each in done:
            fetched.put(each)
        return done

    monkeypatch.setattr(Fetches, "fetch_due", told)
    return fetched


@pytest.fixture
def playground(seeded: Path, tmp_path: Path) -> Iterator[str]:
    """Yield the address of a playground with the seeds, where feeds may be on this machine."""
    db = tmp_path / "paperboy.db"
    shutil.copy(seeded, db)
    began = monotonic()  # the page's clock goes on by itself, so ours must
    with running(
        Settings(db=db, corpus=(), port=0, private_feeds=True),
        lambda: LOADED_AT + timedelta(seconds=monotonic() - began),
    ) as greeting:
        yield greeting.split()[4]


def move(page: Page, jump: str) -> None:
    """Choose a jump of the clock."""
    page.get_by_role("button", name="Move the clock").click()
    page.get_by_role("menuitem", name=jump).click()


def last(page: Page) -> Locator:
    """Return the last message."""
    return page.get_by_role("log", name="Messages").get_by_role("article").last


def test_a_feed_brings_a_paper_and_the_clock_its_digest(
    fetched: Queue[Fetch], playground: str, page: Page
) -> None:
    """Without its server, the status shows that, an admin is told, and all else goes on."""
    page.goto(playground)
    expect(page.get_by_text("/paper backdoor instruction tuning").first).to_be_visible()
    say(page, "/paper subscribe zebra weekly on mondays at 9")
    expect(last(page)).to_contain_text("zebra")
    with Server() as server:
        server.answers["/feed.xml"] = Answer(atom([PAPER]))
        say(page, f"/paper feeds add {server.url(host='127.0.0.1')}")
        expect(last(page)).to_contain_text("brought 1 new paper.")
        expect(last(page)).to_contain_text("1 new paper matches this channel's topics: 1 for zebra.")
        server.answers["/feed.xml"] = Answer(atom([PAPER, LATER]))
        move(page, "Next Monday")
        expect(page.get_by_role("article").filter(has_text="Zebra stripes <!channel>")).to_be_visible()
    digest = page.get_by_role("article").filter(has_text="Zebra crossings <!channel>")
    expect(digest).to_contain_text("Ann B")
    expect(digest.get_by_role("link", name="Zebra crossings")).to_have_attribute(
        "href", "https://arxiv.org/abs/2611.00001"
    )
    for _ in range(3):
        fetched.get(timeout=20)  # what was moved before is over
        move(page, "+1 day")
    page.get_by_role("button", name="Paperboy").first.click()
    expect(page.get_by_text("I cannot read this feed, and have tried several times:")).to_be_visible()
    page.get_by_role("button", name="safety").first.click()
    say(page, "/paper status")
    expect(last(page)).to_contain_text("2 papers brought")
    expect(last(page)).to_contain_text("127.0.0.1 cannot be reached.")
    say(page, "/paper zebra")
    expect(last(page)).to_contain_text("Zebra crossings <!channel>")
