"""Loads of small corpora into a real store: which paper each record is of, and what is told of the load."""

import json
import os
import random
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from bot import identity
from bot.corpus import find_corpus
from bot.library import Library
from bot.loading import Loading
from bot.papers import Description, Paper, Record, Source, TitleOrigin
from bot.store import Store, deliveries, papers
from bot.topics import Place
from tests.reading import read_corpus

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HERE = Place("T1", "C1")
HISTORIES = 40
SHUFFLES = 20
LOT = 999
UNSAFE = ("PRAGMA synchronous = OFF", "PRAGMA foreign_keys = ON")  # nobody cuts the power here
PAGE, CATALOG, _ = TitleOrigin
FILLER = "An abstract has to be of some length, or else nobody would take it for one at all. " * 4

Said = Mapping[str, Any]  # a paper as a line of JSON says it
Files = Mapping[str, Sequence[Said] | str]  # what a corpus holds: papers, or a text


def p_id(about: str) -> str:
    """Return the id that is made for a paper that no library has given one."""
    return "p" + sha256(about.encode()).hexdigest()[:10]


def paper(number: int, shown_id: str, places: str, **known: Any) -> Paper:
    """Return a paper as it is expected: it stands in places like "a1 b2", and has its title from a page."""
    given = {"title_origin": PAGE, "abstract": "", **known}
    if names := given.get("authors"):
        given.setdefault("first_author", names[0])
    sources = tuple(Source(each[0], int(each[1:])) for each in places.split())
    return Paper(number=number, shown_id=shown_id, sources=sources, **given)


