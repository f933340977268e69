"""What topics match among the papers of a store, which are known by their numbers."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import UserError
from bot.library import Library
from bot.matching import Matched, Matcher
from bot.papers import Description, TitleOrigin
from bot.search.snippet import Run
from bot.store import Store, papers
from bot.topics import Strictness
from tests import stock

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
TEXTS = [
    ("Wine", "Nothing of it."),
    ("Tea alone", "We drink it."),
    ("Gone", "Gone."),
    ("Milk", "Tea with milk. And a second sentence."),
    ("Green tea", "LoRA of leaves."),
    ("Gone as well", "Gone."),
    ("Coffee", "Nothing of it."),
    ("Water", "Nothing of it."),
    ("Juice", "Nothing of it."),
    ("Tea", "Tea of a second load."),
]


def add(store: Store, *texts: tuple[str, str]) -> None:
    """Add papers by title and abstract."""
    with store.writing() as db:
        first = papers.newest(db) + 1
        described = [
            (f"p{number}", Description(title=title, title_origin=TitleOrigin.PAGE, abstract=abstract))
            for number, (title, abstract) in enumerate(texts, first)
        ]
        stock.add(db, [(shown, description, [], []) for shown, description in described], NOW)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a store of eight papers, whose numbers have gaps: there is no 3 and no 6."""
    store = Store(tmp_path / "paperboy.db")
    add(store, *TEXTS)
    with store.writing() as db:
        stock.remove(db, [3, 6])
    return store


@pytest.fixture
def library(store: Store) -> Library:
    """Return the library of these papers."""
    library = Library(store)
    library.open(NOW)
    return library


@pytest.fixture
def matcher(library: Library) -> Matcher:
    """Return what matches topics among them."""
    return library.matcher()


def test_a_match_is_counted(matcher: Matcher) -> None:
    """How many of how many, and what no paper has, be it a word or in a clause."""
    match = matcher.match("tea Qqqq title:zzz -title:yyy", Strictness.NORMAL)
    assert (match.total, match.of, match.unknown) == (0, 8, ("Qqqq", "zzz"))
    match = matcher.match("tea", Strictness.STRICT)
    assert (match.query.text, match.total, match.of, match.unknown) == ("tea", 4, 8, ())
    assert matcher.newest == 10


@pytest.mark.parametrize(
    ("after", "without", "best"),
    [
        (0, [], [10, 2, 5, 4]),
        (1, [2], [10, 5, 4]),
        (2, [3, 6, 7, 99, 0, -1], [10, 5, 4]),
        (3, [], [10, 5, 4]),
        (4, [], [10, 5]),
        (6, [], [10]),
        (9, [10], []),
        (10, [], []),
        (99, [], []),
    ],
)
def test_the_best_new_papers(matcher: Matcher, after: int, without: list[int], best: list[int]) -> None:
    """Above a number and without some, whether or not there are such papers."""
    match = matcher.match("tea", Strictness.NORMAL)
    had = matcher.had(without)
    assert matcher.best(match, after, had) == best
    assert matcher.best(match, after, had, 2) == best[:2]
    assert matcher.all(match, after, had) == set(best)
    assert match.total == 4


def test_what_is_shown_of_papers(matcher: Matcher) -> None:
    """In the order wanted: the paper, its own spelling of the words, and the passage that shows them."""
    match = matcher.match("loras tea", Strictness.BROAD)
    shown = matcher.show(match, [5, 4])
    assert [each.paper.title for each in shown] == ["Green tea", "Milk"]
    assert shown == [
        Matched(
            shown[0].paper, ("LoRA", "tea"), (Run("LoRA", matched=True), Run(" of leaves.", matched=False))
        ),
        Matched(shown[1].paper, ("tea",), (Run("Tea", matched=True), Run(" with milk.", matched=False))),
    ]
    assert [each.paper.number for each in shown] == [5, 4]
    assert matcher.show(match, []) == []


@pytest.mark.parametrize(
    ("topic", "total", "is_broad"),
    [("tea", 3, True), ("milk", 2, False), ("qqqq", 0, False)],
)
def test_a_third_of_all_papers_is_broad(
    tmp_path: Path,
    topic: str,
    total: int,
    is_broad: bool,  # noqa: FBT001  # a column
) -> None:
    """Three of nine are, two are not."""
    store = Store(tmp_path / "nine.db")
    add(store, *[("Tea", "T.")] * 3, *[("Milk", "M.")] * 2, *[("Wine", "W.")] * 4)
    library = Library(store)
    library.open(NOW)
    match = library.matcher().match(topic, Strictness.NORMAL)
    assert (match.total, match.of, match.is_broad) == (total, 9, is_broad)


def test_narrowing_words_come_from_the_titles(matcher: Matcher) -> None:
    """Those of the papers that match, and not what was asked for."""
    match = matcher.match("tea", Strictness.NORMAL)
    assert set(matcher.narrowing(match)) == {"alone", "green", "milk"}
    assert matcher.narrowing(matcher.match("qqqq", Strictness.NORMAL)) == ()


def test_a_matcher_keeps_to_its_papers(library: Library, store: Store, matcher: Matcher) -> None:
    """What is loaded meanwhile is for the next one."""
    match = matcher.match("tea", Strictness.NORMAL)
    add(store, ("Tea tea tea", "New."))
    library.open(NOW)
    assert (matcher.newest, matcher.best(match), matcher.match("tea", Strictness.NORMAL).total) == (
        10,
        [10, 2, 5, 4],
        4,
    )
    later = library.matcher()
    assert (later.newest, later.match("tea", Strictness.NORMAL).total) == (11, 5)


@pytest.mark.parametrize("text", ["the of", "", "-tea", "tea " * 200, "year:20xx"])
def test_what_cannot_be_searched_cannot_be_followed(matcher: Matcher, text: str) -> None:
    """It is refused as a search is."""
    with pytest.raises(UserError):
        matcher.match(text, Strictness.NORMAL)


def test_without_papers_there_is_no_matcher(tmp_path: Path) -> None:
    """Whoever asks is told so."""
    with pytest.raises(UserError, match=r"^No papers are loaded yet"):
        Library(Store(tmp_path / "empty.db")).matcher()
