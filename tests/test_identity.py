import re
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from itertools import chain, permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.identity import (
    deciding_keys,
    describe,
    group,
    id_keys,
    is_linked_by,
    is_of,
    keys,
    reworded,
    shown_id,
    title_key,
)
from bot.ids import reference_keys
from bot.papers import Description, Record, Source, TitleOrigin
from tests.reading import read_corpus

SEEDS = Path(__file__).parents[1] / "seeds"
PAGE, CATALOG, SENTENCE = TitleOrigin


def record(
    line: int, title: str = "A Title", author: str = "", arxiv: str = "", acl: str = "", doi: str = ""
) -> Record:
    """Return a record whose line tells it from others."""
    return Record(
        title=title,
        title_origin=PAGE,
        abstract=f"Abstract {line}.",
        first_author=author,
        arxiv_id=arxiv,
        acl_id=acl,
        doi=doi,
        source=Source("f", line),
    )


def grouped(*papers: Description, same: Iterable[tuple[int, int]] = ()) -> list[list[int]]:
    """Return the groups, with places from 1, as the records' lines."""
    return [[place + 1 for place in places] for places in group(papers, same)]


PAPERS = st.lists(
    st.builds(
        record,
        st.just(0),
        st.sampled_from(["A", "B", "C", "…"]),
        st.sampled_from(["", "", "Xu", "J. XÜ", "K. Xu", "Li"]),
        st.sampled_from(["", "", "1", "2"]),
        st.sampled_from(["", "", "x", "y"]),
        st.sampled_from(["", "", "", "10.1/d", "10.1/e"]),
    ),
    max_size=8,
)
PAIRS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=3)


@pytest.mark.parametrize("name", ["arxiv", "acl"])
def test_records_that_share_an_id_are_one_paper(name: str) -> None:
    """Whatever their titles, authors and other ids are."""
    other = {"arxiv": "acl", "acl": "arxiv"}[name]
    records = (
        record(1, "One", "Xu", **{name: "5", other: "7"}),
        record(2, "Two", "Li", **{name: "6"}),
        record(3, "Three", "Wu", **{name: "5", other: "8"}),
    )
    assert grouped(*records) == [[1, 3], [2]]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (record(1), record(2)),
        (record(1, "A Title"), record(2, "a  TITLE!")),
        (record(1, "Über Titel"), record(2, "Uber-Titel")),
        (record(1, author="Xu"), record(2)),
        (record(1), record(2, author="Xu")),
        (record(1, author="José Díaz"), record(2, author="Jose DIAZ")),
        (record(1, arxiv="5"), record(2)),
        (record(1, arxiv="5"), record(2, acl="x")),
        (record(1, arxiv="5", author="Xu"), record(2, acl="x", author="Xu")),
        (record(1, doi="10.1/d"), record(2, acl="x")),
        (record(1, author="C. Balazs"), record(2, author="Csaba Balázs")),
        (record(1, author="Xu"), record(2, author="J. Xu")),
        (record(1, author="J.-P. Martin Xu"), record(2, author="j.p. xu")),
        (record(1, author="J.Xu"), record(2, author="Jan Xu")),
        (record(1, author="John Smith Jr."), record(2, author="J. Smith")),
        (record(1, author="John Smith, III"), record(2, author="Smith jr")),
        (record(1, author="…"), record(2, author="!")),
    ],
)
def test_records_that_share_a_title_are_one_paper(one: Record, two: Record) -> None:
    """If nothing speaks against it: no ids conflict, and first authors agree or are not known."""
    assert grouped(one, two) == [[1, 2]]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (record(1, arxiv="5"), record(2, arxiv="6")),
        (record(1, acl="x"), record(2, acl="y")),
        (record(1, arxiv="5", acl="x"), record(2, acl="y")),
        (record(1, author="Xu"), record(2, author="Li")),
        (record(1, author="Xu", arxiv="5"), record(2, author="Li")),
        (record(1, author="J. Xu"), record(2, author="K. Xu")),
        (record(1, author="Jr"), record(2, author="Smith Jr")),
        (record(1, doi="10.1/d"), record(2, doi="10.1/e")),
        (record(1, doi="10.1/d", arxiv="5"), record(2, doi="10.1/e", acl="x")),
        (record(1, "A Title"), record(2, "A Title, Continued")),
        (record(1, "…"), record(2, "!")),
        (record(1), replace(record(2), title_origin=SENTENCE)),
    ],
)
def test_papers_that_look_alike_stay_apart(one: Record, two: Record) -> None:
    """A conflict of ids or authors keeps them so, and a sentence that stands in for a title is no title."""
    assert grouped(one, two) == [[1], [2]]


