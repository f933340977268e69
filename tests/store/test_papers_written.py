"""What a change tells something of, and who has got a paper by having got another, in a real store."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.papers import Record, Source, TitleOrigin
from bot.store import Database, Store, deliveries, papers
from bot.store.papers import FOREVER, Entry
from bot.topics import Place
from tests import stock
from tests.stock import BARE, NOW, publish

HERE = Place("T1", "C1")
ANEW = replace(BARE, abstract="B anew.")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """Return an open store of five papers, as of change 2, with which the third one went."""
    place = Record(title="", title_origin=TitleOrigin.PAGE, abstract="", source=Source("a.txt", 1))
    with Store(tmp_path / "paperboy.db").writing() as db:
        stock.add(db, [(each, BARE, [f"id:{each}"], [place]) for each in "abcde"])
        stock.remove(db, [3])
        yield db


def put(db: Database, *numbers: int, change: int = 3) -> None:
    """Describe papers anew from a change on."""
    papers.put(db, change, [Entry(number, f"n{number}", ANEW, []) for number in numbers], NOW)


def merged(db: Database) -> list[tuple[int, int, int]]:
    """Return who has got which paper by having got another, and since which change."""
    return [tuple(row) for row in db.conn.execute("SELECT paper, home, since FROM merged ORDER BY 1, 2")]


def taken(db: Database, *numbers: int) -> set[int]:
    """Return what a channel has got that got these papers."""
    deliveries.claim(db, HERE, f"token {numbers}", numbers, [{"text": ""}], NOW)
    return deliveries.taken(db, HERE)


def test_a_change_tells_of_what_is_new_revised_back_or_gone(db: Database) -> None:
    """Each once, by ascending number, before it is published and afterwards."""
    put(db, 6, 3, 1)
    papers.end(db, 3, [2])
    assert papers.written(db, 3) == [1, 2, 3, 6]
    publish(db, 3)
    assert papers.written(db, 3) == [1, 2, 3, 6]


def test_a_change_tells_nothing_of_other_changes(db: Database) -> None:
    """Nor is one that wrote nothing, or never was, taken for what stands for ever."""
    put(db, 1)
    publish(db, 3)
    put(db, 2, change=4)
    assert [papers.written(db, change) for change in (0, 1, 2, 3, 4, 5, FOREVER)] == [
        [],
        [1, 2, 3, 4, 5],
        [3],
        [1],
        [2],
        [],
        [],
    ]


def test_what_a_change_takes_back_is_told_where_something_was_published_of_it(db: Database) -> None:
    """What was new with it was never there; what was there is gone."""
    put(db, 1, 6)
    put(db, 1)
    papers.end(db, 3, [1, 6])
    assert papers.written(db, 3) == [1]


def test_a_paper_that_is_one_with_another_is_told_as_gone(db: Database) -> None:
    """Keys alone are nothing that is told of a paper."""
    papers.know(db, 3, [("id:x", 4)])
    papers.hand_on(db, 3, [(2, 1)])
    papers.merge(db, 3, 1, 2)
    assert papers.written(db, 3) == [2]


def test_what_is_replaced_is_forgotten_by_the_change_that_ended_it_alone(db: Database) -> None:
    """The change that came then is told as before."""
    put(db, 1)
    papers.end(db, 3, [2])
    publish(db, 3)
    assert papers.forget(db, 99) is False
    assert [papers.written(db, change) for change in (1, 2, 3)] == [[2, 3, 4, 5], [3], [1, 2]]


def test_whoever_got_a_paper_has_got_its_heir(db: Database) -> None:
    """Not the other way round, and not whoever got something else."""
    papers.hand_on(db, 3, [(1, 2)])
    publish(db, 3)
    assert merged(db) == [(1, 2, 3)]
    assert [taken(db, 2), taken(db, 4), taken(db, 1)] == [{2}, {2, 4}, {1, 2, 4}]


def test_an_heir_has_been_got_once_that_is_published(db: Database) -> None:
    """Until then it is to come."""
    papers.hand_on(db, 3, [(1, 2)])
    assert taken(db, 1) == {1}
    publish(db, 3)
    assert deliveries.taken(db, HERE) == {1, 2}


def test_whoever_got_a_part_of_a_paper_has_got_its_heir(db: Database) -> None:
    """However long ago it became part of it."""
    papers.hand_on(db, 3, [(1, 2)])
    papers.merge(db, 3, 2, 1)
    publish(db, 3)
    papers.hand_on(db, 4, [(2, 4)])
    publish(db, 4)
    papers.hand_on(db, 5, [(4, 5)])
    publish(db, 5)
    assert merged(db) == [(1, 2, 3), (1, 4, 4), (1, 5, 5), (2, 4, 4), (2, 5, 5), (4, 5, 5)]
    assert taken(db, 1) == {1, 2, 4, 5}


def test_a_paper_with_many_heirs_is_handed_on_to_each(db: Database) -> None:
    """They are nothing to each other."""
    papers.hand_on(db, 3, [(1, 4)])
    papers.hand_on(db, 3, [(1, 5)])
    publish(db, 3)
    assert merged(db) == [(1, 4, 3), (1, 5, 3)]
    assert [taken(db, 4), taken(db, 1)] == [{4}, {1, 4, 5}]


@pytest.mark.parametrize("heirs", [[(1, 2), (2, 3)], [(2, 3), (1, 2)]])
def test_what_is_inherited_with_others_is_not_handed_on(db: Database, heirs: list[tuple[int, int]]) -> None:
    """In whichever order they come: of what was 2's, whoever got 1 has seen nothing."""
    papers.hand_on(db, 3, heirs)
    publish(db, 3)
    assert merged(db) == [(1, 2, 3), (2, 3, 3)]
    assert taken(db, 1) == {1, 2}


def test_papers_that_are_each_others_heirs_are_not_their_own(db: Database) -> None:
    """Whoever got one has got both."""
    papers.hand_on(db, 3, [(1, 2)])
    papers.hand_on(db, 3, [(2, 1)])
    publish(db, 3)
    assert merged(db) == [(1, 2, 3), (2, 1, 3)]
    assert taken(db, 2) == {1, 2}


def test_what_was_handed_on_stays_so_since_the_first_time(db: Database) -> None:
    """A later change that says it again and is never published takes nothing away."""
    papers.hand_on(db, 3, [(1, 2)])
    publish(db, 3)
    papers.hand_on(db, 4, [(1, 2)])
    assert merged(db) == [(1, 2, 3)]
    while not papers.discard(db, 1):
        pass
    assert merged(db) == [(1, 2, 3)]


def test_handing_on_changes_nothing_else(db: Database) -> None:
    """Both papers stand, each known by its own keys."""
    before = list(papers.everything(db)), papers.owners(db, ["id:a", "id:b"])
    papers.hand_on(db, 3, [(1, 2)])
    assert papers.written(db, 3) == []
    publish(db, 3)
    assert (list(papers.everything(db)), papers.owners(db, ["id:a", "id:b"])) == before
