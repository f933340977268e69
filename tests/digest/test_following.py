"""What people do with topics: each deed, what it says, and what it leaves alone."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.digest.following import MOST_TOPICS, Deed, Done, Following, News, Rate
from bot.errors import UserError
from bot.library import Library
from bot.store import Store, deliveries, topics
from bot.store.deliveries import Last
from bot.topics import Pause, Person, Place, Schedule, Strictness, Topic, Wish
from tests.digest.conftest import ANA, HERE, MONDAY, SATURDAY, World

BEN = Person("U2", "ben")
DAY = timedelta(days=1)
EVERY_DAY = (tuple(range(7)), 0)
BERLIN = "Europe/Berlin"
MONDAY_IN_BERLIN = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ELSEWHERE = [Place("T1", "C2"), Place("T2", "C1")]
TEA = Topic(
    id=1,
    place=HERE,
    number=1,
    query="green tea",
    strictness=Strictness.NORMAL,
    top=5,
    schedule=Schedule((0,), 0, time(9), BERLIN),
    owner=ANA,
    created_at=SATURDAY,
    counts_from=SATURDAY,
    newest=4,
    earlier=5,
    revision=1,
)


@pytest.fixture
def tea(world: World) -> World:
    """Return a world with four papers, in which Ana in Berlin follows green tea."""
    world.add("Green tea", "Tea, green and black", "Coffee", "Milk")
    world.following.follow(HERE, ANA, Wish("green tea"), BERLIN)
    return world


def refused(error: pytest.ExceptionInfo[UserError]) -> str:
    """Return what whoever asked is told."""
    return error.value.message


def numbers(world: World, place: Place = HERE) -> list[tuple[int, str]]:
    """Return what a channel follows."""
    return [(topic.number, topic.query) for topic in world.following.topics(place)]


def test_a_topic_gets_what_was_not_said(world: World) -> None:
    """Mondays at nine where the person is, five papers, normal; from now on, and five from before."""
    world.add("Green tea", "Tea, green and black", "Coffee", "Milk")
    done = world.following.follow(HERE, ANA, Wish("green tea"), BERLIN)
    assert done == Done(TEA, Deed.ADDED, MONDAY_IN_BERLIN)
    assert world.following.topics(HERE) == [TEA]
    assert world.following.topic(HERE, 1) == TEA


def test_a_topic_gets_what_was_said(world: World) -> None:
    """Midnight is a time, and the zone that is named counts."""
    world.add("Tea")
    wish = Wish("tea", ((), 31), time(0), "Asia/Tokyo", 20, Strictness.STRICT)
    done = world.following.follow(HERE, ANA, wish, BERLIN)
    schedule = Schedule((), 31, time(0), "Asia/Tokyo")
    assert (done.topic.schedule, done.topic.top, done.topic.earlier) == (schedule, 20, 20)
    assert (done.topic.strictness, done.next) == (Strictness.STRICT, datetime(2026, 11, 29, 15, tzinfo=UTC))


def test_the_same_topic_again_is_changed(tea: World) -> None:
    """In other words and another order: what was said counts, the rest and the owner stay."""
    tea.now += DAY
    done = tea.following.follow(HERE, BEN, Wish("Teas, GREEN", at=time(10), top=3), "UTC")
    changed = replace(
        TEA,
        top=3,
        earlier=3,
        schedule=replace(TEA.schedule, at=time(10)),
        counts_from=tea.now,
        revision=2,
    )
    assert done == Done(changed, Deed.CHANGED, MONDAY_IN_BERLIN + timedelta(hours=1), TEA)
    assert tea.following.topics(HERE) == [changed]


def test_the_same_topic_just_so_is_kept(tea: World) -> None:
    """Then nothing has changed, which is what is said."""
    tea.now += DAY
    for wish in (Wish("tea green"), Wish("green tea", ((0,), 0), time(9), BERLIN, 5, Strictness.NORMAL)):
        done = tea.following.follow(HERE, BEN, wish, "UTC")
        assert done == Done(TEA, Deed.KEPT, MONDAY_IN_BERLIN, TEA)
    assert tea.following.topics(HERE) == [TEA]


def test_a_paused_topic_asked_for_again_goes_on(tea: World) -> None:
    """Counting from now, whoever or whatever paused it."""
    paused = tea.following.pause(HERE, 1, BEN)
    tea.now += 3 * DAY
    done = tea.following.follow(HERE, ANA, Wish("green tea"), "UTC")
    going = replace(TEA, counts_from=tea.now, revision=3)
    assert done == Done(going, Deed.CHANGED, MONDAY_IN_BERLIN + 7 * DAY, paused)
    assert tea.following.topics(HERE) == [going]


def test_an_ended_topic_asked_for_again_is_a_new_one(tea: World) -> None:
    """With a number of its own."""
    tea.following.end(HERE, "1")
    done = tea.following.follow(HERE, ANA, Wish("green tea"), BERLIN)
    assert done == Done(replace(TEA, id=2, number=2), Deed.ADDED, MONDAY_IN_BERLIN)


def test_a_change_does_not_resume(tea: World) -> None:
    """A paused topic may be edited, and stays paused."""
    paused = tea.following.pause(HERE, 1, BEN)
    tea.now += DAY
    done = tea.following.change(HERE, 1, Wish("black tea", strictness=Strictness.STRICT))
    changed = replace(paused, query="black tea", strictness=Strictness.STRICT, revision=3)
    assert done == Done(changed, Deed.CHANGED, MONDAY_IN_BERLIN, paused)
    assert tea.following.topic(HERE, 1).pause == Pause(SATURDAY, "ben")
    assert tea.following.follow(HERE, ANA, Wish("tea black"), BERLIN).topic.number == 1
    assert tea.following.follow(HERE, ANA, Wish("tea green"), BERLIN).topic.number == 2


@pytest.mark.parametrize(
    ("wish", "counts_anew"),
    [
        (Wish(days=((1,), 0)), True),
        (Wish(days=((), 1)), True),
        (Wish(at=time(0)), True),
        (Wish(zone="UTC"), True),
        (Wish("milk"), False),
        (Wish(top=1), False),
        (Wish(strictness=Strictness.BROAD), False),
    ],
)
def test_slots_count_anew_when_the_schedule_changes(
    tea: World,
    wish: Wish,
    counts_anew: bool,  # noqa: FBT001  # a column
) -> None:
    """And only then."""
    tea.now += DAY
    done = tea.following.change(HERE, 1, wish)
    assert done.topic.counts_from == (tea.now if counts_anew else SATURDAY)
    assert (done.deed, done.topic.revision) == (Deed.CHANGED, 2)


@pytest.mark.parametrize("wish", [Wish(), Wish("green tea", ((0,), 0), time(9), BERLIN, 5)])
def test_a_change_to_what_it_is_changes_nothing(tea: World, wish: Wish) -> None:
    """And says so."""
    tea.now += DAY
    assert tea.following.change(HERE, 1, wish) == Done(TEA, Deed.KEPT, MONDAY_IN_BERLIN, TEA)


def test_other_words_for_the_same_are_a_change(tea: World) -> None:
    """The topic is then shown in these."""
    done = tea.following.change(HERE, 1, Wish("TEA green"))
    assert (done.deed, done.topic) == (Deed.CHANGED, replace(TEA, query="TEA green", revision=2))


def test_what_another_topic_asks_for_cannot_be_asked_for_twice(tea: World) -> None:
    """The other one is named, and nothing changes."""
    tea.follow("milk")
    with pytest.raises(UserError) as error:
        tea.following.change(HERE, 2, Wish("Tea (green)", top=1))
    assert refused(error) == "Topic 1 asks for that already."
    assert numbers(tea) == [(1, "green tea"), (2, "milk")]
    assert tea.following.topic(HERE, 2).top == 5


@pytest.mark.parametrize(
    ("number", "query", "why"),
    [
        (0, "-tea", "That only says what to leave out. Add what to look for, for example: safety -dialogue"),
        (3, "coffee", "There is no topic 3 here. This channel follows 1 green tea, 2 milk."),
        (2, "Tea (green)", "Topic 1 asks for that already."),
        (2, "milk", ""),
        (2, "coffee", ""),
        (0, "Tea (green)", ""),
    ],
)
def test_a_wish_is_checked_before_it_is_written(tea: World, number: int, query: str, why: str) -> None:
    """By number for a topic there is; a new one like another would change that one."""
    tea.follow("milk")
    before = tea.following.topics(HERE)
    said = ""
    try:
        tea.following.check(HERE, number, Wish(query))
    except UserError as error:
        said = error.message
    assert (said, tea.following.topics(HERE)) == (why, before)


@pytest.mark.parametrize(
    ("change", "top", "earlier"),
    [([], 5, 5), ([20], 20, 20), ([3], 3, 3), ([3, 20], 20, 20)],
)
def test_the_first_digest_brings_as_many_earlier_papers_as_wished(
    tea: World, change: list[int], top: int, earlier: int
) -> None:
    """However often that changes before it."""
    for wished in change:
        tea.following.change(HERE, 1, Wish(top=wished))
    topic = tea.following.topic(HERE, 1)
    assert (topic.top, topic.earlier) == (top, earlier)


def test_what_was_passed_over_stays_so(world: World) -> None:
    """Of earlier papers those that had no room in the first digest may come, however many are wished then."""
    world.add(*(f"Tea {number}" for number in range(20)), *(f"Milk {number}" for number in range(20)))
    for topic in ("tea", "milk"):
        world.follow(topic, top=8)
    world.now = MONDAY
    world.finish()
    assert [topic.earlier for topic in world.following.topics(HERE)] == [3, 3]
    for top in (3, 20):
        assert world.following.change(HERE, 1, Wish(top=top)).topic.earlier == 3
    assert world.following.change(HERE, 2, Wish(top=1)).topic.earlier == 1


def test_skipped_earlier_papers_stay_skipped(tea: World) -> None:
    """Whatever is wished afterwards."""
    assert tea.following.skip_earlier(HERE, 1) == replace(TEA, earlier=0, revision=2)
    assert tea.following.change(HERE, 1, Wish(top=20)).topic.earlier == 0


def test_two_hundred_topics_and_no_more(world: World) -> None:
    """The next one is refused; those there are may be changed, and once one ends there is room."""
    world.add("Tea")
    world.follow("tea")
    with world.store.writing() as db:  # one by one they would take seconds
        model = topics.by_id(db, 1)
        for number in range(2, MOST_TOPICS):
            topics.add(db, replace(model, query=f"tea{number}"), f"tea{number}")
    world.follow("milk")
    assert len(numbers(world)) == MOST_TOPICS
    with pytest.raises(UserError) as error:
        world.follow("water")
    assert refused(error) == (
        "This channel follows 200 topics, and more would be noise. Unsubscribe one first."
    )
    assert world.following.follow(HERE, ANA, Wish("milk", top=1), "UTC").deed is Deed.CHANGED
    world.follow("water", ELSEWHERE[0])
    world.following.end(HERE, "7")
    world.follow("water")
    assert numbers(world)[-1] == (201, "water")


@pytest.mark.parametrize(
    ("which", "ended"),
    [
        ("2", [2]),
        ("tea green", [1]),
        ("GREEN teas", [1]),
        ("all", [1, 2, 3]),
        ("ALL", [1, 2, 3]),
        ('"hot milk" -cold', [3]),
    ],
)
def test_topics_end_by_number_by_name_or_all(tea: World, which: str, ended: list[int]) -> None:
    """Those that have ended are returned; the others go on, and so do those of other channels."""
    tea.follow("milk")
    tea.follow('-cold "hot milk"')
    for place in ELSEWHERE:
        tea.follow("green tea", place)
    before = tea.following.topics(HERE)
    assert tea.following.end(HERE, which) == [topic for topic in before if topic.number in ended]
    assert tea.following.topics(HERE) == [topic for topic in before if topic.number not in ended]
    assert [numbers(tea, place) for place in ELSEWHERE] == [[(1, "green tea")]] * 2


@pytest.mark.parametrize(
    ("which", "sentence"),
    [
        ("3", "There is no topic 3 here."),
        ("0", "There is no topic 0 here."),
        ("water", "This channel does not follow water."),
        ("green", "This channel does not follow green."),
        ("tea " * 30, f"This channel does not follow {'tea ' * 18}tea…."),
        ("9" * 300, f"This channel does not follow {'9' * 79}…."),
    ],
)
def test_what_is_not_followed_cannot_end(tea: World, which: str, sentence: str) -> None:
    """What is followed is listed; nothing ends."""
    tea.follow("milk")
    with pytest.raises(UserError) as error:
        tea.following.end(HERE, which)
    assert refused(error) == f"{sentence} This channel follows 1 green tea, 2 milk."
    assert numbers(tea) == [(1, "green tea"), (2, "milk")]


@pytest.mark.parametrize("which", ["9" * 5_000, "the", ""])
def test_what_cannot_be_a_topic_cannot_end(tea: World, which: str) -> None:
    """It is refused as a search for it is."""
    with pytest.raises(UserError, match=r"^(That query has 5,000 characters|There is no word to search for)"):
        tea.following.end(HERE, which)


def test_of_many_topics_ten_are_listed(tea: World) -> None:
    """The others are counted, and a long one is cut."""
    tea.follow("water " * 20 + "ice")
    for number in range(10):
        tea.follow(f"milk{number}")
    with pytest.raises(UserError) as error:
        tea.following.pause(HERE, 77, ANA)
    listed = ", ".join(f"{number + 3} milk{number}" for number in range(8))
    assert refused(error) == (
        f"There is no topic 77 here. This channel follows 1 green tea, 2 {'water ' * 8}water…, {listed}"
        " and 2 others."
    )


@pytest.mark.parametrize("which", ["1", "all", "tea"])
def test_where_nothing_is_followed_nothing_ends(tea: World, which: str) -> None:
    """Whatever other channels follow."""
    with pytest.raises(UserError) as error:
        tea.following.end(ELSEWHERE[0], which)
    assert refused(error).endswith("This channel follows no topic.")


def test_pausing_and_resuming(tea: World) -> None:
    """Who paused is known; what goes on counts from then; neither can be done twice."""
    paused = replace(TEA, pause=Pause(SATURDAY, "ben"), revision=2)
    assert tea.following.pause(HERE, 1, BEN) == paused
    with pytest.raises(UserError) as error:
        tea.following.pause(HERE, 1, ANA)
    assert refused(error) == "Topic 1 is paused already."
    assert tea.following.topics(HERE) == [paused]
    tea.now += DAY
    going = replace(TEA, counts_from=tea.now, revision=3)
    assert tea.following.resume(HERE, 1) == Done(going, Deed.CHANGED, MONDAY_IN_BERLIN, paused)
    with pytest.raises(UserError) as error:
        tea.following.resume(HERE, 1)
    assert refused(error) == "Topic 1 is not paused."
    assert tea.following.topics(HERE) == [going]


@pytest.mark.parametrize("place", ELSEWHERE)
def test_topics_belong_to_their_channel(tea: World, place: Place) -> None:
    """Nobody in another one, or in another workspace, sees or changes them."""
    following = tea.following
    for deed in (
        lambda: following.change(place, 1, Wish(top=1)),
        lambda: following.pause(place, 1, BEN),
        lambda: following.resume(place, 1),
        lambda: following.skip_earlier(place, 1),
        lambda: following.topic(place, 1),
        lambda: following.preview(place, 1),
    ):
        with pytest.raises(UserError) as error:
            deed()
        assert refused(error) == "There is no topic 1 here. This channel follows no topic."
    assert (following.states(place, 10), following.topics(place), following.next(place)) == ([], [], None)
    theirs = following.follow(place, BEN, Wish("green tea", top=1), "UTC")
    assert (theirs.deed, theirs.topic.number, theirs.topic.id) == (Deed.ADDED, 1, 2)
    following.end(place, "all")
    assert following.topics(HERE) == [TEA]


def test_a_list_tells_how_each_topic_is_doing(tea: World) -> None:
    """What it matches today, its last slot, and when it comes next, which it does not while paused."""
    tea.follow("milk", days=EVERY_DAY)
    tea.follow("water")
    tea.now = MONDAY
    tea.finish()
    tea.following.pause(HERE, 3, BEN)
    tea.add("Green tea")
    states = tea.following.states(HERE, 10)
    assert [state.topic for state in states] == tea.following.topics(HERE)
    assert [state.next for state in states] == [
        MONDAY_IN_BERLIN + 7 * DAY,
        MONDAY + DAY,
        None,
    ]
    assert [state.last for state in states] == [
        Last(date(2026, 11, 23), 2, 0, "done", ""),
        Last(date(2026, 11, 23), 1, 0, "done", ""),
        Last(date(2026, 11, 23), 0, 0, "done", ""),
    ]
    assert [state.match and (state.match.total, state.match.unknown) for state in states] == [
        (3, ()),
        (1, ()),
        (0, ("water",)),
    ]
    pages = [tea.following.states(HERE, limit, skip) for limit, skip in [(2, 0), (2, 2), (1, 1), (2, 3)]]
    assert [[state.topic.number for state in page] for page in pages] == [[1, 2], [3], [2], []]
    assert tea.following.next(HERE) == (MONDAY + DAY, "UTC")


def test_the_next_digest_of_a_channel(tea: World) -> None:
    """The earliest of what is not paused, in its own zone."""
    assert tea.following.next(HERE) == (MONDAY_IN_BERLIN, BERLIN)
    tea.follow("milk", at=time(7))
    assert tea.following.next(HERE) == (MONDAY - timedelta(hours=2), "UTC")
    tea.following.pause(HERE, 2, ANA)
    assert tea.following.next(HERE) == (MONDAY_IN_BERLIN, BERLIN)
    tea.following.pause(HERE, 1, ANA)
    assert tea.following.next(HERE) is None


def test_a_workspace_that_lets_nobody_in_is_known(tea: World) -> None:
    """Since when, and why, in all its channels and in no other's."""
    with tea.store.writing() as db:
        deliveries.stop(db, "T1", "account_inactive", MONDAY)
    assert [tea.following.stopped(place) for place in (HERE, *ELSEWHERE)] == [
        (MONDAY, "account_inactive"),
        (MONDAY, "account_inactive"),
        None,
    ]


