"""/paper feeds, with a fetch of the test's own that stores what it brings."""

import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.arriving import Arrived
from bot.corpus import Piece
from bot.feed_list import AGAIN, FeedList
from bot.feeds.addresses import feed_of
from bot.fetches import Fetch
from bot.library import Library
from bot.papers import Record, Source, TitleOrigin
from bot.playground import ANA, BEN, IM, SAFETY, Fault, LocalSlack
from bot.store import Store, feeds
from bot.store.feeds import Followed
from bot.topics import Person
from tests.conftest import LOADED_AT
from tests.slack.conftest import SCOPES, answering
from tests.slack.deeds import told

NOW = LOADED_AT + timedelta(hours=2)
CL, CR = "arxiv:cs.CL", "arxiv:cs.CR"
GONE = "example.org sent no feed, but status 404."
ADDED = "Feed 2, `arxiv:cs.CR`, is followed from now on. I am fetching it."


class Lab:
    """A local Slack, the app with one feed of the settings, and fetches that are told how they end."""

    def __init__(self, path: Path) -> None:
        self.store = Store(path)
        self.library = Library.at(path, [], lambda: LOADED_AT)
        self.fetched: list[int] = []
        self.threads: list[str] = []
        self.brings = 0
        self.fault = ""
        self.busy = False
        self.defect = False
        self.slack: LocalSlack

    def fetch(self, number: int) -> Fetch | None:
        """Fetch a feed as the desk asks for it."""
        self.fetched.append(number)
        self.threads.append(threading.current_thread().name)
        (feed,) = [each for each in self.feeds() if each.number == number]
        if self.busy:
            return None
        if self.defect:
            raise ValueError("a defect")
        if self.fault:
            self.keep(replace(feed, due=NOW + 2 * AGAIN, failed=NOW, fault=self.fault, faults=1))
            return Fetch(feed.name, fault=self.fault)
        found = [piece(feed.name, each) for each in range(self.brings)]
        return Fetch(feed.name, self.library.arrive(feed.name, found, lambda: NOW) if found else Arrived())

    def keep(self, feed: Followed) -> None:
        """Keep how a feed fared."""
        with self.store.writing() as db:
            feeds.keep(db, feed)

    def feeds(self) -> list[Followed]:
        """Return the feeds that are known."""
        with self.store.reading() as db:
            return feeds.every(db)

    def names(self) -> list[tuple[int, str, Person | None]]:
        """Return the feeds, by number and name, and who added each."""
        return [(each.number, each.name, each.by) for each in self.feeds()]


def piece(feed: str, number: int) -> Piece:
    """Return an entry on backdoor attacks."""
    title = f"Backdoor attacks, part {number}"
    record = Record(
        source=Source(feed, 1), title=title, title_origin=TitleOrigin.PAGE, abstract="Of backdoor attacks."
    )
    return Piece(1, title, lambda: record)


@pytest.fixture
def lab(seeded: Path, tmp_path: Path) -> Iterator[Lab]:
    """Yield a lab whose settings name one feed."""
    with working(seeded, tmp_path, feeds=[CL]) as lab:
        yield lab


@contextmanager
def working(
    seeded: Path, tmp_path: Path, feeds: Sequence[str] = (), admins: Sequence[str] = ()
) -> Iterator[Lab]:
    """Run a lab whose settings name these feeds and admins."""
    path = tmp_path / "lab.db"
    shutil.copy(seeded, path)
    lab = Lab(path)
    FeedList(lab.store, list(map(feed_of, feeds))).followed(NOW)
    with (
        LocalSlack(scopes=SCOPES) as slack,
        answering(slack, lab.library, path, fetch=lab.fetch, feeds=feeds, admins=admins),
    ):
        lab.slack = slack
        yield lab


def test_what_is_followed_is_listed_for_anybody(lab: Lab) -> None:
    """With how each fares, for the asker alone; the status says the same."""
    answer = told(lab.slack, "feeds", "new papers", user=BEN)
    assert answer.splitlines()[:2] == [
        "*1 feed* brings new papers",
        "*1* `arxiv:cs.CL` · 0 papers brought · never read",
    ]
    lab.keep(replace(lab.feeds()[0], succeeded=NOW - timedelta(hours=3), failed=NOW, fault=GONE, faults=2))
    fares = (
        ":warning: *1* `arxiv:cs.CL` · 0 papers brought · read 3 h ago"
        " · failed 2 times in a row, last just now:"
    )
    assert f"{fares} {GONE}" in told(lab.slack, "feeds", "failed", user=BEN).splitlines()
    assert f"{fares} {GONE}" in told(lab.slack, "status", "Paperboy", user=BEN).splitlines()
    assert lab.slack.messages(SAFETY) == []


def test_without_feeds_it_is_said_how_to_add_one(seeded: Path, tmp_path: Path) -> None:
    """The status does not speak of them."""
    with working(seeded, tmp_path) as lab:
        assert told(lab.slack, "feeds", "No feeds").endswith(
            "Admins can add one: `/paper feeds add arxiv:cs.CL`"
        )
        assert "feed" not in told(lab.slack, "status", "Paperboy")