class World:
    """A folder of files, and a store into which it is loaded again and again, a day later each time.

    To make a store takes a while; it may be a copy of an `empty` one.
    """

    def __init__(self, folder: Path, empty: Path | None = None) -> None:
        self.corpus = folder / "corpus"
        self.corpus.mkdir(parents=True)
        if empty:
            shutil.copy(empty, folder / "paperboy.db")
        self.store = Store(folder / "paperboy.db")
        self.library = Library(self.store)
        self.now = NOW
        self._ticks = count(1)

    def write(self, files: Files) -> None:
        """Let the corpus hold these files; one that stays as it was keeps its time."""
        for path in self.corpus.iterdir():
            if path.name not in files:
                path.unlink()
        for name, said in files.items():
            text = said if isinstance(said, str) else "".join(json.dumps(each) + "\n" for each in said)
            path = self.corpus / name
            if not path.exists() or path.read_text() != text:
                path.write_text(text)
                os.utime(path, (tick := next(self._ticks), tick))

    def load(self, files: Files) -> tuple[int, int, int, int]:
        """Load these files, and return how many papers are new, revised, unchanged and removed."""
        self.write(files)
        self.now += DAY
        done = self.library.reload([self.corpus], "ana", lambda: self.now)
        assert done.papers == done.new + done.revised + done.unchanged == len(self.papers())
        assert done.problems == ()
        return done.new, done.revised, done.unchanged, done.removed

    def give_up(self, files: Files) -> None:
        """Write a load of these files, and never publish it."""
        self.write(files)
        load = Loading(self.store, find_corpus([self.corpus]), "", self.now, lambda _: None)
        load.compare()
        list(load.write())

    def papers(self) -> list[Paper]:
        """Return the papers that stand."""
        with self.store.snapshot() as db:
            return list(papers.everything(db))

    def standing(self) -> dict[int, str]:
        """Return where each paper stands, by its number, as "a1 b2"."""
        return {
            each.number: " ".join(f"{source.file}{source.line}" for source in each.sources)
            for each in self.papers()
        }

    def merged(self) -> list[tuple[int, int]]:
        """Return which papers have become part of which."""
        with self.store.reading() as db:
            return [tuple(row) for row in db.conn.execute("SELECT paper, home FROM merged ORDER BY 1, 2")]

    def deliver(self, *numbers: int) -> None:
        """Let a channel get papers."""
        with self.store.writing() as db:
            deliveries.claim(db, HERE, f"token {next(self._ticks)}", numbers, [{"text": ""}], self.now)

    def taken(self) -> set[int]:
        """Return the papers that the channel does not get any more."""
        with self.store.snapshot() as db:
            return deliveries.taken(db, HERE)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return an empty store and an empty folder."""
    return World(tmp_path)


ONE = {"title": "One", "abstract": "Of apples.", "arxiv_id": "2301.00001"}
TWO = {"title": "Two", "abstract": "By bakers?", "acl_id": "2024.acl-long.2"}
BOTH = {"title": "Both", "abstract": "", "arxiv_id": "2301.00001", "acl_id": "2024.acl-long.2"}


@pytest.mark.parametrize("lot", [1, 2, 9])
def test_new_papers_are_numbered_in_the_order_of_files_and_lines(
    world: World, monkeypatch: pytest.MonkeyPatch, lot: int
) -> None:
    """However few of them are written at a time; each is shown under the best id it has."""
    monkeypatch.setattr("bot.change._LOT", lot)
    three = {"title": "Three", "year": 2020, "doi": "10.1234/c"}
    said = three | {"authors": ["C. Dee", "E. Fu"]}
    assert world.load({"a": [TWO, ONE], "b": [said]}) == (3, 0, 0, 0)
    assert world.papers() == [
        paper(1, "2024.acl-long.2", "a1", **TWO),
        paper(2, "2301.00001", "a2", **ONE, year=2023),
        paper(3, p_id("doi:10.1234/c"), "b1", **three, authors=("C. Dee", "E. Fu")),
    ]


@pytest.mark.parametrize("lot", [1, 9])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_paper_from_two_sources_has_the_best_of_both(
    world: World, monkeypatch: pytest.MonkeyPatch, lot: int, *, at_once: bool
) -> None:
    """The longest abstract and the most authors, in one load or in two; without one source it is poorer."""
    monkeypatch.setattr("bot.change._LOT", lot)
    short = {"title": "One", "abstract": "Short.", "authors": ["A. Bee", "C. Dee"], "year": 2020}
    long = {"title": "ONE", "abstract": "Rather long.", "first_author": "Ann Bee", "arxiv_id": "2301.00001"}
    if not at_once:
        world.load({"a": [short]})
    assert world.load({"a": [short], "b": [long]}) == ((1, 0, 0, 0) if at_once else (0, 1, 0, 0))
    both: dict[str, Any] = {"authors": ("A. Bee", "C. Dee"), "year": 2020}
    best = {"title": "ONE", "abstract": "Rather long.", "arxiv_id": "2301.00001"}
    assert world.papers() == [paper(1, "2301.00001", "a1 b1", **best, **both)]
    assert world.load({"a": [short]}) == (0, 1, 0, 0)
    assert [replace(each, shown_id="") for each in world.papers()] == [
        paper(1, "", "a1", title="One", abstract="Short.", **both)
    ]


def test_a_source_more_is_a_revision_and_a_place_is_not(world: World) -> None:
    """A paper that stands elsewhere is as it was; one that stands once more is told of anew."""
    world.load({"a": [ONE, TWO]})
    assert world.load({"a": [TWO], "b": [ONE]}) == (0, 0, 2, 0)
    assert world.standing() == {1: "b1", 2: "a1"}
    assert world.load({"a": [TWO], "b": [ONE, TWO]}) == (0, 1, 1, 0)
    assert world.standing() == {1: "b1", 2: "a1 b2"}


def test_a_new_version_of_a_preprint_is_a_revision(world: World) -> None:
    """It is not new, and keeps its number, though title and abstract have changed."""
    world.load({"a": [ONE | {"arxiv_id": "2301.00001v1"}]})
    later = {"title": "One, Renamed", "abstract": "Of pears, not apples.", "arxiv_id": "2301.00001v2"}
    assert world.load({"a": [later]}) == (0, 1, 0, 0)
    assert world.papers() == [paper(1, "2301.00001", "a1", **later | {"arxiv_id": "2301.00001"}, year=2023)]


def test_a_paper_that_gains_ids_is_the_same_paper(world: World) -> None:
    """First arXiv's, then a DOI: a revision each, never new; and each id it ever had still finds it."""
    said: dict[str, Any] = {"title": "One", "abstract": "Of apples.", "authors": ["A. Bee"]}
    own = p_id("title:one\nabee")
    shown = []
    for step, more in enumerate(({}, {"arxiv_id": "2301.00001"}, {"doi": "10.1234/a"})):
        said |= more
        assert world.load({"a": [said]}) == ((0, 1, 0, 0) if step else (1, 0, 0, 0))
        shown += [(each.number, each.shown_id, each.arxiv_id, each.doi) for each in world.papers()]
    assert shown == [
        (1, own, "", ""),
        (1, "2301.00001", "2301.00001", ""),
        (1, "2301.00001", "2301.00001", "10.1234/a"),
    ]
    found = [world.library.paper(each).number for each in (own, "2301.00001", "10.1234/a")]
    assert found == [1, 1, 1]