def previewed(world: World, what: int | Wish) -> tuple[list[int], int]:
    """Return which papers a preview brings, and how many would wait."""
    preview = world.following.preview(HERE, what)
    return [matched.paper.number for matched in preview.brings], preview.waiting


def test_a_preview_of_what_might_be_followed(tea: World) -> None:
    """It is what the first digest would bring, and nothing is written down."""
    tables = ("topic", "decided", "delivery", "delivered_paper")
    before = [tea.rows(table) for table in tables]
    assert previewed(tea, Wish("tea", top=1)) == ([1], 0)
    preview = tea.following.preview(HERE, Wish("tea"))
    assert (preview.query, preview.match.total, preview.match.of) == ("tea", 2, 4)
    assert [matched.has for matched in preview.brings] == [("tea",), ("tea",)]
    assert preview.rate == Rate(None, SATURDAY)
    assert [tea.rows(table) for table in tables] == before


def test_a_preview_of_a_topic_is_its_next_digest(tea: World) -> None:
    """The earlier papers that it may bring, new ones, then what waits; and at last nothing."""
    tea.following.change(HERE, 1, Wish(top=1))
    tea.add("Green tea of today", "Green tea and milk tea")
    for _ in range(4):
        brings, waiting = previewed(tea, 1)
        before = len(tea.slack.parents)
        tea.now += 7 * DAY
        tea.finish()
        after = tea.slack.messages[-2].content if len(tea.slack.parents) > before else None
        assert after == ({"says": {"1": brings}, "waiting": waiting} if brings else None)
    assert tea.slack.parents == [{"1": [1]}, {"1": [6]}, {"1": [5]}]


