from datetime import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.clauses import parse_clauses
from bot.topics import Wish
from tests.slack.clauses.said import (
    DAILY,
    KINDS,
    MONDAY,
    NO_TIME,
    STRICT,
    TITLES,
    WEEKDAYS,
    assert_refused,
    refusal,
    schedules,
)


@pytest.mark.parametrize(
    ("said", "kind", "value"),
    [(said, kind, value) for kind, table in KINDS.items() for said, value in table.items()],
)
def test_each_clause_is_read_alone_and_behind_a_topic(said: str, kind: str, value: Any) -> None:
    """It is the same whatever the topic; with none the topic is empty."""
    for topic in ("", "backdoor attacks", '"length bias" -dialogue year:2022..2024'):
        assert parse_clauses(f"{topic} {said}".strip()) == Wish(topic, **{kind: value})


@given(st.sampled_from(TITLES), schedules())
def test_clauses_in_any_order_behind_any_title_are_read(
    title: str, schedule: tuple[str, dict[str, Any]]
) -> None:
    """What they say is read, and the title is the topic, every letter of it."""
    line, meant = schedule
    assert parse_clauses(f"{title} {line}") == Wish(title, **meant)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("x weekly on mondays at 9am", Wish("x", MONDAY, time(9))),
        ("x fri at 9", Wish("x", ((4,), 0), time(9))),
        ("x at 9 monday", Wish("x", MONDAY, time(9))),
        ("x 9am in berlin strict", Wish("x", at=time(9), zone="Europe/Berlin", strictness=STRICT)),
        ("x Mon. 9am", Wish("x", MONDAY, time(9))),
        ("x and weekly", Wish("x", MONDAY)),
        ("x with daily", Wish("x", DAILY)),
        ("x from mondays", Wish("x", MONDAY)),
        ("x -- and at 9 and daily", Wish("x", DAILY, time(9))),
        ("a rock band weekly", Wish("a rock band", MONDAY)),
        ('"now and" weekly', Wish('"now and"', MONDAY)),
        ("x weekly on mondays at 9am top 5!", Wish("x", MONDAY, time(9), top=5)),
        ("x weekly at 9am in berlin top 5.", Wish("x", MONDAY, time(9), "Europe/Berlin", 5)),
        ("x on mondays.", Wish("x", MONDAY)),
        ("x top 5…", Wish("x", top=5)),
        ("x strict?!", Wish("x", strictness=STRICT)),
        ("is it x? daily...", Wish("is it x?", DAILY)),
        ('"x." daily!', Wish('"x."', DAILY)),
        ("x year:2022.. daily.", Wish("x year:2022..", DAILY)),
        ("x, weekdays, at 9, in berlin", Wish("x", WEEKDAYS, time(9), "Europe/Berlin")),
        ("x — weekdays", Wish("x", WEEKDAYS)),
        ("adversarial attacks at scale daily", Wish("adversarial attacks at scale", DAILY)),
        ("attention in pairs weekly", Wish("attention in pairs", MONDAY)),
        ("weekly supervision daily", Wish("weekly supervision", DAILY)),
        ('"weekly on mondays" daily', Wish('"weekly on mondays"', DAILY)),
        ('"length bias", daily', Wish('"length bias"', DAILY)),
        ('title:"weekly news" -daily mondays', Wish('title:"weekly news" -daily', MONDAY)),
        ('"unpaired weekly', Wish('"unpaired', MONDAY)),
        ("title: noise in weekly", Wish("title: noise in", MONDAY)),
    ],
)
def test_what_belongs_together_is_read_together(line: str, meant: Wish) -> None:
    """Clauses tell each other more, and leave the topic what is its own."""
    assert parse_clauses(line) == meant


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "backdoor attacks",
        "why attention?",
        "attention and",
        "lora.",
        "daily year:2022..",
        '"lora daily."',
        'title:"x" year:2022..',
        "weekly: lora",
        "weekly supervision",
        "daily dialogue",
        "year:2022..2024",
        "backdoor -daily",
        "title:daily",
        "title: weekly",
        "at last",
        '"weekly on mondays"',
        'attacks "at 25:00"',
        'attacks at 9am in "boston"',
        'title:"top 0"',
    ],
)
def test_what_is_a_topic_stays_one(topic: str) -> None:
    """Words that only look like clauses are neither eaten nor refused."""
    assert parse_clauses(topic) == Wish(topic)


def test_every_title_stays_a_topic() -> None:
    """No paper's title ends in a clause."""
    assert [parse_clauses(title) for title in TITLES] == [Wish(title) for title in TITLES]


@pytest.mark.parametrize(
    ("said", "one", "two", "line"),
    [
        ("at 9am and 5pm", "at 9am", "5pm", "5pm"),
        ("daily weekly", "daily", "weekly", "weekly"),
        ("at 9 at 10", "at 9", "at 10", "at 10"),
        ("monthly on mondays", "monthly", "on mondays", "on mondays"),
        ("daily on mondays", "daily", "on mondays", "on mondays"),
        ("strict at 9 broad", "strict", "broad", "at 9 broad"),
    ],
)
def test_clauses_that_contradict_each_other_are_refused(said: str, one: str, two: str, line: str) -> None:
    """The line keeps the one that stands last."""
    assert_refused(said, f"{one} and {two} contradict each other. Keep one, for example:", line)


def test_what_ends_a_line_is_no_part_of_what_is_wrong() -> None:
    """Nor are the commas between clauses."""
    assert_refused("at 25:00, top 5.", f"at 25:00 {NO_TIME}", "at 09:00 top 5")


def test_what_stands_far_from_the_end_is_topic() -> None:
    """However long a line is, its last 400 characters hold all its clauses."""
    line = "weekly " * 600
    assert parse_clauses(line) == Wish(line[:3800], MONDAY)


def test_what_is_named_is_cut() -> None:
    """However long a list of days is, the sentence is short."""
    message, _ = refusal("x daily " + "mon, " * 70 + "tue")
    assert message == (
        "daily and mon, mon, mon, mon, mon, mon, mon, mon, mon, mon, mon, mon, mon, mon, mon… "
        "contradict each other. Keep one, for example:"
    )


@given(st.text(alphabet="bcgjkqvxz '-:0", max_size=40), schedules())
def test_a_word_that_is_no_clause_protects_what_stands_before_it(
    end: str, schedule: tuple[str, dict[str, Any]]
) -> None:
    """A line that ends otherwise comes back unchanged."""
    text = f"topic {schedule[0]} {end} zebra finches sing songs"
    assert parse_clauses(text) == Wish(text)
