import pytest

from bot.slack.clauses import parse_clauses
from bot.topics import Wish
from tests.slack.clauses.said import assert_refused

NO_COUNT = "is not possible: write top 1 to top 20. For example:"


@pytest.mark.parametrize(
    ("said", "token", "line"),
    [
        ("top 0", "top 0", "top 1"),
        ("top 0 fri", "top 0", "top 1 fri"),
        ("top 21", "top 21", "top 20"),
        ("top 1000 daily", "top 1000", "top 20 daily"),
        ("weekly top five", "top five", "weekly top 5"),
    ],
)
def test_a_count_that_is_none_is_refused(said: str, token: str, line: str) -> None:
    """With the nearest one."""
    assert_refused(said, f"{token} {NO_COUNT}", line)


@pytest.mark.parametrize(
    "topic",
    [
        "dna in normal and",
        "broad coverage",
        "strict liability",
        "top 5 accuracy",
        "the top five",
    ],
)
def test_an_amount_within_a_topic_is_its_own(topic: str) -> None:
    """As is a count in words."""
    assert parse_clauses(topic) == Wish(topic)