def test_a_preview_leaves_out_what_the_channel_has_had(tea: World) -> None:
    """By whichever topic."""
    tea.now = MONDAY
    tea.finish()
    assert previewed(tea, Wish("tea")) == ([], 0)
    tea.add("Tea again")
    assert previewed(tea, Wish("tea")) == ([5], 0)
    assert previewed(tea, 1) == ([], 0)


def test_a_preview_of_a_paused_topic(tea: World) -> None:
    """What it would bring, did it go on."""
    tea.following.pause(HERE, 1, BEN)
    assert previewed(tea, 1) == ([1, 2], 0)


@pytest.mark.parametrize(
    ("topic", "narrowing", "unknown"),
    [
        ("tea", {"honey", "black"}, ()),
        ("milk", set(), ()),
        ("tea qqqq zzzz title:yyyy", set(), ("qqqq", "zzzz", "yyyy")),
    ],
)
def test_a_preview_warns(tea: World, topic: str, narrowing: set[str], unknown: tuple[str, ...]) -> None:
    """Of a topic that matches a third of all papers, and of words that none has."""
    tea.add("Milk and honey", "Tea with honey", "Juice", "Juice")
    preview = tea.following.preview(HERE, Wish(topic))
    assert ({*preview.narrowing}, preview.match.is_broad) == (narrowing, bool(narrowing))
    assert preview.match.unknown == unknown


