import pytest

from bot.slack.clauses import parse_clauses
from bot.topics import Wish
from tests.slack.clauses.said import assert_refused


@pytest.mark.parametrize(
    ("said", "token", "days", "line"),
    [
        ("on mondya at 9", "on mondya", "monday", "on monday at 9"),
        ("mondya at 9", "mondya", "monday", "monday at 9"),
        ("thrusday at 9am in berlin", "thrusday", "thursday", "thursday at 9am in berlin"),
        ("every tusday", "every tusday", "tuesday", "every tuesday"),
        ("mon, thrusday", "mon, thrusday", "thursday", "mon, thursday"),
        ("Mon. thrusday", "Mon. thrusday", "thursday", "Mon. thursday"),
        ("tusday, thu", "tusday, thu", "tuesday", "tuesday, thu"),
        ("weekly fridya", "fridya", "friday", "weekly friday"),
        ("thrusday and fridya", "thrusday and fridya", "thursday and friday", "thursday and friday"),
        ("dayly", "dayly", "daily", "daily"),
        ("weely", "weely", "weekly", "weekly"),
        ("montly on the 15th", "montly", "monthly", "on the 15th"),
        ("weekdys at 9", "weekdys", "weekdays", "weekdays at 9"),
    ],
)
def test_misspelt_days_are_refused_with_those_meant(said: str, token: str, days: str, line: str) -> None:
    """What is right in their list stays."""
    assert_refused(said, f"{token} has a word that I do not know. Did you mean {days}?", line)


@pytest.mark.parametrize(
    "topic",
    [
        "learning weakly",
        "the weekedn",
        "the mondya",
        "pre-mondya and thu",
    ],
)
def test_a_word_near_a_day_may_be_the_topics(topic: str) -> None:
    """Where it is another word, stands alone, or is part of one."""
    assert parse_clauses(topic) == Wish(topic)