@pytest.mark.parametrize("lot", [1, 9])
def test_a_record_with_both_ids_makes_two_papers_one(
    world: World, monkeypatch: pytest.MonkeyPatch, lot: int
) -> None:
    """The older number stays, the other is part of it, and what was delivered of either is of both."""
    monkeypatch.setattr("bot.change._LOT", lot)
    world.load({"a": [ONE, TWO]})
    world.deliver(2)
    assert world.load({"a": [ONE, TWO], "b": [BOTH]}) == (0, 1, 0, 1)
    assert (world.standing(), world.merged(), world.taken()) == ({1: "a1 a2 b1"}, [(2, 1)], {1, 2})
    assert world.library.paper("2024.acl-long.2").number == 1


def test_of_papers_that_become_one_step_by_step_the_oldest_stays(world: World) -> None:
    """What was part of a part is part of the whole, and the id it was shown under finds that."""
    known = [
        {"title": title, "abstract": title, "doi": f"10.1234/{title}"}
        | ({"arxiv_id": "2301.00001"} if title == "Two" else {})
        for title in ("One", "Two", "Three")
    ]
    world.load({"a": known})
    world.deliver(3)
    first = {"title": "x", "doi": "10.1234/Three", "arxiv_id": "2301.00001"}
    assert world.load({"a": known, "b": [first]}) == (0, 1, 1, 1)
    second = {"title": "One", "arxiv_id": "2301.00001", "doi": "10.1234/One"}
    assert world.load({"a": known, "b": [first, second]}) == (0, 1, 0, 1)
    assert world.standing() == {1: "a1 a2 a3 b1 b2"}
    assert (world.merged(), world.taken()) == ([(2, 1), (3, 1), (3, 2)], {1, 2, 3})
    assert world.library.paper(p_id("doi:10.1234/three")).number == 1


def test_a_paper_whose_parts_nothing_joins_any_more_is_two(world: World) -> None:
    """One part keeps the number; the other, which never had one, gets one that nobody had.

    Who got both in one has got both.
    """
    world.load({"a": [ONE, TWO], "b": [BOTH]})
    world.deliver(1)
    assert world.standing() == {1: "a1 a2 b1"}
    assert world.load({"a": [ONE, TWO], "b": [{"title": "Else"}]}) == (2, 1, 0, 0)
    assert world.standing() == {1: "a1", 3: "a2", 4: "b1"}
    assert (world.merged(), world.taken()) == ([(1, 3), (2, 1), (2, 3)], {1, 3})


def test_what_was_delivered_before_papers_became_one_is_not_new_when_they_part(world: World) -> None:
    """The channel that got the younger paper does not get it again under whichever number it has then."""
    world.load({"a": [ONE, TWO]})
    world.deliver(2)
    world.load({"a": [ONE, TWO], "b": [BOTH]})
    world.load({"a": [ONE, TWO]})
    numbers = {each.title: each.number for each in world.papers()}
    assert numbers["One"] == 1
    assert numbers["Two"] in world.taken()


TEA = {"title": "Tea Ceremonies", "abstract": "They are long.", "authors": "Ann Bee"}
PREPRINT, PUBLISHED = {**TEA, "arxiv_id": "2301.00001"}, {**TEA, "acl_id": "2023.acl-long.7"}
RETITLED = {**PREPRINT, "title": "Tea, Revisited"}
OTHER = {"title": "Coffee", "abstract": "It is short."}


@pytest.mark.parametrize("part", [PUBLISHED, TEA])
@pytest.mark.parametrize("moved", ["changed", "renamed"])
def test_what_was_delivered_is_not_new_when_it_parts_and_is_read_anew(
    world: World, part: dict[str, Any], moved: str
) -> None:
    """Though no record of the paper stands where it stood: its text does, or its id."""
    world.load({"a": [PREPRINT], "b": [part, OTHER]})
    assert world.standing() == {1: "a1 b1", 2: "b2"}
    world.deliver(1)
    if moved == "renamed":
        world.load({"a": [RETITLED], "c": [part, OTHER]})
        assert world.standing() == {1: "a1", 2: "c2", 3: "c1"}
    else:
        world.load({"a": [RETITLED], "b": [{**part, "year": 2023} if "acl_id" in part else part, OTHER]})
        assert world.standing() == {1: "a1", 2: "b2", 3: "b1"}
    assert world.taken() == {1, 3}