@pytest.mark.parametrize(
    ("days", "a_week", "since"),
    [
        (0, 1.0, 3),
        (7, 1.0, 3),
        (11, 7 / 10, 3),
        (25, 7 / 24, 3),
        (40, 0.0, None),
    ],
)
def test_how_many_papers_come_a_week(tea: World, days: int, a_week: float, since: int | None) -> None:
    """Of the last four weeks, but not of the day on which the first papers were loaded."""
    start = tea.now
    tea.now = start + timedelta(hours=23)
    tea.add("Tea of the first day")
    assert tea.following.preview(HERE, Wish("tea")).rate == Rate(None, start)
    tea.now = start + 2 * DAY
    tea.add("Tea of today", "Coffee of today")
    tea.now = start + timedelta(days=days)
    rate = tea.following.preview(HERE, Wish("tea")).rate
    assert rate.a_week == pytest.approx(a_week)
    assert rate.since == (start + DAY if since else tea.now - 28 * DAY)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("the of", "There is no word to search for"),
        ("-tea", "That only says what to leave out."),
        ("tea " * 200, "That query has 800 characters; I read up to 500."),
    ],
)
def test_what_cannot_be_searched_cannot_be_followed(tea: World, text: str, sentence: str) -> None:
    """Nor previewed, nor be what a topic becomes; nothing changes."""
    for deed in (
        lambda: tea.following.follow(HERE, ANA, Wish(text), "UTC"),
        lambda: tea.following.preview(HERE, Wish(text)),
        lambda: tea.following.change(HERE, 1, Wish(text)),
    ):
        with pytest.raises(UserError) as error:
            deed()
        assert refused(error).startswith(sentence)
    assert tea.following.topics(HERE) == [TEA]


