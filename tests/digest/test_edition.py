"""One message for all topics that are due: each paper once, the best of each, ten at most."""

from datetime import timedelta
from typing import Any

import pytest

from bot.topics import Place, Strictness, Wish
from tests.digest.conftest import HERE, MONDAY, World

WEEK = timedelta(days=7)


def digest(world: World) -> Any:
    """Let Monday come; return what the digest says, and how many papers wait."""
    before = len(world.slack.messages)
    world.now = MONDAY if world.now < MONDAY else world.now + WEEK
    world.finish()
    parents = [each.content for each in world.slack.messages[before:] if each.thread is None]
    return [(each["says"], each["waiting"]) for each in parents]


def test_a_paper_stands_under_the_topic_where_it_ranks_best(world: World) -> None:
    """Of equal ranks under the lower number; it counts for every topic that chose it."""
    world.add("Tea and milk", "Milk and more milk", "Tea and tea", "Coffee")
    world.follow("tea", top=2)
    world.follow("milk", top=2)
    assert digest(world) == [({"1": [3, [1, 2]], "2": [2]}, 0)]


def test_each_topic_chooses_its_own_number(world: World) -> None:
    """What it shares with another one is not made up for by a further paper."""
    world.add("Tea and milk")
    world.follow("tea", top=1)
    world.follow("milk", top=1)
    world.add("Milk alone")
    assert digest(world) == [({"1": [[1, 2]], "2": []}, 1)]


def test_a_message_holds_ten(world: World) -> None:
    """The best of each topic first; what has no room waits, also earlier papers that a topic chose."""
    world.add(
        *(f"Tea number {number}" for number in range(8)), *(f"Milk number {number}" for number in range(8))
    )
    world.follow("tea", top=8)
    world.follow("milk", top=8)
    assert digest(world) == [({"1": [1, 2, 3, 4, 5], "2": [9, 10, 11, 12, 13]}, 6)]
    assert [topic.earlier for topic in world.following.topics(HERE)] == [3, 3]
    assert digest(world) == [({"1": [6, 7, 8], "2": [14, 15, 16]}, 0)]
    assert [topic.earlier for topic in world.following.topics(HERE)] == [0, 0]
    assert digest(world) == []


def test_earlier_papers_beyond_the_wish_are_passed_over(world: World) -> None:
    """The first digest brings the best of what was there and of what came since; then only what is new."""
    world.add(*(f"Tea {number}" for number in range(6)))
    world.follow("tea", top=3)
    world.add("Tea tea tea")
    assert digest(world) == [({"1": [7, 1, 2]}, 0)]
    world.add("Tea again")
    assert digest(world) == [({"1": [8]}, 0)]


def test_skipping_what_was_there(world: World) -> None:
    """Then already the first digest brings only what is new."""
    world.add("Tea one")
    world.follow("tea")
    world.following.skip_earlier(HERE, 1)
    assert digest(world) == []
    world.add("Tea two")
    assert digest(world) == [({"1": [2]}, 0)]


@pytest.mark.parametrize(
    ("strictness", "brings"),
    [(Strictness.BROAD, [1, 2, 3]), (Strictness.NORMAL, [1]), (Strictness.STRICT, [1])],
)
def test_strictness_decides_what_matches(world: World, strictness: Strictness, brings: list[int]) -> None:
    """Of two words of the same weight broad takes either, the others both."""
    world.add("Green tea", "Green leaves", "Tea leaves", "Milk", "Wine")
    world.follow("green tea", strictness=strictness)
    assert digest(world) == [({"1": brings}, 0)]


def test_a_topic_is_any_query(world: World) -> None:
    """Phrases are demanded, exclusions forbid."""
    world.add("Green tea", "Tea, green", "Green tea with milk")
    world.follow('"green tea" -milk')
    assert digest(world) == [({"1": [1]}, 0)]


def test_channels_do_not_know_each_other(world: World) -> None:
    """What one got is new to the other."""
    world.add("Tea")
    world.follow("tea")
    world.follow("tea", Place("T1", "C2"))
    assert digest(world) == [({"1": [1]}, 0), ({"1": [1]}, 0)]


def test_what_was_promised_comes(world: World) -> None:
    """Earlier papers that had no room in the first digest wait, even behind better ones that are new."""
    world.add(*(f"Tea with milk number {number}" for number in range(14)))
    world.follow("tea", top=14)
    assert digest(world)[0][1] == 4
    world.add(*(f"Tea tea tea {number}" for number in range(12)))
    assert digest(world) == [({"1": [15, 16, 17, 18, 19, 20, 21, 22, 23, 24]}, 6)]
    assert sorted(digest(world)[0][0]["1"]) == [11, 12, 13, 14, 25, 26]
    assert digest(world) == []


def test_a_topic_put_right_after_silence_brings_what_was_there(world: World) -> None:
    """The first digest is the first that says something."""
    world.add("Tea one", "Tea two")
    world.follow("tae", top=1)
    assert digest(world) == []
    world.following.change(HERE, 1, Wish("tea"))
    assert digest(world) == [({"1": [1]}, 0)]
    assert digest(world) == []
