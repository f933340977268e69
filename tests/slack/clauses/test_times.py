from datetime import time

import pytest

from bot.slack.clauses import parse_clauses
from bot.topics import Wish
from tests.slack.clauses.said import DAILY, MONDAY, NO_TIME, WEEKDAYS, assert_refused


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("at 9.30", Wish("", at=time(9, 30))),
        ("x daily 9", Wish("x", DAILY, time(9))),
        ("x mon-fri 17 in berlin", Wish("x", WEEKDAYS, time(17), "Europe/Berlin")),
        ("x at 9.", Wish("x", at=time(9))),
        ("x at 9 p.m.", Wish("x", at=time(21))),
        ("x weekly at 9.30", Wish("x", MONDAY, time(9, 30))),
        ("x at 9 at 09:00", Wish("x", at=time(9))),
        ("precision at 10 weekly", Wish("precision at 10", MONDAY)),
    ],
)
def test_a_time_counts_for_what_stands_beside_it(line: str, meant: Wish) -> None:
    """A number may be something else."""
    assert parse_clauses(line) == meant


@pytest.mark.parametrize(
    "topic",
    [
        "llama 2",
        "weekly 3.5",
        "daily 99",
        "daily 2024",
        "look at pictures",
        "adversarial attacks at scale",
        "precision at 10",
        "recall @ 5",
        "pass at 1",
        "accuracy at 0.95",
        "training at 512",
        "accuracy at 9.30",
        "data split 80:20",
        "llama 3.1",
        "9",
    ],
)
def test_a_number_that_is_no_time_stays_in_the_topic(topic: str) -> None:
    """Nor is every `at` one of a time."""
    assert parse_clauses(topic) == Wish(topic)


@pytest.mark.parametrize(
    ("said", "token", "line"),
    [
        ("at 25:00", "at 25:00", "at 09:00"),
        ("25:00", "25:00", "at 09:00"),
        ("at 9:75", "at 9:75", "at 09:00"),
        ("at 9:5", "at 9:5", "at 09:00"),
        ("at 13pm", "at 13pm", "at 09:00"),
        ("at 0 am", "at 0 am", "at 09:00"),
        ("weekly at 25", "at 25", "weekly at 09:00"),
        ("weekly 20:80", "20:80", "weekly at 09:00"),
    ],
)
def test_a_time_that_is_none_is_refused(said: str, token: str, line: str) -> None:
    """With one that is."""
    assert_refused(said, f"{token} {NO_TIME}", line)
