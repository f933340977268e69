"""Which numbers groups of descriptions have, by hand and without a store; and what identity takes for one."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.identity import group, is_of
from bot.numbering import Group, Numbering, numbered
from bot.papers import Description, TitleOrigin

FIRST = 100  # the number that a new paper has


def said(title: str = "", author: str = "", arxiv: str = "", acl: str = "", doi: str = "") -> Description:
    """Return a description."""
    return Description(
        title=title,
        title_origin=TitleOrigin.PAGE,
        abstract="An abstract.",
        first_author=author,
        arxiv_id=arxiv,
        acl_id=acl,
        doi=doi,
    )


A, B, C = (said(title) for title in ("Apples", "Bread", "Cakes"))  # papers without ids
A1, B2 = said("Apples", arxiv="1"), said("Bread", acl="2")


def of(had: Sequence[int], *descriptions: Description) -> Group:
    """Return a group in which records of these papers are."""
    return Group(descriptions, set(had))


def test_of_no_groups_nothing_becomes() -> None:
    """A paper of which nothing is left is neither one with another nor inherited by one."""
    assert numbered([], {}, {}, FIRST, {}) == Numbering([], [], [])
    assert numbered([], {3: A1}, {}, FIRST, {}) == Numbering([], [], [])


@pytest.mark.parametrize("known", [{}, {3: C}])
def test_groups_of_no_known_paper_have_new_numbers_in_their_order(known: dict[int, Description]) -> None:
    """From the first one on, be other papers known or not."""
    assert numbered([of([], A), of([], B)], known, {}, FIRST, {}) == Numbering([100, 101], [], [])


def test_new_numbers_leave_out_no_one_for_those_that_are_known() -> None:
    """Between two new papers one that was known takes none."""
    done = numbered([of([], A), of([7], B), of([], C)], {7: B}, {}, FIRST, {})
    assert done == Numbering([100, 7, 101], [], [])


def test_a_group_has_the_oldest_of_the_numbers_that_its_records_had() -> None:
    """The others are one with it."""
    done = numbered([of([9, 4, 6], A, B, C)], {9: A, 4: B, 6: C}, {}, FIRST, {})
    assert done == Numbering([4], [(6, 4), (9, 4)], [])


def test_an_older_number_that_comes_by_an_id_is_preferred_to_one_that_was_there() -> None:
    """Whichever way a paper is found, the oldest counts."""
    done = numbered([of([9], B, said("Other", arxiv="1"))], {9: B, 4: A1}, {}, FIRST, {})
    assert done == Numbering([4], [(9, 4)], [])


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("last", [A1, said("Apples", acl="1")])
def test_where_a_paper_parts_its_number_goes_with_its_id(last: Description, place: int) -> None:
    """Though another part has the first of its records; that is new, and inherits."""
    parts = [of([5], said("One")), of([5], said("Two"))]
    parts[place] = of([5], said("Other", arxiv=last.arxiv_id, acl=last.acl_id))
    done = numbered(parts, {5: last}, {}, FIRST, {})
    expected = [100, 100]
    expected[place] = 5
    assert done == Numbering(expected, [], [(5, 100)])


def test_where_a_paper_parts_its_number_goes_with_the_id_by_which_it_was_known_last() -> None:
    """Of two ids that its records have, the other one makes a new paper."""
    parts = [of([5], said("One", arxiv="1")), of([5], said("Two", arxiv="2"))]
    assert numbered(parts, {5: said("x", arxiv="2")}, {}, FIRST, {}) == Numbering([100, 5], [], [(5, 100)])
    assert numbered(parts, {5: said("x", arxiv="1")}, {}, FIRST, {}) == Numbering([5, 100], [], [(5, 100)])


def test_of_two_ids_arxivs_decides() -> None:
    """Where a paper had both, and its parts have one each."""
    parts = [of([5], said("One", acl="2")), of([5], said("Two", arxiv="1"))]
    assert numbered(parts, {5: said("x", arxiv="1", acl="2")}, {}, FIRST, {}).numbers == [100, 5]


def test_where_a_paper_without_an_id_parts_the_first_of_its_records_keeps_its_number() -> None:
    """Though another part has its title."""
    done = numbered([of([], C), of([5], B), of([5], A)], {5: A}, {}, FIRST, {})
    assert done == Numbering([100, 5, 101], [], [(5, 101)])


def test_an_id_that_none_of_its_records_have_takes_a_paper_along() -> None:
    """It came with a record that was just read; what its own records are of now inherits."""
    done = numbered([of([5], said("One")), of([], said("Two", arxiv="1"))], {5: A1}, {}, FIRST, {})
    assert done == Numbering([100, 5], [], [(5, 100)])


def test_a_paper_of_which_no_record_is_left_is_what_identity_takes_for_it() -> None:
    """By its id, by its DOI, or by its title; what is of no other's but its title is not."""
    by_doi = said("Apples", doi="10.1/d")
    for last, group_said in [
        (A1, said("Other", arxiv="1")),
        (by_doi, said("Other", doi="10.1/D")),
        (A, said("APPLES!", "Xu")),
    ]:
        assert numbered([of([], B), of([], group_said)], {5: last}, {}, FIRST, {}) == Numbering(
            [100, 5], [], []
        )
    conflicting = [of([], said("Apples", arxiv="3")), of([], said("Other", doi="10.1/d", arxiv="3"))]
    assert numbered(conflicting, {5: said("Apples", arxiv="1", doi="10.1/d")}, {}, FIRST, {}) == Numbering(
        [100, 101], [], []
    )