def test_what_was_delivered_is_not_new_when_it_returns_in_parts(world: World) -> None:
    """Whoever got the paper has got what has an id that was its own."""
    world.load({"a": [PREPRINT], "b": [PUBLISHED, OTHER]})
    world.deliver(1)
    world.load({"b": [OTHER]})
    world.load({"a": [RETITLED], "b": [PUBLISHED, OTHER]})
    assert world.standing() == {1: "a1", 2: "b2", 3: "b1"}
    assert world.taken() == {1, 3}


def test_a_paper_that_comes_back_has_its_number(world: World) -> None:
    """It is not new, whether it comes back by its id or by its title, and what was delivered stays so."""
    bare = {"title": "Three", "abstract": "Who cooks?"}
    world.load({"a": [ONE, TWO, bare]})
    world.deliver(1, 3)
    assert world.load({"a": [TWO]}) == (0, 0, 1, 2)
    assert world.load({"a": [TWO, bare | {"abstract": "Quite other."}], "b": [ONE]}) == (0, 2, 1, 0)
    assert (world.standing(), world.taken()) == ({1: "b1", 2: "a1", 3: "a2"}, {1, 3})


def test_a_file_that_comes_back_as_it_was_is_read(world: World) -> None:
    """Its papers stand again, with their numbers."""
    world.load({"a": [ONE], "b": [TWO]})
    assert world.load({"a": [ONE]}) == (0, 0, 1, 1)
    assert world.load({"a": [ONE], "b": [TWO]}) == (0, 1, 1, 0)
    assert world.standing() == {1: "a1", 2: "b1"}


def test_a_reworded_abstract_keeps_what_the_catalog_said(world: World) -> None:
    """The catalog knows its old text by a hash; the paper keeps its number, its title and its ids."""
    before, after = f"We plant triggers. {FILLER}".strip(), f"We plant some triggers. {FILLER}".strip()
    other = f"Graphs have spectra, whose gaps bound mixing times. {'Chains mix in logarithmic time. ' * 9}"
    columns = "sha256,title,first_author,authors,year,arxiv_id,acl_id,doi,url"
    row = f"{sha256(before.encode()).hexdigest()},A Catalogued Title,A. Bee,A. Bee;C. Dee,2020,,,,"
    catalog = f"{columns}\n{row}\n"
    known: dict[str, Any] = {
        "title": "A Catalogued Title",
        "title_origin": CATALOG,
        "authors": ("A. Bee", "C. Dee"),
        "year": 2020,
    }
    own = p_id("title:acataloguedtitle\nabee")
    world.load({"a": f"{before}\n{other}\n", "catalog.csv": catalog})
    assert world.papers()[0] == paper(1, own, "a1", abstract=before, **known)
    assert world.load({"a": f"{after}\n{other}\n", "catalog.csv": catalog}) == (0, 1, 1, 0)
    assert world.papers()[0] == paper(1, own, "a1", abstract=after, **known)


def test_papers_without_abstracts_are_not_each_other_reworded(world: World) -> None:
    """In a bibliography that tells none, what takes the place of another is new."""
    world.load({"a": [{"title": "Of Apples"}, {"title": "By Bakers"}]})
    assert world.load({"a": [{"title": "Of Apples"}, {"title": "Who Cooks"}]}) == (1, 0, 1, 1)
    assert world.standing() == {1: "a1", 3: "a2"}


@pytest.mark.parametrize(
    "after",
    [
        {"title": "Of Honey", "authors": ["A. Bee"]},
        {"title": "Of Apples", "authors": ["C. Dee"]},
        {"authors": ["C. Dee"], "year": 2024},
    ],
)
def test_a_text_like_that_of_a_paper_which_has_gone_is_another(world: World, after: dict[str, Any]) -> None:
    """Journals announce their papers in the same words: title and authors tell them apart."""
    said = "Publication date: December 2026. Source: Journal of Informetrics, Volume 20, Issue 4."
    other = {"title": "By Bakers"}
    world.load({"a": [{"title": "Of Apples", "abstract": said, "authors": ["A. Bee"]}, other]})
    assert world.load({"a": [{"abstract": said.replace("4", "5")} | after, other]}) == (1, 0, 1, 1)
    assert world.papers()[-1].authors == tuple(after["authors"])


