from datetime import time

import pytest

from bot.slack.clauses import parse_clauses
from bot.topics import Wish
from tests.slack.clauses.said import MONDAY, assert_refused

TOO_SPECIAL = "is more than I can keep. Digests come daily, on days of the week, or once a month:"
NO_DAY = "names no day of a month: they are 1 to 31, or the last day. For example:"


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("x weekly at 9 on tue", Wish("x", ((1,), 0), time(9))),
        ("x monthly at 9 on the 15th", Wish("x", ((), 15), time(9))),
        ("x on the 15th at 9 monthly", Wish("x", ((), 15), time(9))),
        ("x monthly at 9 on the last day", Wish("x", ((), 31), time(9))),
        ("monday", Wish("", MONDAY)),
        ("black fri. weekly", Wish("black fri.", MONDAY)),
        ("x weekly on mondays, every week", Wish("x", MONDAY)),
        ("black friday weekly", Wish("black friday", MONDAY)),
    ],
)
def test_days_count_for_what_stands_beside_them(line: str, meant: Wish) -> None:
    """General ones are told more; a day alone may be the topic's."""
    assert parse_clauses(line) == meant


@pytest.mark.parametrize(
    "topic",
    [
        "the weekend",
        "all and sundry",
        "friday 13",
        "blue monday blues",
        "black friday",
        '"black" friday',
        "trading on the first monday",
        "events on the last day",
        "notes on the 40th",
        "papers published monthly 2024",
        "evaluating models on SAT",
        "monday effect",
    ],
)
def test_a_topic_may_end_in_a_day(topic: str) -> None:
    """Where no clause stands beside it."""
    assert parse_clauses(topic) == Wish(topic)


@pytest.mark.parametrize(
    ("said", "token", "line"),
    [
        ("monthly on the 40th", "monthly on the 40th", "monthly on the 31st"),
        ("monthly on the 0th", "monthly on the 0th", "monthly on the 1st"),
        ("monthly at 9 on the 32nd", "on the 32nd", "monthly at 9 on the 31st"),
    ],
)
def test_a_day_that_no_month_has_is_refused(said: str, token: str, line: str) -> None:
    """With the nearest one."""
    assert_refused(said, f"{token} {NO_DAY}", line)


@pytest.mark.parametrize(
    ("said", "token", "line"),
    [
        ("monthly on the first monday", "on the first monday", "weekly"),
        ("last friday of the month", "last friday of the month", "weekly"),
        ("every other monday", "every other monday", "weekly"),
        ("first monday at 9", "first monday", "weekly at 9"),
        ("every 3 days", "every 3 days", "weekly"),
        ("biweekly", "biweekly", "weekly"),
        ("twice a week at 9", "twice a week", "weekly at 9"),
        ("twice daily", "twice daily", "daily"),
        ("hourly", "hourly", "daily"),
    ],
)
def test_days_too_special_to_keep_are_refused(said: str, token: str, line: str) -> None:
    """With the nearest that can be kept."""
    assert_refused(said, f"{token} {TOO_SPECIAL}", line)