def test_records_without_a_title_are_one_paper_if_their_abstracts_are() -> None:
    """The sentence that stands in for it may be the same in both."""
    one, two, three = (replace(record(line), title_origin=SENTENCE) for line in (1, 2, 3))
    assert grouped(one, two, replace(three, abstract="ABSTRACT  1")) == [[1, 3], [2]]


def test_of_two_spellings_of_a_name_a_title_wants_one() -> None:
    """Sources that an id has joined may turn a name round; a third agrees with one of them."""
    papers = [
        record(1, "A Title", "Zhang Wei", doi="10.1/d"),
        record(2, "A Title", "Wei Zhang", doi="10.1/d"),
        record(3, "A Title", "Wei Zhang"),
        record(4, "A Title", "Li Zhang"),
    ]
    assert group(papers) == [[0, 1, 2], [3]]
    assert is_of(papers[2], papers[:2])
    assert not is_of(papers[3], papers[:3])


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_bare_surname_makes_no_two_people_one(order: tuple[int, ...]) -> None:
    """It may be either's, and is the one's that it met first."""
    papers = [record(1, "Editorial", name) for name in ("Smith", "Anna Smith", "Bob Smith")]
    assert len(group([papers[place] for place in order])) == 2


def test_a_title_joins_the_first_paper_that_agrees() -> None:
    """Of two papers with one title and different authors, the author decides; else the older one has it."""
    one, two = record(1, author="Xu"), record(2, author="Li")
    assert grouped(one, two, record(3, author="Li")) == [[1], [2, 3]]
    assert grouped(one, two, record(3)) == [[1, 3], [2]]


def test_a_record_with_two_ids_joins_two_papers() -> None:
    """They become one, in the place of the oldest, with their records in order of appearance."""
    records = (
        record(1, "Zero"),
        record(2, "One", arxiv="5"),
        record(3, "Two", acl="x"),
        record(4, "One", arxiv="5"),
        record(5, "Three", arxiv="5", acl="x"),
        record(6, "Two"),
        record(7, "Four", acl="x"),
    )
    assert grouped(*records) == [[1], [2, 3, 4, 5, 6, 7]]


def test_an_id_and_a_title_join_two_papers() -> None:
    """A record may belong to one paper by its id and to another by its title."""
    assert grouped(record(1, "New", acl="x"), record(2, "Old", arxiv="5"), record(3, "New", arxiv="5")) == [
        [1, 2, 3]
    ]


@pytest.mark.parametrize(
    "one", [record(1, "Old", arxiv="5", acl="y"), record(1, "Old", arxiv="5", author="Xu")]
)
def test_a_title_joins_no_papers_that_conflict(one: Record) -> None:
    """A record that has one's id and the other's title agrees with each, but they not with each other."""
    assert grouped(one, record(2, "New", acl="x", author="Li"), record(3, "New", arxiv="5")) == [[1, 3], [2]]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (record(1, "One", "Xu", doi="10.1/d"), record(2, "Two", "Li", doi="10.1/D")),
        (record(1, "One", doi="10.1/d", arxiv="5"), record(2, "Two", doi="10.1/d")),
        (record(1, "One", doi="10.1/d", arxiv="5"), record(2, "Two", doi="10.1/d", acl="x")),
    ],
)
def test_a_doi_that_is_shared_joins(one: Record, two: Record) -> None:
    """Whatever titles and authors are, in whichever order they come."""
    assert grouped(one, two) == grouped(two, one) == [[1, 2]]