def test_an_admin_adds_a_feed(lab: Lab) -> None:
    """It is fetched at once, beside; what of that is new to the channel is told."""
    told(lab.slack, "subscribe backdoor attacks", "added topic 1")
    lab.library.arrive(CL, [piece(CL, 9)], lambda: NOW)
    lab.brings = 3
    answer = told(lab.slack, "feeds add arxiv:cs.cr", "brought")
    assert answer == (
        "Feed 2, `arxiv:cs.CR`, brought 3 new papers.\n"
        "3 new papers match this channel's topics: 3 for backdoor attacks."
    )
    assert ADDED in [each["text"] for each in lab.slack.messages(SAFETY, user=ANA)]
    assert (lab.fetched, lab.threads) == ([2], ["feed"])
    assert lab.names() == [(1, CL, None), (2, CR, Person(ANA, "ana"))]
    assert lab.feeds()[1].due == NOW + AGAIN
    assert "part 2" in told(lab.slack, "--me backdoor attacks part 2", "part 2")
    assert "brought" not in str(lab.slack.messages(SAFETY, user=BEN))


def test_in_the_bots_own_messages_it_works_as_well(lab: Lab) -> None:
    """Where Slack makes links of what is typed."""
    lab.slack.say("feeds add arxiv:<http://cs.CR|cs.CR>", channel=IM)
    lab.slack.wait_for_message("brought nothing new yet", channel=IM)
    assert lab.names()[1:] == [(2, CR, Person(ANA, "ana"))]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (
            GONE,
            f"could not be fetched: {GONE} I try again in 30 min.\nIf it is not the one you meant: `/paper",
        ),
        ("", "has to wait a little. I fetch it in 15 min."),
    ],
)
def test_what_cannot_be_fetched_now_is_followed_all_the_same(lab: Lab, fault: str, said: str) -> None:
    """It is told why, and when it is tried again."""
    lab.fault, lab.busy = fault, not fault
    answer = told(lab.slack, "feeds add arxiv:cs.CR", said[:20])
    assert answer.startswith(f"Feed 2, `arxiv:cs.CR`, {said}")
    assert lab.names()[1:] == [(2, CR, Person(ANA, "ana"))]


def test_only_admins_change_the_feeds(lab: Lab) -> None:
    """Others are told whom to ask."""
    for typed in ("feeds add arxiv:cs.CR", "feeds remove 1"):
        answer = told(lab.slack, typed, "Only", user=BEN)
        assert answer == "Only admins may change the feeds. Please ask a workspace admin."
    assert (lab.names(), lab.fetched) == ([(1, CL, None)], [])


def test_whoever_is_listed_may(seeded: Path, tmp_path: Path) -> None:
    """As for a reload."""
    with working(seeded, tmp_path, admins=[BEN]) as lab:
        told(lab.slack, "feeds add arxiv:cs.CR", "brought nothing", user=BEN)
        assert lab.names() == [(1, CR, Person(BEN, "ben"))]


def test_an_admin_removes_a_feed(lab: Lab) -> None:
    """What it brought stays; the line that undoes that does."""
    lab.brings = 2
    told(lab.slack, "feeds add arxiv:cs.CR", "brought")
    removed = "Feed 2, `arxiv:cs.CR`, is followed no longer. The 2 papers that it brought stay."
    again = "/paper feeds add arxiv:cs.CR"
    assert told(lab.slack, "feeds remove #2", "no longer") == f"{removed} To undo: `{again}`"
    assert lab.names() == [(1, CL, None)]
    assert "part 1" in told(lab.slack, "--me backdoor attacks part 1", "part 1")
    assert told(lab.slack, again.removeprefix("/paper "), "nothing new yet").startswith("Feed 3, ")
    assert told(lab.slack, "feeds remove arxiv:CS.cr", "no longer").startswith("Feed 3, `arxiv:cs.CR`, is")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("feeds add arxiv:cs.CL", "arxiv:cs.CL is followed already: see /paper feeds."),
        ("feeds remove 1", "Feed 1, arxiv:cs.CL, stands in the settings. Whoever runs me can take it out of"),
        ("feeds remove 99", "There is no feed 99: see /paper feeds."),
        ("feeds remove <!channel>", "Remove which feed? By its number, for example: `/paper feeds remove 2`"),
        (
            "feeds add ftp://x",
            "ftp://x is no feed that I can read. A feed is a category or a search of arXiv,",
        ),
        ("feeds add https://ana:secret@x.org", "The address holds a user's name or a password, which I do"),
        (
            "feeds add",
            "Add which feed? A category or a search of arXiv, or an address; for example:",
        ),
    ],
)
def test_a_wrong_argument_is_answered_with_what_is_right(lab: Lab, typed: str, said: str) -> None:
    """Nothing changes, and nothing is fetched."""
    assert told(lab.slack, typed, said[:9]).startswith(said)
    assert (lab.names(), lab.fetched) == ([(1, CL, None)], [])


def test_a_defect_of_a_fetch_is_told_with_its_code(lab: Lab) -> None:
    """The feed is followed, and due soon."""
    lab.defect = True
    assert "tell whoever runs Paperboy this code" in told(lab.slack, "feeds add arxiv:cs.CR", "Sorry")
    assert lab.names()[1:] == [(2, CR, Person(ANA, "ana"))]


def test_an_answer_that_slack_does_not_take_keeps_nothing_from_being_done(lab: Lab) -> None:
    """The feed is fetched all the same."""
    lab.slack.fail("response_url", Fault("internal_error"))
    lab.brings = 1
    told(lab.slack, "feeds add arxiv:cs.CR", "brought 1 new paper")
    assert lab.fetched == [2]
