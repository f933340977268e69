from pathlib import Path

import pytest

from bot import shelf
from bot.search.analyze import Analyzer
from bot.search.snippet import read
from bot.shelf import Shelf
from bot.store import Store, papers


class CountingStore(Store):
    """A store that counts how often it is read."""

    readings = 0

    def reading(self):  # type: ignore[no-untyped-def]  # noqa: ANN201  # as Store's
        """Count, and open a connection."""
        self.readings += 1
        return super().reading()


def test_papers_come_in_the_order_asked_for(seeded: Path) -> None:
    """Each copy is the paper of the store, read; whichever order they were fetched in."""
    store = Store(seeded)
    with store.reading() as db:
        known = papers.by_number(db, [1, 2, 3])
    taken = Shelf(store, Analyzer()).take([3, 1, 2])
    assert [copy.paper for copy in taken] == [known[3], known[1], known[2]]
    assert [copy.reading for copy in taken] == [
        read(known[number].abstract, Analyzer()) for number in (3, 1, 2)
    ]


def test_what_stands_there_is_not_fetched_again(seeded: Path) -> None:
    """Only what is missing is read from the store."""
    store = CountingStore(seeded)
    kept = Shelf(store, Analyzer())
    before = store.readings
    first = kept.take([1, 2])
    assert kept.take([2, 1]) == first[::-1]
    assert store.readings == before + 1
    kept.take([1, 3])
    assert store.readings == before + 2


def test_what_stood_there_longest_makes_room(seeded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full shelf lets the oldest go, and still gives whatever is asked for."""
    monkeypatch.setattr(shelf, "CAPACITY", 2)
    store = CountingStore(seeded)
    kept = Shelf(store, Analyzer())
    assert [copy.paper.number for copy in kept.take([1, 2, 3])] == [1, 2, 3]
    before = store.readings
    kept.take([2, 3])
    assert store.readings == before
    kept.take([1])
    assert store.readings == before + 1


def test_a_paper_that_does_not_exist_is_an_error(seeded: Path) -> None:
    """An index and a store that do not belong together are not papered over."""
    with pytest.raises(KeyError):
        Shelf(Store(seeded), Analyzer()).take([1, 10_000])