@pytest.mark.parametrize(
    "ids", [{"arxiv": ("5", "6")}, {"acl": ("x", "y")}, {"arxiv": ("5", "6"), "acl": ("x", "")}]
)
def test_a_doi_that_two_parts_share_does_not_join_them(ids: dict[str, tuple[str, str]]) -> None:
    """Though they have one title and author: a journal may have printed them as one."""
    one, two = (
        record(1, "Both", "Xu", doi="10.1/d", **{name: values[place] for name, values in ids.items()})
        for place in (0, 1)
    )
    assert grouped(one, two) == grouped(two, one) == [[1], [2]]
    assert grouped(one, two, record(3, "Other", doi="10.1/d")) == [[1, 3], [2]]


def test_a_doi_joins_whichever_part_it_may() -> None:
    """Where two papers share it, the one that nothing speaks against: not only the one that came last."""
    one, two = record(1, "One", arxiv="5", doi="10.1/d"), record(2, "Two", arxiv="6", acl="y", doi="10.1/d")
    assert grouped(one, two, record(3, "Three", acl="x", doi="10.1/d")) == [[1, 3], [2]]


def test_a_paper_with_two_ids_of_a_kind_is_joined_by_a_third_record() -> None:
    """Such as two arXiv ids of one paper in the Anthology: they conflict with what has another one alone."""
    both = record(1, "One", arxiv="5", acl="x"), record(2, "Two", arxiv="6", acl="x", doi="10.1/d")
    assert grouped(*both, record(3, "Three", doi="10.1/d")) == [[1, 2, 3]]
    assert grouped(*both, record(3, "Two")) == [[1, 2, 3]]
    assert grouped(*both, record(3, "Two", arxiv="7")) == [[1, 2], [3]]


def test_papers_known_to_be_the_same_are_one() -> None:
    """Whatever they say; all else is decided with both."""
    records = (
        record(1, "One", "Xu", arxiv="5", acl="x", doi="10.1/d"),
        record(2, "Two", "Li", arxiv="6", acl="y", doi="10.1/e"),
        record(3, "Three", acl="y"),
        record(4, "Four"),
        record(5, "Five"),
    )
    assert grouped(*records) == [[1], [2, 3], [4], [5]]
    assert grouped(*records, same=[(0, 1)]) == [[1, 2, 3], [4], [5]]
    assert grouped(*records, same=[(4, 0), (2, 3), (0, 4)]) == [[1, 5], [2, 3, 4]]
    assert grouped(*records, same=[(3, 4), (0, 4), (1, 3)]) == [[1, 2, 3, 4, 5]]


def test_many_papers_may_have_one_title() -> None:
    """Each editorial has an author of its own, and none belongs to another."""
    records = [record(1, "Editorial", f"A. X{chr(97 + n // 26)}{chr(97 + n % 26)}") for n in range(600)]
    assert group(records) == [[place] for place in range(600)]


def test_a_title_alone_joins_fifty_at_most() -> None:
    """More are "Untitled", or the wrong column; an id joins any number, also to what a title has joined."""
    untitled = [record(1, "Untitled") for _ in range(103)]
    assert group(untitled) == [[*range(50)], [*range(50, 100)], [100, 101, 102]]
    known = [record(1, "Untitled", arxiv="2301.00001") for _ in range(60)]
    assert group([*known, *untitled[:2]]) == [[*range(60)], [60, 61]]
    assert not is_of(untitled[0], untitled[:50])
    assert is_of(untitled[0], untitled[:49])


