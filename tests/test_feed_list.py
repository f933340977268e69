"""Which feeds are followed, in a real store."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import UserError
from bot.feed_list import AGAIN, MOST, FeedList
from bot.feeds.addresses import feed_of
from bot.store import Store, feeds
from bot.topics import Person
from tests.feeds.followed import NOW, never_fetched

LATER = NOW + timedelta(hours=1)
ANA, BEN = Person("U0ANA", "ana"), Person("U0BEN", "ben")
CL, CR = "arxiv:cs.CL", "arxiv:cs.CR"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return an empty store."""
    return Store(tmp_path / "paperboy.db")


def listed(store: Store, *wanted: str) -> FeedList:
    """Return the list of a process whose settings name these feeds."""
    return FeedList(store, list(map(feed_of, wanted)))


def test_what_somebody_adds_is_followed(store: Store) -> None:
    """Whatever the settings name; it is due soon, for whoever adds it fetches it at once."""
    cl, cr = never_fetched(1, CL), never_fetched(2, CR, ANA, LATER + AGAIN)
    assert listed(store, CL).followed(NOW) == [cl]
    assert listed(store, CL).add(feed_of(CR), ANA, LATER) == cr
    assert listed(store, CL).followed(LATER) == [cl, cr]
    assert listed(store).followed(LATER) == [cr]


def test_numbers_do_not_jump(store: Store) -> None:
    """However often the settings name more feeds."""
    names = [CL, CR, "arxiv:cs.AI"]
    for many in (1, 2, 3):
        numbers = [each.number for each in listed(store, *names[:many]).followed(NOW)]
        assert numbers == [1, 2, 3][:many]


@pytest.mark.parametrize("name", [CL, CR])
def test_nothing_is_followed_twice(store: Store, name: str) -> None:
    """Neither what the settings name, even if they did not before, nor what somebody has added."""
    feeds = listed(store, CL)
    feeds.add(feed_of(CR), ANA, NOW)
    with pytest.raises(UserError, match=rf"^{name} is followed already: see /paper feeds\.$"):
        feeds.add(feed_of(name), BEN, LATER)
    assert feeds.followed(NOW) == [never_fetched(1, CR, ANA, NOW + AGAIN), never_fetched(2, CL)]


def test_what_the_settings_named_once_may_be_added(store: Store) -> None:
    """It keeps its number, and what is known of it."""
    (before,) = listed(store, CL).followed(NOW)
    known = replace(before, etag='"a"', succeeded=NOW, failed=NOW, fault="gone", faults=2)
    with store.writing() as db:
        feeds.keep(db, known)
    assert listed(store).followed(NOW) == []
    added = replace(known, by=ANA, due=LATER + AGAIN)
    assert listed(store).add(feed_of(CL), ANA, LATER) == added
    assert listed(store).followed(LATER) == [added]


@pytest.mark.parametrize("which", ["2", CR])
def test_what_somebody_added_is_removed(store: Store, which: str) -> None:
    """By its number or its name; the number is never used again."""
    feeds = listed(store, CL)
    feeds.followed(NOW)
    added = feeds.add(feed_of(CR), ANA, NOW)
    assert feeds.remove(which) == added
    assert feeds.followed(NOW) == [never_fetched(1, CL)]
    assert feeds.add(feed_of(CR), BEN, LATER).number == 3


def test_what_the_settings_name_stays(store: Store) -> None:
    """Also what somebody had added before; whoever runs Paperboy can take it out."""
    listed(store).add(feed_of(CL), ANA, NOW)
    feeds = listed(store, CL)
    with pytest.raises(UserError, match=r"^Feed 1, arxiv:cs\.CL, stands in the settings\. Whoever runs me"):
        feeds.remove("1")
    assert feeds.followed(NOW) == [never_fetched(1, CL, ANA, NOW + AGAIN)]


@pytest.mark.parametrize("which", ["7", "1", "01", "arxiv:cs.AI", "", "x" * 200])
def test_what_is_not_followed_cannot_be_removed(store: Store, which: str) -> None:
    """Be it that the settings named it once."""
    listed(store, CL).followed(NOW)
    feeds = listed(store)
    with pytest.raises(UserError, match=r"^There is no feed .{0,80}: see /paper feeds\.$"):
        feeds.remove(which)


def test_there_are_not_too_many(store: Store) -> None:
    """Those of the settings count, of which there may be more."""
    names = [f"https://example.org/{number}.xml" for number in range(MOST)]
    feeds = listed(store, *names[1:])
    feeds.add(feed_of(names[0]), ANA, NOW)
    with pytest.raises(UserError, match=r"^100 feeds are followed already, which is the most\."):
        feeds.add(feed_of(CL), ANA, NOW)
    assert len(listed(store, *names, CL).followed(NOW)) == MOST + 1