def test_the_title_of_a_paper_whose_records_are_left_says_nothing() -> None:
    """It is where they are, not where a description like it is."""
    assert numbered([of([], A), of([5], B)], {5: A}, {}, FIRST, {}) == Numbering([100, 5], [], [])


def test_a_paper_whose_place_is_taken_has_the_next_one_it_may_have() -> None:
    """It is one with another only where all of them are taken."""
    first, second = of([4, 6], A), of([6], B)
    assert numbered([first, second], {4: A, 6: A}, {}, FIRST, {}) == Numbering([4, 6], [], [(6, 4)])
    assert numbered([first, second], {4: A, 5: said("x", arxiv="9"), 6: C}, {}, FIRST, {}).numbers == [4, 6]
    taken = numbered([of([4, 6], A), of([5, 6], B)], {4: A, 5: B, 6: A}, {}, FIRST, {})
    assert taken == Numbering([4, 5], [(6, 4)], [(6, 5)])


def test_a_paper_is_one_with_what_has_its_id() -> None:
    """Though the first of its records is another's now, which inherits."""
    done = numbered(
        [of([1, 5], said("One")), of([2], said("Two", arxiv="1"))], {1: B, 2: C, 5: A1}, {}, FIRST, {}
    )
    assert done == Numbering([1, 2], [(5, 2)], [(5, 1)])


def test_what_has_an_id_that_was_a_papers_inherits() -> None:
    """Though none of its records stood there; a title is no id, and nobody inherits from himself."""
    groups = [of([5], A1), of([], B2), of([], C)]
    owners = {"arxiv_id:1": [5], "acl_id:2": [5, 7], "title:cakes": [8]}
    done = numbered(groups, {5: A1}, {}, FIRST, owners)
    assert done == Numbering([5, 100, 101], [], [], [(5, 100), (7, 100)])
    done = numbered([of([], A1, B2)], {5: A1, 7: B2}, {}, FIRST, owners)
    assert done == Numbering([5], [(7, 5)], [])


def test_whoever_parts_in_many_has_many_heirs() -> None:
    """Each once, by ascending number, and none of those that were not in it."""
    done = numbered([of([8], A), of([8, 3], B), of([], C), of([8], said("D"))], {8: A, 3: B}, {}, FIRST, {})
    assert done == Numbering([8, 3, 100, 101], [], [(8, 3), (8, 101)])


def test_two_papers_may_inherit_from_each_other() -> None:
    """Where each has got a record of the other's."""
    done = numbered([of([1, 2], A1), of([2, 1], B2)], {1: A1, 2: B2}, {}, FIRST, {})
    assert done == Numbering([1, 2], [], [(1, 2), (2, 1)])


def test_what_is_known_to_be_reworded_is_that_group() -> None:
    """Before its title, which another one has, and its id; an older paper still comes first."""
    groups = [of([], A1), of([], B)]
    assert numbered(groups, {5: A1}, {5: 1}, FIRST, {}) == Numbering([100, 5], [], [])
    assert numbered(groups, {5: C}, {5: 1}, FIRST, {}) == Numbering([100, 5], [], [])
    assert numbered(groups, {4: B, 5: C}, {5: 1}, FIRST, {}) == Numbering([100, 4], [(5, 4)], [])
    assert numbered(groups, {4: B, 5: A1}, {5: 1}, FIRST, {}) == Numbering([5, 4], [], [])