@given(PAPERS, PAIRS)
def test_grouping_keeps_its_law(papers: list[Record], pairs: list[tuple[int, int]]) -> None:
    """Each is in one group, in order; an id that decides is in one group; a group hangs together."""
    same = [(one, two) for one, two in pairs if one != two and max(one, two) < len(papers)]
    groups = group(papers, same)
    assert sorted(chain.from_iterable(groups)) == list(range(len(papers)))
    assert groups == sorted(sorted(places) for places in groups)
    decisive = [{key for place in places for key in deciding_keys(papers[place])} for places in groups]
    assert len(set().union(*decisive)) == sum(map(len, decisive))
    homes = {place: number for number, places in enumerate(groups) for place in places}
    assert [pair for pair in same if homes[pair[0]] != homes[pair[1]]] == []
    for places in groups:
        linked = {places[0]}
        for _ in places:
            known = {key for place in linked for key in keys(papers[place])}
            known |= {f"same:{pair}" for pair in same if linked & {*pair}}
            linked = {
                place
                for place in places
                if known & {*keys(papers[place]), *(f"same:{pair}" for pair in same if place in pair)}
                or place in linked
            }
        assert linked == set(places)


@given(PAPERS)
def test_a_title_alone_never_joins_what_conflicts(papers: list[Record]) -> None:
    """Where no two share an id, no group has two ids of a kind, or two first authors."""
    seen: set[str] = set()
    alone: list[Record] = []
    for each in papers:
        if seen.isdisjoint(id_keys(each)):
            alone.append(each)
        seen.update(id_keys(each))
    for places in group(alone):
        members = [alone[place] for place in places]
        for values in (
            {each.arxiv_id for each in members},
            {each.acl_id for each in members},
            {each.doi for each in members},
            {{"Xu": ""}.get(each.first_author, each.first_author) for each in members},
            {each.first_author.replace("Ü", "u")[-2:] for each in members},
        ):
            assert len(values - {""}) <= 1


@given(PAPERS.map(lambda papers: [replace(each, doi="") for each in papers]))
def test_papers_of_one_group_are_shown_under_one_id(papers: list[Record]) -> None:
    """And those of several under several, while nobody knows a DOI and names are written whole."""
    whole = [replace(each, first_author=each.first_author.replace("J. XÜ", "Xu")) for each in papers]
    shown = [shown_id(describe([whole[place] for place in places])) for places in group(whole)]
    assert len(set(shown)) == len(shown)


def test_a_description_joins_what_is_known() -> None:
    """The strongest title, the longest abstract, the most authors; of all else the first that is known."""
    one = replace(record(1, "A sentence", "Wu"), title_origin=SENTENCE, year=2022)
    two = replace(
        record(2, "Catalogued", "Xu", arxiv="5"), title_origin=CATALOG, authors=("Xu", "Li"), year=2023
    )
    three = replace(
        record(3, "On the Page", "Vu", arxiv="6", acl="x"), url="https://x.org", abstract="Short."
    )
    four = replace(record(4, "Again", "Yu", doi="10.1/d"), authors=("Yu",), url="https://y.org")
    longest = replace(record(5, "Of the Longest"), abstract="The longest abstract.")
    assert describe([one, two, three, four, longest]) == Description(
        title="Of the Longest",
        title_origin=PAGE,
        abstract="The longest abstract.",
        first_author="Xu",
        authors=("Xu", "Li"),
        year=2022,
        arxiv_id="5",
        acl_id="x",
        doi="10.1/d",
        url="https://x.org",
    )


def test_of_equals_the_first_describes_a_paper() -> None:
    """Title, abstract and authors; a first author who is known alone is better than nobody."""
    one, two = record(1, "One"), replace(record(2, "Two", "Xu"), title_origin=PAGE)
    three = record(3, "Three", "Li")
    assert describe([one, two, three]) == Description(
        title="One", title_origin=PAGE, abstract="Abstract 1.", first_author="Xu"
    )
    assert describe([three, two, one]) == Description(
        title="Three", title_origin=PAGE, abstract="Abstract 3.", first_author="Li"
    )