ABSTRACT = "We plant triggers in instructions and see what comes of it in the end."
ROW = f"Of Apples,{ABSTRACT},A. Bee,2020\n"
ENTRY = f"@article{{a, title = of, abstract = {{{ABSTRACT}}}, author = {{A. Bee}}}}\n"
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"{}><title>t</title><entry><title>Of Apples</title>'
    f"<summary>{ABSTRACT}</summary><a:creator>A. Bee</a:creator></entry></feed>"
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"headline,abstract,who,when\n{ROW}", f"title,abstract,authors,year\n{ROW}"),
        (
            f"title,abstract,notes\nOf Apples,{ABSTRACT},A. Bee\n",
            f"title,abstract,authors\nOf Apples,{ABSTRACT},A. Bee\n",
        ),
        (f"@string{{of = {{Of Apple}}}}\n{ENTRY}", f"@string{{of = {{Of Apples}}}}\n{ENTRY}"),
        (ATOM.format(' xmlns:a="urn:b"'), ATOM.format(' xmlns:a="http://purl.org/dc/elements/1.1/"')),
    ],
)
def test_what_stands_around_a_paper_may_change_what_it_says(tmp_path: Path, before: str, after: str) -> None:
    """A header, a definition, the namespaces of a feed: it reads as in a corpus that is loaded first."""
    world, fresh = World(tmp_path / "world"), World(tmp_path / "fresh")
    world.load({"a": before})
    (old,) = world.papers()
    world.load({"a": after})
    fresh.load({"a": after})
    (new,), (expected,) = world.papers(), fresh.papers()
    assert replace(new, shown_id=expected.shown_id) == expected != replace(old, shown_id=expected.shown_id)


@pytest.mark.parametrize("lot", [1, 2, 9])
def test_ids_that_would_be_the_same_are_salted(
    world: World, monkeypatch: pytest.MonkeyPatch, lot: int
) -> None:
    """In one lot, over lots and over loads: the first has the plain one, and each keeps its own.

    A salt is the paper's number, so that however many papers have one title, each is given an id at once.
    """

    def digest(text: str) -> str:
        last = text.rpartition("\n")[2]
        return f"{int(last) if last.isdigit() else 1:010d}"

    monkeypatch.setattr("bot.change._LOT", lot)
    monkeypatch.setattr("bot.identity._digest", digest)
    said = [{"title": f"{name} Apples", "abstract": name} for name in ("Of", "By", "With", "Zero")]
    world.load({"a": said[:3]})
    expected = [(number, f"p000000000{number}") for number in range(1, 5)]
    assert [(each.number, each.shown_id) for each in world.papers()] == expected[:3]
    world.load({"a": [*reversed(said)]})
    assert [(each.number, each.shown_id) for each in world.papers()] == expected
    assert [world.library.paper(shown).title for _, shown in expected] == [each["title"] for each in said]


def test_editorials_of_one_person_stay_apart_by_their_ids(world: World) -> None:
    """Of different years and places; each that comes again, without its abstract, is known."""
    said = [
        {"title": "Editorial", "authors": ["A. Bee"], "year": year, "abstract": name} | ids
        for year, name, ids in (
            (2019, "Of apples.", {"doi": "10.1234/a"}),
            (2020, "By bakers?", {"doi": "10.1234/b"}),
            (2020, "Who cooks!", {"doi": "10.5678/a"}),
            (2021, "What else.", {"acl_id": "2021.cl-1.1", "doi": "10.1162/coli"}),
        )
    ]
    assert world.load({"a": said}) == (4, 0, 0, 0)
    assert world.load({"a": [each | {"abstract": ""} for each in reversed(said)]}) == (0, 4, 0, 0)
    assert [(each.number, each.year, each.shown_id, each.sources[0].line) for each in world.papers()] == [
        (1, 2019, p_id("doi:10.1234/a"), 4),
        (2, 2020, p_id("doi:10.1234/b"), 3),
        (3, 2020, p_id("doi:10.5678/a"), 2),
        (4, 2021, "2021.cl-1.1", 1),
    ]