def test_without_papers_topics_are_there_all_the_same(tea: World, tmp_path: Path) -> None:
    """They are listed, pause, resume and end; to match something it takes papers."""
    following = Following(tea.store, Library(Store(tmp_path / "empty.db")), tea.clock)
    (state,) = following.states(HERE, 10)
    assert (state.topic, state.match, state.next) == (TEA, None, MONDAY_IN_BERLIN)
    following.pause(HERE, 1, BEN)
    following.resume(HERE, 1)
    for deed in (
        lambda: following.follow(HERE, ANA, Wish("milk"), "UTC"),
        lambda: following.preview(HERE, 1),
        lambda: following.preview(HERE, Wish("milk")),
        lambda: following.end(HERE, "milk"),
    ):
        with pytest.raises(UserError, match=r"^No papers are loaded yet"):
            deed()
    assert [topic.number for topic in following.end(HERE, "all")] == [1]


def test_new_papers_are_told_by_topic(tea: World) -> None:
    """Those above a number, each once; of paused topics too, but not of topics that none matches."""
    for topic in ("black tea", "coffee", "milk"):
        tea.following.follow(HERE, ANA, Wish(topic), BERLIN)
    tea.following.pause(HERE, 1, BEN)
    tea.add("Green and black tea", "Black tea", "Coffee beans", "Water")
    green, black, coffee, _ = tea.following.topics(HERE)
    assert tea.following.matching_new(HERE, 4) == News(3, 1, ((green, 1), (black, 2), (coffee, 1)))
    assert tea.following.matching_new(HERE, 7) == News(0, 0, ())
    assert tea.following.matching_new(ELSEWHERE[0], 4) == News(0, 0, ())