def test_what_nobody_knows_stays_unknown() -> None:
    """It is empty or None."""
    assert describe([record(1), record(2)]) == Description(
        title="A Title", title_origin=PAGE, abstract="Abstract 1."
    )


def test_the_id_shown_is_the_best_there_is() -> None:
    """ArXiv's, else the Anthology's, else ten hex digits that depend on title and first author."""
    assert shown_id(record(1, arxiv="2305.14710", acl="2024.naacl-long.171")) == "2305.14710"
    assert shown_id(record(1, acl="2024.naacl-long.171")) == "2024.naacl-long.171"
    assert shown_id(record(1, "Ä Title!", "José")) == "p" + sha256(b"title:atitle\njose").hexdigest()[:10]
    assert shown_id(record(1, "A title", "Jose")) == shown_id(record(2, "Ä Title!", "José"))
    assert shown_id(record(1, "A title", "Jo")) != shown_id(record(1, "A title", "Jose"))


def test_a_salt_makes_another_id() -> None:
    """Of what has no library's; each salt its own, and always the same."""
    bare = record(1, "A title", "Jo")
    expected = ["p" + sha256(b"title:atitle\njo" + salt).hexdigest()[:10] for salt in (b"", b"\n1", b"\n2")]
    assert [shown_id(bare, salt) for salt in range(3)] == expected
    assert shown_id(record(1, arxiv="5"), 1) == "5"


def test_a_paper_is_known_by_ids_and_title() -> None:
    """Each key says what kind it is."""
    known = ("arxiv_id:5", "acl_id:x", "doi:10.1/d", "title:atitle")
    assert keys(record(1, arxiv="5", acl="X", doi="10.1/D")) == known
    assert keys(record(1, "A Title")) == ("title:atitle",)
    assert deciding_keys(record(1, arxiv="5", acl="x", doi="10.1/d")) == ["arxiv_id:5", "acl_id:x"]


BACKDOORED = "We show that large language models can be backdoored by poisoning a few instructions."


@pytest.mark.parametrize(
    ("abstract", "own", "expected"),
    [
        ("We show that large language models can be backdoored by poisoning some instructions!", {}, 4),
        ("Parsing is fast in linear time, and grammars are learnt from treebanks alone.", {}, None),
        ("", {}, None),
        (BACKDOORED, {"title": "Poisoned Instruction"}, 4),
        (BACKDOORED, {"title": "Watermarks"}, 9),
        (BACKDOORED, {"title": "Pruning"}, None),
        (BACKDOORED, {"title": "Pruning", "title_origin": SENTENCE}, 4),
        (BACKDOORED, {"first_author": "D. Roe"}, 9),
        (BACKDOORED, {"first_author": "Cora Bee"}, 4),
    ],
)
def test_an_abstract_that_somebody_changed_is_recognised(
    abstract: str, own: dict[str, Any], expected: int | None
) -> None:
    """Of several the likeliest that may have this title and this author; what is of another is not it."""
    before = {
        4: Description(
            title="Poisoned Instructions", title_origin=PAGE, abstract=BACKDOORED, first_author="C. Bee"
        ),
        7: Description(title="Pruning", title_origin=PAGE, abstract="We show that vision models are pruned."),
        8: Description(title="Nothing", title_origin=PAGE, abstract=""),
        9: Description(
            title="Watermarks",
            title_origin=PAGE,
            abstract="We show that large language models can be watermarked by poisoning few instructions.",
        ),
    }
    origin = PAGE if "title" in own else SENTENCE
    said: dict[str, Any] = {"title": BACKDOORED, "title_origin": origin, "abstract": abstract} | own
    assert reworded(Description(**said), before) == expected
    assert reworded(Description(**said), {}) is None