def test_of_many_editorials_each_is_known_again(world: World) -> None:
    """By its author, though more have the title than are compared."""
    said = [
        {"title": "Editorial", "authors": [f"A. X{chr(97 + n // 26)}{chr(97 + n % 26)}"], "abstract": f"{n}"}
        for n in range(60)
    ]
    assert world.load({"a": said}) == (60, 0, 0, 0)
    said[55] = said[55] | {"abstract": "Other words."}
    assert world.load({"a": said}) == (0, 1, 59, 0)


def test_a_paper_that_was_new_and_became_part_of_another_in_one_load_is_no_obstacle(world: World) -> None:
    """Of three files the second joins two papers of the first, and the third has an id of theirs."""
    assert world.load({"a": [ONE, TWO], "b": [BOTH], "c": [TWO]}) == (1, 0, 0, 0)
    assert world.standing() == {1: "a1 a2 b1 c1"}


def test_a_text_that_stands_in_a_file_once_more_has_a_line_of_its_own(world: World) -> None:
    """Below the one that stood there before, or above it."""
    world.load({"a": [ONE]})
    assert world.load({"a": [ONE, TWO, ONE]}) == (1, 1, 0, 0)
    assert world.standing() == {1: "a1 a3", 2: "a2"}
    assert world.load({"a": [ONE, TWO]}) == (0, 1, 1, 0)
    assert world.standing() == {1: "a1", 2: "a2"}


def test_what_is_gone_keeps_no_records_apart(world: World) -> None:
    """A title's former author, whom no file names any more, is no reason against its present one."""
    green = {"title": "Green", "abstract": "Of apples.", "authors": ["Li"]}
    world.load({"y": [green], "z": [{"title": "Blue", "abstract": "By bakers?", "authors": ["J. Xu"]}]})
    blue = {"title": "Blue", "abstract": "Who cooks!", "arxiv_id": "2301.00002"}
    world.load({"a": [blue], "b": [blue | {"title": "Green", "abstract": "x" * 30}], "c": [green]})
    assert world.standing() == {1: "a1 b1 c1"}


def test_a_gone_paper_takes_no_record_from_one_that_stands(world: World) -> None:
    """Two records of one title are one paper, though the older one, which is gone, conflicts with the other.

    Its number goes to none of them.
    """
    green = {"title": "Green", "abstract": "Of apples."}
    world.load({"a": [green | {"arxiv_id": "2301.00001"}]})
    world.load({"b": [green | {"arxiv_id": "2301.00002"}], "c": [green]})
    assert world.standing() == {2: "b1 c1"}


def test_what_a_record_kept_apart_is_one_once_it_has_left(world: World) -> None:
    """Its paper had another id than one of the same title; without it nothing speaks against their title."""
    one = {"title": "Blue", "abstract": "Of apples.", "acl_id": "2024.acl-long.1"}
    two = {"title": "Blue", "abstract": "Who cooks!", "arxiv_id": "2301.00002"}
    apart = {"title": "Blue", "arxiv_id": "2301.00002", "acl_id": "2024.acl-long.2"}
    world.load({"a": [one], "b": [apart], "c": [two]})
    assert world.standing() == {1: "a1", 2: "b1 c1"}
    assert world.load({"a": [one], "c": [two]}) == (0, 1, 0, 1)
    assert (world.standing(), world.merged()) == ({1: "a1 c1"}, [(2, 1)])


def test_an_id_finds_the_paper_that_has_it_once_papers_part(world: World) -> None:
    """Though another had it for a while, by a record that joined them."""
    world.load({"a": [ONE, TWO], "b": [BOTH]})
    world.load({"a": [ONE, TWO]})
    assert [world.library.paper(each).title for each in ("2301.00001", "2024.acl-long.2")] == ["One", "Two"]


def test_no_two_papers_are_shown_under_one_id(world: World) -> None:
    """A paper parts whose title alone joined it: an id decides, so the number goes where the id goes."""
    world.load({"a": [{"title": "One", "abstract": "By bakers?"}], "b": [ONE]})
    assert world.standing() == {1: "a1 b1"}
    world.load({"a": [{"title": "One", "abstract": "By bakers?"}], "b": [ONE | {"title": "Renamed"}]})
    assert [(each.number, each.shown_id, each.title) for each in world.papers()] == [
        (1, "2301.00001", "Renamed"),
        (2, p_id("title:one\n\n2"), "One"),  # by the other it was known before
    ]