def test_numbers_do_not_depend_on_the_order_in_which_papers_are_told() -> None:
    """They are looked at from the oldest on."""
    groups = [of([3, 1], A), of([2, 3], B), of([], A1)]
    papers = {1: A, 2: B, 3: A1}
    backwards = dict(reversed(papers.items()))
    expected = Numbering([1, 2, 3], [], [(3, 1), (3, 2)])
    assert numbered(groups, papers, {}, FIRST, {}) == expected
    assert numbered(groups, backwards, {}, FIRST, {}) == expected


DESCRIBED = st.builds(
    said,
    st.sampled_from(["A", "B", "C"]),
    st.sampled_from(["", "", "Xu", "Li"]),
    st.sampled_from(["", "", "1", "2"]),
    st.sampled_from(["", "", "x", "y"]),
    st.sampled_from(["", "", "10.1/d", "10.1/e"]),
)
NUMBERS = st.integers(1, 6)


@given(
    st.lists(st.builds(Group, st.lists(DESCRIBED, min_size=1, max_size=3), st.sets(NUMBERS)), max_size=5),
    st.dictionaries(NUMBERS, DESCRIBED),
)
def test_numbering_keeps_its_law(groups: list[Group], more: dict[int, Description]) -> None:
    """No number is given twice, and of a paper whose records are left each group is it, or has it."""
    papers = {number: A for each in groups for number in each.had} | more
    done = numbered(groups, papers, {}, FIRST, {})
    new = [number for number in done.numbers if number >= FIRST]
    assert len(set(done.numbers)) == len(done.numbers) == len(groups)
    assert new == list(range(FIRST, FIRST + len(new)))
    assert {number for number in done.numbers if number < FIRST} <= papers.keys()
    homes = dict(done.merged)
    assert homes.keys().isdisjoint(done.numbers)
    assert set(homes.values()) <= set(done.numbers)
    assert [(number, home) for number, home in done.merged if number < home] == []
    for number in papers:
        now = {own for own, each in zip(done.numbers, groups, strict=True) if number in each.had}
        heirs = {heir for one, heir in done.heirs if one == number}
        assert heirs == now - {number, homes.get(number)}
        assert not now or number in done.numbers or number in homes


# What identity takes for a paper


@pytest.mark.parametrize(
    ("paper", "others", "expected"),
    [
        # an id that decides
        (said("A", "Xu", arxiv="1", acl="x"), [said("B", "Li", arxiv="1", acl="y")], True),
        (said("A", acl="X"), [said("B"), said("C", acl="x")], True),
        (said("A", arxiv="1"), [said("B", arxiv="2"), said("C", arxiv="1")], True),
        (said("A", arxiv="1"), [said("B", acl="1")], False),
        # a DOI, unless other ids conflict, be it with another description of the paper
        (said("A", "Xu", doi="10.1/D"), [said("B", "Li", doi="10.1/d")], True),
        (said("A", arxiv="1", doi="10.1/d"), [said("B", acl="x", doi="10.1/d")], True),
        (said("A", arxiv="1", doi="10.1/d"), [said("B", doi="10.1/d"), said("C", arxiv="2")], False),
        (said("A", doi="10.1/d"), [said("A", doi="10.1/e")], False),
        # a title, unless any ids or any authors conflict
        (said("Über A"), [said("uber a!", "Xu", arxiv="1")], True),
        (said("A", "J. Xu"), [said("B"), said("A", "Jo Xu")], True),
        (said("A", "Xu"), [said("A"), said("B", "Li")], False),
        (said("A", doi="10.1/d"), [said("A"), said("B", doi="10.1/e")], False),
        (said("A", doi="10.1/d"), [said("A", doi="10.1/e"), said("B", doi="10.1/d")], True),
        (said("A", acl="x"), [said("A"), said("B", acl="y")], False),
        (said("A"), [said("B"), said("C")], False),
    ],
)
def test_a_description_is_of_a_paper_that_it_would_be_joined_to(
    paper: Description, others: Sequence[Description], *, expected: bool
) -> None:
    """With all that is known of that, in whichever order it is told."""
    assert is_of(paper, others) == is_of(paper, others[::-1]) == expected


@given(DESCRIBED, st.lists(DESCRIBED, min_size=1, max_size=4))
def test_a_description_is_of_what_grouping_puts_it_to(paper: Description, others: list[Description]) -> None:
    """Where the others are known to be of one paper."""
    last = len(others)
    groups = group([*others, paper], [(0, place) for place in range(1, last)])
    assert is_of(paper, others) == (groups == [list(range(last + 1))])