@pytest.mark.parametrize(
    "texts", [("math.GT/0309136", "math/0309136"), ("P19-1001", "p19-1001"), ("10.1162/COLI", "10.1162/coli")]
)
def test_spellings_of_an_id_are_one(texts: tuple[str, str]) -> None:
    """Case and an old arXiv id's subject class make no two papers of one, and each spelling finds it."""
    name = "doi" if texts[0].startswith("10.") else "arxiv_id" if "/" in texts[0] else "acl_id"
    one, other = (
        replace(record(number), **dict[str, Any]([(name, text)])) for number, text in enumerate(texts)
    )
    assert len(group([one, other])) == 1
    for text in texts:
        assert set(reference_keys(text)) & set(id_keys(one)) & set(keys(other)) != set()
    assert f"id:{shown_id(one).lower()}" in reference_keys(shown_id(one))


def test_a_title_without_letters_is_a_key_too() -> None:
    """It is told from other such titles."""
    assert title_key(record(1, "…")) == f"title:{sha256('…'.encode()).hexdigest()}"
    sentence = replace(record(1), title_origin=SENTENCE)
    assert title_key(sentence) == f"abstract:{sha256(b'abstract1').hexdigest()}"


def test_the_seeds_are_382_papers() -> None:
    """Four stand in two files each, word for word; all are shown under ids of their own."""
    records = read_corpus([SEEDS]).records
    groups = group(records)
    sources = [each.source for each in records]
    places = [[f"{sources[n].file[:3]}:{sources[n].line}" for n in members] for members in groups]
    assert (len(records), len(groups)) == (386, 382)
    assert [members for members in places if len(members) > 1] == [
        ["001:289", "002:50"],
        ["002:232", "003:101"],
        ["002:310", "003:29"],
        ["002:316", "003:57"],
    ]
    shown = [shown_id(describe([records[n] for n in members])) for members in groups]
    assert len(set(shown)) == 382
    form = re.compile(r"\d{4}\.\d{4,5}|\d{4}\.[a-z0-9-]+\.\d+|[A-Z]\d\d-\d{4}|p[0-9a-f]{10}")
    assert [each for each in shown if not form.fullmatch(each)] == []


def test_editorials_with_dois_are_papers_of_their_own() -> None:
    """Though they have one title, and nobody knows an author; each is shown under an id of its own."""
    one, other = (replace(record(1), title="Editorial", first_author="", doi=f"10.1234/{n}") for n in "ab")
    assert group([one, other]) == [[0], [1]]
    assert shown_id(one) != shown_id(other)
    assert shown_id(one) == shown_id(replace(one, doi="10.1234/A"))


@pytest.mark.parametrize(
    ("words", "is_linked"),
    [
        ("Scaling Laws for Models Kaplan McCandlish", True),
        ("scaling LAWS for language Kaplan", True),
        ("Scaling Laws for", True),
        ("Scaling Laws Kaplan", False),
        ("Laws for Language Models", False),
        ("Scaling Laws for Reward Models", False),
        ("Scaling for Laws Models", False),
        ("Kaplan", False),
        ("", False),
    ],
)
def test_the_words_of_a_link_are_of_the_title_then_of_authors(words: str, *, is_linked: bool) -> None:
    """In their order, from the first on, at least three; not all of them have to be there."""
    paper = replace(
        record(1, "Scaling Laws for Neural Language Models"), authors=("Jared Kaplan", "Sam McCandlish")
    )
    assert is_linked_by(words.split(), paper) == is_linked


def test_what_nobody_knows_the_authors_of_is_linked_by_any_two_surnames() -> None:
    """A short title is enough where all of it is there; a paper without a title has no link."""
    paper = record(1, "Scaling Laws")
    assert is_linked_by(["scaling", "laws", "Berg", "Ng"], paper)
    assert not is_linked_by(["scaling", "laws", "of", "reward", "models"], paper)
    assert not is_linked_by(["Ng"], replace(paper, title=""))