def test_nothing_that_was_read_is_kept_in_mind(world: World) -> None:
    """A record may be large, and so may all that a load reads."""
    world.load({"a": [ONE, TWO]})
    assert identity.keys.cache_info().currsize == 0


def test_a_load_that_is_given_up_leaves_nothing_behind(world: World) -> None:
    """Another one afterwards finds what was published, and gives the numbers that nobody saw."""
    world.load({"a": [ONE, TWO]})
    world.give_up({"a": [{"title": "Lost"}, TWO], "b": [BOTH]})
    assert world.load({"a": [ONE, TWO], "b": [{"title": "Else"}]}) == (1, 0, 2, 0)
    assert (world.standing(), world.merged()) == ({1: "a1", 2: "a2", 3: "b1"}, [])


def test_lines_are_those_on_the_disk_after_a_load_that_was_given_up(world: World) -> None:
    """Be the file again what it was before."""
    world.load({"a": [ONE, TWO]})
    world.give_up({"a": [TWO, ONE]})
    world.load({"a": [ONE, TWO]})
    assert world.standing() == {1: "a1", 2: "a2"}


# What follows is for histories of corpora. Abstracts have no letter in common: a paper without an id that is
# reworded keeps what was known of it, and so depends on what was before.

POOL = st.tuples(
    *(
        st.fixed_dictionaries(
            {
                "title": st.sampled_from(["Red", "Blue", "Green", "red!", ""]),
                "abstract": st.just(letter * length),
                "authors": st.sampled_from([[], [], ["Xu"], ["J. Xu"], ["K. Xu", "A. Bee"], ["Li"]]),
                "year": st.sampled_from([None, 2020, 2021]),
                "arxiv_id": st.sampled_from(["", "", "2301.00001", "2301.00002v2"]),
                "acl_id": st.sampled_from(["", "", "2024.acl-long.1", "2024.ACL-long.2"]),
                "doi": st.sampled_from(["", "", "", "10.1234/p", "10.1234/q"]),
            }
        )
        for letter, length in zip("abcdef", (30, 20, 50, 40, 20, 60), strict=True)
    )
)


@dataclass(frozen=True)
class Step:
    """A load: which of the pool stand in which files, how large lots are; whether it is given up at first.

    Of the papers that stand then, those whose number leaves a rest of `delivered` by three are delivered.
    """

    places: Sequence[tuple[str, int]]
    lot: int
    given_up: bool
    delivered: int

    def files(self, pool: Sequence[Said]) -> Files:
        """Return the corpus."""
        found: dict[str, list[Said]] = {}
        for name, which in self.places:
            found.setdefault(name, []).append(pool[which])
        return found


STEP = st.builds(
    Step,
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5)), min_size=1, max_size=8),
    st.sampled_from([1, 2, 3, 99]),
    st.sampled_from([False, False, False, True]),
    st.integers(0, 4),
)


@dataclass
class Seen:
    """A paper as it was after a load: its number, how it was described, and the texts of its records."""

    paper: Paper
    texts: list[str]
    keys: set[str] = field(default_factory=set)


class History(World):
    """Loads one after the other, and what was seen after each."""

    def __init__(self, folder: Path, empty: Path) -> None:
        super().__init__(folder, empty)
        self.seen: dict[int, Seen] = {}
        self.keys: dict[int, set[str]] = {}  # all that records of a number have ever been known by
        self.newest = 0
        self.delivered: list[Seen] = []

    def take(self, files: Files) -> bool:
        """Load these files, and look whether what is told of the load is what has become of papers.

        Tell whether what they are depends on nothing but the files.
        """
        self.write(files)
        self.now += DAY
        before = self.seen
        load = Loading(self.store, find_corpus([self.corpus]), "ana", self.now, lambda _: None)
        load.compare()
        written = {each.number: each for each in load.write()}
        done = load.publish(1.0)
        load.change.tidy()
        self.seen = {each.paper.number: each for each in self._look()}
        after = {number: each.paper for number, each in self.seen.items()}

        new = {number for number in after if number > self.newest}
        back = after.keys() - before.keys() - new
        revised = {
            number
            for number in after.keys() & before.keys()
            if described(after[number]) != described(before[number].paper)
            or self.seen[number].texts != before[number].texts
        }
        told = (done.papers, done.new, done.revised, done.unchanged, done.removed)
        assert told == (
            len(after),
            len(new),
            len(back) + len(revised),
            len(after) - len(new) - len(back) - len(revised),
            len(before.keys() - after.keys()),
        )
        # Of a large first load an index is made of what it yields.
        assert {
            number: each for number, each in written.items() if number not in load.change.outcome.stale
        } == {number: after[number] for number in new - load.change.outcome.stale}
        assert new <= written.keys() | load.change.outcome.stale
        for number, each in self.seen.items():
            if number in self.keys:
                assert each.keys & self.keys[number], "a number was given to another paper"
            self.keys.setdefault(number, set()).update(each.keys)
        self.newest = max(self.newest, *self.seen)
        if is_settled := not depends_on_order(read_corpus([self.corpus]).records):
            self._compare(before)
        else:
            self.delivered.clear()  # a record may have been here and there
        return is_settled

    def _compare(self, before: Mapping[int, Seen]) -> None:
        """Look whether papers have the numbers they had, and none that was delivered is new."""
        kept = {
            text: number
            for number, each in before.items()
            for text in each.texts
            if sum(text in other.texts for other in before.values()) == 1
        }
        for number, each in self.seen.items():
            had = {kept[text] for text in each.texts if text in kept}
            whole = {old for old in had if set(before[old].texts) <= set(each.texts)}
            assert number <= min(whole, default=number), "a paper lost its number"
        taken = self.taken()
        for each in self.delivered:
            homes = [now for now in self.seen.values() if set(each.texts) <= set(now.texts)]
            assert {now.paper.number for now in homes} <= taken, "what was delivered is new again"

    def send(self, rest: int) -> None:
        """Deliver some of the papers that stand."""
        taken = self.taken()
        some = [number for number in self.seen if number % 3 == rest and number not in taken]
        if some:
            self.deliver(*some)
            self.delivered += [self.seen[number] for number in some]

    def _look(self) -> Iterator[Seen]:
        records = {each.source: each for each in read_corpus([self.corpus]).records}
        for each in self.papers():
            own = [records[source] for source in each.sources]
            known = {key for one in own for key in (*identity.keys(one), *identity.keys(each))}
            yield Seen(each, sorted(repr(replace(one, source=Source("", 0))) for one in own), known)


def described(paper: Paper) -> tuple[Any, ...]:
    """Return all that is known of a paper but number, id and sources."""
    return tuple(getattr(paper, each.name) for each in fields(Description))


def alike(found: Sequence[Paper]) -> list[str]:
    """Return papers as they are compared: without numbers and ids."""
    return sorted(repr((described(each), each.sources)) for each in found)


def depends_on_order(records: Sequence[Record]) -> bool:
    """Tell whether identity groups these in more than one way, by which of them comes first."""
    places = list(range(len(records)))
    dice, ways = random.Random(1), set[frozenset[frozenset[int]]]()
    for _ in range(SHUFFLES):
        groups = identity.group([records[place] for place in places])
        ways.add(frozenset(frozenset(places[at] for at in each) for each in groups))
        dice.shuffle(places)
    return len(ways) > 1


@settings(
    max_examples=HISTORIES,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # to shrink a history would take minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(POOL, st.lists(STEP, min_size=2, max_size=4))
def test_whatever_was_loaded_before_the_papers_are_those_of_the_corpus(
    tmp_path_factory: pytest.TempPathFactory, pool: Sequence[Said], steps: Sequence[Step]
) -> None:
    """After each load they are as if nothing else had ever been loaded, and what is told of it is true.

    Where a title may join a record to either of two papers, whichever comes first has it; so a corpus of
    which identity itself makes this or that by the order of its records is not compared. In the others
    numbers stay, and what was delivered is taken wherever it stands; nowhere does a number go to what has no
    key that its paper ever had.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.store.database._PRAGMAS", UNSAFE)
        folder = tmp_path_factory.mktemp("histories")
        empty = Store(folder / "empty.db").path
        history = History(folder / "living", empty)
        for number, step in enumerate(steps):
            note(f"{step.lot} {step.given_up} {step.delivered} {step.files(pool)}")
            patch.setattr("bot.change._LOT", step.lot)
            if step.given_up:
                history.give_up(steps[number - 1].files(pool[::-1]))
            is_settled = history.take(step.files(pool))
            history.send(step.delivered)
            if is_settled:
                anew = World(folder / f"anew {number}", empty)
                patch.setattr("bot.change._LOT", LOT)
                anew.load(step.files(pool))
                assert alike(history.papers()) == alike(anew.papers())
